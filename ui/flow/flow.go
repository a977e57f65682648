// Package flow is the quick start as a pure state machine: five steps, what
// each waits for, and which attempt at a step is the current one. It knows
// nothing of the screen, the network or the clock, so every way through the
// quick start can be tested as a table.
//
// An action goes through three calls. [Flow.Begin] issues an [Attempt] and
// refuses a second one while the first is under way; the result comes back
// through [Flow.Succeed] or [Flow.Fail] with that attempt, and a result whose
// attempt is no longer the current one changes nothing.
package flow

// Step is one of the five steps, 1 to 5.
type Step int

// The steps in their order.
const (
	SetUp Step = iota + 1
	AccessToken
	RegisterWebhook
	TriggerEvent
	ViewWebhook
)

// Steps lists all steps in their order.
func Steps() []Step {
	return []Step{SetUp, AccessToken, RegisterWebhook, TriggerEvent, ViewWebhook}
}

// Title is the step's name on the screen.
func (s Step) Title() string {
	switch s {
	case SetUp:
		return "Set up"
	case AccessToken:
		return "Access token"
	case RegisterWebhook:
		return "Register a webhook"
	case TriggerEvent:
		return "Trigger an event"
	case ViewWebhook:
		return "View the webhook"
	}
	return ""
}

// Status is how far a step has come.
type Status int

// The states of a step.
const (
	Waiting Status = iota
	Running
	Done
	Failed
)

// Attempt is one try of a step's action. Its IdempotencyKey goes into the
// Idempotency-Key header where the provider wants one.
type Attempt struct {
	Step           Step
	Number         uint64
	IdempotencyKey string
}

// Outcome says what is known after a failure.
type Outcome int

const (
	// Answered means that the provider refused: the same key would get the
	// same refusal, so the next attempt gets a new one.
	Answered Outcome = iota
	// Unanswered means that nobody knows whether the request arrived: the
	// next attempt repeats the key, so that nothing is done twice.
	Unanswered
)

type progress struct {
	status  Status
	attempt Attempt
	// before is the status to return to when the attempt is cancelled.
	before Status
	// key is the next attempt's idempotency key, or empty for a new one.
	key string
}

// Flow is the state of the quick start. Make one with [New].
type Flow struct {
	current Step
	steps   [ViewWebhook + 1]progress
	number  uint64
	newKey  func() string
}

// New returns a quick start at its first step. newKey makes idempotency keys
// (at most 50 characters, unique).
func New(newKey func() string) *Flow {
	return &Flow{current: SetUp, newKey: newKey}
}

// Current is the step that is open.
func (f *Flow) Current() Step { return f.current }

// Status returns how far a step has come.
func (f *Flow) Status(s Step) Status { return f.steps[s].status }

// Open shows a step. Every step may be looked at; whether it can act is
// [Flow.Blocker]'s answer.
func (f *Flow) Open(s Step) {
	if s >= SetUp && s <= ViewWebhook {
		f.current = s
	}
}

// Next opens the step after the current one.
func (f *Flow) Next() { f.Open(f.current + 1) }

// Blocker returns the first earlier step that must be done before s can act.
func (f *Flow) Blocker(s Step) (Step, bool) {
	for e := SetUp; e < s; e++ {
		if f.steps[e].status != Done {
			return e, true
		}
	}
	return 0, false
}

// Busy returns the step whose action is under way.
func (f *Flow) Busy() (Step, bool) {
	for _, s := range Steps() {
		if f.steps[s].status == Running {
			return s, true
		}
	}
	return 0, false
}

// Begin starts an attempt at a step. It refuses while any action is under
// way and while an earlier step is not done.
func (f *Flow) Begin(s Step) (Attempt, bool) {
	if _, busy := f.Busy(); busy {
		return Attempt{}, false
	}
	if _, blocked := f.Blocker(s); blocked {
		return Attempt{}, false
	}
	p := &f.steps[s]
	f.number++
	p.attempt = Attempt{Step: s, Number: f.number, IdempotencyKey: f.Key(s)}
	p.before, p.status = p.status, Running
	return p.attempt, true
}

// Key is the idempotency key that the next attempt at a step will have.
func (f *Flow) Key(s Step) string {
	p := &f.steps[s]
	if p.key == "" {
		p.key = f.newKey()
	}
	return p.key
}

// Renew gives the next attempt at a step a new idempotency key, since it will
// ask for something else.
func (f *Flow) Renew(s Step) { f.steps[s].key = "" }

// Succeed ends an attempt well. When its step is the open one, the next step
// opens. It reports false for a stale attempt.
func (f *Flow) Succeed(a Attempt) bool {
	if !f.underWay(a) {
		return false
	}
	f.steps[a.Step].status, f.steps[a.Step].key = Done, ""
	if f.current == a.Step {
		f.Next()
	}
	return true
}

// Fail ends an attempt badly. It reports false for a stale attempt.
func (f *Flow) Fail(a Attempt, o Outcome) bool {
	if !f.underWay(a) {
		return false
	}
	p := &f.steps[a.Step]
	if o == Answered {
		p.key = ""
	}
	p.status = Failed
	if p.before == Done {
		// What an earlier attempt achieved still holds.
		p.status = Done
	}
	return true
}

// Cancel gives up the action that is under way, so that its result is stale
// when it comes. It returns the step, or false when nothing was under way.
func (f *Flow) Cancel() (Step, bool) {
	s, busy := f.Busy()
	if !busy {
		return 0, false
	}
	p := &f.steps[s]
	p.status, p.attempt.Number = p.before, 0
	return s, true
}

// Complete marks the last step done: the webhook is on the screen.
func (f *Flow) Complete() { f.steps[ViewWebhook].status = Done }

// Await marks the last step as waiting again, for a new payment's webhook.
func (f *Flow) Await() { f.steps[ViewWebhook].status = Waiting }

// Undo makes a step and all later ones wait again, since what they rest on
// has changed: other keys, another callback URL. Attempts under way become
// stale.
func (f *Flow) Undo(s Step) {
	for e := s; e <= ViewWebhook; e++ {
		f.steps[e] = progress{}
	}
	if f.current > s {
		f.current = s
	}
}

// underWay reports whether the attempt is the one under way at its step.
func (f *Flow) underWay(a Attempt) bool {
	p := f.steps[a.Step]
	return a.Number != 0 && p.status == Running && p.attempt.Number == a.Number
}
