// Package profile knows where a run's settings come from and keeps the ones
// that a person wants to use again.
//
// A [Profile] is a saved sales unit: what is public about it stands in
// config.toml, a file that people may edit; its secrets stand in the keyring of
// the operating system or, where there is none, in credentials.toml beside it.
// A [Store] reads and writes both. [FindDirs] says where they are.
//
// [Resolve] decides between flags, environment and profiles and returns the
// [Settings] of one run. [ReadFile], [ParseEnv], [ParsePostman] and
// [ParsePaste] read keys that a person already has in another form.
//
// Secrets are [secret.Value] from the moment at which they are recognised, and
// none is read before the API host that would receive it has been checked.
package profile

import (
	"fmt"
	"regexp"
	"unicode/utf8"

	"kvikk/api/secret"
)

// Profile is what is public about a saved sales unit.
type Profile struct {
	// Name is what a person calls it; see [CheckName].
	Name string
	// APIURL is the base URL of the APIs without a trailing slash.
	APIURL string
	// ClientID is the sales unit's client_id.
	ClientID string
	// MSN is the merchant serial number.
	MSN string
	// Phone is the test user's number: country code and digits, no plus.
	Phone string
	// Currency is NOK, DKK or EUR, or empty as long as nobody chose one.
	Currency string
	// Tunnel says how webhooks reach this machine.
	Tunnel Tunnel
}

// Tunnel is what is public about the way in which webhooks reach this machine.
// Empty fields have the defaults of package tunnel.
type Tunnel struct {
	// Kind is ngrok, local or own. Empty: local when the API is on this
	// machine, else ngrok.
	Kind string
	// Domain is the ngrok domain to ask for.
	Domain string
	// ConnectURL is the host:port at which the ngrok agent connects.
	ConnectURL string
	// ConnectCAs is a PEM file with the authorities that ngrok is checked by.
	ConnectCAs string
	// CallbackURL is the public base URL of a tunnel of the user's own.
	CallbackURL string
	// ListenAddr is the loopback host:port on which webhooks arrive when the
	// kind is local or own.
	ListenAddr string
}

// Secrets is what nobody must see of a saved sales unit.
type Secrets struct {
	// ClientSecret is the sales unit's client_secret.
	ClientSecret secret.Value
	// SubscriptionKey is its Ocp-Apim-Subscription-Key.
	SubscriptionKey secret.Value
	// Authtoken is the ngrok authtoken.
	Authtoken secret.Value
}

// namePattern keeps names harmless: they are typed as flags and stand in TOML
// files, keyrings and the header of the screen. Their length is counted apart:
// repeating a class of all letters forty times costs every start a millisecond.
var namePattern = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}\p{M} ._-]*$`)

// mostNameRunes is how many characters a profile's name may have.
const mostNameRunes = 40

// CheckName returns an error when name cannot be a profile's name: it has to be
// 1 to 40 letters, digits, spaces, dots, underscores and hyphens, and begin
// with a letter or digit.
func CheckName(name string) error {
	if utf8.RuneCountInString(name) <= mostNameRunes && namePattern.MatchString(name) {
		return nil
	}
	return fmt.Errorf("%s cannot be a profile's name: use 1 to 40 letters, digits, spaces, "+
		"dots, underscores and hyphens, beginning with a letter or digit", quote(name))
}
