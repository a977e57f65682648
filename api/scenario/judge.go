package scenario

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kvikk/api"
	"kvikk/api/control"
	"kvikk/api/webhook"
)

// inquiry is what an expectation is judged by.
type inquiry struct {
	expectation
	// all are the scenario's expectations, in order.
	all    []expectation
	target registration
	evidence
}

// check says what came of the expectation. What is pending is taken for what
// does not come in time.
func (q inquiry) check() Check {
	tried := q.of(q.event)
	c := Check{Event: string(q.event), Expect: q.String(), Attempts: len(tried)}
	if len(tried) > 0 {
		c.Status = tried[len(tried)-1].Status
	}
	for _, find := range []func() string{q.unregistered, q.forged, q.missing, q.surplus, q.early, q.unharmed, q.misreported} {
		if problem := find(); problem != "" {
			c.Reason = printable(problem)
			return c
		}
	}
	c.Passed, c.Reason = true, printable(success(tried))
	return c
}

// success says how a delivery went well.
func success(tried []control.Delivery) string {
	if len(tried) == 0 {
		return "none came"
	}
	last := tried[len(tried)-1]
	text := fmt.Sprintf("%d in %s", last.Status, duration(last.Took()))
	failed := slices.DeleteFunc(slices.Clone(tried), control.Delivery.Accepted)
	if len(failed) == 0 {
		return text
	}
	why := outcomeOf(failed[len(failed)-1])
	if isForged(failed[len(failed)-1]) {
		why += ", which is right: the attempt was forged by a fault"
	}
	return fmt.Sprintf("%s, after %s (%s)", text, count(len(failed), "failed attempt"), why)
}

// unregistered finds an event that the registration does not ask for.
func (q inquiry) unregistered() string {
	if q.times == 0 || q.target.asksFor(q.event) {
		return ""
	}
	return "the registration does not ask for it; register the callback URL for " + string(q.event) + " too"
}

// forged finds an attempt that the receiver should have refused.
func (q inquiry) forged() string {
	for _, d := range q.accepted(q.event) {
		if isForged(d) {
			return fmt.Sprintf("the receiver answered %d to attempt %d, whose signature was wrong on purpose (%s); "+
				"anybody could send it webhooks: check the signature over the raw body", d.Status, d.Attempt, strings.Join(d.Faults, ", "))
		}
	}
	return ""
}

func isForged(d control.Delivery) bool {
	return slices.Contains(d.Faults, "wrong-signature") || slices.Contains(d.Faults, "altered-body")
}

// takenForReal reports an attempt that says something about the receiver's
// ability to accept: one that was not forged, or that got no refusal.
func takenForReal(d control.Delivery) bool { return !isForged(d) || d.Status == 0 || d.Accepted() }

// missing finds an event that was accepted too seldom.
func (q inquiry) missing() string {
	accepted, tried := q.accepted(q.event), q.of(q.event)
	if len(accepted) >= q.times {
		return ""
	}
	if len(tried) > 0 && !slices.ContainsFunc(tried, takenForReal) {
		last := tried[len(tried)-1]
		return fmt.Sprintf("%s (%s), which is right: every attempt was forged by a fault (%s)",
			outcomeOf(last), count(len(tried), "attempt"), strings.Join(last.Faults, ", "))
	}
	if len(tried) > 0 && !tried[len(tried)-1].Accepted() {
		return q.failure(tried, q.target.URL)
	}
	for _, f := range q.fired {
		if f.Kind == "drop" && f.Event == string(q.event) {
			return "not sent: the fault " + f.Fault + " dropped it, which is no fault of the receiver"
		}
	}
	if len(q.pending) == 0 {
		return fmt.Sprintf("accepted %s, and the sandbox has no more to send; is the registration still there?", times(len(accepted)))
	}
	first := webhook.Type(q.pending[0].Event)
	switch {
	case first == q.event:
		return "it was still on its way when the time was up; allow for more"
	case len(q.of(first)) == 0:
		return "not sent yet: it waits behind " + first.Name() + ", which was still on its way when the time was up"
	}
	return "not sent yet: it waits behind " + first.Name() + ", which the receiver has not accepted"
}

// surplus finds an event that came too often without a fault that explains it.
func (q inquiry) surplus() string {
	came := q.accepted(q.event)
	if q.times == 0 {
		came = q.of(q.event)
	}
	isDuplicate := func(d control.Delivery) bool { return slices.Contains(d.Faults, "duplicate") }
	if len(came) <= q.times || q.times > 0 && slices.ContainsFunc(came, isDuplicate) {
		return ""
	}
	return fmt.Sprintf("delivered %s; did something else change the payment meanwhile?", times(len(came)))
}

// early finds an event that came before one that has to precede it.
func (q inquiry) early() string {
	came := q.accepted(q.event)
	if len(came) == 0 || slices.ContainsFunc(q.fired, func(f control.Firing) bool { return f.Kind == "reorder" }) {
		return ""
	}
	for _, before := range q.all {
		if before.event == q.event {
			break
		}
		if earlier := q.accepted(before.event); len(earlier) > 0 && earlier[0].Seq > came[0].Seq {
			return "delivered before " + before.event.Name()
		}
	}
	return ""
}

// unharmed finds an event that the fault meant for it has not hit.
func (q inquiry) unharmed() string {
	hit := func(f control.Firing) bool { return f.Kind == q.fault && f.Event == string(q.event) }
	if q.fault == "" || slices.ContainsFunc(q.fired, hit) {
		return ""
	}
	return "delivered without the fault " + q.fault + ", which has hit something else; play one scenario at a time"
}

// misreported finds an event whose success is not what it should be.
func (q inquiry) misreported() string {
	for _, entry := range q.entries() {
		if entry.Success == q.failed {
			return fmt.Sprintf("the event says success %t", entry.Success)
		}
	}
	return ""
}

// entries are those of the payment's event log that the expectation is about.
func (q inquiry) entries() []api.PaymentEvent {
	return slices.DeleteFunc(slices.Clone(q.log), func(e api.PaymentEvent) bool {
		t, ok := webhook.TypeForName(e.Name)
		return !ok || t != q.event
	})
}

func duration(d time.Duration) string {
	switch {
	case d >= time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d >= 10*time.Millisecond:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f ms", d.Seconds()*1000)
}

func times(n int) string {
	switch n {
	case 0:
		return "never"
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
