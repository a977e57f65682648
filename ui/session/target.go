package session

import (
	"context"
	"errors"
	"fmt"

	"kvikk/api"
	"kvikk/api/control"
	"kvikk/ui/profile"
)

// Configure chooses the sales unit: the embedded sandbox, started afresh, or
// the one that the settings describe. An own registration at another sales
// unit is deleted first.
func (s *Session) Configure(ctx context.Context, settings profile.Settings) error {
	ctx, done, err := s.begin(ctx, s.configuring)
	if err != nil {
		return err
	}
	defer done()
	return s.choose(ctx, settings)
}

// Prepare configures the session unless it is configured for these settings
// already.
func (s *Session) Prepare(ctx context.Context, settings profile.Settings) error {
	ctx, done, err := s.begin(ctx, s.configuring)
	if err != nil {
		return err
	}
	defer done()
	if s.ready(settings) {
		s.findSandbox(ctx)
		return nil
	}
	return s.choose(ctx, settings)
}

// choose configures the session and finds out what its API is.
func (s *Session) choose(ctx context.Context, settings profile.Settings) error {
	if err := s.configure(ctx, settings); err != nil {
		return err
	}
	s.findSandbox(ctx)
	return nil
}

// ready reports whether the session speaks for the sales unit of the settings
// already. What else they say, such as the way to be reached, is taken over.
func (s *Session) ready(settings profile.Settings) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == nil || !sameTarget(s.asked, settings) {
		return false
	}
	p, now := settings.Profile, s.settings.Profile
	if s.sandbox != nil {
		p.APIURL, p.ClientID, p.MSN, p.Phone = now.APIURL, now.ClientID, now.MSN, now.Phone
	}
	s.settings.Profile, s.settings.Secrets.Authtoken = p, settings.Secrets.Authtoken
	return true
}

// sameTarget reports whether two settings mean the same sales unit with the
// same keys.
func sameTarget(a, b profile.Settings) bool {
	return a.Source == b.Source && a.Profile.APIURL == b.Profile.APIURL && a.Keys() == b.Keys()
}

// configure points the session at the sales unit of the settings.
func (s *Session) configure(ctx context.Context, settings profile.Settings) error {
	asked := settings
	if settings.Source == profile.Sandbox {
		return s.configureSandbox(ctx, asked)
	}
	client, err := s.newClient(settings.Profile.APIURL, settings.Keys())
	if err != nil {
		return err
	}
	return s.replace(ctx, target{client: client, asked: asked, settings: settings})
}

func (s *Session) configureSandbox(ctx context.Context, asked profile.Settings) error {
	if s.o.StartSandbox == nil {
		return errors.New("this build has no embedded sandbox")
	}
	box, err := s.o.StartSandbox(s.life)
	if err != nil {
		return fmt.Errorf("start the sandbox: %w", err)
	}
	keys := box.Keys()
	client, err := s.newClient(box.URL(), keys)
	if err != nil {
		return errors.Join(err, box.Close())
	}
	settings := asked
	p := &settings.Profile
	p.APIURL, p.ClientID, p.MSN, p.Phone = box.URL(), keys.ClientID, keys.MSN, box.TestPhone()
	settings.Secrets.ClientSecret, settings.Secrets.SubscriptionKey = keys.ClientSecret, keys.SubscriptionKey
	return s.replace(ctx, target{
		client: client, sandbox: box, steering: control.New(box.URL(), nil).For(keys.MSN), asked: asked, settings: settings,
	})
}

func (s *Session) newClient(baseURL string, keys api.Keys) (*api.Client, error) {
	return api.New(api.Options{
		BaseURL: baseURL, Keys: keys, System: s.o.System, Record: s.o.Record, Guard: s.o.Guard, Now: s.o.Now,
	})
}

// target is a sales unit and what speaks for it.
type target struct {
	client  *api.Client
	sandbox Sandbox // nil for the test environment
	// steering is nil unless the API is known to be a kvikk sandbox.
	steering *control.Client
	// asked are the settings as configured, settings the ones in force, with
	// the sandbox's keys.
	asked, settings profile.Settings
}

// target is the present one. The caller has the lock.
func (s *Session) target() target {
	return target{client: s.client, sandbox: s.sandbox, steering: s.steering, asked: s.asked, settings: s.settings}
}

func (t target) close() error {
	if t.client != nil {
		t.client.Close()
	}
	if t.steering != nil {
		t.steering.Close()
	}
	if t.sandbox == nil {
		return nil
	}
	return t.sandbox.Close()
}

// replace puts a target in place of the present one, whose registrations are
// taken away when it is another sales unit.
func (s *Session) replace(ctx context.Context, next target) error {
	if !s.registering.take(ctx) {
		return errors.Join(ctx.Err(), next.close())
	}
	defer s.registering.give()
	s.mu.Lock()
	old := s.target()
	s.mu.Unlock()
	if old.client != nil {
		s.settleAttempts(ctx)
	}
	if old.client != nil && old.moves(next) {
		s.forget(ctx, old)
	}
	s.mu.Lock()
	s.client, s.sandbox, s.steering, s.asked, s.settings = next.client, next.sandbox, next.steering, next.asked, next.settings
	if s.sandbox != nil && s.callback != nil {
		s.sandbox.AllowTunnel(s.callback.tunnel.URL())
	}
	s.mu.Unlock()
	s.warn("close the sandbox", old.close())
	s.signal()
	return nil
}

// moves reports whether the next target is another sales unit.
func (t target) moves(next target) bool {
	a, b := t.settings.Profile, next.settings.Profile
	return t.client.BaseURL() != next.client.BaseURL() || a.MSN != b.MSN
}

// forget deletes this run's registrations at the sales unit that is being
// left. Those of a sandbox end with it.
func (s *Session) forget(ctx context.Context, old target) {
	ctx, cancel := context.WithTimeout(ctx, CleanupLimit)
	defer cancel()
	left := s.deleteMine(ctx).Left
	s.mu.Lock()
	s.active = Registered{}
	s.mu.Unlock()
	for _, l := range left {
		s.o.Logger.Warn("a registration stays", "url", l.URL, "err", l.Err)
	}
	box := s.Inbox()
	if len(left) == 0 || box == nil {
		return
	}
	for _, r := range box.Mine() {
		switch {
		case r.APIURL != old.client.BaseURL():
		case old.sandbox != nil:
			s.warn("release a registration", box.Release(context.WithoutCancel(ctx), r.Token))
		default:
			s.tell("The registration of " + r.URL + " stays at sales unit " + r.MSN + ": it could not be deleted.")
		}
	}
}
