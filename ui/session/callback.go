package session

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"kvikk/api/secret"
	"kvikk/tunnel"
	"kvikk/tunnel/inbox"
	"kvikk/ui/profile"
)

// callback is an open callback URL and the goroutines that serve it.
type callback struct {
	tunnel *tunnel.Tunnel
	asked  asked
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

// asked is what decides whether an open callback URL still is the one that is
// wanted.
type asked struct {
	kind      tunnel.Kind
	tunnel    profile.Tunnel
	authtoken secret.Value
}

// Connect opens the callback URL and serves the inbox on it. When it is open
// already with the same settings it is kept. Meanwhile [Snapshot] names the
// stage.
func (s *Session) Connect(ctx context.Context) (string, error) {
	ctx, done, err := s.begin(ctx, s.configuring)
	if err != nil {
		return "", err
	}
	defer done()
	settings := s.Settings()
	options := settings.TunnelOptions()
	options.Logger, options.Guard = s.o.Logger, s.o.Guard
	want := asked{options.Kind, settings.Profile.Tunnel, settings.Secrets.Authtoken}
	s.mu.Lock()
	box, open := s.box, s.callback
	s.mu.Unlock()
	if box == nil {
		return "", errors.New("the inbox is not open")
	}
	if open != nil && open.reusable(want) {
		return open.tunnel.URL(), nil
	}
	if open != nil {
		s.disconnect()
	}
	t, err := tunnel.Open(ctx, options, s.stage)
	s.stage("")
	if err != nil {
		return "", err
	}
	s.serve(t, want, box)
	s.signal()
	return t.URL(), nil
}

// reusable reports whether the open callback URL still is what is wanted.
func (c *callback) reusable(want asked) bool {
	return c.asked == want && c.tunnel.Status().State != tunnel.Closed
}

// serve makes an open tunnel the callback URL and starts its goroutines: the
// HTTP server and the watcher that registers anew when the public URL changes.
// Both find the callback URL in place.
func (s *Session) serve(t *tunnel.Tunnel, want asked, box *inbox.Inbox) {
	ctx, cancel := context.WithCancel(s.life)
	c := &callback{tunnel: t, asked: want, cancel: cancel}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callback, s.planned = c, inbox.NewToken()
	if s.sandbox != nil {
		s.sandbox.AllowTunnel(t.URL())
	}
	c.wg.Go(func() {
		defer s.o.Guard()
		if err := box.Serve(ctx, t); err != nil && ctx.Err() == nil {
			s.o.Logger.Error("serve the callback URL", "err", err)
			s.tell("The callback server stopped: " + err.Error())
		}
	})
	c.wg.Go(func() {
		defer s.o.Guard()
		s.watch(ctx, t)
	})
}

// close ends the tunnel and waits for what serves it.
func (c *callback) close() error {
	c.cancel()
	err := c.tunnel.Close()
	c.wg.Wait()
	return err
}

// disconnect closes the callback URL.
func (s *Session) disconnect() {
	s.mu.Lock()
	open := s.callback
	s.callback = nil
	s.mu.Unlock()
	if open == nil {
		return
	}
	if err := open.close(); err != nil {
		s.o.Logger.Warn("close the tunnel", "err", err)
	}
	s.signal()
}

// firstPause is the pause before the first repetition of a registration that a
// new public URL needs; it doubles up to longestPause.
const (
	firstPause   = 5 * time.Second
	longestPause = time.Minute
)

// watch follows the tunnel. A dropped link comes back by itself with the same
// URL; a rebuilt one may have another, which the provider must be told. As
// long as it cannot be reached, that is tried again.
func (s *Session) watch(ctx context.Context, t *tunnel.Tunnel) {
	pause := s.pause
	retry := time.NewTimer(pause)
	retry.Stop()
	defer retry.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.Changed():
			pause = s.pause
		case <-retry.C:
		}
		retry.Stop()
		s.signal()
		if t.Status().State != tunnel.Up {
			continue
		}
		if err := s.follow(ctx, t.URL()); err != nil && !refused(err) {
			retry.Reset(pause)
			pause = min(2*pause, longestPause)
		}
	}
}

// follow registers anew when the public URL is not the registered one.
func (s *Session) follow(ctx context.Context, base string) error {
	ctx, done, err := s.begin(ctx, s.registering)
	if err != nil {
		return err
	}
	defer done()
	s.mu.Lock()
	active := s.active
	if s.sandbox != nil {
		s.sandbox.AllowTunnel(base)
	}
	s.mu.Unlock()
	if active.ID == "" || strings.HasPrefix(active.URL, base+hooksPath) {
		return nil
	}
	_, stays, err := s.renew(ctx, active.Events)
	if err != nil {
		if ctx.Err() == nil {
			s.tell(fmt.Sprintf("The public URL is now %s, but it could not be registered: %v", base, err))
		}
		return err
	}
	if stays != nil {
		s.tell(fmt.Sprintf("The public URL changed to %s. It is registered. The old registration could not be deleted, which is tried again at the end: %v", base, stays))
		return nil
	}
	s.tell("The public URL changed to " + base + ". It is registered, and the old registration is deleted.")
	return nil
}

// stage notes what opening the callback URL is at.
func (s *Session) stage(words string) {
	s.mu.Lock()
	s.doing = words
	s.mu.Unlock()
	s.signal()
}
