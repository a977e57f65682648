package tunnel

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"kvikk/api/secret"
)

// defaultService is where ngrok's agents connect to; the SDK's default too.
const defaultService = "connect.ngrok-agent.com:443"

// service returns the host:port of ngrok's service.
func (o Options) service() string {
	if o.ConnectURL != "" {
		return o.ConnectURL
	}
	return defaultService
}

// authtoken returns the token without the line end that pasting adds.
func (o Options) authtoken() secret.Value {
	return secret.New(strings.TrimSpace(o.Authtoken.Reveal()))
}

// endpoint returns the URL to ask ngrok for, or nothing for the account's own.
func (o Options) endpoint() string {
	if o.Domain == "" {
		return ""
	}
	return "https://" + bareDomain(o.Domain)
}

func bareDomain(domain string) string {
	domain = strings.TrimSuffix(strings.TrimPrefix(domain, "https://"), "/")
	return strings.ToLower(strings.TrimSuffix(domain, "."))
}

// checkNgrok reports which setting ngrok could do nothing with.
func (o Options) checkNgrok() *Error {
	for _, check := range []func(Options) *Error{checkAuthtoken, checkDomain, checkConnectURL} {
		if err := check(o); err != nil {
			return err
		}
	}
	return nil
}

// authtokenText matches what can be an authtoken at all: one word of ASCII.
var authtokenText = regexp.MustCompile(`^[!-~]+$`)

func checkAuthtoken(o Options) *Error {
	token := o.authtoken()
	switch {
	case token.IsZero():
		return explainCode(codeNoToken, o.service(), "")
	case !authtokenText.MatchString(token.Reveal()):
		return explainCode(codeMalformedToken, o.service(), "")
	}
	return nil
}

// domainName matches a host name of at least two labels.
var domainName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*$`)

func checkDomain(o Options) *Error {
	name := bareDomain(o.Domain)
	if o.Domain == "" || len(name) <= 253 && domainName.MatchString(name) {
		return nil
	}
	return &Error{
		What:  "The ngrok domain " + strconv.Quote(oneLine(o.Domain)) + " cannot be used.",
		Cause: "It is not a domain name.",
		Do:    "Set NGROK_DOMAIN to one of those on https://dashboard.ngrok.com/domains, such as name.ngrok-free.app, or leave it out to get the account's own.",
	}
}

func checkConnectURL(o Options) *Error {
	if o.ConnectURL == "" {
		return nil
	}
	bad := func(cause string) *Error {
		return &Error{
			What:  "The ngrok connect URL " + strconv.Quote(oneLine(o.ConnectURL)) + " cannot be used.",
			Cause: cause,
			Do:    "Set NGROK_CONNECT_URL to host:port, such as " + defaultService + ", or leave it out.",
		}
	}
	if strings.Contains(o.ConnectURL, "://") {
		return bad("It has a scheme; the link to ngrok is TLS over TCP to a host and a port, not HTTP.")
	}
	host, port, err := net.SplitHostPort(o.ConnectURL)
	if err != nil || host == "" || strings.ContainsAny(host, " /@?#\\") {
		return bad("It is not a host and a port.")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return bad("The port is not a number from 1 to 65535.")
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.Is6() {
		return bad("ngrok's SDK cannot check the certificate of an IPv6 address.")
	}
	return nil
}

// publicURL checks the URL that ngrok has answered and returns it without a
// trailing slash.
func publicURL(u *url.URL) (string, *Error) {
	if (u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" {
		return "", &Error{
			What: "ngrok answered with a public URL that is none: " + strconv.Quote(oneLine(u.String())) + ".",
			Do:   "Try again, or use your own public URL with --tunnel own.",
		}
	}
	return u.Scheme + "://" + u.Host + strings.TrimRight(u.EscapedPath(), "/"), nil
}
