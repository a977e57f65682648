package sandbox_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"kvikk/api/control"
	"kvikk/api/scenario"
	"kvikk/ui/pane/sandbox"
	"kvikk/ui/theme"
)

const width = 74

// read returns everything that is drawn, as it is read.
func read(d sandbox.Drawn) string {
	return ansi.Strip(strings.Join(slices.Concat(d.Head, d.Rows, d.Tail), "\n"))
}

func scenarios() *sandbox.Scenarios { return sandbox.NewScenarios(theme.New(theme.Dark)) }

func faults() *sandbox.Faults { return sandbox.NewFaults(theme.New(theme.Dark)) }

// shows reports the texts that are missing.
func shows(t *testing.T, drawn string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(drawn, text) {
			t.Errorf("no %q in\n%s", text, drawn)
		}
	}
}

func TestTheSelectedScenarioIsExplained(t *testing.T) {
	t.Parallel()
	s := scenarios()
	rows := len(strings.Split(read(s.Draw(width, 30, "")), "\n"))
	for i, sc := range scenario.All() {
		d := s.Draw(width, 30, "")
		shows(t, read(d), "▸ "+sc.Title, strings.Fields(sc.About)[0], "Each plays a payment")
		if d.First != i || d.Last != i {
			t.Errorf("%s: rows %d to %d are kept in view, want %d", sc.Name, d.First, d.Last, i)
		}
		if got := len(strings.Split(read(d), "\n")); got != rows {
			t.Errorf("%s: %d rows, where the others have %d", sc.Name, got, rows)
		}
		s.Move(1)
	}
	s.Move(1)
	if last := scenario.All()[len(scenario.All())-1].Name; s.Selected().Name != last {
		t.Errorf("past the end is %s", s.Selected().Name)
	}
	if strings.Contains(read(s.Draw(width, 8, "")), "Each plays a payment") {
		t.Error("where there is little room the list goes first")
	}
	shows(t, read(s.Draw(width, 30, "Step 3 comes first.")), "Step 3 comes first.")
}

func TestAScenarioOnItsWay(t *testing.T) {
	t.Parallel()
	s := scenarios()
	s.Begin()
	s.SetTime("⠋", 2500*time.Millisecond)
	s.SetProgress([]scenario.Progress{{Step: "Create a payment"}, {Step: "Capture \x1b[31mit"}})
	d := s.Draw(width, 30, "")
	shows(t, read(d), "⠋ playing  2 s", "● Create a payment", `▸ Capture \x1b[31mit`)
	if d.First != len(d.Rows)-1 || d.Free {
		t.Error("the newest row is not kept in view")
	}
	if s.Title() != "Scenario: Pay and capture" || s.Stage() != sandbox.Playing {
		t.Errorf("%s, %v", s.Title(), s.Stage())
	}
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	good := scenario.Check{Event: "epayments.payment.created.v1", Expect: "accepted once", Passed: true, Reason: "200 in 2 ms"}
	bad := scenario.Check{Event: "epayments.payment.captured.v1", Expect: "accepted once", Reason: "the receiver answered 500"}
	long := good
	long.Reason = strings.Repeat("after a failed attempt ", 4)
	end := scenario.Check{Event: scenario.Payment, Expect: "CREATED, nothing authorized", Passed: true, Reason: "as it should be"}
	for name, c := range map[string]struct {
		checks []scenario.Check
		finish func(s *sandbox.Scenarios, checks []scenario.Check)
		want   []string
	}{
		"all passed": {[]scenario.Check{good, end}, finish, []string{
			"✓ PASS  all 2 checks", "✓ PASS  CREATED     accepted once  200 in 2 ms", "✓ PASS  payment     CREATED, nothing authorized\n",
		}},
		"some failed": {[]scenario.Check{good, bad}, finish, []string{
			"✗ FAIL  1 of 2 checks", "✓ PASS  CREATED", "✗ FAIL  CAPTURED    expected: accepted once\n                    the receiver answered 500",
		}},
		"a long reason": {[]scenario.Check{long}, finish, []string{"accepted once\n                    after a failed attempt"}},
		"not played": {nil, func(s *sandbox.Scenarios, _ []scenario.Check) { s.Fail("The sandbox is gone.", "Start it.") }, []string{
			"✗ It could not be played.", "The sandbox is gone.", "Start it.",
		}},
		"cancelled": {nil, func(s *sandbox.Scenarios, _ []scenario.Check) { s.Cancel() }, []string{"Cancelled."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := scenarios()
			s.Begin()
			var progress []scenario.Progress
			for _, check := range c.checks {
				progress = append(progress, scenario.Progress{Check: &check})
			}
			s.SetProgress(progress)
			c.finish(s, c.checks)
			d := s.Draw(width, 30, "")
			shows(t, read(d)+"\n", c.want...)
			if !d.Free || s.Stage() != sandbox.Played {
				t.Error("it is not over")
			}
			s.Begin()
			if strings.Contains(read(s.Draw(width, 30, "")), "PASS") {
				t.Error("another one begins with the old verdict")
			}
		})
	}
}

func finish(s *sandbox.Scenarios, checks []scenario.Check) {
	s.Finish(scenario.Verdict{Checks: checks})
}

func TestSettingsAsTheyAreRead(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]string{
		"drop":                   "drop             always      never comes",
		"drop=100%":              "drop             always      never comes",
		"drop=12.5%":             "drop             12.5 %      never comes",
		"drop=1":                 "drop             next one    never comes",
		"drop=7":                 "drop             next 7      never comes",
		"drop=2,event=captured":  "drop             next 2      with event=captured",
		"slow,by=8s,call=refund": "slow             always      with by=8s,call=refund",
		"drop=\x1b[2J":           `drop             next \x1b[2Jnever comes`,
	} {
		f := faults()
		f.SetState(sandbox.State{Faults: []string{spec}})
		shows(t, read(f.Draw(width)), want, "1 fault on.")
	}
}

func TestWhatIsChosenIsShownAtOnceAndAskedForInTurn(t *testing.T) {
	t.Parallel()
	f := faults()
	f.SetState(sandbox.State{Faults: []string{"drop=1,event=captured", "slow=3"}})
	if _, ok := f.Take(); ok {
		t.Error("there is a change before anything was chosen")
	}
	f.Turn(1)
	first, ok := f.Take()
	if !ok {
		t.Fatal("there is nothing to ask for")
	}
	f.Turn(1)
	shows(t, read(f.Draw(width)), "▸ delay            10 %")
	if _, ok := f.Take(); ok {
		t.Error("a second change is asked for before the first is made")
	}
	if got := first([]string{"drop=1,event=captured", "429"}); !slices.Equal(got, []string{"drop=1,event=captured", "429", "delay=1"}) {
		t.Errorf("the first change makes %q", got)
	}
	f.Settled()
	second, ok := f.Take()
	if !ok || !slices.Equal(second([]string{"delay=1"}), []string{"delay=10%"}) {
		t.Error("the second change is lost")
	}
	f.Settled()
	f.Clear()
	shows(t, read(f.Draw(width)), "No fault is on.")
	third, _ := f.Take()
	if got := third([]string{"drop=1,event=captured", "slow=3", "slow", "lost-answer"}); len(got) != 0 {
		t.Errorf("with all off there is %q", got)
	}
}

func TestSettingsGoRound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from string
		by   int
		want string
	}{
		"on from off":       {"", 1, "delay=1"},
		"back from off":     {"", -1, "delay"},
		"on from always":    {"delay", 1, ""},
		"on from another":   {"delay=7", 1, ""},
		"back from another": {"delay=7", -1, "delay"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := faults()
			if c.from != "" {
				f.SetState(sandbox.State{Faults: []string{c.from}})
			}
			f.Turn(c.by)
			edit, _ := f.Take()
			if got := strings.Join(edit(nil), " "); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestTheClockAndWhatHasFired(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 14, 2, 11, 0, time.Local)
	f := faults()
	f.SetState(sandbox.State{
		Now: at, Offset: 26*time.Hour + 10*time.Minute, Fired: 3, Counts: map[string]int{"drop": 1, "slow": 2},
		Last: []control.Firing{
			{At: at, Kind: "drop", Event: "epayments.payment.captured.v1", Reference: "order-1\x1b[2J"},
			{At: at.Add(time.Second), Kind: "slow", Call: "token"},
		},
	})
	for range 20 {
		f.Move(1)
	}
	f.Turn(-1)
	if !f.OnClock() || f.Step() != 24*time.Hour {
		t.Errorf("on the clock %t, by %v", f.OnClock(), f.Step())
	}
	d := f.Draw(width)
	shows(t, read(d), "Clock  2026-03-02 14:02:11, 1 day 2 h 10 min ahead of this machine", "▸ move forward     1 day",
		"Fired  drop 1, slow 2", "  14:02:12  slow             token", `  14:02:11  drop             CAPTURED · order-1\x1b[2J`)
	if d.Last != len(d.Rows)-1 {
		t.Error("what has fired is not in view with the clock")
	}
	f.Fail("The sandbox \x07is gone.", "Start it.")
	f.SetState(sandbox.State{Now: at})
	shows(t, read(f.Draw(width)), `✗ The sandbox \x07is gone.`, "Start it.")
	f.Move(-1)
	shows(t, read(f.Draw(width)), "No fault is on.")
	f.Lose()
	shows(t, read(f.Draw(width)), "✗ The sandbox does not answer")
	f.SetState(sandbox.State{Now: at, Fired: 7}) // without the counts by kind
	shows(t, read(f.Draw(width)), "No fault is on.", "Fired  7")
}

func TestWhatWasChosenForAnotherSandboxIsForgotten(t *testing.T) {
	t.Parallel()
	f := faults()
	f.Turn(1)
	if _, ok := f.Take(); !ok {
		t.Fatal("there is nothing to ask for")
	}
	f.Turn(1) // while that one is under way
	f.Settled()
	f.Forget()
	if _, ok := f.Take(); ok {
		t.Error("it is asked of the other sandbox")
	}
	shows(t, read(f.Draw(width)), "No fault is on.")
}

func TestTheClockIsToldInFullInANarrowDialog(t *testing.T) {
	t.Parallel()
	f := faults()
	f.SetState(sandbox.State{Now: time.Date(2026, 3, 5, 14, 2, 11, 0, time.Local), Offset: 73*time.Hour + 10*time.Minute})
	shows(t, read(f.Draw(56)), "Clock  2026-03-05 14:02:11\n       3 days 1 h 10 min ahead of this machine\n")
	shows(t, read(f.Draw(width)), "Clock  2026-03-05 14:02:11, 3 days 1 h 10 min ahead of this machine\n")
}

func TestHowFarTheClockIsAhead(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "", 10 * time.Minute: "10 min", 10*time.Minute + time.Second: "10 min 1 s", time.Hour: "1 h",
		24 * time.Hour: "1 day", 73*time.Hour + 5*time.Minute: "3 days 1 h 5 min", 3500 * 24 * time.Hour: "3500 days",
	} {
		if got := sandbox.Ahead(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestNothingIsWiderThanTheDialog(t *testing.T) {
	t.Parallel()
	for _, width := range []int{56, 74, 120} {
		s, f := scenarios(), faults()
		f.SetState(sandbox.State{Now: time.Now(), Faults: []string{"drop,event=captured", "drop=2,event=epayments.payment.refunded.v1"}})
		drawn := [][]string{s.Draw(width, 30, "Step 3, Register a webhook, comes first: enter goes there.").Rows, f.Draw(width).Rows, f.Draw(width).Head}
		for range scenario.All() {
			drawn = append(drawn, s.Draw(width, 30, "").Tail)
			s.Move(1)
		}
		for _, rows := range drawn {
			for _, r := range rows {
				if lipgloss.Width(r) > width {
					t.Errorf("%d cells where there are %d: %q", lipgloss.Width(r), width, ansi.Strip(r))
				}
			}
		}
	}
}
