package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
)

// listen opens the sandbox's port. Outside loopback it does so only where
// somebody has said under which names the sandbox is reached there.
func listen(ctx context.Context, addr string, names hosts) (net.Listener, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("sandbox address %q: want host:port, such as 127.0.0.1:8976: %w", addr, err)
	}
	outside := fmt.Errorf("sandbox address %q: outside loopback the sandbox needs the names under which it is reached (--allow-host); "+
		"without them use 127.0.0.1, [::1] or localhost", addr)
	if !loopbackHost(host) && len(names) == 0 {
		return nil, outside
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen for the sandbox: %w", err)
	}
	if !onLoopback(ln) && len(names) == 0 {
		return nil, errors.Join(outside, ln.Close())
	}
	return ln, nil
}

func onLoopback(ln net.Listener) bool {
	at, err := netip.ParseAddrPort(ln.Addr().String())
	return err == nil && at.Addr().IsLoopback()
}

// baseURL is where clients find the sandbox: its address, or outside loopback
// the first of its names.
func baseURL(o Options, ln net.Listener, names hosts) string {
	scheme := "http://"
	if o.Authority != nil {
		scheme = "https://"
	}
	if onLoopback(ln) {
		return scheme + ln.Addr().String()
	}
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	return scheme + net.JoinHostPort(names[0], port)
}
