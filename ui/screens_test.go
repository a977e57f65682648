package ui_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"kvikk/api/sandbox"
	"kvikk/ui/flow"
	"kvikk/ui/profile"
	"kvikk/ui/uitest"
)

// sizes are the ones at which the screen has another shape.
func sizes() []size { return []size{{120, 36}, {80, 24}, {60, 16}} }

func (s size) String() string { return fmt.Sprintf("%dx%d", s.width, s.height) }

func TestEveryStepIsDrawnAtEverySize(t *testing.T) {
	t.Parallel()
	for _, s := range sizes() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			p, _ := held(t)
			term := p.run(s)
			for _, step := range flow.Steps() {
				ready(term, step)
				if step == flow.ViewWebhook {
					term.Wait("Your webhook has arrived")
				}
				p.golden(t, term, fmt.Sprintf("step%d-%s", step, s))
				term.Press("enter")
			}
		})
	}
}

// nowhere has no API at all: what is drawn needs none.
func nowhere(t *testing.T) *parts {
	p, _ := held(t)
	p.flag = profile.Flags{}
	return p
}

func TestTheQuestionIsDrawn(t *testing.T) {
	t.Parallel()
	for _, s := range sizes() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			p := nowhere(t)
			term := p.run(s)
			term.Wait("● Sandbox", "enter start the sandbox")
			p.golden(t, term, fmt.Sprintf("question-%s", s))
		})
	}
}

func TestTheFormOfTheTestEnvironmentIsDrawn(t *testing.T) {
	t.Parallel()
	for _, s := range sizes() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			p := nowhere(t)
			term := p.run(s)
			term.Wait("● Sandbox", "enter start the sandbox")
			term.Press("down")
			term.Wait("● Test environment")
			term.Press("enter")
			term.Wait("enter accept")
			p.golden(t, term, fmt.Sprintf("form-%s", s))
		})
	}
}

func TestDialogsAreDrawn(t *testing.T) {
	t.Parallel()
	for _, s := range sizes() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			p, _ := held(t)
			term := p.run(s)
			arrived(term)
			term.Press("?")
			term.Wait("╭ Keys ")
			p.golden(t, term, fmt.Sprintf("help-%s", s))
			term.Press("esc")
			term.Gone("╭ Keys ")
			term.Press("enter")
			term.Wait("esc close")
			p.golden(t, term, fmt.Sprintf("next-%s", s))
		})
	}
}

func TestARoomyScreenGivesItsRoomToThePayload(t *testing.T) {
	t.Parallel()
	p, _ := held(t)
	term := p.run(size{160, 45})
	arrived(term)
	p.golden(t, term, "step5-160x45")
}

func TestATinyScreenSaysHowMuchRoomItNeeds(t *testing.T) {
	t.Parallel()
	p, _ := held(t)
	term := p.run(size{20, 5})
	term.Wait("this is 20 by 5.")
	p.golden(t, term, "small-20x5")
}

func TestAFailureIsDrawn(t *testing.T) {
	t.Parallel()
	for _, s := range sizes() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			p, _ := held(t)
			p.outside(sandbox.Options{})
			p.env["VIPPS_CLIENT_SECRET"] = "b25lLXRoYXQtaXMtd3Jvbmc="
			term := p.run(s)
			walk(term, flow.AccessToken)
			term.Press("enter")
			term.Wait("enter tries again")
			p.golden(t, term, fmt.Sprintf("wrong-keys-%s", s))
		})
	}
}

func TestTheListOfRegistrationsIsDrawn(t *testing.T) {
	t.Parallel()
	p, _ := held(t)
	p.outside(sandbox.Options{})
	for _, url := range []string{"http://localhost:9000/shop/webhooks", "http://localhost:9000/till"} {
		p.registers(url, "epayments.payment.captured.v1")
	}
	term := p.run(size{120, 36})
	walk(term, flow.TriggerEvent)
	term.Press("3")
	term.Wait("Registrations of this sales unit", "● ours")
	p.golden(t, term, "registrations-120x36")
}

func TestTheWaitForAWebhookIsDrawn(t *testing.T) {
	t.Parallel()
	for _, s := range sizes() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			p, c := held(t)
			term := p.run(s)
			waits(p, term)
			c.advance(12 * time.Second)
			term.Wait("Waiting for the webhook: 12 s", "The registration is gone")
			p.golden(t, term, fmt.Sprintf("waiting-%s", s))
		})
	}
}

// waits walks to a payment whose webhook goes nowhere: the registration is
// deleted behind the program's back.
func waits(p *parts, term *uitest.Terminal) {
	p.t.Helper()
	walk(term, flow.TriggerEvent)
	client := p.client()
	list, err := client.Webhooks(context.Background())
	if err != nil || len(list) != 1 {
		p.t.Fatalf("the provider lists %v, %v", list, err)
	}
	if err := client.DeleteWebhook(context.Background(), list[0].ID); err != nil {
		p.t.Fatal(err)
	}
	term.Press("enter")
	term.Wait("Waiting for the webhook")
}
