package scenario

import (
	"slices"
	"time"
)

// Payment is the [Check.Event] of the check that looks at the payment itself
// once its webhooks are in.
const Payment = "payment"

// Verdict is what came of a scenario.
type Verdict struct {
	// Scenario is the scenario's name, Reference the payment's.
	Scenario, Reference string
	// Checks has one for each webhook that was expected, in that order, and one
	// for the payment.
	Checks []Check
	Took   time.Duration
}

// Passed reports whether every check passed.
func (v Verdict) Passed() bool { return v.Failures() == 0 && len(v.Checks) > 0 }

// Failures counts the checks that did not pass.
func (v Verdict) Failures() int {
	return len(v.Checks) - len(slices.DeleteFunc(slices.Clone(v.Checks), func(c Check) bool { return !c.Passed }))
}

// Check is what came of one expectation.
type Check struct {
	// Event is the event type, such as "epayments.payment.captured.v1", or
	// [Payment].
	Event string
	// Expect is what was expected, such as "accepted once" or "not sent".
	Expect string
	Passed bool
	// Reason is what happened, and for a failure the likely cause and what to
	// do. It can be printed as it is.
	Reason string
	// Attempts counts the deliveries that were tried, Status is what the last of
	// them was answered with; 0 without an answer.
	Attempts, Status int
}

// Progress is something that has just happened: a step that begins or a check
// that is decided.
type Progress struct {
	// Step says what merchant, payer or sandbox does next, in words for people.
	Step string
	// Check is nil unless a check has been decided.
	Check *Check
}
