package inbox

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

// Limits of the server. The provider gives up on an answer after ten seconds, so
// that nothing genuine is slower than these.
const (
	headerTimeout  = 10 * time.Second
	requestTimeout = 30 * time.Second
	idleTimeout    = 2 * time.Minute
	headerBytes    = 64 << 10
	// shutdownTimeout is how long requests under way may still take when the
	// server ends.
	shutdownTimeout = 2 * time.Second
)

// errServeDied is the end of a server whose goroutine panicked.
var errServeDied = errors.New("the server ended unexpectedly")

// Serve receives webhooks from ln until ctx ends, and then returns nil when no
// handler is at work any more. It closes ln. Any other end of the listener is an
// error.
func (b *Inbox) Serve(ctx context.Context, ln net.Listener) error {
	var handlers gate
	silent := silentConns{open: map[net.Conn]struct{}{}}
	server := &http.Server{
		Handler:                      handlers.wrap(b.Handler()),
		ReadHeaderTimeout:            headerTimeout,
		ReadTimeout:                  requestTimeout,
		IdleTimeout:                  idleTimeout,
		MaxHeaderBytes:               headerBytes,
		ErrorLog:                     slog.NewLogLogger(b.log.Handler(), slog.LevelWarn),
		DisableGeneralOptionsHandler: true,
		ConnState:                    silent.note,
	}
	ended := make(chan error, 1)
	go func() {
		defer b.guard()
		err := errServeDied
		defer func() { ended <- err }()
		err = server.Serve(ln)
	}()
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
		_ = ln.Close()
		silent.close()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		_ = server.Shutdown(grace) // what is left of it, Close ends
		cancel()
		<-ended
	}
	_ = server.Close()
	handlers.close()
	if err == nil || ctx.Err() != nil || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("receiving webhooks: %w", err)
}

// silentConns are connections that have not sent anything yet. A server that
// shuts down would wait for them, in case they do.
type silentConns struct {
	mu     sync.Mutex
	closed bool
	open   map[net.Conn]struct{}
}

func (s *silentConns) note(conn net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(s.open, conn)
	case s.closed:
		_ = conn.Close()
	default:
		s.open[conn] = struct{}{}
	}
}

func (s *silentConns) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for conn := range s.open {
		_ = conn.Close()
	}
}

// gate waits for handlers that http.Server.Close leaves running.
type gate struct {
	mu     sync.Mutex
	closed bool
	inside sync.WaitGroup
}

func (g *gate) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.enter() {
			answer(w, http.StatusServiceUnavailable, "shutting down")
			return
		}
		defer g.inside.Done()
		next.ServeHTTP(w, r)
	})
}

func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.inside.Add(1)
	return true
}

func (g *gate) close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.inside.Wait()
}
