package ui_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"kvikk/api/sandbox"
	"kvikk/ui/flow"
	"kvikk/ui/uitest"
)

// choose moves the cursor of the open list of faults to one of them.
func choose(term *uitest.Terminal, fault string) {
	term.Wait("╭ Faults and time")
	row := regexp.MustCompile(`▸ [a-z0-9-]+  `)
	for {
		at := row.FindString(term.Screen())
		if strings.Contains(at, fault) {
			return
		}
		term.Press("down")
		term.Until("the row below "+at, func(screen string) bool {
			now := row.FindString(screen)
			return now != "" && now != at
		})
	}
}

// set returns the faults that the sandbox has.
func (p *parts) set() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var specs []string
	for _, f := range p.server.Faults() {
		specs = append(specs, f.String())
	}
	return strings.Join(specs, " ")
}

func TestFaultsAreDrawn(t *testing.T) {
	t.Parallel()
	for _, s := range sizes() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			p, _ := held(t)
			term := p.run(s)
			walk(term, flow.TriggerEvent)
			term.Press("F")
			term.Wait("▸ delay            off", "No fault is on.")
			p.golden(t, term, fmt.Sprintf("faults-%s", s))
			term.Press("down", "enter", "down", "down", "down", "right", "right", "right")
			term.Wait("▸ wrong-signature  50 %", "2 faults on")
			p.golden(t, term, fmt.Sprintf("faults-on-%s", s))
		})
	}
}

func TestWhatHasFiredIsDrawn(t *testing.T) {
	t.Parallel()
	for _, s := range sizes() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			p, _ := held(t)
			term := p.run(s)
			walk(term, flow.TriggerEvent)
			p.fault("duplicate=1", "lost-answer=2,call=refund")
			term.Press("enter")
			term.Wait("Your webhook has arrived")
			term.Press("F", "end", "right", "right", "enter")
			term.Wait("1 day ahead of this machine", "duplicate 1", "▸ move forward     1 day", "CREATED · kvikk-order-1")
			p.golden(t, term, fmt.Sprintf("fired-%s", s))
			closed(term)
			if s.width >= 80 {
				term.Wait("1 fault on", "● tunnel")
			}
		})
	}
}

func TestAFaultGoesThroughItsSettings(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := p.run(size{120, 36})
	walk(term, flow.TriggerEvent)
	term.Press("F")
	choose(term, "drop")
	for _, c := range []struct{ key, shows, set string }{
		{"enter", "next one", "drop=1"},
		{"space", "10 %", "drop=10%"},
		{"right", "50 %", "drop=50%"},
		{"enter", "always", "drop"},
		{"enter", "off", ""},
		{"left", "always", "drop"},
		{"left", "50 %", "drop=50%"},
	} {
		term.Press(c.key)
		term.Wait("▸ drop             " + c.shows)
		p.becomes(t, c.set)
	}
	// Faster than the sandbox answers.
	term.Press("right", "right", "right", "down", "right")
	term.Wait("  drop             next one", "▸ wrong-signature  next one")
	p.becomes(t, "drop=1 wrong-signature=1")
}

// becomes waits until the sandbox has these faults: the screen shows what is
// wanted before the sandbox has answered.
func (p *parts) becomes(t *testing.T, want string) {
	t.Helper()
	late := time.After(patience)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for p.set() != want {
		select {
		case <-look.C:
		case <-late:
			t.Fatalf("the sandbox has %q, want %q", p.set(), want)
		}
	}
}

func TestFaultsFromElsewhereAreShownAndKept(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := p.run(size{120, 36})
	walk(term, flow.TriggerEvent)
	p.fault("drop=2,event=refunded", "slow=12.5%", "429=1,call=list", "429=1,call=get")
	term.Wait("4 faults on")
	term.Press("F")
	term.Wait("drop             next 2      with event=refunded", "slow             12.5 %", "429              several     2: 429=1,call=list 429=1,call=get")
	term.Press("enter")
	term.Wait("▸ delay            next one", "5 faults on")
	p.becomes(t, "drop=2,event=refunded slow=12.5% 429=1,call=list 429=1,call=get delay=1")
	choose(term, "429")
	term.Press("enter")
	term.Wait("▸ 429              next one", "4 faults on")
	term.Press("c")
	term.Gone("faults on")
	term.Wait("No fault is on.", "429              off")
	p.becomes(t, "")
	// One that was consumed is off again.
	closed(term)
	p.fault("duplicate=1")
	term.Wait("1 fault on")
	term.Press("enter")
	term.Wait("2 webhooks", "✓ 5 View the webhook")
	term.Gone("1 fault on")
}

func TestTheClockIsMoved(t *testing.T) {
	t.Parallel()
	p, _ := held(t)
	term := p.run(size{120, 36})
	arrived(term)
	term.Press("F", "end")
	term.Wait("Clock  14:02:11, as on this machine", "▸ move forward     10 minutes", "enter move it")
	term.Press("enter")
	term.Wait("Clock  14:12:11, 10 min ahead of this machine", "clock +10 min", "● EXPIRED")
	term.Press("left", "enter")
	term.Wait("Clock  2026-03-03 14:12:11, 1 day 10 min ahead of this machine")
	term.Press("left", "enter")
	term.Wait("1 day 1 h 10 min ahead")
	term.Press("F")
	term.Gone("╭ Faults")
	term.Press("n")
	term.Wait("Your webhook has arrived", "○ AUTHORIZED")
}

func TestASandboxThatIsGoneIsSaid(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	s := p.outside(sandbox.Options{})
	term := p.run(size{120, 36})
	walk(term, flow.TriggerEvent)
	term.Press("F")
	term.Wait("No fault is on.")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	term.Press("enter")
	term.Wait("✗ The sandbox does not answer, so nothing was changed as far as kvikk", "Start it again", "▸ delay            off")
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	term.Press("down")
	term.Wait("✗ The sandbox does not answer, so this may be old.")
	closed(term)
	term.Wait("enter create payment")
}

func TestWhyTheClockCannotBeMovedStaysToBeRead(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := p.run(size{120, 36})
	walk(term, flow.TriggerEvent)
	p.mu.Lock()
	p.server.Advance(3652 * 24 * time.Hour) // as far as it goes
	p.mu.Unlock()
	term.Press("F", "end", "enter")
	const why = "✗ The clock"
	term.Wait(why, "3652 days ahead")
	// The next looks at the sandbox do not wipe it away, a key does.
	p.fault("slow=1,call=refund")
	term.Wait("1 fault on", why)
	term.Press("up")
	term.Gone(why)
}

func TestAFailureOnPurposeNamesTheKeyForFaults(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := p.run(size{80, 24})
	walk(term, flow.TriggerEvent)
	p.fault("500")
	term.Wait("1 fault on")
	term.Press("enter")
	term.Wait("✗ The API had an internal error.", "enter tries again, F shows", "the faults that are on")
	term.Press("F", "c")
	term.Wait("No fault is on.")
	closed(term)
	term.Gone("the faults that are on")
}
