package ui_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"kvikk/api/sandbox"
	"kvikk/ui/flow"
	"kvikk/ui/uitest"
)

func TestEditTakesEveryPrintableKeyAsText(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	f := p.behind(sandbox.Options{})
	term := p.run(size{120, 36})
	walk(term, flow.TriggerEvent)
	term.Press("e")
	field(term, "Description")
	wipe(term)
	const odd = "q?12 3/zXyY[]nmsdf"
	term.Type(odd)
	term.Wait(odd, "enter accept")
	term.Press("esc")
	term.Wait("One pair of socks", "enter create payment")
	term.Press("e")
	field(term, "Description")
	wipe(term)
	term.Type(odd)
	term.Wait(odd)
	term.Press("enter")
	screen := term.Wait("enter create payment", odd)
	if strings.Contains(screen, "working…") || f.count(paymentCall) != 0 {
		t.Errorf("accepting a form has sent it:\n%s", screen)
	}
	term.Press("e")
	field(term, "Amount")
	wipe(term)
	term.Type("4.99")
	term.Press("enter", "enter")
	term.Wait("✗ The amount is a whole number", "▸ Amount", "enter accept")
	term.Press("ctrl+c")
	if err := term.Ended(); err != nil {
		t.Error(err)
	}
}

func TestSpaceTicksEvents(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := p.run(size{120, 36})
	walk(term, flow.RegisterWebhook)
	term.Press("e")
	term.Wait("✓ epayments.payment.created.v1", "enter accept")
	term.Press("space")
	term.Wait("○ epayments.payment.created.v1")
	term.Press("enter")
	walked := term.Wait("✓ authorized", "enter register")
	if strings.Contains(walked, "✓ created") {
		t.Errorf("created is still chosen:\n%s", walked)
	}
	term.Press("enter")
	ready(term, flow.TriggerEvent)
	list, err := p.client().Webhooks(t.Context())
	if err != nil || len(list) != 1 || len(list[0].Events) != 7 {
		t.Errorf("the provider lists %v, %v", list, err)
	}
}

// approved walks to two webhooks: one created, one authorized.
func approved(term *uitest.Terminal) {
	arrived(term)
	term.Press("a")
	term.Wait("✓ AUTHORIZED", "2 webhooks", "● AUTHORIZED")
}

func TestFindNarrowsTheList(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := p.run(size{120, 36})
	approved(term)
	term.Press("/")
	term.Type("created 1?q")
	term.Wait("No webhook contains “created 1?q”", "created 1?q")
	term.Press("esc")
	term.Wait("✓ CREATED", "✓ AUTHORIZED")
	term.Press("/")
	term.Type("AUTHORIZED")
	term.Until("one webhook", func(s string) bool {
		return strings.Contains(s, "✓ AUTHORIZED") && !strings.Contains(s, "✓ CREATED")
	})
	term.Press("enter")
	term.Wait("find “AUTHORIZED”", "? help")
	term.Press("esc")
	screen := term.Wait("✓ CREATED", "✓ AUTHORIZED")
	if strings.Contains(screen, "find “") {
		t.Errorf("it is still narrowed:\n%s", screen)
	}
}

func TestMovingAndFollowingInTheList(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := p.run(size{120, 36})
	approved(term)
	selected := func(name string) {
		t.Helper()
		term.Until(name+" selected and shown", func(s string) bool {
			return regexp.MustCompile(`▸ [0-9:]{8} ✓ `+name).MatchString(s) && strings.Contains(s, "├ "+name+" · kvikk-order-1")
		})
	}
	selected("AUTHORIZED")
	term.Press("tab", "tab", "j")
	selected("CREATED")
	term.Wait("f follows")
	term.Press("f")
	selected("AUTHORIZED")
	term.Press("down")
	selected("CREATED")
	term.Press("k")
	selected("AUTHORIZED")
	term.Gone("f follows")
	term.Press("j", "enter")
	term.Wait("╭ CREATED · kvikk-order-1", "esc unzoom")
	term.Press("esc")
	term.Wait("╭ Quick start")
	selected("CREATED")
}

func TestZoomGivesAPaneTheWholeScreen(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := p.run(size{120, 36})
	arrived(term)
	for _, pane := range []string{"╭ 5  View the webhook", "╭ CREATED · kvikk-order-1", "╭ Webhooks"} {
		term.Press("z")
		screen := term.Wait(pane, "esc unzoom")
		if strings.Contains(screen, "Quick start ─") || strings.Count(screen, "╭") != 1 {
			t.Errorf("the pane is not alone:\n%s", screen)
		}
		term.Press("esc")
		term.Wait("╭ Quick start")
		term.Press("tab")
	}
}

func TestRawAndPrettyPayloads(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := p.run(size{120, 36})
	arrived(term)
	term.Wait(`  "msn": "123456",`)
	term.Press("w")
	term.Wait(`{"msn":"123456","reference"`)
	term.Press("w")
	term.Wait(`  "msn": "123456",`)
}

func TestTheMouseIsGivenBack(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := p.run(size{120, 36})
	arrived(term)
	if !strings.Contains(term.Output(), "\x1b[?1002h") {
		t.Error("the mouse was not asked for")
	}
	term.Type("\x1b[<0;90;3M\x1b[<0;90;3m")
	term.Wait("enter open")
	term.Press("m")
	term.Wait("The mouse is the terminal's again")
	if !strings.Contains(term.Output(), "\x1b[?1002l") {
		t.Error("the mouse was not given back")
	}
	term.Press("m")
	term.Wait("The mouse is kvikk's")
}

func TestStartingOverAsksOutsideTheSandbox(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	p.outside(sandbox.Options{})
	term := p.run(size{120, 36})
	walk(term, flow.TriggerEvent)
	term.Press("X")
	term.Wait("╭ Start over?", "enter start over", "esc leave it")
	term.Press("esc")
	term.Gone("Start over?")
	ready(term, flow.TriggerEvent)
	term.Press("X")
	term.Wait("╭ Start over?")
	term.Press("enter")
	arrived(term)
	list, err := p.client().Webhooks(t.Context())
	if err != nil || len(list) != 1 {
		t.Errorf("the provider lists %v, %v", list, err)
	}
}

func TestARegistrationIsDeletedOnceThatIsConfirmed(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	p.outside(sandbox.Options{})
	const theirs = "http://localhost:9000/till"
	p.registers(theirs, "epayments.payment.captured.v1")
	term := p.run(size{120, 36})
	walk(term, flow.TriggerEvent)
	term.Press("3")
	term.Wait("Registrations of this sales unit", "d delete")
	term.Press("up")
	term.Wait("▸ " + theirs)
	term.Press("d")
	term.Wait("╭ Delete this registration?", theirs, "not kvikk's", "enter delete it")
	term.Press("esc")
	term.Gone("Delete this registration?")
	if list, err := p.client().Webhooks(t.Context()); err != nil || len(list) != 2 {
		t.Fatalf("the provider lists %v, %v", list, err)
	}
	term.Press("d")
	term.Wait("╭ Delete this registration?")
	term.Press("enter")
	term.Wait("Deleted 1 registration.", "Registrations of this sales unit  1")
	term.Press("d")
	term.Wait("╭ Delete this registration?", "this kvikk's")
	term.Press("enter")
	term.Wait("▸ 3 Register a webhook", "registers the callback URL")
	list, err := p.client().Webhooks(context.Background())
	if err != nil || len(list) != 0 {
		t.Errorf("the provider lists %v, %v", list, err)
	}
}

func TestTheWindowIsDragged(t *testing.T) {
	t.Parallel()
	p, _ := held(t)
	term := p.run(size{120, 36})
	arrived(term)
	for _, to := range []struct {
		size
		shows string
	}{
		{size{80, 24}, "step5-80x24"},
		{size{60, 16}, "step5-60x16"},
		{size{20, 5}, "small-20x5"},
		{size{160, 45}, "step5-160x45"},
		{size{120, 36}, "step5-120x36"},
	} {
		term.Resize(to.width, to.height)
		p.golden(t, term, to.shows)
	}
}
