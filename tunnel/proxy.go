package tunnel

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// environmentProxy returns the proxy that HTTPS_PROXY and NO_PROXY say.
func environmentProxy(service *url.URL) (*url.URL, error) {
	return http.ProxyFromEnvironment(&http.Request{URL: service})
}

// proxyError is a failure of the proxy rather than of the network behind it.
type proxyError struct {
	proxy string // host:port; never the user's password
	err   error
}

func (e *proxyError) Error() string { return "proxy " + e.proxy + ": " + e.err.Error() }
func (e *proxyError) Unwrap() error { return e.err }

// dialThrough connects to addr, through an HTTP proxy where there is one
// (CONNECT, RFC 9110 section 9.3.6).
func dialThrough(ctx context.Context, proxy func(*url.URL) (*url.URL, error), network, addr string) (net.Conn, error) {
	via, err := proxy(&url.URL{Scheme: "https", Host: addr})
	if err != nil {
		// The error repeats the URL, which may hold a password.
		return nil, &proxyError{"setting", errors.New("HTTPS_PROXY is not a URL that can be used")}
	}
	var d net.Dialer
	if via == nil {
		return d.DialContext(ctx, network, addr)
	}
	where := via.Host
	if via.Port() == "" {
		where = net.JoinHostPort(via.Hostname(), defaultPort(via.Scheme))
	}
	if via.Scheme != "http" && via.Scheme != "https" {
		return nil, &proxyError{where, fmt.Errorf("a proxy of kind %q cannot carry the tunnel, only http and https", via.Scheme)}
	}
	conn, err := d.DialContext(ctx, network, where)
	if err != nil {
		return nil, &proxyError{where, err}
	}
	if via.Scheme == "https" {
		conn = tls.Client(conn, &tls.Config{ServerName: via.Hostname(), MinVersion: tls.VersionTLS12})
	}
	if err := connect(ctx, conn, via, addr); err != nil {
		_ = conn.Close()
		return nil, &proxyError{where, err}
	}
	return conn, nil
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// connect asks the proxy for a connection to addr.
func connect(ctx context.Context, conn net.Conn, via *url.URL, addr string) error {
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr, Header: make(http.Header)}
	if via.User != nil {
		password, _ := via.User.Password()
		credentials := base64.StdEncoding.EncodeToString([]byte(via.User.Username() + ":" + password))
		req.Header.Set("Proxy-Authorization", "Basic "+credentials)
	}
	if err := req.Write(conn); err != nil {
		return fmt.Errorf("asking for the connection: %w", err)
	}
	// The other side of the tunnel speaks second (TLS), so nothing of it can
	// be in the reader's buffer.
	res, err := http.ReadResponse(bufio.NewReader(conn), req)
	if err != nil {
		return fmt.Errorf("reading its answer: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("it refused the connection: %s", oneLine(res.Status))
	}
	return nil
}
