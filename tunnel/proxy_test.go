package tunnel_test

import (
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"kvikk/api/secret"
	"kvikk/tunnel"
)

// proxy is an HTTP proxy that knows CONNECT.
type proxy struct{ url string }

// newProxy starts a proxy for the requests that allow lets through.
func newProxy(t *testing.T, allow func(*http.Request) bool) *proxy {
	t.Helper()
	var pipes sync.WaitGroup
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pipes.Add(1) // before the server stops counting the connection
		defer pipes.Done()
		if r.Method != http.MethodConnect || !allow(r) {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		out, err := net.Dial("tcp", r.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		in, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Errorf("hijacking: %v", err)
			return
		}
		_, _ = io.WriteString(in, "HTTP/1.1 200 Connection established\r\n\r\n")
		pipe := func(to, from net.Conn) {
			_, _ = io.Copy(to, from)
			_ = to.Close()
			_ = from.Close()
		}
		pipes.Go(func() { pipe(in, out) })
		pipes.Go(func() { pipe(out, in) })
	}))
	t.Cleanup(func() {
		srv.Close()
		pipes.Wait()
	})
	return &proxy{srv.URL}
}

// choose returns a setting that leads through the proxy.
func (p *proxy) choose(user, password string) func(*url.URL) (*url.URL, error) {
	return func(*url.URL) (*url.URL, error) {
		u, err := url.Parse(p.url)
		if err == nil {
			u.User = url.UserPassword(user, password)
		}
		return u, err
	}
}

func parseBasic(r *http.Request) (user, password string, ok bool) {
	encoded := strings.TrimPrefix(r.Header.Get("Proxy-Authorization"), "Basic ")
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return "", "", false
	}
	return strings.Cut(string(text), ":")
}

func TestProxiesThatCannotServe(t *testing.T) {
	t.Parallel()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	for name, c := range map[string]struct {
		proxy string
		want  string
	}{
		"one that is not there":    {"http://" + gone.Addr().String(), gone.Addr().String()},
		"one of another kind":      {"socks5://127.0.0.1:1080", "socks5"},
		"one with a secret in URL": {"ftp://me:pw-of-proxy@127.0.0.1:21", "ftp"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := tunnel.Options{
				Kind: tunnel.Ngrok, Authtoken: secret.New(token), ConnectURL: "edge.invalid:443",
				Proxy: func(*url.URL) (*url.URL, error) { return url.Parse(c.proxy) },
			}
			e := refused(t, o)
			if !strings.Contains(e.Error(), c.want) || !strings.Contains(e.Do, "NO_PROXY") || strings.Contains(e.Error(), "pw-of-proxy") {
				t.Errorf("error = %v", e)
			}
		})
	}
}
