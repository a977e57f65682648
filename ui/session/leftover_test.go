package session_test

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"kvikk/ui/session"
)

// unreachable is a provider from which nothing comes back, quickly.
func unreachable(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
	w.WriteHeader(http.StatusForbidden)
}

func TestALeftoverIsFoundAndDeletedAlone(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	dir := t.TempDir()
	first := connected(t, options(dir), p.settings())
	left := register(t, first, created)
	p.misbehave(unreachable)
	if done := closes(t, first, context.Background()); len(done.Left) != 1 || done.Left[0].ID != left.ID {
		t.Fatalf("Close = %+v", done)
	}
	p.misbehave(nil)

	sibling := connected(t, options(dir), p.settings())
	theirs := register(t, sibling, created)
	s := connected(t, options(dir), p.settings())
	mine := register(t, s, created)
	if got := owners(t, s); got[left.ID] != session.Leftover || got[theirs.ID] != session.Sibling || got[mine.ID] != session.Ours {
		t.Errorf("owners = %v", got)
	}
	list, err := s.Leftovers(t.Context())
	if err != nil || len(list) != 1 || list[0].ID != left.ID {
		t.Fatalf("Leftovers = %+v, %v", list, err)
	}
	if done := s.DeleteLeftovers(t.Context(), list); len(done.Left) != 0 || !slices.Equal(done.Deleted, []string{left.URL}) {
		t.Errorf("DeleteLeftovers = %+v", done)
	}
	if got := p.urls(); !slices.Equal(got, []string{theirs.URL, mine.URL}) {
		t.Errorf("the provider has %q", got)
	}
	if again, err := s.Leftovers(t.Context()); err != nil || len(again) != 0 {
		t.Errorf("Leftovers = %+v, %v after deleting them", again, err)
	}
	closes(t, sibling, context.Background())
	if got := p.urls(); !slices.Equal(got, []string{mine.URL}) {
		t.Errorf("the provider has %q after the sibling's end", got)
	}
}

func TestALostAnswerAndAnUnreachableProviderMakeALeftover(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	dir := t.TempDir()
	first := connected(t, options(dir), p.settings())
	p.misbehave(func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		switch {
		case registers(r):
			forwarded(r, pass)
			cut(w, r, pass)
		case r.URL.Path == "/webhooks/v1/webhooks":
			unreachable(w, r, pass)
		default:
			pass.ServeHTTP(w, r)
		}
	})
	if _, err := first.Register(t.Context(), []string{created}); err == nil {
		t.Fatal("Register knows of an answer that was lost")
	}
	urls := p.urls()
	if len(urls) != 1 || len(first.Inbox().Mine()) != 1 {
		t.Fatalf("the provider has %q, the journal %+v", urls, first.Inbox().Mine())
	}
	if done := closes(t, first, context.Background()); len(done.Left) != 1 || done.Left[0].URL != urls[0] {
		t.Errorf("Close = %+v", done)
	}
	p.misbehave(nil)

	s := connected(t, options(dir), p.settings())
	mine := register(t, s, created)
	list, err := s.Leftovers(t.Context())
	if err != nil || len(list) != 1 || list[0].URL != urls[0] || list[0].ID == "" {
		t.Fatalf("Leftovers = %+v, %v", list, err)
	}
	if done := s.DeleteLeftovers(t.Context(), list); !slices.Equal(done.Deleted, urls) {
		t.Errorf("DeleteLeftovers = %+v", done)
	}
	if got := p.urls(); !slices.Equal(got, []string{mine.URL}) {
		t.Errorf("the provider has %q", got)
	}
}

func TestLeftoversThatCannotBeDeletedStayLeftovers(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	dir := t.TempDir()
	first := connected(t, options(dir), p.settings())
	left := register(t, first, created)
	p.misbehave(unreachable)
	closes(t, first, context.Background())
	p.misbehave(nil)
	s := connected(t, options(dir), p.settings())
	list, err := s.Leftovers(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("Leftovers = %+v, %v", list, err)
	}
	p.misbehave(unreachable)
	if done := s.DeleteLeftovers(t.Context(), list); len(done.Left) != 1 || done.Left[0].URL != left.URL {
		t.Errorf("DeleteLeftovers = %+v", done)
	}
	if again, err := s.Leftovers(t.Context()); err != nil || len(again) != 1 {
		t.Errorf("Leftovers = %+v, %v", again, err)
	}
}
