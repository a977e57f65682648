package sandbox_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kvikk/api/sandbox"
)

// webPayment creates a payment that returns to a shop, and leads the tab to its
// page from there.
func (m *merchant) webPayment(x *tab, reference string, members ...string) (redirect, back string) {
	m.t.Helper()
	back = shop(m.t, "") + "/thanks?order=1"
	redirect = m.create(reference, append([]string{"returnUrl", fmt.Sprintf("%q", back)}, members...)...).text(m.t, "redirectUrl")
	x.open(shop(m.t, `<a href="`+redirect+`">Pay</a>`))
	x.click("Pay")
	x.at(redirect)
	return redirect, back
}

func nok(value int) string { return fmt.Sprintf(`{"currency":"NOK","value":%d}`, value) }

func (m *merchant) wantState(reference, want string) {
	m.t.Helper()
	if got := m.state(reference); got != want {
		m.t.Errorf("%s is %s, want %s", reference, got, want)
	}
}

func approveByKeyboard(t *testing.T, x *tab) {
	r := receive(t, nil)
	m := start(t, sandbox.Options{})
	m.register(r.URL, "authorized")
	redirect, back := m.webPayment(x, "keys-0001")
	x.reads("Sandbox shop "+m.s.Keys().MSN, "499.00 NOK", "One mug", "keys-0001")
	focused := func() string { return evaluate[string](x, `document.activeElement.innerText`) }
	var order []string
	for range 3 {
		x.do(chromedp.KeyEvent("\t"))
		order = append(order, focused())
		if outline := evaluate[string](x, `getComputedStyle(document.activeElement).outline`); !strings.Contains(outline, "solid 3px") {
			t.Errorf("the focus on %s is drawn as %q", focused(), outline)
		}
	}
	if want := []string{"Approve", "Decline", "Decide later"}; !slices.Equal(order, want) {
		t.Fatalf("tab goes to %q, want %q", order, want)
	}
	shiftTab := chromedp.KeyEvent("\t", chromedp.KeyModifiers(chromedp.ModifierShift))
	x.do(shiftTab, shiftTab)
	if got := focused(); got != "Approve" {
		t.Fatalf("shift+tab goes back to %q", got)
	}
	x.leads(chromedp.KeyEvent("\r"))
	x.at(back)
	m.wantState("keys-0001", "AUTHORIZED")
	if got := r.next(t).event(t); got.Name != "AUTHORIZED" || !got.Success {
		t.Errorf("webhook %+v", got)
	}
	x.open(redirect)
	x.reads("The payment is approved.", "Back to the shop")
}

func declineByMouse(t *testing.T, x *tab) {
	m := start(t, sandbox.Options{})
	_, back := m.webPayment(x, "declined-1", "userFlow", `"NATIVE_REDIRECT"`)
	x.click("Decline")
	x.at(back)
	m.wantState("declined-1", "ABORTED")
}

func decideLater(t *testing.T, x *tab) {
	c := newClock()
	m := start(t, sandbox.Options{Now: c.now})
	_, back := m.webPayment(x, "later-0001")
	x.click("Decide later")
	x.reads("The payment stays open", "Open until 06:50:00 UTC 10 minutes left when this page was opened")
	if got := evaluate[string](x, `document.querySelector("time").dateTime`); got != "2026-11-22T06:50:00Z" {
		t.Errorf("the deadline is %q", got)
	}
	m.wantState("later-0001", "CREATED")
	c.forward(9*time.Minute + 15*time.Second)
	x.click("Decide now")
	x.reads("45 seconds left")
	x.click("Decide later")
	x.click("Back to the shop")
	x.at(back)
	m.wantState("later-0001", "CREATED")
}

func expireWhileOpen(t *testing.T, x *tab) {
	c := newClock()
	m := start(t, sandbox.Options{Now: c.now})
	_, back := m.webPayment(x, "expires-01")
	c.forward(10 * time.Minute)
	m.s.Wake()
	x.click("Approve")
	x.reads("The payment has expired.")
	if n := evaluate[int](x, `document.querySelectorAll("button").length`); n != 0 {
		t.Errorf("%d buttons are left", n)
	}
	x.click("Back to the shop")
	x.at(back)
	m.wantState("expires-01", "EXPIRED")
}

// alert is what a screen reader says at once.
func (x *tab) alert() string {
	x.t.Helper()
	return evaluate[string](x, `[...document.querySelectorAll("[role=alert]")].map(e => e.innerText).join()`)
}

func tryRefusedAgain(t *testing.T, x *tab) {
	m := start(t, sandbox.Options{})
	_, back := m.webPayment(x, "refused-01", "amount", nok(151))
	if got := x.alert(); got != "" {
		t.Errorf("before anything is done: %q", got)
	}
	for range 2 {
		x.click("Approve")
		if got := x.alert(); !strings.Contains(got, "there is not enough money") {
			t.Errorf("the alert is %q", got)
		}
		if title, err := chromedp.Run(x.ctx, chromedp.Title()); err != nil || !strings.HasPrefix(title, "Not paid yet: 1.51 NOK") {
			t.Errorf("the title is %q (%v)", title, err)
		}
		m.wantState("refused-01", "CREATED")
	}
	x.click("Decline")
	x.at(back)
	m.wantState("refused-01", "ABORTED")
}

func confirmOnceMore(t *testing.T, x *tab) {
	m := start(t, sandbox.Options{})
	_, back := m.webPayment(x, "confirmed-1", "amount", nok(202))
	x.click("Approve")
	if got := x.alert(); !strings.Contains(got, "Approve once more") {
		t.Errorf("the alert is %q", got)
	}
	m.wantState("confirmed-1", "CREATED")
	x.click("Approve")
	x.at(back)
	m.wantState("confirmed-1", "AUTHORIZED")
}

func approveWithoutAnswer(t *testing.T, x *tab) {
	m := start(t, sandbox.Options{})
	redirect, back := m.webPayment(x, "unknown-01", "amount", nok(201))
	x.click("Approve")
	x.at(back)
	m.wantState("unknown-01", "CREATED")
	x.open(redirect)
	x.reads("The bank has not answered yet.")
	x.open(m.s.URL() + "/app") // it does not wait for its payer
	x.reads("No other payment waits.")
}

func decideOnThePhone(t *testing.T, x *tab) {
	m := start(t, sandbox.Options{})
	m.push("pushed-001").want(t, 201)
	m.push("pushed-002", "amount", nok(151)).want(t, 201)
	app := m.s.URL() + "/app"
	x.open(app)
	x.reads("pushed-001", "+4712345678")
	x.click("Sandbox shop " + m.s.Keys().MSN + ", 499.00 NOK")
	x.click("Approve")
	x.at(app)
	m.wantState("pushed-001", "AUTHORIZED")
	x.click("Sandbox shop " + m.s.Keys().MSN + ", 1.51 NOK")
	x.click("Approve")
	x.reads("not enough money")
	x.click("Decide later")
	x.click("Back to the phone’s payments")
	x.at(app)
	x.reads("pushed-002")
}

func lookByItself(t *testing.T, x *tab) {
	m := start(t, sandbox.Options{})
	x.open(m.s.URL() + "/app")
	x.click("Look every 5 seconds")
	m.push("looked-001").want(t, 201)
	x.leads(chromedp.Steps()) // by itself
	x.reads("looked-001")
	x.click("Stop looking every 5 seconds")
	x.at(m.s.URL() + "/app")
}

func returnToTheSandbox(t *testing.T, x *tab) {
	m := start(t, sandbox.Options{})
	back := m.s.URL() + "/return?reference=returned-1"
	redirect := m.create("returned-1", "returnUrl", fmt.Sprintf("%q", back)).text(t, "redirectUrl")
	x.open(back)
	x.reads("Nothing is decided yet.", "Go back to the terminal.")
	x.open(redirect)
	x.click("Decide later")
	x.click("Back to the shop")
	x.at(back)
	// The same page by another name of the machine, which is another site.
	x.open(strings.Replace(redirect, "127.0.0.1", "localhost", 1))
	x.click("Approve")
	x.at(back)
	x.reads("Payment approved", "returned-1", "Go back to the terminal.")
}

func writeScripts(t *testing.T, x *tab) {
	m := start(t, sandbox.Options{})
	m.webPayment(x, "scripts-01", "paymentDescription", `"<script>document.title='taken'</script><img src=x>\u202egnp\u0007"`)
	const want = `<script>document.title='taken'</script><img src=x>\u202egnp\u0007`
	x.reads(want)
	if n := evaluate[int](x, `document.querySelectorAll("script, img").length`); n != 0 {
		t.Errorf("%d elements came in", n)
	}
	if title := evaluate[string](x, `document.title`); !strings.HasPrefix(title, "499.00 NOK to Sandbox shop") {
		t.Errorf("the title is %q", title)
	}
	x.open(m.s.URL() + "/app")
	x.reads(want)
}
