package session_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"

	"kvikk/api"
	"kvikk/ui/session"
)

func TestASecondRegistrationReplacesTheFirst(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	s := connected(t, options(t.TempDir()), p.settings())
	var order []string
	first := register(t, s, created)
	p.misbehave(func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		order = append(order, r.Method)
		pass.ServeHTTP(w, r)
	})
	second := register(t, s, created, captured)
	if got := p.urls(); !slices.Equal(got, []string{second.URL}) || first.URL == second.URL {
		t.Errorf("the provider has %q, want %q alone", got, second.URL)
	}
	if !slices.Equal(order, []string{http.MethodPost, http.MethodDelete}) {
		t.Errorf("calls = %q, want the new one before the old one's end", order)
	}
	if got := s.Snapshot().Registered; got.ID != second.ID || !got.Wants(captured) {
		t.Errorf("the snapshot has %+v", got)
	}
	if status := deliver(t, first, first.Secret); status != http.StatusOK {
		t.Errorf("the old path answers %d to a genuine webhook", status)
	}
	if status := deliver(t, first, second.Secret); status != http.StatusUnauthorized {
		t.Errorf("the old path answers %d to the new secret", status)
	}
	if row := arrived(t, s, pay(t, s)); row.RegistrationID != second.ID || !row.Verified {
		t.Errorf("row = %+v", row)
	}
}

func TestAFailedSecondRegistrationLeavesTheFirst(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	s := connected(t, options(t.TempDir()), p.settings())
	first := register(t, s, created)
	if _, err := s.Register(t.Context(), []string{"no.such.event"}); err == nil {
		t.Fatal("an event type that does not exist was registered")
	}
	if got := p.urls(); !slices.Equal(got, []string{first.URL}) || s.Snapshot().Registered.ID != first.ID {
		t.Errorf("the provider has %q, the snapshot %+v", got, s.Snapshot().Registered)
	}
	if mine := s.Inbox().Mine(); len(mine) != 1 || mine[0].ID != first.ID {
		t.Errorf("the journal has %+v", mine)
	}
}

func TestALostAnswerIsFoundByItsPath(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(w http.ResponseWriter, r *http.Request, pass http.Handler){
		"the connection is cut": func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
			forwarded(r, pass)
			cut(w, r, pass)
		},
		"the answer is no JSON": func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
			forwarded(r, pass)
			_, _ = w.Write([]byte("<html>"))
		},
		"a proxy gives up": func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
			forwarded(r, pass)
			w.WriteHeader(http.StatusGatewayTimeout)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProvider(t)
			s := connected(t, options(t.TempDir()), p.settings())
			var lost atomic.Int32
			p.misbehave(func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
				if registers(r) {
					lost.Add(1)
					lose(w, r, pass)
					return
				}
				pass.ServeHTTP(w, r)
			})
			if _, err := s.Register(t.Context(), []string{created}); err == nil {
				t.Fatal("Register knows of an answer that was lost")
			}
			if got := p.urls(); len(got) != 0 || lost.Load() != 1 {
				t.Errorf("the provider has %q after %d calls", got, lost.Load())
			}
			if mine := s.Inbox().Mine(); len(mine) != 0 {
				t.Errorf("the journal has %+v", mine)
			}
			if done := closes(t, s, context.Background()); len(done.Deleted)+len(done.Left) != 0 {
				t.Errorf("Close = %+v", done)
			}
		})
	}
}

func TestARegistrationThatWasCancelledIsTakenBack(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	s := connected(t, options(t.TempDir()), p.settings())
	ctx, cancel := context.WithCancel(t.Context())
	p.misbehave(func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		if registers(r) {
			forwarded(r, pass)
			cancel()
			<-r.Context().Done()
			return
		}
		pass.ServeHTTP(w, r)
	})
	if _, err := s.Register(ctx, []string{created}); !errors.Is(err, context.Canceled) {
		t.Errorf("Register = %v", err)
	}
	if done := closes(t, s, context.Background()); len(done.Left) != 0 {
		t.Errorf("Close = %+v", done)
	}
	if got := p.urls(); len(got) != 0 {
		t.Errorf("the provider has %q", got)
	}
}

func TestWhatNeverReachedTheProviderLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(w http.ResponseWriter, r *http.Request, pass http.Handler){
		"no token is given": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			w.WriteHeader(http.StatusBadGateway)
		},
		"the token's answer is no JSON": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			_, _ = w.Write([]byte("<html>"))
		},
		"the connection is cut before the token": cut,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProvider(t)
			s := connected(t, options(t.TempDir()), p.settings())
			p.misbehave(fault)
			if _, err := s.Register(t.Context(), []string{created}); err == nil {
				t.Fatal("Register succeeded")
			}
			if mine := s.Inbox().Mine(); len(mine) != 0 {
				t.Errorf("the journal still expects %+v", mine)
			}
		})
	}
}

func TestDeleteEndsOneRegistration(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	s := connected(t, options(t.TempDir()), p.settings())
	reg := register(t, s, created)
	foreign, err := p.direct.RegisterWebhook(t.Context(), api.RegisterWebhookRequest{
		URL: "http://127.0.0.1:1/hooks/foreign", Events: []string{created},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := owners(t, s); got[reg.ID] != session.Ours || got[foreign.ID] != session.Foreign || len(got) != 2 {
		t.Errorf("owners = %v", got)
	}
	for range 2 { // it may be gone already
		if err := s.Delete(t.Context(), foreign.ID); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.Snapshot().Registered.ID; got != reg.ID {
		t.Errorf("the snapshot has registration %q", got)
	}
	select {
	case <-s.Changed():
	default:
	}
	if err := s.Delete(t.Context(), reg.ID); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.Changed():
	default:
		t.Error("nobody is told that the registration is gone")
	}
	if got := s.Snapshot().Registered.ID; got != "" {
		t.Errorf("the snapshot has registration %q", got)
	}
	if got := p.urls(); len(got) != 0 || len(s.Inbox().Mine()) != 0 {
		t.Errorf("the provider has %q, the journal %+v", got, s.Inbox().Mine())
	}
	p.misbehave(func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { w.WriteHeader(http.StatusForbidden) })
	if err := s.Delete(t.Context(), reg.ID); err == nil {
		t.Error("a refusal to delete is no error")
	}
}

// owners are those of the provider's list, by registration.
func owners(t *testing.T, s *session.Session) map[string]session.Owner {
	t.Helper()
	list, err := s.Registrations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	by := make(map[string]session.Owner)
	for _, l := range list {
		by[l.ID] = l.Owner
	}
	return by
}
