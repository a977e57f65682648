package tunnel

import (
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"kvikk/api/secret"
)

// Kind is a way to be reached.
type Kind string

const (
	// Ngrok is a public https URL of ngrok.
	Ngrok Kind = "ngrok"
	// Local is a loopback listener, for a provider on this machine.
	Local Kind = "local"
	// Own is a loopback listener behind a public URL that the user brings.
	Own Kind = "own"
)

const (
	// DefaultOwnAddr is where an [Own] tunnel listens unless told otherwise:
	// a port that stays the same, since a proxy is pointed at it.
	DefaultOwnAddr = "127.0.0.1:8977"

	// DefaultTimeout is how long the first connection to ngrok may take.
	DefaultTimeout = 12 * time.Second

	defaultLocalAddr = "127.0.0.1:0"
)

// Options say which tunnel to open. Fields that do not belong to Kind are
// ignored.
type Options struct {
	Kind Kind

	// ListenAddr is the loopback host:port of Local and Own. Empty: any free
	// port for Local, DefaultOwnAddr for Own.
	ListenAddr string
	// PublicURL is the base URL that leads to an Own tunnel's ListenAddr:
	// https, or http on a loopback host. It may have a path.
	PublicURL string

	// Authtoken, from https://dashboard.ngrok.com/get-started/your-authtoken,
	// is what Ngrok logs in with.
	Authtoken secret.Value
	// Domain is the ngrok domain to use, such as "name.ngrok-free.app".
	// Empty: the one that ngrok has given the account.
	Domain string
	// ConnectURL is the host:port of ngrok's service, without a scheme.
	// Empty: ngrok's own. See https://ngrok.com/docs/agent/config/v3/#connect_url.
	ConnectURL string
	// ConnectCAs is a PEM file of the certificate authorities to trust for
	// ConnectURL instead of ngrok's own. Empty: ngrok's.
	ConnectCAs string
	// Proxy returns the HTTP proxy through which the service at the URL is
	// reached, nil for none. Nil: as HTTPS_PROXY and NO_PROXY say. Whether
	// ngrok takes agents behind a proxy depends on the plan (ERR_NGROK_9009).
	Proxy func(service *url.URL) (*url.URL, error)

	// Guard is deferred in every goroutine that the tunnel starts, and in what
	// the SDK calls on its own ones; it may recover a panic. Nil: nothing is
	// deferred.
	Guard func()
	// Logger receives what the ngrok SDK has to say, secrets removed.
	// Nil: nothing is logged.
	Logger *slog.Logger
	// Timeout bounds the first connection to ngrok. Zero: DefaultTimeout.
	Timeout time.Duration

	tuning tuning
}

// tuning holds what only tests change.
type tuning struct {
	heartbeat, tolerance time.Duration // of the link; zero: the SDK's
	retry                time.Duration // first pause before a new agent
	now                  func() time.Time
}

func (o Options) clock() func() time.Time {
	if o.tuning.now != nil {
		return o.tuning.now
	}
	return time.Now
}

// listenAddr returns the address to listen on, its default filled in.
func (o Options) listenAddr() string {
	switch {
	case o.ListenAddr != "":
		return o.ListenAddr
	case o.Kind == Own:
		return DefaultOwnAddr
	default:
		return defaultLocalAddr
	}
}

// Validate reports what would keep the tunnel from being opened, as far as
// the values tell; nothing is listened on, read or connected to. The error is
// an [*Error].
func (o Options) Validate() error {
	switch o.Kind {
	case Local:
		return asError(checkListenAddr(o.listenAddr()))
	case Own:
		if err := checkListenAddr(o.listenAddr()); err != nil {
			return err
		}
		_, err := publicBase(o.PublicURL)
		return asError(err)
	case Ngrok:
		return asError(o.checkNgrok())
	}
	return &Error{
		What: "There is no tunnel called " + strconv.Quote(oneLine(string(o.Kind))) + ".",
		Do:   "Choose ngrok, local or own.",
	}
}

// asError keeps a nil *Error from becoming an error that is not nil.
func asError(err *Error) error {
	if err == nil {
		return nil
	}
	return err
}

// checkListenAddr refuses what is not the loopback interface: whoever can
// reach the port could post to it, and a debugging tool must not open a
// machine to its network.
func checkListenAddr(addr string) *Error {
	bad := func(cause string) *Error {
		return &Error{
			What:  "The tunnel cannot listen on " + strconv.Quote(oneLine(addr)) + ".",
			Cause: cause,
			Do:    "Use a loopback address with a port, such as " + DefaultOwnAddr + ".",
		}
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return bad("It is not an address with a port (host:port).")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return bad("The port is not a number from 0 to 65535.")
	}
	if !isLoopback(host) {
		return bad("Only this machine itself may connect: any other address would let the whole network send webhooks here.")
	}
	return nil
}

// isLoopback reports whether a host, without brackets, is this machine's own.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// publicBase checks a public URL and returns it as it is used: scheme and host
// in lower case, no trailing slash.
func publicBase(raw string) (string, *Error) {
	if raw == "" {
		return "", &Error{
			What: "The own tunnel has no public URL.",
			Do:   "Say with --callback-url which https URL leads to it.",
		}
	}
	bad := func(cause string) (string, *Error) {
		return "", &Error{
			What:  "The callback URL " + strconv.Quote(oneLine(raw)) + " cannot be used.",
			Cause: cause,
			Do:    "Give the public base, such as https://hooks.example.com/kvikk.",
		}
	}
	u, err := url.Parse(raw)
	if err != nil || strings.ContainsAny(raw, " \\") {
		return bad("It is not a URL.")
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return bad("It does not begin with https://.")
	case u.Opaque != "" || u.Hostname() == "" || !validPort(u):
		return bad("It names no host, or a port that does not exist.")
	case u.User != nil:
		return bad("It holds a user name or password, which would be sent to the provider.")
	case u.RawQuery != "" || u.ForceQuery:
		return bad("It has a query, and the path of each registration is appended to it.")
	case strings.Contains(raw, "#"):
		return bad("It has a fragment (#), which is never sent.")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return bad("The provider delivers to https only; http is for a loopback address.")
	case hasDotSegment(u.EscapedPath()):
		return bad("Its path has an empty segment, \".\" or \"..\", which proxies rewrite; the signature covers the path.")
	}
	return u.Scheme + "://" + strings.ToLower(u.Host) + strings.TrimRight(u.EscapedPath(), "/"), nil
}

func validPort(u *url.URL) bool {
	if u.Port() == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	n, err := strconv.Atoi(u.Port())
	return err == nil && n >= 1 && n <= 65535
}

func hasDotSegment(path string) bool {
	path = strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/")
	if path == "" {
		return false
	}
	for _, s := range strings.Split(path, "/") {
		if s == "" || s == "." || s == ".." {
			return true
		}
	}
	return false
}
