package scenario

import (
	"context"
	"fmt"
	"strings"

	"kvikk/api"
	"kvikk/api/control"
	"kvikk/api/webhook"
)

// play is one run of a scenario.
type play struct {
	Runner
	scenario  Scenario
	target    registration
	reference string
	// former are the faults that were set before this run replaced them.
	former   []string
	replaced bool
}

// take does one step.
func (p *play) take(ctx context.Context, s step) (err error) {
	part := api.Amount{Currency: p.scenario.amount.Currency, Value: s.value}
	switch s.action {
	case create:
		_, err = p.API.CreatePayment(ctx, p.payment())
	case approve:
		_, err = p.Control.Decide(ctx, p.reference, control.Approve)
	case decline:
		_, err = p.Control.Decide(ctx, p.reference, control.Decline)
	case capture:
		_, err = p.API.CapturePayment(ctx, p.reference, part)
	case refund:
		_, err = p.API.RefundPayment(ctx, p.reference, part)
	case cancel:
		_, err = p.API.CancelPayment(ctx, p.reference, api.CancelRequest{})
	case advance:
		_, err = p.Control.Advance(ctx, s.by)
	case setFaults:
		err = p.setFaults(ctx, s.faults)
	}
	return err
}

func (p *play) payment() api.CreatePaymentRequest {
	r := api.CreatePaymentRequest{
		Amount: p.scenario.amount, PaymentMethod: api.PaymentMethod{Type: api.Wallet}, Reference: p.reference,
		UserFlow: api.WebRedirect, ReturnURL: p.ReturnURL, PaymentDescription: p.scenario.Title,
	}
	if r.ReturnURL == "" {
		r.ReturnURL = "https://example.com/return"
	}
	if p.Phone != "" {
		r.Customer = &api.Customer{PhoneNumber: p.Phone}
	}
	return r
}

// setFaults replaces the sandbox's faults. A fault is counted by messages, and
// each registration that asks for an event gets one of its own.
func (p *play) setFaults(ctx context.Context, specs []string) error {
	former, err := p.Control.Faults(ctx)
	if err != nil {
		return err
	}
	var faults []string
	for _, spec := range specs {
		_, event, _ := strings.Cut(spec, "event=")
		if n := p.target.askingFor(webhook.Type(event)); n > 0 {
			faults = append(faults, fmt.Sprintf(spec, n))
		}
	}
	p.former, p.replaced = former, true
	_, err = p.Control.SetFaults(ctx, faults)
	return err
}

// putFaultsBack undoes setFaults, at the end of ctx too.
func (p *play) putFaultsBack(ctx context.Context) error {
	if !p.replaced {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), putBackLimit)
	defer cancel()
	if _, err := p.Control.SetFaults(ctx, p.former); err != nil {
		return fmt.Errorf("put the former faults back (%s): %w", strings.Join(p.former, " "), err)
	}
	return nil
}

// paymentCheck compares the payment with what the scenario leads to.
func (p *play) paymentCheck(ctx context.Context) (Check, error) {
	payment, err := p.API.Payment(ctx, p.reference)
	if err != nil {
		return Check{}, fmt.Errorf("look at the payment: %w", err)
	}
	currency := p.scenario.amount.Currency
	got, want := endingOf(payment), p.scenario.ends
	check := Check{Event: Payment, Expect: want.in(currency), Passed: got == want, Reason: "as it should be"}
	if got != want {
		check.Reason = "the payment shows " + got.in(currency) + "; did something else capture, refund or cancel it meanwhile?"
	}
	return check, nil
}

func (p *play) watch() *watch {
	return &watch{
		runner: p.Runner, target: p.target, query: control.Query{Reference: p.reference},
		events: func(ctx context.Context) ([]api.PaymentEvent, error) { return p.API.PaymentEvents(ctx, p.reference) },
	}
}
