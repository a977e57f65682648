package api

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// newTransport returns a transport for the provider's hosts or, with loopback,
// for this machine: then without a proxy, and to loopback addresses alone,
// whatever a name such as localhost resolves to.
func newTransport(loopback bool) *http.Transport {
	dialer := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}
	proxy := withoutPassword(http.ProxyFromEnvironment)
	if loopback {
		dialer.Control = onlyLoopback
		proxy = nil
	}
	return &http.Transport{
		Proxy:                  proxy,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    5 * time.Second,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        30 * time.Second,
		ForceAttemptHTTP2:      true,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// onlyLoopback refuses a connection to any other address, after the name has
// been resolved and before a byte is sent.
func onlyLoopback(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !at.Addr().Unmap().IsLoopback() {
		return fmt.Errorf("%s is no loopback address, and the API was to be on this machine", address)
	}
	return nil
}

var errProxy = errors.New("HTTPS_PROXY is not the address of a proxy")

// withoutPassword replaces the error of a proxy function, which quotes the
// setting with the password in it.
func withoutPassword(proxy func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	return func(r *http.Request) (*url.URL, error) {
		u, err := proxy(r)
		if err != nil {
			return nil, errProxy
		}
		return u, nil
	}
}
