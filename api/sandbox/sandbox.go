package sandbox

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"
)

// Options says how a sandbox runs. The zero value listens on a free loopback
// port with made-up keys, real time and the provider's timing.
type Options struct {
	// Addr is the loopback host:port to listen on; empty means "127.0.0.1:0",
	// a free port.
	Addr string
	// Keys are the keys of the one sales unit served. Empty fields are made up.
	Keys Keys
	// Now tells the time for tokens, payments, event times and signatures; nil
	// means [time.Now]. Call [Server.Wake] after moving it forward.
	Now func() time.Time
	// Logger receives what is worth knowing about deliveries and bad
	// connections; nil discards it. No secret is ever logged.
	Logger *slog.Logger
	// TokenLife is how long an access token is good for; zero means 1 hour, as
	// in the provider's test environment.
	TokenLife time.Duration
	// Schedule is the wait before delivery attempt n, counted from 2; a
	// negative wait gives the event up. Nil means [ProviderSchedule].
	Schedule func(attempt int) time.Duration
	// DeliveryTimeout bounds one delivery attempt; zero means 10 seconds.
	DeliveryTimeout time.Duration
	// CallbackCAs are the roots that a callback's certificate may chain to;
	// nil means those of the system.
	CallbackCAs *x509.CertPool
	// Guard is deferred first in every goroutine that the sandbox starts; it
	// may recover a panic. Nil lets a panic end the process.
	Guard func()
}

// Server is a running sandbox. Its methods may be called from any goroutine.
type Server struct {
	url      string
	life     context.Context
	cancel   context.CancelFunc
	http     *http.Server
	log      *slog.Logger
	guard    func()
	now      func() time.Time
	mint     *tokenMint
	units    []*unit
	policy   *callbackPolicy
	courier  *courier
	schedule func(int) time.Duration
	routes   []route
	page     *landingPage
	deadline chan struct{} // one slot: the earliest expiry may have changed

	owned    sync.WaitGroup // every goroutine but the handlers'
	handlers sync.WaitGroup
	mu       sync.Mutex
	closing  bool
	err      error
}

// Start listens and serves until ctx ends or [Server.Close] is called. It
// refuses an address outside loopback and keys that no client could send.
func Start(ctx context.Context, o Options) (*Server, error) {
	keys, err := o.Keys.complete()
	if err != nil {
		return nil, err
	}
	ln, err := listen(ctx, o.Addr)
	if err != nil {
		return nil, err
	}
	s, err := newServer(ctx, o, keys, "http://"+ln.Addr().String())
	if err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	s.run(ln)
	return s, nil
}

// run sets the sandbox going.
func (s *Server) run(ln net.Listener) {
	for _, part := range []func(){func() { s.serve(ln) }, s.stop, s.expire} {
		s.owned.Go(func() {
			defer s.guard()
			part()
		})
	}
}

// URL is the base URL that stands for https://apitest.vipps.no, without a
// trailing slash.
func (s *Server) URL() string { return s.url }

// Keys are the keys that the sandbox accepts, made-up ones filled in.
func (s *Server) Keys() Keys { return s.units[0].keys }

// TestPhone is the made-up test user's phone number (MSISDN digits). Its
// subscriber part starts with 1, so it is nobody's.
func (s *Server) TestPhone() string { return "4712345678" }

// AllowTunnel lets callbacks go to the public URL of the tunnel that this very
// process runs, although it is not on loopback. Only the latest one counts,
// since a tunnel host that was given back may become somebody else's; an empty
// or unusable URL allows none.
func (s *Server) AllowTunnel(publicURL string) { s.policy.allowTunnel(publicURL) }

// Wake makes the sandbox look at its clock at once: payments and retries that
// have fallen due by Options.Now are dealt with. Only needed after that clock
// was moved forward.
func (s *Server) Wake() {
	for _, u := range s.units {
		u.sweep(s.now())
		u.clockMoved(s.now())
	}
	signal(s.deadline)
}

// Done is closed when the sandbox ends: with its context, by [Server.Close], or
// because it can listen no longer.
func (s *Server) Done() <-chan struct{} { return s.life.Done() }

// Close stops serving and delivering and waits until every goroutine of the
// sandbox has ended, at most a few seconds. Its error says why the sandbox ended
// by itself, if it did. It may be called more than once.
func (s *Server) Close() error {
	s.cancel()
	s.owned.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

func newServer(ctx context.Context, o Options, keys Keys, base string) (*Server, error) {
	page, err := newLandingPage()
	if err != nil {
		return nil, err
	}
	s := &Server{
		url: base, log: o.Logger, now: o.Now, schedule: o.Schedule, guard: o.Guard,
		policy: &callbackPolicy{}, page: page, deadline: make(chan struct{}, 1),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.guard == nil {
		s.guard = func() {}
	}
	if s.schedule == nil {
		s.schedule = ProviderSchedule
	}
	s.life, s.cancel = context.WithCancel(ctx)
	s.mint = newTokenMint(orDefault(o.TokenLife, time.Hour))
	s.courier = newCourier(s.policy, o.CallbackCAs, orDefault(o.DeliveryTimeout, 10*time.Second), s.now)
	s.units = []*unit{newUnit(keys)}
	s.routes = s.table()
	s.http = &http.Server{
		Handler:           http.HandlerFunc(s.handle),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	return s, nil
}

func orDefault(d, def time.Duration) time.Duration {
	if d <= 0 {
		return def
	}
	return d
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("sandbox address %q: want host:port, such as 127.0.0.1:8976: %w", addr, err)
	}
	if !loopbackHost(host) {
		return nil, fmt.Errorf("sandbox address %q: the sandbox listens on loopback only; use 127.0.0.1, [::1] or localhost", addr)
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen for the sandbox: %w", err)
	}
	if at, err := netip.ParseAddrPort(ln.Addr().String()); err != nil || !at.Addr().IsLoopback() {
		return nil, errors.Join(fmt.Errorf("sandbox address %q resolves to %s, which is not loopback", addr, ln.Addr()), ln.Close())
	}
	return ln, nil
}

func (s *Server) serve(ln net.Listener) {
	defer s.cancel() // a listener that breaks ends the whole sandbox
	if err := s.http.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		s.mu.Lock()
		s.err = fmt.Errorf("serve the sandbox: %w", err)
		s.mu.Unlock()
	}
}

// stop waits for the end of the sandbox's life and takes it down in order: no
// new requests, then no handlers, then no deliveries.
func (s *Server) stop() {
	<-s.life.Done()
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.life), time.Second/2)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close() // somebody holds a connection open without a request
	}
	s.handlers.Wait()
	for _, u := range s.units {
		u.stopDeliveries()
	}
	s.courier.close()
}

// enter counts a handler in, unless the sandbox is on its way out.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.handlers.Add(1)
	return true
}

// signal leaves a note in a one-slot channel; a note already there is enough.
func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// loopbackHost reports whether a host of a URL or address names loopback by
// itself, without asking a resolver.
func loopbackHost(host string) bool {
	host = plainHost(host)
	if host == "localhost" || len(host) > 10 && host[len(host)-10:] == ".localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// landingURL is where the payer goes.
func (s *Server) landingURL(token string) string {
	return s.url + "/landing?token=" + url.QueryEscape(token)
}
