package session_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"kvikk/ui/session"
)

// late is a provider that carries a register call out when it is told to,
// whether anybody still waits for the answer or not.
type late struct {
	asked  chan struct{} // a register call has come
	carry  chan struct{} // closed: it is carried out
	made   chan struct{} // closed: it has been
	gone   chan struct{} // a registration has been deleted
	listed *atomic.Int32 // how often the list was asked for
}

func newLate(p *provider) late {
	l := late{
		make(chan struct{}, 1), make(chan struct{}), make(chan struct{}), make(chan struct{}, 8), new(atomic.Int32),
	}
	p.misbehave(func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		if !registers(r) {
			if r.Method == http.MethodGet {
				l.listed.Add(1)
			}
			pass.ServeHTTP(w, r)
			if r.Method == http.MethodDelete {
				l.gone <- struct{}{}
			}
			return
		}
		body, _ := io.ReadAll(r.Body)
		ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
		defer cancel()
		r = r.WithContext(ctx)
		r.Body = io.NopCloser(bytes.NewReader(body))
		l.asked <- struct{}{}
		<-l.carry
		pass.ServeHTTP(w, r)
		close(l.made)
	})
	return l
}

// giveUp registers and gives up while the provider is at it.
func (l late) giveUp(t *testing.T, s *session.Session) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-l.asked
		cancel()
	}()
	if _, err := s.Register(ctx, []string{created}); !errors.Is(err, context.Canceled) {
		t.Errorf("Register = %v", err)
	}
	select {
	case <-l.made:
		t.Error("Register waited for the answer")
	default:
	}
}

// carriesOut carries the call out once a clean-up has had the time to end
// without waiting for it, and returns when the clean-up has ended.
func (l late) carriesOut(t *testing.T, cleaned <-chan error) {
	t.Helper()
	select {
	case err := <-cleaned:
		t.Errorf("nobody waited for the answer (%v)", err)
		close(l.carry)
		return
	case <-time.After(200 * time.Millisecond):
	}
	close(l.carry)
	if err := <-cleaned; err != nil {
		t.Error(err)
	}
	if n := l.listed.Load(); n != 0 {
		t.Errorf("the list was asked for %d times, though the answer has the id", n)
	}
}

func receive(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatalf("waited in vain for %s", what)
	}
}

func TestAnAnswerThatComesAfterTheEndOfTheWaitIsSettled(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	s := connected(t, options(t.TempDir()), p.settings())
	first := register(t, s, created)
	l := newLate(p)
	l.giveUp(t, s)
	close(l.carry)
	receive(t, "the deletion", l.gone)
	if n := l.listed.Load(); n != 0 {
		t.Errorf("the list was asked for %d times, though the answer has the id", n)
	}
	if got := p.urls(); !slices.Equal(got, []string{first.URL}) || s.Snapshot().Registered.ID != first.ID {
		t.Errorf("the provider has %q, the snapshot %+v", got, s.Snapshot().Registered)
	}
	if done := closes(t, s, context.Background()); len(done.Left) != 0 || !slices.Equal(done.Deleted, []string{first.URL}) {
		t.Errorf("Close = %+v", done)
	}
}

func TestCloseWaitsForTheAnswerToWhatWasGivenUp(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	s := connected(t, options(t.TempDir()), p.settings())
	l := newLate(p)
	l.giveUp(t, s)
	closed := make(chan error, 1)
	go func() {
		var err error
		if done := closes(t, s, context.Background()); len(done.Left) != 0 {
			err = done.Left[0].Err
		}
		closed <- err
	}()
	l.carriesOut(t, closed)
	if got := p.urls(); len(got) != 0 {
		t.Errorf("the provider still has %q", got)
	}
}

func TestAnotherSalesUnitWaitsForTheAnswerToo(t *testing.T) {
	t.Parallel()
	before, after := newProvider(t), newProvider(t)
	s := connected(t, options(t.TempDir()), before.settings())
	l := newLate(before)
	l.giveUp(t, s)
	configured := make(chan error, 1)
	go func() { configured <- s.Configure(t.Context(), after.settings()) }()
	l.carriesOut(t, configured)
	if got := before.urls(); len(got) != 0 || len(s.Inbox().Mine()) != 0 {
		t.Errorf("the sales unit that was left has %q, the journal %+v", got, s.Inbox().Mine())
	}
}

func TestARegistrationThatIsMadeAfterTheEndIsFoundByTheNextRun(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	dir := t.TempDir()
	first := connected(t, options(dir), p.settings())
	url := first.HookURL()
	l := newLate(p)
	l.giveUp(t, first)
	if done := closes(t, first, context.Background()); len(done.Left) != 1 || done.Left[0].URL != url || done.Left[0].Err == nil {
		t.Errorf("Close = %+v, want %s left", done, url)
	}
	s := connected(t, options(dir), p.settings())
	if list, err := s.Leftovers(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("Leftovers = %+v, %v before there is a registration", list, err)
	}
	close(l.carry)
	receive(t, "the registration", l.made)
	list, err := s.Leftovers(t.Context())
	if err != nil || len(list) != 1 || list[0].URL != url || list[0].ID == "" {
		t.Fatalf("Leftovers = %+v, %v", list, err)
	}
	if done := s.DeleteLeftovers(t.Context(), list); !slices.Equal(done.Deleted, []string{url}) {
		t.Errorf("DeleteLeftovers = %+v", done)
	}
	if got := p.urls(); len(got) != 0 {
		t.Errorf("the provider still has %q", got)
	}
}

func TestALostRegistrationIsForgottenAfterTenMinutes(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	dir := t.TempDir()
	first := connected(t, options(dir), p.settings())
	p.misbehave(func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		if registers(r) {
			cut(w, r, pass)
		}
		pass.ServeHTTP(w, r)
	})
	if _, err := first.Register(t.Context(), []string{created}); err == nil || len(first.Inbox().Mine()) != 1 {
		t.Fatalf("Register = %v, the journal has %+v", err, first.Inbox().Mine())
	}
	if done := closes(t, first, context.Background()); len(done.Left) != 1 {
		t.Errorf("Close = %+v", done)
	}
	for _, c := range []struct {
		later     time.Duration
		journaled int
	}{{0, 1}, {9 * time.Minute, 1}, {11 * time.Minute, 0}} {
		o := options(dir)
		o.Now = func() time.Time { return time.Now().Add(c.later) }
		s := connected(t, o, p.settings())
		p.misbehave(unreachable)
		if list, err := s.Leftovers(t.Context()); err == nil || len(list) != 0 {
			t.Errorf("Leftovers = %+v, %v without the list", list, err)
		}
		p.misbehave(nil)
		if list, err := s.Leftovers(t.Context()); err != nil || len(list) != 0 {
			t.Errorf("Leftovers = %+v, %v after %v", list, err, c.later)
		}
		left, err := s.Inbox().Leftovers(t.Context(), p.url, p.keys.MSN)
		if err != nil || len(left) != c.journaled {
			t.Errorf("after %v the journal has %+v, %v", c.later, left, err)
		}
	}
}

func TestAnAnswerOfTheProvidersOwnEndsTheDoubt(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	s := connected(t, options(t.TempDir()), p.settings())
	for status, left := range map[int]int{http.StatusInternalServerError: 0, http.StatusServiceUnavailable: 0, http.StatusGatewayTimeout: 1} {
		p.misbehave(func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
			if registers(r) {
				w.WriteHeader(status)
				return
			}
			pass.ServeHTTP(w, r)
		})
		before := len(s.Inbox().Mine())
		if _, err := s.Register(t.Context(), []string{created}); err == nil {
			t.Fatalf("Register succeeded with %d", status)
		}
		if got := len(s.Inbox().Mine()) - before; got != left {
			t.Errorf("after %d the journal has %d more, want %d", status, got, left)
		}
	}
}
