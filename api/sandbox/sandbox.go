package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Server is a running sandbox. Its methods may be called from any goroutine.
type Server struct {
	url           string
	life          context.Context
	cancel        context.CancelFunc
	http          *http.Server
	log           *slog.Logger
	guard         func()
	clock         *clock
	now           func() time.Time // the clock's
	mint          *tokenMint
	ids           *entropy
	units         []*unit          // in the order of the options
	byKey         map[string]*unit // by subscription key
	byClient      map[string]*unit // by client id, in lower case
	names         hosts
	policy        *callbackPolicy
	courier       *courier
	attempts      *ring[attempt]
	faults        *faults
	schedule      func(int) time.Duration
	routes        []route
	pages         *pages
	webhookSecret string
	journal       *journal
	deadline      chan struct{} // one slot: the earliest expiry may have changed

	owned    sync.WaitGroup // every goroutine but the handlers'
	handlers sync.WaitGroup
	mu       sync.Mutex
	closing  bool
	err      error
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

// Keys are the keys of the first sales unit, made-up ones filled in.
func (s *Server) Keys() Keys { return s.units[0].keys }

// SalesUnits are the keys of every sales unit, in the order of the options.
func (s *Server) SalesUnits() []Keys {
	all := make([]Keys, 0, len(s.units))
	for _, u := range s.units {
		all = append(all, u.keys)
	}
	return all
}

// TestPhone is the made-up test user's phone number (MSISDN digits). Its
// subscriber part starts with 1, so it is nobody's.
func (s *Server) TestPhone() string { return testPhone }

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

func orDefault(d, def time.Duration) time.Duration {
	if d <= 0 {
		return def
	}
	return d
}

func (s *Server) serve(ln net.Listener) {
	defer s.cancel() // a listener that breaks ends the whole sandbox
	serve := s.http.Serve
	if s.http.TLSConfig != nil {
		serve = func(ln net.Listener) error { return s.http.ServeTLS(ln, "", "") }
	}
	if err := serve(ln); !errors.Is(err, http.ErrServerClosed) {
		s.failed(fmt.Errorf("serve the sandbox: %w", err))
	}
}

// failed keeps an error for Close.
func (s *Server) failed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = errors.Join(s.err, err)
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
	s.failed(s.journal.close())
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
