// Package edgetest is a stand-in for ngrok's service on loopback, for tests of
// programs that embed the ngrok SDK: the unmodified SDK logs in to it over
// TLS, binds an endpoint, and gets the connections of a public URL.
//
//	edge := edgetest.New(t, edgetest.Options{})
//	tun, err := tunnel.Open(ctx, tunnel.Options{
//		Kind:       tunnel.Ngrok,
//		Authtoken:  secret.New("any"),
//		ConnectURL: edge.ConnectURL(),
//		ConnectCAs: edge.CAFile(),
//	}, nil)
//	// http.Get(edge.PublicURL()) reaches tun.
//
// It speaks the agent protocol of the SDK (muxado streams over TLS; Auth,
// Bind, Unbind, Proxy, StopTunnel, heartbeats) and shows the faults that the
// service has: see [Edge.Refuse], [Edge.Drop] and their neighbours.
//
// It differs from the service in that its public URLs are on loopback
// (http://127.0.0.1:PORT), whatever domain an agent asks for.
package edgetest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"
)

// Options say how an edge differs from the plain one. The zero Options are
// ready to use.
type Options struct {
	// PublicScheme is "http" or "https" (with a certificate of the edge's own
	// authority). Empty: http.
	PublicScheme string
	// Authtokens are the ones let in; any other is refused with ERR_NGROK_107.
	// Empty: any token that is not empty.
	Authtokens []string
	// MaxAgents is how many agents may be logged in at a time; one more is
	// refused with ERR_NGROK_108. Zero: no limit.
	MaxAgents int
}

// Bind is a request of an agent for a public URL.
type Bind struct {
	// URL is the one asked for, empty for the account's own.
	URL string
	// Proto is "http" or "https".
	Proto string
	// ForwardsTo is what the agent tells about itself.
	ForwardsTo string
	// Again is true for an agent that had the endpoint before and takes it up
	// after a reconnect.
	Again bool
}

// Edge is a running edge. Its methods are safe for concurrent use.
type Edge struct {
	t      testing.TB
	o      Options
	auth   *authority
	ctx    context.Context
	cancel context.CancelFunc
	addr   string
	work   sync.WaitGroup

	mu        sync.Mutex
	news      chan struct{} // closed and replaced at every change
	closed    bool
	door      net.Listener // nil while offline
	faults    faults
	hung      map[net.Conn]struct{}
	links     map[*link]struct{}
	publics   []*public
	endpoints map[string]*endpoint // by public URL
	tokens    []string
	binds     []Bind
	beats     int
	serial    int
}

// patience is how long a wait of a test may take before it counts as failed.
const patience = 15 * time.Second

// New starts an edge that is closed at the end of the test.
func New(t testing.TB, o Options) *Edge {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	e := &Edge{
		t: t, o: o, ctx: ctx, cancel: cancel,
		news:      make(chan struct{}),
		hung:      make(map[net.Conn]struct{}),
		links:     make(map[*link]struct{}),
		endpoints: make(map[string]*endpoint),
	}
	var err error
	if e.auth, err = newAuthority(t.TempDir()); err != nil {
		t.Fatalf("edgetest: %v", err)
	}
	t.Cleanup(e.close)
	if err := e.listen("127.0.0.1:0"); err != nil {
		t.Fatalf("edgetest: %v", err)
	}
	e.MoveURL()
	return e
}

// ConnectURL returns the host:port that agents connect to.
func (e *Edge) ConnectURL() string { return e.addr }

// CAFile returns the path of a PEM file with the edge's certificate authority.
func (e *Edge) CAFile() string { return e.auth.file }

// CAs returns the edge's certificate authority as a pool.
func (e *Edge) CAs() *x509.CertPool { return e.auth.pool }

// PublicURL returns the URL that the next bind is answered with; it has no
// trailing slash.
func (e *Edge) PublicURL() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.publics[len(e.publics)-1].url
}

// MoveURL makes the next bind be answered with another URL, and returns that.
// Endpoints that are bound keep theirs.
func (e *Edge) MoveURL() string {
	e.t.Helper()
	p, err := e.newPublic()
	if err != nil {
		e.t.Fatalf("edgetest: %v", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.publics = append(e.publics, p)
	e.tell()
	return p.url
}

// Authtokens returns the tokens that agents tried to log in with, in order.
func (e *Edge) Authtokens() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.tokens...)
}

// Binds returns the binds that agents asked for, in order, refused ones
// included.
func (e *Edge) Binds() []Bind {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]Bind(nil), e.binds...)
}

// Agents returns how many connections of agents are logged in.
func (e *Edge) Agents() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for l := range e.links {
		if l.clientID != "" {
			n++
		}
	}
	return n
}

// Connections returns how many connections agents hold, logged in or not,
// those that hang included.
func (e *Edge) Connections() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.links) + len(e.hung)
}

// Heartbeats returns how many heartbeats of agents the edge has answered.
func (e *Edge) Heartbeats() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.beats
}

// Await returns when the condition holds, which may ask anything of the edge.
// The test fails when that takes too long.
func (e *Edge) Await(what string, holds func() bool) {
	e.t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		e.mu.Lock()
		news := e.news
		e.mu.Unlock()
		if holds() {
			return
		}
		select {
		case <-news:
		case <-late.C:
			e.t.Fatalf("edgetest: waited in vain for %s", what)
		}
	}
}

// tell wakes Await. The lock is held.
func (e *Edge) tell() {
	close(e.news)
	e.news = make(chan struct{})
}

// id returns an identifier that this edge has not given before. The lock is
// held.
func (e *Edge) id(prefix string) string {
	e.serial++
	return fmt.Sprintf("%s_%d", prefix, e.serial)
}

// listen opens the door for agents.
func (e *Edge) listen(addr string) error {
	ln, err := new(net.ListenConfig).Listen(e.ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("listening for agents: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.addr, e.door = ln.Addr().String(), ln
	e.work.Go(func() { e.admit(ln) })
	return nil
}

// admit takes in agents until the door closes.
func (e *Edge) admit(ln net.Listener) {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		e.mu.Lock()
		switch {
		case e.closed:
			_ = conn.Close()
		case e.faults.hang:
			e.hung[conn] = struct{}{}
		default:
			l := newLink(e, tls.Server(conn, e.auth.config()))
			e.links[l] = struct{}{}
			e.work.Go(l.run)
		}
		e.tell()
		e.mu.Unlock()
	}
}

// close ends everything and waits for it.
func (e *Edge) close() {
	e.mu.Lock()
	e.closed = true
	if e.door != nil {
		_ = e.door.Close()
	}
	for conn := range e.hung {
		_ = conn.Close()
	}
	links := e.linksNow()
	publics := e.publics
	e.mu.Unlock()
	e.cancel()
	for _, l := range links {
		l.cut()
	}
	for _, p := range publics {
		p.close()
	}
	e.work.Wait()
}

// linksNow returns the links as a slice. The lock is held.
func (e *Edge) linksNow() []*link {
	links := make([]*link, 0, len(e.links))
	for l := range e.links {
		links = append(links, l)
	}
	return links
}
