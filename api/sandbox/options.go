package sandbox

import (
	"crypto/x509"
	"log/slog"
	"time"
)

// Options says how a sandbox runs. The zero value listens on a free loopback
// port with made-up keys, real time and the provider's timing.
type Options struct {
	// Addr is the host:port to listen on; empty means "127.0.0.1:0", a free
	// port. Outside loopback it needs AllowHosts.
	Addr string
	// AllowHosts are the names, without port, that the sandbox answers to beside
	// those of loopback. A sandbox outside loopback has its URL by the first.
	AllowHosts []string
	// Authority, if not nil, makes the sandbox serve https, with a certificate
	// for loopback and AllowHosts.
	Authority *Authority
	// Keys are the keys of the first sales unit. Empty fields are made up.
	Keys Keys
	// More are the keys of further sales units, made up where they are empty.
	// MSN, client id and subscription key must be each sales unit's own.
	More []Keys
	// Seed makes ids, keys and secrets that are made up the same in every run
	// that has the same seed and is asked for the same things. They can then be
	// guessed, so it is for tests. Empty means the system's random source.
	Seed string
	// StateDir is a directory, made where it is missing, that keeps what the
	// sandbox knows for the next start: keys, payments, registrations, webhooks
	// that are still to be delivered, Idempotency-Keys, access tokens and the
	// clock. Nobody else may use it meanwhile. Empty keeps nothing.
	StateDir string
	// WebhookSecret is the secret that every registration gets, for receivers
	// that know theirs beforehand. Empty makes one up for each.
	WebhookSecret string
	// Now tells the time for tokens, payments, event times and signatures; nil
	// means [time.Now]. Call [Server.Wake] after moving it forward, or leave it
	// alone and call [Server.Advance].
	Now func() time.Time
	// Faults are set from the start; see [Server.SetFaults].
	Faults []Fault
	// Logger receives what is worth knowing about deliveries, faults that fired
	// and bad connections; nil discards it. No secret is ever logged.
	Logger *slog.Logger
	// TokenLife is how long an access token is good for; zero means 1 hour, as
	// in the provider's test environment.
	TokenLife time.Duration
	// Schedule is the wait before delivery attempt n, counted from 2; a
	// negative wait gives the event up. Nil means [ProviderSchedule].
	Schedule func(attempt int) time.Duration
	// DeliveryTimeout bounds one delivery attempt; zero means 10 seconds.
	DeliveryTimeout time.Duration
	// AllowRemoteCallbacks lets callbacks go anywhere, by http too. Only for
	// networks whose every machine may be called by whoever reaches the sandbox.
	AllowRemoteCallbacks bool
	// CallbackCAs are the roots that a callback's certificate may chain to;
	// nil means those of the system.
	CallbackCAs *x509.CertPool
	// Guard is deferred first in every goroutine that the sandbox starts; it
	// may recover a panic. Nil lets a panic end the process.
	Guard func()
}
