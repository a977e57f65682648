package api

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"kvikk/api/secret"
)

// TestURL is the provider's test environment.
const TestURL = "https://apitest.vipps.no"

const (
	testHost       = "apitest.vipps.no"
	productionHost = "api.vipps.no"
)

// HostError says why a base URL is refused. It is made before any secret is
// read.
type HostError struct {
	// URL is the refused text as it came, without a password; it may hold
	// control characters.
	URL string
	// Production is set when the URL means the provider's production
	// environment, in whatever spelling.
	Production bool
	// Reason says what is wrong, as a clause: "its scheme is not https".
	Reason string
}

// Error returns the URL, made safe to print, and the reason.
func (e *HostError) Error() string {
	return "API URL " + visible(cut(e.URL, 200)) + " is refused: " + e.Reason
}

// CheckBaseURL checks the base URL of an API against the hosts that keys may
// be sent to: the test environment over https, and loopback addresses over
// http or https. It returns the URL in its shortest form without a slash at
// the end, or a [*HostError].
func CheckBaseURL(raw string) (string, error) {
	refuse := func(reason string) (string, error) {
		if meansProduction(raw) {
			return "", &HostError{URL: withoutUser(raw), Production: true, Reason: "it is the production environment, and kvikk is for the test environment only"}
		}
		return "", &HostError{URL: withoutUser(raw), Reason: reason}
	}
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" || u.Opaque != "" {
		return refuse("it is no URL such as " + TestURL)
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	loopback := isLoopback(host)
	port, ok := checkPort(u)
	switch {
	case !loopback && host != testHost:
		return refuse("only " + testHost + " and loopback addresses are called")
	case u.User != nil:
		return refuse("it must not hold a user name or password")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return refuse("it must end after the host; the paths of the APIs are added to it")
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback):
		return refuse("its scheme must be https (http is for loopback addresses)")
	case !ok:
		return refuse("its port must be a number from 1 to 65535")
	}
	return u.Scheme + "://" + hostPort(host, port, u.Scheme), nil
}

// withoutUser masks what stands before the host of a URL: it may be a password.
func withoutUser(raw string) string {
	start := 0
	if i := strings.Index(raw, "//"); i >= 0 {
		start = i + 2
	}
	if at := strings.LastIndexByte(raw, '@'); at >= start {
		return raw[:start] + secret.Mask + raw[at:]
	}
	return raw
}

func checkPort(u *url.URL) (string, bool) {
	port := u.Port()
	if port == "" {
		return "", true
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return strconv.FormatUint(n, 10), err == nil && n > 0
}

func hostPort(host, port, scheme string) string {
	if port == "" || port == "443" && scheme == "https" || port == "80" && scheme == "http" {
		if strings.Contains(host, ":") {
			return "[" + host + "]"
		}
		return host
	}
	return net.JoinHostPort(host, port)
}

// isLoopback reports whether the host is localhost or a loopback address in
// its usual spelling. "127.1" and the like are names to Go, and refused.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Zone() == "" && addr.Unmap().IsLoopback()
}

// isLoopbackURL reports whether a URL that [CheckBaseURL] returned is on this
// machine.
func isLoopbackURL(base string) bool {
	u, err := url.Parse(base)
	return err == nil && isLoopback(u.Hostname())
}

// meansProduction reports whether a person or a parser somewhere could take
// raw for a URL of the production host. It serves the explanation alone: what
// it does not recognise is refused all the same.
func meansProduction(raw string) bool {
	text := strings.Map(foldRune, unescapeAll(raw))
	if _, rest, found := strings.Cut(text, "//"); found {
		text = strings.TrimLeft(rest, "/")
	}
	if i := strings.IndexAny(text, "/?#"); i >= 0 {
		text = text[:i]
	}
	text = text[strings.LastIndexByte(text, '@')+1:]
	host, _, _ := strings.Cut(text, ":")
	return strings.Trim(host, ".") == productionHost
}

// unescapeAll undoes percent-encoding, also where it was done more than once.
func unescapeAll(s string) string {
	for range 4 {
		decoded, err := url.PathUnescape(s)
		if err != nil || decoded == s {
			break
		}
		s = decoded
	}
	return s
}

// foldRune maps the look-alikes that browsers fold (full-width letters,
// ideographic full stops, a backslash for a slash) and drops what is not seen.
func foldRune(r rune) rune {
	switch {
	case r == '\u3002' || r == '\uff61':
		return '.'
	case r >= '\uff01' && r <= '\uff5e':
		r -= 0xfee0
	case r <= ' ' || r == 0x7f || r == 0xad || r >= 0x200b && r <= 0x200f || r == 0x2060 || r == 0xfeff:
		return -1
	}
	switch {
	case r == '\\':
		return '/'
	case r >= 'A' && r <= 'Z':
		return r + 'a' - 'A'
	}
	return r
}
