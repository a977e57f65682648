package session_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kvikk/tunnel/edgetest"
	"kvikk/ui/profile"
	"kvikk/ui/session"
)

// stored reports whether a store has the secret of a registration.
func stored(t *testing.T, s *profile.Store, reg session.Registered) bool {
	t.Helper()
	_, err := s.WebhookSecret(t.Context(), reg.Token)
	if err != nil && !errors.Is(err, profile.ErrNoSecret) {
		t.Fatal(err)
	}
	return err == nil
}

func TestASecretStaysAsLongAsItHasWebhooks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, kept := newProvider(t), store(t, dir)
	o := options(dir)
	o.Store = kept
	s := connected(t, o, p.settings())
	unused := register(t, s, created)
	used := register(t, s, created)
	arrived(t, s, pay(t, s))
	deleted := register(t, s, created)
	if err := s.Delete(t.Context(), deleted.ID); err != nil {
		t.Fatal(err)
	}
	if !stored(t, kept, unused) || !stored(t, kept, deleted) {
		t.Error("a secret is gone while a webhook may still come")
	}
	closes(t, s, context.Background())
	if stored(t, kept, unused) || stored(t, kept, deleted) || !stored(t, kept, used) {
		t.Errorf("stored: unused %v, deleted %v, used %v", stored(t, kept, unused), stored(t, kept, deleted), stored(t, kept, used))
	}
}

func TestASecretStaysAsLongAsItsRegistration(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, kept := newProvider(t), store(t, dir)
	o := options(dir)
	o.Store = kept
	first := connected(t, o, p.settings())
	left := register(t, first, created)
	p.misbehave(unreachable)
	closes(t, first, context.Background())
	p.misbehave(nil)
	if !stored(t, kept, left) {
		t.Error("the secret of a registration that stays is gone")
	}
	s := connected(t, o, p.settings())
	list, err := s.Leftovers(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("Leftovers = %+v, %v", list, err)
	}
	s.DeleteLeftovers(t.Context(), list)
	if stored(t, kept, left) {
		t.Error("the secret outlives the leftover")
	}
}

func TestANoticeSaysWhatBecameOfTheOldRegistration(t *testing.T) {
	t.Parallel()
	p, edge := newProvider(t), edgetest.New(t, edgetest.Options{})
	place := filepath.Join(t.TempDir(), "store")
	o := options(t.TempDir())
	o.Store = store(t, place)
	if err := os.WriteFile(place, nil, 0o600); err != nil { // a file where the directory should be
		t.Fatal(err)
	}
	s := connected(t, o, through(edge, p.settings()))
	old := register(t, s, created)
	p.misbehave(func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		if r.Method == http.MethodDelete {
			unreachable(w, r, pass)
			return
		}
		pass.ServeHTTP(w, r)
	})
	moved := edge.MoveURL()
	edge.StopTunnel("ERR_NGROK_9999", "stopped in the dashboard")
	await(t, s, "the notice", func() bool { return strings.Contains(s.Snapshot().Notice, moved) })
	notice := s.Snapshot().Notice
	if strings.Contains(notice, "is deleted") || !strings.Contains(notice, "could not be deleted") || !strings.Contains(notice, "403") {
		t.Errorf("notice = %q", notice)
	}
	if strings.Count(notice, "could not be stored") != 1 {
		t.Errorf("the notice about the secret is not in %q once", notice)
	}
	if mine := s.Inbox().Mine(); len(mine) != 2 || mine[0].ID != old.ID {
		t.Errorf("the journal has %+v", mine)
	}
}

func TestPrintingASessionShowsNoSecret(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	s := connected(t, options(t.TempDir()), p.settings())
	reg := register(t, s, created)
	var out bytes.Buffer
	fmt.Fprintf(&out, "%v %+v %#v\n", s, s, s)
	slog.New(slog.NewTextHandler(&out, nil)).Info("printed", "session", s)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("printed", "session", s)
	for _, v := range []string{reg.Secret.Reveal(), p.keys.ClientSecret.Reveal(), p.keys.SubscriptionKey.Reveal()} {
		if strings.Contains(out.String(), v) {
			t.Errorf("%q is in %s", v, &out)
		}
	}
	if strings.Count(out.String(), "session.Session("+p.url+")") != 4 {
		t.Errorf("printed as %s", &out)
	}
}
