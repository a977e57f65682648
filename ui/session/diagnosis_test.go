package session_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kvikk/api/secret"
	"kvikk/api/webhook"
	"kvikk/tunnel"
	"kvikk/tunnel/edgetest"
	"kvikk/tunnel/inbox"
	"kvikk/ui/profile"
	"kvikk/ui/session"
)

// known is what a diagnosis says, without the errors.
type known struct{ link, reached, listed, logged session.Answer }

func of(d session.Diagnosis) known { return known{d.LinkUp, d.Reached, d.Listed, d.Logged} }

func TestDiagnose(t *testing.T) {
	t.Parallel()
	const yes, no, unknown = session.Yes, session.No, session.Unknown
	for name, c := range map[string]struct {
		arrange func(t *testing.T, p *provider, s *session.Session) (reference string)
		want    known
		errs    bool
	}{
		"nothing is registered, nothing was paid": {
			func(*testing.T, *provider, *session.Session) string { return "no-such-payment" },
			known{yes, no, no, unknown},
			true,
		},
		"another event is registered": {
			func(t *testing.T, _ *provider, s *session.Session) string { register(t, s, captured); return pay(t, s) },
			known{yes, no, yes, yes},
			false,
		},
		"the registration is gone": {
			func(t *testing.T, p *provider, s *session.Session) string {
				reg := register(t, s, captured)
				if err := p.direct.DeleteWebhook(t.Context(), reg.ID); err != nil {
					t.Fatal(err)
				}
				return pay(t, s)
			},
			known{yes, no, no, yes},
			false,
		},
		"somebody called another path": {
			func(t *testing.T, _ *provider, s *session.Session) string {
				register(t, s, captured)
				request(t, s.Snapshot().Tunnel.URL+"/favicon.ico")
				return pay(t, s)
			},
			known{yes, yes, yes, yes},
			false,
		},
		"the provider does not answer": {
			func(t *testing.T, p *provider, s *session.Session) string {
				register(t, s, captured)
				p.misbehave(unreachable)
				return "unknown"
			},
			known{yes, no, unknown, unknown},
			true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProvider(t)
			s := connected(t, options(t.TempDir()), p.settings())
			since := s.Arrivals()
			d := s.Diagnose(t.Context(), c.arrange(t, p, s), since)
			if of(d) != c.want || (d.LogErr != nil) != c.errs {
				t.Errorf("Diagnose = %+v, want %+v", d, c.want)
			}
		})
	}
}

func request(t *testing.T, url string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	send(t, r)
}

func TestDiagnoseOfTheLink(t *testing.T) {
	t.Parallel()
	p, edge := newProvider(t), edgetest.New(t, edgetest.Options{})
	s := open(t, options(t.TempDir()))
	if d := s.Diagnose(t.Context(), "any", 0); of(d) != (known{link: session.No}) {
		t.Errorf("before the set-up: %+v", d)
	}
	connect(t, s, through(edge, p.settings()))
	register(t, s, created)
	edge.GoOffline()
	edge.Drop()
	await(t, s, "the link to be down", func() bool { return s.Snapshot().Tunnel.State == tunnel.Down })
	if d := s.Diagnose(t.Context(), "any", 0); d.LinkUp != session.No || d.LinkErr == nil || d.Listed != session.Yes {
		t.Errorf("with a dropped link: %+v", d)
	}
}

func TestARejectedWebhookCountsAsReached(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	s := connected(t, options(t.TempDir()), p.settings())
	reg := register(t, s, captured)
	since := s.Arrivals()
	if status := deliver(t, reg, secret.New("bm90IHRoZSBzZWNyZXQ=")); status != http.StatusUnauthorized {
		t.Errorf("a wrong signature got %d", status)
	}
	await(t, s, "the rejected one", func() bool { return s.Arrivals() > since })
	if d := s.Diagnose(t.Context(), pay(t, s), since); d.Rejected != 1 || d.Reached != session.Yes {
		t.Errorf("Diagnose = %+v", d)
	}
}

func TestAWebhookThatCameTooEarlyCountsAsReached(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	s := connected(t, options(t.TempDir()), p.settings())
	early := session.Registered{URL: s.HookURL()}
	since, status := s.Arrivals(), 0
	p.misbehave(func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		if registers(r) {
			status = deliver(t, early, secret.New("bm90IHRoZSBzZWNyZXQ="))
		}
		pass.ServeHTTP(w, r)
	})
	register(t, s, captured)
	if got := s.Arrivals() - since; status != http.StatusServiceUnavailable || got != 1 {
		t.Errorf("%d requests came, the first was answered %d", got, status)
	}
}

// store opens a real store whose secrets are in a file.
func store(t *testing.T, dir string) *profile.Store {
	t.Helper()
	s, err := profile.Open(profile.FindDirs(dir))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRecheckInALaterRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, kept := newProvider(t), store(t, dir)
	o := options(dir)
	o.Store = kept
	first := connected(t, o, p.settings())
	reg := register(t, first, created)
	row := arrived(t, first, pay(t, first))
	if err := first.Recheck(t.Context(), row.Seq); err != nil {
		t.Errorf("Recheck in the same run = %v", err)
	}
	if err := first.Recheck(t.Context(), row.Seq+1000); !errors.Is(err, inbox.ErrNotFound) {
		t.Errorf("Recheck of nothing = %v", err)
	}
	closes(t, first, context.Background())

	o.Store = store(t, dir)
	if err := open(t, o).Recheck(t.Context(), row.Seq); err != nil {
		t.Errorf("Recheck in a later run = %v", err)
	}
	if err := kept.SetWebhookSecret(t.Context(), reg.Token, secret.New("bm90IHRoZSBzZWNyZXQ=")); err != nil {
		t.Fatal(err)
	}
	var wrong *webhook.VerifyError
	if err := open(t, o).Recheck(t.Context(), row.Seq); !errors.As(err, &wrong) || wrong.Reason == "" {
		t.Errorf("Recheck with another secret = %v", err)
	}
	if err := kept.RemoveWebhookSecret(t.Context(), reg.Token); err != nil {
		t.Fatal(err)
	}
	if err := open(t, o).Recheck(t.Context(), row.Seq); !errors.Is(err, session.ErrNoSecret) {
		t.Errorf("Recheck without the secret = %v", err)
	}
	o.Store = nil
	if err := open(t, o).Recheck(t.Context(), row.Seq); !errors.Is(err, session.ErrNoSecret) {
		t.Errorf("Recheck without a store = %v", err)
	}
}

func TestTheSandboxStoresNoSecret(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := options(dir)
	o.Store = store(t, filepath.Join(dir, "store"))
	s := connected(t, o, profile.Settings{Source: profile.Sandbox})
	register(t, s, created)
	row := arrived(t, s, pay(t, s))
	if err := s.Recheck(t.Context(), row.Seq); err != nil {
		t.Errorf("Recheck = %v", err)
	}
	closes(t, s, context.Background())
	if found, err := filepath.Glob(filepath.Join(dir, "store", "*")); err != nil || len(found) != 0 {
		t.Errorf("the store wrote %q", found)
	}
	if err := open(t, o).Recheck(t.Context(), row.Seq); !errors.Is(err, session.ErrNoSecret) {
		t.Errorf("Recheck in a later run = %v", err)
	}
}

func TestASecretThatCannotBeStoredIsSaid(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, place := newProvider(t), filepath.Join(dir, "store")
	o := options(dir)
	o.Store = store(t, place)
	if err := os.WriteFile(place, nil, 0o600); err != nil { // a file where the directory should be
		t.Fatal(err)
	}
	s := connected(t, o, p.settings())
	register(t, s, created)
	if notice := s.Snapshot().Notice; !strings.Contains(notice, "could not be stored") {
		t.Errorf("notice = %q", notice)
	}
	if row := arrived(t, s, pay(t, s)); !row.Verified || s.Recheck(t.Context(), row.Seq) != nil {
		t.Errorf("row = %+v", row)
	}
}
