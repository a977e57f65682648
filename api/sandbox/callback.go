package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"
)

var errNotLoopback = errors.New("callbacks go to loopback, or to the tunnel of this very process, only")

// callbackPolicy says where deliveries may go: to loopback, checked on the
// address that is dialled, and to one tunnel, named by its host and port; or
// anywhere, if somebody has said so.
type callbackPolicy struct {
	anywhere bool

	mu     sync.Mutex
	tunnel string // scheme://host:port, empty for none
}

func (p *callbackPolicy) allowTunnel(publicURL string) {
	origin := ""
	if u, err := url.Parse(publicURL); err == nil && u.Host != "" {
		origin = originOf(u)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tunnel = origin
}

// check looks at a callback's name before anything is dialled.
func (p *callbackPolicy) check(u *url.URL) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.anywhere || loopbackHost(u.Hostname()) || originOf(u) == p.tunnel {
		return nil
	}
	return errNotLoopback
}

// dialsTunnel reports whether host:port is the tunnel's.
func (p *callbackPolicy) dialsTunnel(addr string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, tunnel, ok := strings.Cut(p.tunnel, "://")
	return ok && strings.EqualFold(addr, tunnel)
}

// dial connects to a callback. A name that leads outside loopback is refused
// by the address it resolved to, whatever the name promised.
func (p *callbackPolicy) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	d := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	if !p.anywhere && !p.dialsTunnel(addr) {
		d.ControlContext = onlyLoopback
	}
	conn, err := d.DialContext(ctx, network, addr)
	if err != nil {
		return nil, fmt.Errorf("dial the callback: %w", err)
	}
	return conn, nil
}

func onlyLoopback(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !at.Addr().Unmap().IsLoopback() {
		return errNotLoopback
	}
	return nil
}

// originOf is scheme://host:port with the port always there.
func originOf(u *url.URL) string {
	port := u.Port()
	switch {
	case port != "":
	case strings.EqualFold(u.Scheme, "https"):
		port = "443"
	default:
		port = "80"
	}
	return strings.ToLower(u.Scheme) + "://" + net.JoinHostPort(plainHost(u.Hostname()), port)
}

// parseCallback reads the URL of a registration and says what is wrong with
// it, in words for the one who registers.
func (p *callbackPolicy) parseCallback(raw string) (*url.URL, string) {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "" || u.Opaque != "":
		return nil, "The value must be a valid absolute URL."
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, "The URL must use HTTPS."
	case u.User != nil || u.Fragment != "":
		return nil, "The URL must not carry a user name, a password or a fragment."
	case p.check(u) != nil:
		return nil, "The sandbox calls this machine (localhost, 127.0.0.1, [::1]) and its own tunnel only, unless it is started with --allow-remote-callbacks."
	case u.Scheme == "http" && !p.anywhere && !loopbackHost(u.Hostname()):
		return nil, "The URL must use HTTPS; the sandbox takes http for this machine only."
	}
	return u, ""
}
