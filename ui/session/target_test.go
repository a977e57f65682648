package session_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"kvikk/api"
	"kvikk/ui/profile"
	"kvikk/ui/session"
)

func TestAnotherSalesUnitEndsTheOldRegistration(t *testing.T) {
	t.Parallel()
	before, after := newProvider(t), newProvider(t)
	s := connected(t, options(t.TempDir()), before.settings())
	register(t, s, created)
	if err := s.Configure(t.Context(), after.settings()); err != nil {
		t.Fatal(err)
	}
	if got := before.urls(); len(got) != 0 {
		t.Errorf("the sales unit that was left has %q", got)
	}
	if snap := s.Snapshot(); snap.Registered.ID != "" || snap.MSN != after.keys.MSN || !snap.Connected || snap.HasToken {
		t.Errorf("snapshot = %+v", snap)
	}
	reg := register(t, s, created)
	if row := arrived(t, s, pay(t, s)); !row.Verified || row.RegistrationID != reg.ID {
		t.Errorf("row = %+v", row)
	}
}

func TestARegistrationThatStaysAtTheOldSalesUnitIsSaid(t *testing.T) {
	t.Parallel()
	before, after := newProvider(t), newProvider(t)
	dir := t.TempDir()
	s := connected(t, options(dir), before.settings())
	left := register(t, s, created)
	before.misbehave(unreachable)
	if err := s.Configure(t.Context(), after.settings()); err != nil {
		t.Fatal(err)
	}
	if notice := s.Snapshot().Notice; !strings.Contains(notice, left.URL) || !strings.Contains(notice, before.keys.MSN) {
		t.Errorf("notice = %q", notice)
	}
	mine := register(t, s, created)
	done := closes(t, s, context.Background())
	if !slices.Equal(done.Deleted, []string{mine.URL}) || len(done.Left) != 1 || done.Left[0].URL != left.URL {
		t.Errorf("Close = %+v", done)
	}
	before.misbehave(nil)
	again := connected(t, options(dir), before.settings())
	if list, err := again.Leftovers(t.Context()); err != nil || len(list) != 1 || list[0].ID != left.ID {
		t.Errorf("Leftovers = %+v, %v", list, err)
	}
}

func TestTheSameSalesUnitKeepsItsRegistration(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	s := connected(t, options(t.TempDir()), p.settings())
	reg := register(t, s, created)
	if err := s.Configure(t.Context(), p.settings()); err != nil {
		t.Fatal(err)
	}
	if got := p.urls(); !slices.Equal(got, []string{reg.URL}) || s.Snapshot().Registered.ID != reg.ID {
		t.Errorf("the provider has %q, the snapshot %+v", got, s.Snapshot().Registered)
	}
}

func TestAFreshSandboxStartsEmpty(t *testing.T) {
	t.Parallel()
	s := connected(t, options(t.TempDir()), profile.Settings{Source: profile.Sandbox})
	register(t, s, created)
	old := s.Client().BaseURL()
	if err := s.Configure(t.Context(), profile.Settings{Source: profile.Sandbox}); err != nil {
		t.Fatal(err)
	}
	if s.Client().BaseURL() == old || s.Snapshot().Registered.ID != "" {
		t.Error("the sandbox is the old one")
	}
	if list, err := s.Registrations(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("Registrations = %+v, %v", list, err)
	}
	register(t, s, created)
	if row := arrived(t, s, pay(t, s)); !row.Verified {
		t.Errorf("row = %+v", row)
	}
	if done := closes(t, s, context.Background()); len(done.Left) != 0 || len(done.Deleted) != 1 {
		t.Errorf("Close = %+v", done)
	}
}

func TestWhatADeadSandboxHadIsNoLeftover(t *testing.T) {
	t.Parallel()
	o := options(t.TempDir())
	var boxes []session.Sandbox
	o.StartSandbox = func(ctx context.Context) (session.Sandbox, error) {
		box, err := startSandbox(ctx)
		boxes = append(boxes, box)
		return box, err
	}
	s := connected(t, o, profile.Settings{Source: profile.Sandbox})
	register(t, s, created)
	if err := boxes[0].Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Configure(t.Context(), profile.Settings{Source: profile.Sandbox}); err != nil {
		t.Fatal(err)
	}
	if mine := s.Inbox().Mine(); len(mine) != 0 || s.Snapshot().Notice != "" {
		t.Errorf("the journal has %+v, the notice is %q", mine, s.Snapshot().Notice)
	}
	if done := closes(t, s, context.Background()); len(done.Left) != 0 {
		t.Errorf("Close = %+v", done)
	}
}

func TestPrepareStartsOneSandbox(t *testing.T) {
	t.Parallel()
	starts := 0
	refusal := errors.New("no port is free")
	o := options(t.TempDir())
	o.StartSandbox = func(ctx context.Context) (session.Sandbox, error) {
		if starts++; starts == 1 {
			return nil, refusal
		}
		return startSandbox(ctx)
	}
	s := open(t, o)
	want := profile.Settings{Source: profile.Sandbox}
	if err := s.Prepare(t.Context(), want); !errors.Is(err, refusal) || s.Client() != nil {
		t.Errorf("Prepare = %v", err)
	}
	for range 3 {
		if err := s.Prepare(t.Context(), want); err != nil {
			t.Fatal(err)
		}
	}
	if starts != 2 {
		t.Errorf("the sandbox was started %d times, want a failure and a success", starts)
	}
	phone := s.Settings().Profile.Phone
	want.Profile.Tunnel.ListenAddr, want.Profile.Currency = "127.0.0.1:0", "DKK"
	if err := s.Prepare(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if p := s.Settings().Profile; starts != 2 || p.Tunnel != want.Profile.Tunnel || p.Currency != "DKK" || p.Phone != phone || p.MSN == "" {
		t.Errorf("settings = %+v after %d starts", p, starts)
	}
	want.Source = profile.Ask
	if err := s.Prepare(t.Context(), want); err == nil {
		t.Error("settings without keys are good enough")
	}
	if s.Client() == nil || !s.Snapshot().Sandbox {
		t.Error("a refusal has taken the sandbox away")
	}
}

func TestSettingsThatCannotWorkChangeNothing(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	for name, c := range map[string]struct {
		change func(*profile.Settings)
		want   any
	}{
		"the production host": {func(s *profile.Settings) { s.Profile.APIURL = "https://api.vipps.no" }, new(*api.HostError)},
		"no MSN":              {func(s *profile.Settings) { s.Profile.MSN = "" }, new(*api.ValidationError)},
	} {
		t.Run(name, func(t *testing.T) {
			s := connected(t, options(t.TempDir()), p.settings())
			reg := register(t, s, created)
			bad := p.settings()
			c.change(&bad)
			if err := s.Configure(t.Context(), bad); !errors.As(err, c.want) {
				t.Errorf("Configure = %v", err)
			}
			if s.Snapshot().Registered.ID != reg.ID || s.Settings().Profile != p.settings().Profile {
				t.Error("the settings in force have changed")
			}
		})
	}
	o := options(t.TempDir())
	o.StartSandbox = nil
	if err := open(t, o).Configure(t.Context(), profile.Settings{Source: profile.Sandbox}); err == nil {
		t.Error("a build without a sandbox starts one")
	}
}
