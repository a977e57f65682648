package scenario

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kvikk/api/control"
	"kvikk/api/webhook"
)

// judge says what came of an expectation. What is pending is taken for what
// does not come in time.
func judge(e expectation, all []expectation, target registration, v evidence) Check {
	tried := v.of(e.event)
	c := Check{Event: string(e.event), Expect: e.String(), Attempts: len(tried)}
	if len(tried) > 0 {
		c.Status = tried[len(tried)-1].Status
	}
	problem := ""
	for _, find := range []func(expectation, []expectation, registration, evidence) string{
		unregistered, forged, missing, surplus, early, tooSoon, misreported,
	} {
		if problem = find(e, all, target, v); problem != "" {
			break
		}
	}
	c.Passed, c.Reason = problem == "", problem
	if c.Passed {
		c.Reason = success(v.of(e.event))
	}
	c.Reason = printable(c.Reason)
	return c
}

// success says how a delivery went well.
func success(tried []control.Delivery) string {
	if len(tried) == 0 {
		return "none came, as it should be"
	}
	last := tried[len(tried)-1]
	text := fmt.Sprintf("%d in %s", last.Status, milliseconds(last.Took()))
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
func unregistered(e expectation, _ []expectation, target registration, _ evidence) string {
	if target.asksFor(e.event) {
		return ""
	}
	return "the registration does not ask for it; register the callback URL for " + string(e.event) + " too"
}

// forged finds an attempt that the receiver should have refused.
func forged(e expectation, _ []expectation, _ registration, v evidence) string {
	for _, d := range v.accepted(e.event) {
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

// missing finds an event that was accepted too seldom.
func missing(e expectation, all []expectation, target registration, v evidence) string {
	accepted, tried := v.accepted(e.event), v.of(e.event)
	if len(accepted) >= e.times {
		return ""
	}
	if len(tried) > len(accepted) && !tried[len(tried)-1].Accepted() {
		return failure(tried, target.URL)
	}
	for _, f := range v.fired {
		if f.Kind == "drop" && f.Event == string(e.event) {
			return "not sent: the fault " + f.Fault + " dropped it, which is no fault of the receiver"
		}
	}
	if first := v.blocking(); first != "" && first != e.event {
		return "not sent yet: it waits behind " + first.Name() + ", which the receiver has not accepted"
	}
	if slices.ContainsFunc(v.pending, func(p control.Pending) bool { return p.Event == string(e.event) }) {
		return fmt.Sprintf("accepted %s in time, the rest is still on its way; allow for more time", times(len(accepted)))
	}
	return fmt.Sprintf("accepted %s, and the sandbox has no more of it to send", times(len(accepted)))
}

// blocking is the event whose failed delivery holds up the payment's later ones.
func (v evidence) blocking() webhook.Type {
	for _, d := range slices.Backward(v.attempts) {
		if !d.Accepted() {
			return webhook.Type(d.Event)
		}
	}
	return ""
}

// surplus finds an event that came too often without a fault that explains it.
func surplus(e expectation, _ []expectation, _ registration, v evidence) string {
	accepted := v.accepted(e.event)
	if len(accepted) <= e.times {
		return ""
	}
	if e.times > 0 && slices.ContainsFunc(accepted, func(d control.Delivery) bool { return slices.Contains(d.Faults, "duplicate") }) {
		return ""
	}
	return fmt.Sprintf("accepted %s; did something else change the payment meanwhile?", times(len(accepted)))
}

// early finds an event that came before one that has to precede it.
func early(e expectation, all []expectation, _ registration, v evidence) string {
	accepted := v.accepted(e.event)
	if len(accepted) == 0 || slices.ContainsFunc(v.fired, func(f control.Firing) bool { return f.Kind == "reorder" }) {
		return ""
	}
	for _, before := range all {
		if before.event == e.event {
			return ""
		}
		if earlier := v.accepted(before.event); len(earlier) > 0 && earlier[0].Seq > accepted[0].Seq {
			return "delivered before " + before.event.Name()
		}
	}
	return ""
}

// tooSoon finds a delivery that should have been late.
func tooSoon(e expectation, _ []expectation, _ registration, v evidence) string {
	accepted := v.accepted(e.event)
	if e.late == 0 || len(accepted) == 0 {
		return ""
	}
	for _, entry := range v.log {
		if t, ok := webhook.TypeForName(entry.Name); ok && t == e.event && accepted[0].At.Sub(entry.Timestamp) < e.late {
			return fmt.Sprintf("delivered %s after the event, sooner than the fault says", milliseconds(accepted[0].At.Sub(entry.Timestamp)))
		}
	}
	return ""
}

// misreported finds an event whose success is not what it should be.
func misreported(e expectation, _ []expectation, _ registration, v evidence) string {
	for _, entry := range v.log {
		if t, ok := webhook.TypeForName(entry.Name); ok && t == e.event && entry.Success == e.failed {
			return fmt.Sprintf("the event says success %t", entry.Success)
		}
	}
	return ""
}

func milliseconds(d time.Duration) string {
	if d >= time.Second {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
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
