package scenario

import (
	"testing"
	"time"

	"kvikk/api"
	"kvikk/api/control"
)

// judged is something to judge, and the verdict on it.
type judged struct {
	expect  expectation
	seen    evidence
	want    string
	passed  bool
	without []string // events that the registration does not ask for
}

func (j judged) check(t *testing.T) {
	t.Helper()
	target := registration{Webhook: api.Webhook{URL: "http://127.0.0.1:3000/hooks", Events: []string{created, authorized}}}
	if j.without != nil {
		target.Events = nil
	}
	all := []expectation{{event: created, times: 1}, j.expect}
	if c := (inquiry{j.expect, all, target, j.seen}).check(); c.Passed != j.passed || c.Reason != j.want {
		t.Errorf("%+v, want %q", c, j.want)
	}
}

// came is a delivery that was accepted at once.
func came(seq int64, event string) control.Delivery {
	at := time.Date(2026, 11, 22, 6, 40, 0, 0, time.UTC)
	return control.Delivery{Seq: seq, At: at, Event: event, Attempt: 1, Status: 200, TookMS: 3}
}

// TestEventsOutOfPlaceAreFound: a right sandbox gives none of this to see
// without a fault.
func TestEventsOutOfPlaceAreFound(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]judged{
		"an event that overtook another": {
			expect: expectation{event: authorized, times: 1},
			seen:   evidence{attempts: []control.Delivery{came(1, authorized), came(2, created)}},
			want:   "delivered before CREATED",
		},
		"a fault that let it overtake": {
			expect: expectation{event: authorized, times: 1},
			seen: evidence{
				attempts: []control.Delivery{came(1, authorized), came(2, created)},
				fired:    []control.Firing{{Kind: "reorder", Event: created}},
			},
			want: "200 in 3.0 ms", passed: true,
		},
		"a duplicate that nobody asked for": {
			expect: expectation{event: created, times: 1},
			seen:   evidence{attempts: []control.Delivery{came(1, created), came(2, created)}},
			want:   "delivered twice; did something else change the payment meanwhile?",
		},
		"an event that should not have been sent": {
			expect: expectation{event: authorized},
			seen:   evidence{attempts: []control.Delivery{{Seq: 1, Event: authorized, Attempt: 1, Status: 500}}},
			want:   "delivered once; did something else change the payment meanwhile?",
		},
		"an event that nobody asks for and nobody sends": {
			expect: expectation{event: authorized}, want: "none came", passed: true, without: []string{authorized},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.check(t)
		})
	}
}

// TestWhatASandboxNeverDoesIsFound: a right sandbox gives none of this to see.
func TestWhatASandboxNeverDoesIsFound(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]judged{
		"a success that should have been none": {
			expect: expectation{event: authorized, times: 1, failed: true},
			seen: evidence{
				attempts: []control.Delivery{came(1, authorized)},
				log:      []api.PaymentEvent{{Name: "CREATED", Success: true}, {Name: "AUTHORIZED", Success: true}},
			},
			want: "the event says success true",
		},
		"a delivery that should have been late": {
			expect: expectation{event: authorized, times: 1, fault: "delay"},
			seen: evidence{
				attempts: []control.Delivery{came(1, authorized)},
				fired:    []control.Firing{{Kind: "delay", Event: created}, {Kind: "old-date", Event: authorized}},
			},
			want: "delivered without the fault delay, which has hit something else; play one scenario at a time",
		},
		"a message that is gone": {
			expect: expectation{event: created, times: 2},
			seen:   evidence{attempts: []control.Delivery{came(1, created)}},
			want:   "accepted once, and the sandbox has no more to send; is the registration still there?",
		},
		"a broken answer with control characters": {
			expect: expectation{event: created, times: 1},
			seen:   evidence{attempts: []control.Delivery{{Seq: 1, Event: created, Attempt: 1, Error: "malformed \x1b[2J"}}},
			want:   "malformed \ufffd[2J at http://127.0.0.1:3000/hooks (1 attempt); is the callback URL right?",
		},
		"an answer that breaks off": {
			expect: expectation{event: created, times: 1},
			seen:   evidence{attempts: []control.Delivery{{Seq: 1, Event: created, Attempt: 1, Status: 200, Error: "unexpected EOF"}}},
			want:   "the receiver's answer 200 broke off (1 attempt); its log should say why",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.check(t)
		})
	}
}

func TestTheRestBeforeARetryIsTakenFromTheSandboxsClock(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 6, 40, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		pending []control.Pending
		event   string
		rest    time.Duration
	}{
		"nothing waits": {nil, "", 0},
		"a first attempt, which a fault holds back": {
			[]control.Pending{{Event: created, Attempt: 1, Due: now.Add(time.Minute)}}, "", 0,
		},
		"a retry, and what waits behind it": {
			[]control.Pending{{Event: created, Attempt: 5, Due: now.Add(time.Minute)}, {Event: captured, Attempt: 1, Due: now.Add(time.Minute)}},
			created, time.Minute,
		},
		"a retry that is under way": {
			[]control.Pending{{Event: created, Attempt: 2, Due: now.Add(-time.Millisecond)}}, created, 0,
		},
	} {
		// The last attempt began long ago: it was slow, or the clock was moved.
		seen := evidence{
			attempts: []control.Delivery{{Event: created, Attempt: 1, At: now.Add(-time.Hour), Status: 500}}, pending: tt.pending, now: now,
		}
		if event, rest := seen.retry(); event != tt.event || rest != tt.rest {
			t.Errorf("%s: %q in %v, want %q in %v", name, event, rest, tt.event, tt.rest)
		}
	}
}
