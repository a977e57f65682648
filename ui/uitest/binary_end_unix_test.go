//go:build unix

package uitest_test

import (
	"os"
	"syscall"
	"testing"
)

// registered starts the program on a provider and walks to a registered
// callback URL.
func registered(t *testing.T, p *provider, dir string) *tty {
	t.Helper()
	s := start(t, launch{env: p.environment(dir)})
	s.threeEnters()
	if n := p.registrations(); n != 1 {
		t.Fatalf("the provider lists %d registrations, want the program's own", n)
	}
	return s
}

func TestSignalsEndTheProgramInGoodOrder(t *testing.T) {
	t.Parallel()
	for name, sig := range map[string]os.Signal{
		"SIGTERM": syscall.SIGTERM, "SIGINT": syscall.SIGINT, "SIGHUP": syscall.SIGHUP,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startProvider(t)
			s := registered(t, p, t.TempDir())
			s.signal(sig)
			if status := s.status(); status != 0 {
				t.Errorf("it ends with %d: %s", status, s.stderr.String())
			}
			s.restored()
			if n := p.registrations(); n != 0 {
				t.Errorf("the provider still lists %d registrations", n)
			}
			if got := s.stderr.String(); got != "kvikk: deleted 1 registration at the provider\n" {
				t.Errorf("standard error has %q", got)
			}
		})
	}
}

func TestClosedWindowLeavesNoRegistration(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	s := registered(t, p, t.TempDir())
	if err := s.master.Close(); err != nil {
		t.Fatal(err)
	}
	s.status()
	if n := p.registrations(); n != 0 {
		t.Errorf("the provider still lists %d registrations: %s", n, s.stderr.String())
	}
}

func TestSignalWhileACallIsUnderWay(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	gate := p.behindGate()
	s := start(t, launch{env: p.environment(t.TempDir())})
	s.shows("enter open callback URL")
	s.types("\r")
	s.shows("enter get token")
	gate.shut.Store(true)
	s.types("\r")
	gate.holds()
	s.signal(syscall.SIGTERM)
	if status := s.status(); status != 0 {
		t.Errorf("it ends with %d: %s", status, s.stderr.String())
	}
	s.restored()
}

func TestProviderThatHangsHoldsTheEndUpForAMomentOnly(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	gate := p.behindGate()
	dir := t.TempDir()
	s := registered(t, p, dir)
	gate.shut.Store(true)
	s.signal(syscall.SIGTERM)
	s.status()
	s.restored()
	says(t, "standard error", s.stderr.String(), "this registration stays: http://127.0.0.1:")
	says(t, "standard error", s.stderr.String(), "hint: the next kvikk for this sales unit offers to delete it")
	gate.shut.Store(false)
	deletesLeftover(t, p, dir)
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	gate := p.behindGate()
	dir := t.TempDir()
	s := registered(t, p, dir)
	gate.shut.Store(true)
	s.signal(syscall.SIGTERM)
	gate.holds()
	s.signal(syscall.SIGTERM)
	s.status()
	if ws, ok := s.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || ws.Signal() != syscall.SIGTERM {
		t.Errorf("it ended with %v: %s", s.cmd.ProcessState, s.stderr.String())
	}
	s.restored()
	gate.shut.Store(false)
	deletesLeftover(t, p, dir)
}

func TestKilledProgramLeavesWhatTheNextOneDeletes(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	dir := t.TempDir()
	s := registered(t, p, dir)
	s.signal(syscall.SIGKILL)
	s.status()
	deletesLeftover(t, p, dir)
}

// deletesLeftover starts the program anew, which finds one registration that
// its predecessor has left, and deletes it.
func deletesLeftover(t *testing.T, p *provider, dir string) {
	t.Helper()
	if n := p.registrations(); n != 1 {
		t.Fatalf("the provider lists %d registrations, want the one that was left", n)
	}
	s := start(t, launch{env: p.environment(dir)})
	s.shows("enter open callback URL")
	s.types("\r")
	s.shows("1 registration left behind", "d delete them")
	s.types("d")
	s.shows("Deleted 1 registration.")
	if n := p.registrations(); n != 0 {
		t.Errorf("the provider still lists %d registrations", n)
	}
	s.types("q")
	s.restored()
}

func TestPanicEndsTheProgramInGoodOrder(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		crash string
		keys  string
		says  []string
	}{
		"in a goroutine": {"goroutine", "\r", []string{
			"kvikk: an error in kvikk itself: made to panic in a goroutine",
			"kvikk/api/sandbox.(*mailbox)",
		}},
		"in a command of the screen": {"command", "X", []string{"made to panic in a command", "kvikk/ui.(*Model).startOver"}},
		"in an update":               {"update", "!", []string{"made to panic in an update", "kvikk/ui.(*Model).crash"}},
		"in a view":                  {"view", "!", []string{"nil pointer dereference", "kvikk/ui.(*Model).View"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := crashing(t, tt.crash, tt.keys)
			if status := s.status(); status != 1 {
				t.Errorf("it ends with %d", status)
			}
			s.restored()
			for _, want := range append(tt.says, "deleted 1 registration", "the sandbox ends with 0 registrations", "goroutine ") {
				says(t, "standard error", s.stderr.String(), want)
			}
		})
	}
}

// crashing starts the program with the sandbox that panics in the named way,
// walks to a registered callback URL and presses the keys that make it panic.
func crashing(t *testing.T, way, keys string) *tty {
	t.Helper()
	s := start(t, launch{
		program: os.Getenv(crashingVariable), args: []string{"--sandbox"},
		env: environment(t.TempDir(), "KVIKK_CRASH="+way),
	})
	s.threeEnters()
	s.types(keys)
	return s
}

func TestPanicCanBeReadOnTheTerminal(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ crash, keys, says string }{
		"in a goroutine": {"goroutine", "\r", "made to panic in a goroutine"},
		"in a command":   {"command", "X", "made to panic in a command"},
		"in an update":   {"update", "!", "made to panic in an update"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, launch{
				program: os.Getenv(crashingVariable), args: []string{"--sandbox"}, width: 200, height: 200,
				env: environment(t.TempDir(), "KVIKK_CRASH="+tt.crash), onScreen: true,
			})
			s.threeEnters()
			s.types(tt.keys)
			s.status()
			for _, want := range []string{tt.says, "goroutine ", ".go:", "deleted 1 registration"} {
				says(t, "the screen", s.text(), want)
			}
		})
	}
}
