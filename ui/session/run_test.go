package session_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"kvikk/api"
	"kvikk/tunnel"
	"kvikk/ui/profile"
	"kvikk/ui/session"
)

func TestFourCallsToAVerifiedWebhookInTheSandbox(t *testing.T) {
	t.Parallel()
	s := open(t, options(t.TempDir()))
	if err := s.Configure(t.Context(), profile.Settings{Source: profile.Sandbox}); err != nil {
		t.Fatal(err)
	}
	if snap := s.Snapshot(); !snap.Sandbox || snap.MSN == "" || snap.APIURL == "" || snap.Connected || snap.HasToken {
		t.Errorf("before connecting: %+v", snap)
	}
	if got := s.HookURL(); got != "" {
		t.Errorf("HookURL = %q before there is a callback URL", got)
	}
	base, err := s.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Client().Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	planned := s.HookURL()
	reg := register(t, s, created)
	if reg.URL != planned || !strings.HasPrefix(reg.URL, base+"/hooks/") || reg.ID == "" || !reg.Wants(created) || reg.Wants(captured) {
		t.Errorf("registered %+v, planned %q", reg, planned)
	}
	if s.HookURL() == planned {
		t.Error("the next registration would have the same path")
	}
	row := arrived(t, s, pay(t, s))
	if !row.Verified || row.Name != "CREATED" || row.RegistrationID != reg.ID || row.Status != http.StatusOK {
		t.Errorf("row = %+v", row)
	}
	snap := s.Snapshot()
	if !snap.Connected || snap.Tunnel.State != tunnel.Up || snap.TunnelKind != tunnel.Local || !snap.HasToken || snap.Registered.ID != reg.ID {
		t.Errorf("snapshot = %+v", snap)
	}
	if p := s.Settings(); p.Profile.Phone == "" || p.Keys() != embeddedKeys(t, s) {
		t.Error("the settings in force lack the sandbox's keys")
	}
	if done := closes(t, s, t.Context()); len(done.Left) != 0 || !slices.Equal(done.Deleted, []string{reg.URL}) {
		t.Errorf("Close = %+v", done)
	}
}

// embeddedKeys are the keys that the sandbox accepts, seen from its answers.
func embeddedKeys(t *testing.T, s *session.Session) api.Keys {
	t.Helper()
	k := s.Settings().Keys()
	c, err := api.New(api.Options{BaseURL: s.Client().BaseURL(), Keys: k})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Webhooks(t.Context()); err != nil {
		t.Errorf("the sandbox refuses the keys of the settings: %v", err)
	}
	return k
}

func TestCloseDeletesTheRegistration(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for name, ctx := range map[string]context.Context{
		"with a context that lives": context.Background(),
		"after the context's end":   ended,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProvider(t)
			s := connected(t, options(t.TempDir()), p.settings())
			reg := register(t, s, created)
			if got := p.urls(); !slices.Equal(got, []string{reg.URL}) {
				t.Fatalf("the provider has %q", got)
			}
			if done := closes(t, s, ctx); len(done.Left) != 0 || !slices.Equal(done.Deleted, []string{reg.URL}) {
				t.Errorf("Close = %+v", done)
			}
			if got := p.urls(); len(got) != 0 {
				t.Errorf("the provider still has %q", got)
			}
			if again := s.Close(ctx); len(again.Deleted)+len(again.Left) != 0 {
				t.Errorf("closing again = %+v", again)
			}
		})
	}
}

func TestCloseWhileTheProviderHangs(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	s := connected(t, options(t.TempDir()), p.settings())
	reg := register(t, s, created)
	p.misbehave(hang)
	done := closes(t, s, context.Background())
	if len(done.Deleted) != 0 || len(done.Left) != 1 || done.Left[0].URL != reg.URL || done.Left[0].ID != reg.ID || done.Left[0].Err == nil {
		t.Errorf("Close = %+v, want %s left", done, reg.URL)
	}
}

func TestCloseWaitsForARegistrationThatIsUnderWay(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	s := connected(t, options(t.TempDir()), p.settings())
	atProvider := make(chan struct{})
	p.misbehave(func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		if !registers(r) {
			pass.ServeHTTP(w, r)
			return
		}
		forwarded(r, pass)
		close(atProvider)
		<-r.Context().Done()
	})
	failed := make(chan error, 1)
	go func() {
		_, err := s.Register(context.Background(), []string{created})
		failed <- err
	}()
	<-atProvider
	if got := p.urls(); len(got) != 1 {
		t.Fatalf("the provider has %q", got)
	}
	if done := closes(t, s, context.Background()); len(done.Left) != 0 {
		t.Errorf("Close = %+v", done)
	}
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("Register = %v", err)
	}
	if got := p.urls(); len(got) != 0 {
		t.Errorf("the provider still has %q", got)
	}
}

func TestNothingBeginsOnAClosedSession(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	s := connected(t, options(t.TempDir()), p.settings())
	s.Close(context.Background())
	for name, call := range map[string]func() error{
		"open":      func() error { return s.Open(t.Context()) },
		"configure": func() error { return s.Configure(t.Context(), p.settings()) },
		"prepare":   func() error { return s.Prepare(t.Context(), p.settings()) },
		"connect":   func() error { _, err := s.Connect(t.Context()); return err },
		"register":  func() error { _, err := s.Register(t.Context(), []string{created}); return err },
		"list":      func() error { _, err := s.Registrations(t.Context()); return err },
		"delete":    func() error { return s.Delete(t.Context(), "id") },
		"recheck":   func() error { return s.Recheck(t.Context(), 1) },
	} {
		if call() == nil {
			t.Errorf("%s works on a closed session", name)
		}
	}
	if s.Inbox() != nil || s.Client() != nil || s.Arrivals() != 0 || s.Snapshot().Connected {
		t.Error("a closed session still has its parts")
	}
}

func TestWhatComesTooEarly(t *testing.T) {
	t.Parallel()
	s := session.New(context.Background(), options(t.TempDir()))
	defer s.Close(context.Background())
	if _, err := s.Connect(t.Context()); err == nil {
		t.Error("Connect works without an inbox")
	}
	if _, err := s.Register(t.Context(), []string{created}); err == nil {
		t.Error("Register works without a callback URL")
	}
	if list, err := s.Leftovers(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("Leftovers = %v, %v", list, err)
	}
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.Open(t.Context()) == nil {
		t.Error("an open inbox can be opened again")
	}
}

func TestTheCallersContextBoundsAWait(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	s := connected(t, options(t.TempDir()), p.settings())
	atProvider := make(chan struct{}, 8)
	p.misbehave(func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		atProvider <- struct{}{}
		<-r.Context().Done()
	})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = s.Register(context.Background(), []string{created})
	}()
	<-atProvider
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Register(ctx, []string{created}); !errors.Is(err, context.Canceled) {
		t.Errorf("Register = %v while another one is under way", err)
	}
	p.misbehave(nil)
	closes(t, s, context.Background())
	<-ended
}
