package scenario

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kvikk/api"
	"kvikk/api/webhook"
)

// Scenario is a payment's way from beginning to end. [All] has those that
// exist.
type Scenario struct {
	// Name is what is typed, such as "pay-and-capture".
	Name string
	// Title is a line for people: "Pay and capture".
	Title string
	// About says in a sentence or two what happens and what a receiver has to
	// get right.
	About string

	amount api.Amount
	steps  []step
	expect []expectation
	ends   ending
}

// Events returns the event types that a registration needs for the scenario, in
// the order in which they are expected.
func (s Scenario) Events() []webhook.Type {
	events := make([]webhook.Type, len(s.expect))
	for i, e := range s.expect {
		events[i] = e.event
	}
	return events
}

// Expected returns the checks that a run makes, undecided: Event and Expect are
// set.
func (s Scenario) Expected() []Check {
	var checks []Check
	for _, e := range s.expect {
		checks = append(checks, Check{Event: string(e.event), Expect: e.String()})
	}
	return append(checks, Check{Event: Payment, Expect: s.ends.in(s.amount.Currency)})
}

// action is what happens in a step.
type action int

const (
	create action = iota
	approve
	decline
	capture
	refund
	cancel
	advance
	setFaults
)

// step is one thing that merchant, payer or sandbox does.
type step struct {
	action action
	// value is what is captured or refunded, in minor units.
	value int64
	// by is how far the clock moves.
	by time.Duration
	// says is what faults do, in words for people.
	says string
	// faults are the faults that are set, with %d for how many registrations
	// get an event.
	faults []string
}

// describe says what the step does with a payment of the amount.
func (s step) describe(amount api.Amount) string {
	part := api.Amount{Currency: amount.Currency, Value: s.value}
	switch s.action {
	case create:
		return "Create a payment of " + amount.String()
	case approve:
		return "The payer approves"
	case decline:
		return "The payer declines"
	case capture:
		return "Capture " + part.String()
	case refund:
		return "Refund " + part.String()
	case cancel:
		return "Cancel the payment"
	case advance:
		return "Move the sandbox's clock forward by " + s.by.String()
	default:
		return s.says
	}
}

// expectation is what has to come of one event type.
type expectation struct {
	event webhook.Type
	// times is how often it is accepted; 0 means that it is not sent.
	times int
	// failed expects the event's success to be false.
	failed bool
	// fault is the kind of the fault that hits the delivery; empty means none.
	fault string
	// note says why, in a few words.
	note string
}

// String is what [Check.Expect] says.
func (e expectation) String() string {
	text := "not sent"
	switch {
	case e.times == 1:
		text = "accepted once"
	case e.times == 2:
		text = "accepted twice"
	case e.times > 2:
		text = fmt.Sprintf("accepted %d times", e.times)
	}
	if e.note != "" {
		text += ", " + e.note
	}
	return text
}

// ending is what the payment shows in the end, in minor units.
type ending struct {
	state                                     api.State
	authorized, captured, refunded, cancelled int64
}

// in is the state and every amount that is not zero.
func (e ending) in(currency string) string {
	text := string(e.state)
	var parts []string
	for _, part := range []struct {
		name  string
		value int64
	}{{"authorized", e.authorized}, {"captured", e.captured}, {"refunded", e.refunded}, {"cancelled", e.cancelled}} {
		if part.value != 0 {
			parts = append(parts, api.Amount{Currency: currency, Value: part.value}.String()+" "+part.name)
		}
	}
	if len(parts) == 0 {
		return text + ", nothing authorized"
	}
	return text + ", " + strings.Join(parts, ", ")
}

// endingOf is what a payment shows.
func endingOf(p api.Payment) ending {
	a := p.Aggregate
	return ending{p.State, a.AuthorizedAmount.Value, a.CapturedAmount.Value, a.RefundedAmount.Value, a.CancelledAmount.Value}
}

// Find returns the scenario of that name.
func Find(name string) (Scenario, bool) {
	all := All()
	i := slices.IndexFunc(all, func(s Scenario) bool { return s.Name == name })
	if i < 0 {
		return Scenario{}, false
	}
	return all[i], true
}

// Names returns the names of all scenarios.
func Names() []string {
	all := All()
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = s.Name
	}
	return names
}
