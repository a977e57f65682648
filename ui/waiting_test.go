package ui_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"kvikk/api/sandbox"
	"kvikk/tunnel/edgetest"
	"kvikk/ui/flow"
	"kvikk/ui/uitest"
)

// patience is longer than a webhook is waited for before it is asked why.
const patience = 12 * time.Second

func TestARegistrationThatDoesNotAskForTheEventIsTheCause(t *testing.T) {
	t.Parallel()
	p, c := held(t)
	term := p.run(size{120, 36})
	walk(term, flow.RegisterWebhook)
	term.Press("e")
	term.Wait("✓ epayments.payment.created.v1")
	term.Press("space")
	term.Wait("○ epayments.payment.created.v1")
	term.Press("enter")
	walkOn(term, flow.RegisterWebhook, flow.ViewWebhook)
	term.Wait("Waiting for the webhook: 0 s")
	c.advance(patience)
	term.Wait("The registration does not ask for", "3, then e and n", "✓ The provider lists")
	term.Press("3")
	term.Wait("╭ 3  Register a webhook")
	term.Press("e")
	term.Wait("○ epayments.payment.created.v1")
	term.Press("space", "enter")
	term.Wait("✓ created")
	term.Press("n")
	term.Wait("╭ 4  Trigger an event", "n new payment")
	term.Press("n")
	term.Wait("Your webhook has arrived")
}

func TestATunnelThatIsDownIsTheCause(t *testing.T) {
	t.Parallel()
	edge := edgetest.New(t, edgetest.Options{})
	p, c := held(t)
	p.throughNgrok(edge)
	term := p.run(size{120, 36})
	walk(term, flow.TriggerEvent)
	edge.GoOffline()
	edge.Drop()
	term.Wait("tunnel down")
	term.Press("enter")
	term.Wait("Waiting for the webhook")
	c.advance(patience)
	term.Wait("✗ The callback URL is not open.", "The tunnel is down", "1 shows the tunnel")
}

func TestAWebhookThatIsRejectedIsTheCause(t *testing.T) {
	t.Parallel()
	p, c := held(t)
	term := p.run(size{200, 50})
	to := registered(t, term)
	term.Press("3")
	list, err := p.client().Webhooks(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("the provider lists %v, %v", list, err)
	}
	if err := p.client().DeleteWebhook(t.Context(), list[0].ID); err != nil {
		t.Fatal(err)
	}
	term.Press("4")
	ready(term, flow.TriggerEvent)
	term.Press("enter")
	term.Wait("Waiting for the webhook")
	r := to.request(payload("CREATED", "kvikk-order-1"))
	r.Header.Set("X-Ms-Content-Sha256", "bm90IHRoZSBoYXNoIG9mIHRoYXQgYm9keSBhdCBhbGw=")
	to.send(r, http.StatusUnauthorized)
	term.Wait("1 ✗")
	c.advance(patience)
	term.Wait("✓ Something has reached the callback URL since.", "Webhooks arrive, but their signature is wrong", "Waiting for the webhook")
}

func TestAnotherPaymentEndsTheWait(t *testing.T) {
	t.Parallel()
	p, c := held(t)
	f := p.behind(sandbox.Options{})
	term := p.run(size{120, 36})
	waits(p, term)
	c.advance(patience)
	term.Wait("The registration is gone")
	if n := f.count("GET /epayment/v1/payments/kvikk-order-1/events"); n != 1 {
		t.Errorf("the event log was fetched %d times", n)
	}
	term.Press("3")
	term.Wait("╭ 3  Register a webhook")
	term.Press("n")
	term.Wait("╭ 4  Trigger an event", "n new payment")
	term.Press("n")
	screen := term.Wait("Your webhook has arrived", "✓ CREATED", "✓ 5 View the webhook")
	if strings.Contains(screen, "registration is gone") {
		t.Errorf("the old cause is still shown:\n%s", screen)
	}
}

func TestNothingIsWaitedForForEver(t *testing.T) {
	t.Parallel()
	p, c := held(t)
	term := p.run(size{120, 36})
	waits(p, term)
	c.advance(3 * time.Minute)
	term.Wait("No webhook in two minutes.")
}

// walkOn does the actions from one step on until another is open.
func walkOn(term *uitest.Terminal, from, to flow.Step) {
	for s := from; s < to; s++ {
		ready(term, s)
		term.Press("enter")
	}
	ready(term, to)
}
