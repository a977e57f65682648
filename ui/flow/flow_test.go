package flow_test

import (
	"fmt"
	"testing"

	"kvikk/ui/flow"
)

// start returns a flow that counts its keys, with the given steps done.
func start(t *testing.T, done ...flow.Step) *flow.Flow {
	t.Helper()
	n := 0
	f := flow.New(func() string { n++; return fmt.Sprintf("key-%d", n) })
	for _, s := range done {
		f.Open(s)
		a, ok := f.Begin(s)
		if !ok || !f.Succeed(a) {
			t.Fatalf("step %d does not succeed", s)
		}
	}
	return f
}

func TestFourSuccessesLeadToTheLastStep(t *testing.T) {
	t.Parallel()
	f := start(t, flow.SetUp, flow.AccessToken, flow.RegisterWebhook, flow.TriggerEvent)
	if f.Current() != flow.ViewWebhook || f.Status(flow.ViewWebhook) != flow.Waiting {
		t.Fatalf("at %d, status %d", f.Current(), f.Status(flow.ViewWebhook))
	}
	f.Complete()
	if f.Status(flow.ViewWebhook) != flow.Done {
		t.Error("the webhook came, but the step is not done")
	}
	f.Next()
	if f.Current() != flow.ViewWebhook {
		t.Errorf("there is no step after the last, but %d is open", f.Current())
	}
}

func TestAStepWaitsForTheOnesBeforeIt(t *testing.T) {
	t.Parallel()
	f := start(t, flow.SetUp)
	if _, ok := f.Begin(flow.TriggerEvent); ok {
		t.Error("a payment was begun without a token")
	}
	if s, blocked := f.Blocker(flow.TriggerEvent); !blocked || s != flow.AccessToken {
		t.Errorf("Blocker = %d, %v", s, blocked)
	}
	if _, blocked := f.Blocker(flow.AccessToken); blocked {
		t.Error("the next step is blocked")
	}
}

func TestASecondPressWhileRunningDoesNothing(t *testing.T) {
	t.Parallel()
	f := start(t)
	if _, ok := f.Begin(flow.SetUp); !ok {
		t.Fatal("the first press is refused")
	}
	if _, ok := f.Begin(flow.SetUp); ok {
		t.Error("the second press is doubled")
	}
	if s, busy := f.Busy(); !busy || s != flow.SetUp {
		t.Errorf("Busy = %d, %v", s, busy)
	}
}

func TestStaleResultsChangeNothing(t *testing.T) {
	t.Parallel()
	for name, makeStale := range map[string]func(*flow.Flow){
		"after esc":              func(f *flow.Flow) { f.Cancel() },
		"after starting over":    func(f *flow.Flow) { f.Undo(flow.SetUp) },
		"after a newer attempt":  func(f *flow.Flow) { f.Cancel(); f.Begin(flow.AccessToken) },
		"after the keys changed": func(f *flow.Flow) { f.Undo(flow.AccessToken) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := start(t, flow.SetUp)
			a, _ := f.Begin(flow.AccessToken)
			makeStale(f)
			before, status := f.Current(), f.Status(flow.AccessToken)
			if f.Succeed(a) || f.Fail(a, flow.Answered) {
				t.Error("a stale result was accepted")
			}
			if f.Current() != before || f.Status(flow.AccessToken) != status {
				t.Error("a stale result changed the flow")
			}
		})
	}
}

func TestTheIdempotencyKeyFollowsTheAttempt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		end  func(*flow.Flow, flow.Attempt)
		same bool
	}{
		"a refusal needs a new key":                 {func(f *flow.Flow, a flow.Attempt) { f.Fail(a, flow.Answered) }, false},
		"an unanswered request keeps its key":       {func(f *flow.Flow, a flow.Attempt) { f.Fail(a, flow.Unanswered) }, true},
		"a cancelled request may have arrived":      {func(f *flow.Flow, _ flow.Attempt) { f.Cancel() }, true},
		"doing it again after success is a new one": {func(f *flow.Flow, a flow.Attempt) { f.Succeed(a) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := start(t)
			a, _ := f.Begin(flow.SetUp)
			c.end(f, a)
			b, ok := f.Begin(flow.SetUp)
			if !ok {
				t.Fatal("no second attempt")
			}
			if same := a.IdempotencyKey == b.IdempotencyKey; same != c.same {
				t.Errorf("keys %q and %q", a.IdempotencyKey, b.IdempotencyKey)
			}
		})
	}
}

func TestAFailedRenewalLeavesTheStepDone(t *testing.T) {
	t.Parallel()
	f := start(t, flow.SetUp, flow.AccessToken)
	a, _ := f.Begin(flow.AccessToken)
	f.Fail(a, flow.Answered)
	if f.Status(flow.AccessToken) != flow.Done {
		t.Error("the token that is still good is forgotten")
	}
	if a, ok := f.Begin(flow.RegisterWebhook); !ok || a.Step != flow.RegisterWebhook {
		t.Error("the next step is blocked")
	}
}

func TestUndoTakesTheLaterStepsAlong(t *testing.T) {
	t.Parallel()
	f := start(t, flow.SetUp, flow.AccessToken, flow.RegisterWebhook)
	f.Undo(flow.AccessToken)
	if f.Current() != flow.AccessToken || f.Status(flow.SetUp) != flow.Done || f.Status(flow.RegisterWebhook) != flow.Waiting {
		t.Errorf("at %d: %d %d", f.Current(), f.Status(flow.SetUp), f.Status(flow.RegisterWebhook))
	}
}

func TestLookingAtAnotherStepDoesNotStealIt(t *testing.T) {
	t.Parallel()
	f := start(t, flow.SetUp)
	a, _ := f.Begin(flow.AccessToken)
	f.Open(flow.SetUp)
	f.Succeed(a)
	if f.Current() != flow.SetUp {
		t.Errorf("step %d opened under the reader's eyes", f.Current())
	}
	f.Open(9)
	f.Open(0)
	if f.Current() != flow.SetUp {
		t.Error("a step that does not exist was opened")
	}
}

func TestTitlesAreTheContract(t *testing.T) {
	t.Parallel()
	want := []string{"Set up", "Access token", "Register a webhook", "Trigger an event", "View the webhook"}
	for i, s := range flow.Steps() {
		if s.Title() != want[i] {
			t.Errorf("step %d is called %q", s, s.Title())
		}
	}
}
