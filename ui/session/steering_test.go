package session_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kvikk/api/control"
	"kvikk/api/scenario"
	"kvikk/api/webhook"
	"kvikk/ui/profile"
	"kvikk/ui/session"
)

// registered starts a session with a registration for every event of payments.
func registered(t *testing.T, settings profile.Settings) *session.Session {
	t.Helper()
	s := connected(t, options(t.TempDir()), settings)
	var events []string
	for _, e := range webhook.EPaymentTypes() {
		events = append(events, string(e))
	}
	register(t, s, events...)
	return s
}

// plays is a scenario with its payment's reference.
func plays(t *testing.T, name string) session.Play {
	t.Helper()
	found, ok := scenario.Find(name)
	if !ok {
		t.Fatalf("there is no scenario %s", name)
	}
	return session.Play{Scenario: found, Reference: "session-" + name, Report: func(scenario.Progress) {}}
}

func TestAScenarioIsPlayed(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]profile.Settings{
		"in the embedded sandbox":    {Source: profile.Sandbox},
		"in one that runs by itself": newProvider(t).settings(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := registered(t, settings)
			if !s.Snapshot().Steerable {
				t.Fatal("it was not found to be a sandbox")
			}
			var reported atomic.Int64
			p := plays(t, "pay-and-capture")
			p.Report = func(scenario.Progress) { reported.Add(1) }
			verdict, err := s.Play(t.Context(), p)
			if err != nil || !verdict.Passed() || verdict.Reference != p.Reference {
				t.Errorf("%+v, %v", verdict, err)
			}
			// Three steps, three webhooks and the payment.
			if n := reported.Load(); n < 7 {
				t.Errorf("%d things were reported", n)
			}
			arrived(t, s, p.Reference)
		})
	}
}

func TestNothingIsPlayedWithoutARegistration(t *testing.T) {
	t.Parallel()
	s := connected(t, options(t.TempDir()), profile.Settings{Source: profile.Sandbox})
	if _, err := s.Play(t.Context(), plays(t, "expires")); err == nil || !strings.Contains(err.Error(), "no callback URL is registered") {
		t.Errorf("%v", err)
	}
}

func TestAnAPIThatIsNoSandboxIsLeftAlone(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	var asked atomic.Int64
	p.misbehave(func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		if !strings.HasPrefix(r.URL.Path, "/_kvikk/") {
			pass.ServeHTTP(w, r)
			return
		}
		asked.Add(1)
		http.NotFound(w, r)
	})
	s := registered(t, p.settings())
	before := asked.Load()
	if s.Snapshot().Steerable || before == 0 {
		t.Errorf("steerable %t, asked %d times", s.Snapshot().Steerable, before)
	}
	_, looked := s.Controls(t.Context())
	_, changed := s.ChangeFaults(t.Context(), func([]string) []string { return []string{"drop"} })
	_, moved := s.MoveClock(t.Context(), time.Hour)
	_, played := s.Play(t.Context(), plays(t, "expires"))
	for what, err := range map[string]error{"Controls": looked, "ChangeFaults": changed, "MoveClock": moved, "Play": played} {
		if err == nil || !strings.Contains(err.Error(), "needs a kvikk sandbox") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if asked.Load() != before {
		t.Error("it was asked again")
	}
	// Preparing again finds one that has come up since.
	p.misbehave(nil)
	if err := s.Prepare(t.Context(), p.settings()); err != nil || !s.Snapshot().Steerable {
		t.Errorf("steerable %t, %v", s.Snapshot().Steerable, err)
	}
}

func TestTheTestEnvironmentIsNotAskedWhetherItIsASandbox(t *testing.T) {
	t.Parallel()
	s := open(t, options(t.TempDir()))
	settings := newProvider(t).settings()
	settings.Profile.APIURL = "https://apitest.vipps.no"
	began := time.Now()
	if err := s.Configure(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	if s.Snapshot().Steerable || time.Since(began) > 500*time.Millisecond {
		t.Errorf("steerable %t after %v", s.Snapshot().Steerable, time.Since(began))
	}
}

func TestFaultsAndTheClockAreSteered(t *testing.T) {
	t.Parallel()
	s := registered(t, profile.Settings{Source: profile.Sandbox})
	first, err := s.Controls(t.Context())
	if err != nil || len(first.Faults) != 0 || first.Fired != 0 || first.Offset != 0 || first.Now.IsZero() {
		t.Errorf("at first: %+v, %v", first, err)
	}
	add := func(spec string) func([]string) []string {
		return func(set []string) []string { return append(set, spec) }
	}
	if _, err := s.ChangeFaults(t.Context(), add("duplicate=1")); err != nil {
		t.Fatal(err)
	}
	got, err := s.ChangeFaults(t.Context(), add("slow=10%"))
	if err != nil || !slices.Equal(got.Faults, []string{"duplicate=1", "slow=10%"}) {
		t.Errorf("%q, %v", got.Faults, err)
	}
	if _, err := s.ChangeFaults(t.Context(), add("nonsense")); err == nil || !strings.Contains(err.Error(), "the faults are delay,") {
		t.Errorf("a fault that does not exist: %v", err)
	}
	reference := pay(t, s)
	arrived(t, s, reference)
	await(t, s, "the duplicate", func() bool { return s.Inbox().Stats().Verified >= 2 })
	if got, err = s.Controls(t.Context()); err != nil {
		t.Fatal(err)
	}
	fired := slices.ContainsFunc(got.Last, func(f control.Firing) bool { return f.Kind == "duplicate" && f.Reference == reference })
	if !fired || got.Counts["duplicate"] != 1 || slices.Contains(got.Faults, "duplicate=1") {
		t.Errorf("after it has fired: %+v", got)
	}
	if got, err = s.MoveClock(t.Context(), time.Hour); err != nil || got.Offset != time.Hour || got.Now.Before(first.Now.Add(time.Hour)) {
		t.Errorf("an hour later: %+v, %v", got, err)
	}
}

func TestTheEndWaitsUntilTheSandboxIsAsItWas(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	s := registered(t, p.settings())
	steering := control.New(p.url, nil)
	t.Cleanup(steering.Close)
	if _, err := steering.SetFaults(t.Context(), []string{"old-date=10%"}); err != nil {
		t.Fatal(err)
	}
	created, ended := make(chan struct{}), make(chan error, 1)
	play := plays(t, "duplicate-and-late")
	steps := 0
	play.Report = func(scenario.Progress) {
		if steps++; steps == 3 {
			close(created)
		}
	}
	go func() {
		_, err := s.Play(context.WithoutCancel(t.Context()), play)
		ended <- err
	}()
	<-created
	if set, err := steering.Faults(t.Context()); err != nil || slices.Contains(set, "old-date=10%") {
		t.Fatalf("while it plays the faults are %q, %v", set, err)
	}
	closes(t, s, t.Context())
	if set, err := steering.Faults(t.Context()); err != nil || !slices.Equal(set, []string{"old-date=10%"}) {
		t.Errorf("at the end the faults are %q, %v", set, err)
	}
	if err := <-ended; err == nil {
		t.Error("it was played to its end")
	}
	if _, err := s.Play(t.Context(), play); err == nil {
		t.Error("a closed session plays")
	}
}

func TestNothingIsLeftInAnEmbeddedSandboxThatFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := connected(t, options(dir), profile.Settings{Source: profile.Sandbox})
	register(t, s, string(webhook.EPaymentTypes()[0]))
	if _, err := s.ChangeFaults(t.Context(), func([]string) []string { return []string{"500"} }); err != nil {
		t.Fatal(err)
	}
	if done := closes(t, s, context.Background()); len(done.Left) != 0 || len(done.Deleted) != 0 {
		t.Errorf("Close = %+v, want nothing deleted and nothing left", done)
	}
	next := open(t, options(dir))
	if mine := next.Inbox().Mine(); len(mine) != 0 {
		t.Errorf("the next run finds %+v", mine)
	}
}
