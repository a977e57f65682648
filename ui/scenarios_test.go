package ui_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"kvikk/api/sandbox"
	"kvikk/ui/flow"
	"kvikk/ui/profile"
	"kvikk/ui/uitest"
)

// listed opens the list of scenarios in step 4.
func listed(term *uitest.Terminal) {
	walk(term, flow.TriggerEvent)
	term.Press("S")
	term.Wait("╭ Scenarios ", "▸ Pay and capture", "enter play it")
}

func TestScenariosAreDrawn(t *testing.T) {
	t.Parallel()
	for _, s := range sizes() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			p, _ := held(t)
			term := p.run(s)
			listed(term)
			p.golden(t, term, fmt.Sprintf("scenarios-%s", s))
			term.Press("enter")
			term.Wait("✓ PASS  all 4 checks", "enter all scenarios")
			p.golden(t, term, fmt.Sprintf("passed-%s", s))
			closed(term)
			p.fault("drop=1")
			term.Press("S")
			term.Wait("▸ Pay and capture")
			term.Press("enter")
			term.Wait("✗ FAIL  1 of 4 checks", "enter all scenarios")
			p.golden(t, term, fmt.Sprintf("failed-%s", s))
		})
	}
}

// fault sets the faults of the running sandbox, behind the program's back.
func (p *parts) fault(specs ...string) {
	p.t.Helper()
	var faults []sandbox.Fault
	for _, spec := range specs {
		f, err := sandbox.ParseFault(spec)
		if err != nil {
			p.t.Fatal(err)
		}
		faults = append(faults, f)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.server.SetFaults(faults...)
}

// closed closes the open dialog. The key is alone then, which esc has to be.
func closed(term *uitest.Terminal) {
	term.Press("esc")
	term.Until("no dialog", func(screen string) bool {
		return !strings.Contains(screen, "╭ Scenario") && !strings.Contains(screen, "╭ Faults")
	})
}

func TestAScenariosPaymentIsTheOneAtHand(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := p.run(size{120, 36})
	listed(term)
	term.Press("enter")
	term.Wait("✓ PASS  all 4 checks", "✓ PASS  AUTHORIZED", "● Capture 499.00 NOK")
	closed(term)
	screen := term.Wait("╭ 5  View the webhook", "✓ 4 Trigger an event", "✓ 5 View the webhook", "● CREATED", "● AUTHORIZED", "● CAPTURED", "3 webhooks")
	if strings.Contains(screen, "force approve") || strings.Contains(screen, "○ CAPTURED") {
		t.Errorf("a payment that is over has keys and states to come:\n%s", screen)
	}
	term.Press("n")
	term.Wait("4 webhooks", "○ AUTHORIZED", "a force approve")
	term.Press("S", "down", "down")
	term.Wait("▸ The payer declines")
	term.Press("enter")
	term.Wait("✓ PASS  all 4 checks", "✓ PASS  ABORTED", "not sent")
	term.Press("n")
	term.Wait("8 webhooks", "✓ PASS  all 4 checks")
	term.Press("enter")
	term.Wait("▸ The payer declines", "enter play it")
	term.Press("S")
	term.Gone("╭ Scenarios")
	term.Wait("● ABORTED")
}

// TestAnApprovalThatTheBankRefusesIsNoAuthorization: its webhook is called
// AUTHORIZED and its signature is right, and still nothing is authorized.
func TestAnApprovalThatTheBankRefusesIsNoAuthorization(t *testing.T) {
	t.Parallel()
	p, _ := held(t)
	term := p.run(size{120, 36})
	listed(term)
	term.Press("down", "down", "down", "down", "down")
	term.Wait("▸ Insufficient funds")
	term.Press("enter")
	term.Wait("✓ PASS  all 4 checks")
	closed(term)
	if screen := term.Wait("✗ AUTHORIZED", "✓ AUTHORIZED failed", "● ABORTED"); strings.Contains(screen, "o open") {
		t.Errorf("a payment that is over has a page to open:\n%s", screen)
	}
	term.Press("tab", "tab", "down")
	term.Wait("AUTHORIZED failed · ", "tried and did not succeed")
}

func TestAScenarioFailsWithItsReason(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := p.run(size{120, 36})
	walk(term, flow.TriggerEvent)
	term.Press("F")
	choose(term, "wrong-signature")
	term.Press("left")
	term.Wait("▸ wrong-signature  always", "1 fault on")
	closed(term)
	term.Press("S")
	term.Wait("▸ Pay and capture")
	term.Press("enter")
	term.Wait(" playing", "● Capture 499.00 NOK", "CREATED, attempt 1: the receiver answered 401", "esc cancel")
	term.Wait("✗ FAIL  3 of 4 checks", "✗ FAIL  CREATED     expected: accepted once", "the receiver answered 401 (", "every attempt was forged by a fault",
		"✗ FAIL  CAPTURED", "waits behind CREATED", "✓ PASS  payment", " ✗ ")
	closed(term)
	term.Press("F", "c")
	term.Gone("1 fault on")
	closed(term)
	term.Press("S", "enter")
	term.Wait("✓ PASS  all 4 checks")
}

func TestEscCancelsAScenario(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := p.run(size{120, 36})
	walk(term, flow.TriggerEvent)
	p.fault("old-date=10%")
	term.Press("S", "end")
	term.Wait("▸ Duplicate and late deliveries")
	term.Press("enter")
	// What it waits for comes after three seconds.
	term.Wait("● Create a payment", "esc cancel", "✓ CREATED")
	term.Press("S", "F", "n", "enter", "2")
	term.Wait("playing", "esc cancel")
	term.Press("esc")
	term.Wait("Cancelled. What had begun may still bring webhooks.", "enter all scenarios")
	term.Press("esc")
	screen := term.Wait("╭ 4  Trigger an event", "▸ 4 Trigger an event", "enter create payment", "1 fault on")
	if strings.Contains(screen, "PASS") || strings.Contains(screen, "Payment\n") {
		t.Errorf("a scenario that was cancelled is at hand:\n%s", screen)
	}
	term.Press("F")
	term.Wait("delay            off", "duplicate        off", "old-date         10 %")
	closed(term)
	term.Press("enter")
	term.Wait("Your webhook has arrived")
}

func TestScenariosNeedARegistration(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := p.run(size{120, 36})
	walk(term, flow.AccessToken)
	term.Press("S")
	term.Wait("Step 2, Access token, comes first: enter goes there.", "enter go to step 2")
	term.Press("enter")
	term.Gone("╭ Scenarios")
	ready(term, flow.AccessToken)
	term.Press("enter")
	ready(term, flow.RegisterWebhook)
	term.Press("4", "S")
	term.Wait("Step 3, Register a webhook, comes first: enter goes there.")
	term.Press("enter")
	walkOn(term, flow.RegisterWebhook, flow.TriggerEvent)
	term.Press("S", "enter")
	term.Wait("✓ PASS  all 4 checks")
}

func TestARegistrationThatIsGoneIsTheReason(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := p.run(size{120, 36})
	walk(term, flow.TriggerEvent)
	list, err := p.client().Webhooks(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("the provider lists %v, %v", list, err)
	}
	if err := p.client().DeleteWebhook(t.Context(), list[0].ID); err != nil {
		t.Fatal(err)
	}
	term.Press("S", "enter")
	term.Wait("✗ It could not be played.", "no webhook is registered", "enter all scenarios")
	term.Press("esc")
	ready(term, flow.TriggerEvent)
}

func TestASandboxOfSomebodyElsePlaysToo(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	p.outside(sandbox.Options{})
	term := p.run(size{120, 36})
	listed(term)
	term.Press("enter")
	term.Wait("LOCAL 127.0.0.1:", "✓ PASS  all 4 checks")
	term.Press("esc")
	term.Wait("S scenarios", "F faults")
}

func TestScenariosAndFaultsNeedTheSandbox(t *testing.T) {
	t.Parallel()
	nobody := func(t *testing.T) *parts {
		p := newParts(t)
		p.behind(sandbox.Options{}).misbehave(func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
			if strings.HasPrefix(r.URL.Path, adminPath) {
				http.NotFound(w, r)
				return
			}
			pass.ServeHTTP(w, r)
		})
		return p
	}
	environment := func(t *testing.T) *parts {
		p := newParts(t)
		p.outside(sandbox.Options{})
		p.flag = profile.Flags{}
		return p
	}
	for name, c := range map[string]struct {
		parts func(*testing.T) *parts
		shows string
	}{
		"the test environment":        {environment, "TEST · MSN 123456"},
		"a local API of another kind": {nobody, "LOCAL 127.0.0.1:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			term := c.parts(t).run(size{80, 24})
			term.Wait(c.shows, "e edit", "? help") // nothing is under way
			for key, what := range map[string]string{"S": "Scenarios", "F": "Faults"} {
				term.Press(key)
				screen := term.Wait(what + " need the sandbox: 1, then e.")
				if strings.Contains(screen, "╭ "+what) {
					t.Errorf("they open all the same:\n%s", screen)
				}
			}
			term.Press("4")
			if screen := term.Wait("╭ 4  Trigger an event"); strings.Contains(screen, "S scenarios") || strings.Contains(screen, "S plays") {
				t.Errorf("they are offered:\n%s", screen)
			}
		})
	}
}
