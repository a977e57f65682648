package tunnel_test

import (
	"errors"
	"strings"
	"testing"

	"kvikk/api/secret"
	"kvikk/tunnel"
)

// wantError checks for an *Error whose text holds part; an empty part wants
// no error.
func wantError(t *testing.T, err error, part string) {
	t.Helper()
	var e *tunnel.Error
	switch {
	case part == "" && err == nil:
	case part == "":
		t.Errorf("error = %v, want none", err)
	case !errors.As(err, &e):
		t.Errorf("error = %v, want an *Error with %q", err, part)
	case !strings.Contains(e.Error(), part):
		t.Errorf("error = %q, want it to hold %q", e, part)
	case e.What == "" || e.Do == "":
		t.Errorf("error %q leaves out what happened or what to do", e)
	}
}

func TestListenAddressesOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ addr, want string }{
		"a loopback address":          {"127.0.0.1:8080", ""},
		"any loopback address":        {"127.8.9.1:0", ""},
		"the IPv6 loopback address":   {"[::1]:8080", ""},
		"localhost":                   {"localhost:8080", ""},
		"no address":                  {"", ""},
		"every interface":             {":8080", "whole network"},
		"every interface, spelled":    {"0.0.0.0:8080", "whole network"},
		"every IPv6 interface":        {"[::]:8080", "whole network"},
		"a private address":           {"192.168.1.5:80", "whole network"},
		"a name":                      {"example.com:80", "whole network"},
		"a mapped loopback address":   {"[::ffff:127.0.0.1]:80", ""},
		"no port":                     {"127.0.0.1", "host:port"},
		"a port that is too large":    {"127.0.0.1:65536", "65535"},
		"a port that is a name":       {"127.0.0.1:http", "65535"},
		"a URL":                       {"http://127.0.0.1:80", "host:port"},
		"a control character, hidden": {"127.0.0.1\x1b[31m:80", `\\x1b[31m`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantError(t, tunnel.Options{Kind: tunnel.Local, ListenAddr: c.addr}.Validate(), c.want)
			o := tunnel.Options{Kind: tunnel.Own, ListenAddr: c.addr, PublicURL: "https://hooks.example.com"}
			wantError(t, o.Validate(), c.want)
		})
	}
}

func TestPublicURLs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ url, want string }{
		"https":                       {"https://hooks.example.com", ""},
		"https with a port and path":  {"https://hooks.example.com:8443/a/b/", ""},
		"http on loopback":            {"http://127.0.0.1:9000", ""},
		"http on localhost":           {"http://localhost:9000/x", ""},
		"http on IPv6 loopback":       {"http://[::1]:9000", ""},
		"nothing":                     {"", "--callback-url"},
		"http to the world":           {"http://hooks.example.com", "https only"},
		"no scheme":                   {"hooks.example.com", "https://"},
		"another scheme":              {"ftp://hooks.example.com", "https://"},
		"no host":                     {"https:///path", "no host"},
		"opaque":                      {"https:hooks.example.com", "no host"},
		"user and password":           {"https://me:pw@hooks.example.com", "user name"},
		"a query":                     {"https://hooks.example.com/?a=b", "query"},
		"an empty query":              {"https://hooks.example.com/?", "query"},
		"a fragment":                  {"https://hooks.example.com/#x", "fragment"},
		"an empty fragment":           {"https://hooks.example.com/#", "fragment"},
		"a port that does not exist":  {"https://hooks.example.com:99999", "port"},
		"a colon without a port":      {"https://hooks.example.com:", "port"},
		"a path that climbs":          {"https://hooks.example.com/a/../b", "segment"},
		"a path with an empty part":   {"https://hooks.example.com/a//b", "segment"},
		"a space":                     {"https://hooks.example.com/a b", "not a URL"},
		"a line break":                {"https://hooks.example.com/\nx", "not a URL"},
		"a backslash":                 {`https://hooks.example.com\@evil`, "not a URL"},
		"a password is not repeated?": {"https://hooks.example.com:pw", "not a URL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantError(t, tunnel.Options{Kind: tunnel.Own, PublicURL: c.url}.Validate(), c.want)
		})
	}
}

func TestNgrokSettings(t *testing.T) {
	t.Parallel()
	const token = "2abcDEF_7ghiJKL"
	for name, c := range map[string]struct{ token, domain, connect, want string }{
		"a token alone":                  {token, "", "", ""},
		"a token with a line end":        {token + "\r\n", "", "", ""},
		"everything":                     {token, "name.ngrok-free.app", "edge.example.com:443", ""},
		"a domain as a URL":              {token, "https://Name.ngrok-free.app/", "", ""},
		"no token":                       {"", "", "", "ERR_NGROK_4018"},
		"a token of spaces":              {"  \n", "", "", "ERR_NGROK_4018"},
		"a token in two words":           {"2abc DEF", "", "", "ERR_NGROK_105"},
		"a domain with a path":           {token, "name.ngrok-free.app/x", "", "not a domain"},
		"a domain without a dot":         {token, "name", "", "not a domain"},
		"a domain over http":             {token, "http://name.ngrok-free.app", "", "not a domain"},
		"a connect URL with a scheme":    {token, "", "https://edge.example.com:443", "scheme"},
		"a connect URL without a port":   {token, "", "edge.example.com", "host and a port"},
		"a connect URL without a host":   {token, "", ":443", "host and a port"},
		"a connect URL with a path":      {token, "", "edge.example.com:443/x", "port is not"},
		"a connect URL with a user":      {token, "", "me@edge.example.com:443", "host and a port"},
		"a connect URL with port 0":      {token, "", "edge.example.com:0", "65535"},
		"a connect URL that is IPv6":     {token, "", "[::1]:443", "IPv6"},
		"a connect URL of IPv4":          {token, "", "127.0.0.1:4443", ""},
		"a domain with a control letter": {token, "na\x1bme.app", "", `\x1b`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := tunnel.Options{
				Kind: tunnel.Ngrok, Authtoken: secret.New(c.token),
				Domain: c.domain, ConnectURL: c.connect,
			}
			wantError(t, o.Validate(), c.want)
			if err := o.Validate(); err != nil && len(c.token) > 4 && strings.Contains(err.Error(), c.token) {
				t.Errorf("error %q repeats the authtoken", err)
			}
		})
	}
}

func TestAnUnknownKindIsRefused(t *testing.T) {
	t.Parallel()
	wantError(t, tunnel.Options{Kind: "wormhole"}.Validate(), "wormhole")
	_, err := tunnel.Open(t.Context(), tunnel.Options{}, nil)
	wantError(t, err, "ngrok, local or own")
}
