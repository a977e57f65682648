package scenario

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kvikk/api"
	"kvikk/api/control"
	"kvikk/api/webhook"
)

const (
	// firstPause and longestPause bound the time between two looks at the
	// deliveries: a good receiver is done within milliseconds, a bad one is
	// looked at for half a minute.
	firstPause   = 25 * time.Millisecond
	longestPause = 250 * time.Millisecond
)

// watch follows the deliveries of one payment to one registration until the
// expectations are decided.
type watch struct {
	runner Runner
	target registration
	query  control.Query
	// events returns the payment's event log; nil where there is none.
	events func(context.Context) ([]api.PaymentEvent, error)

	seen   evidence
	told   int // attempts that were reported
	checks []Check
}

// evidence is what is known about the deliveries of a payment.
type evidence struct {
	attempts []control.Delivery
	pending  []control.Pending
	fired    []control.Firing
	log      []api.PaymentEvent
	// now is the sandbox's time, and known when a failed attempt is to be
	// repeated.
	now time.Time
}

// wait returns a check for each expectation, in their order.
func (w *watch) wait(ctx context.Context, expect []expectation) ([]Check, error) {
	limit := w.runner.Timeout
	if limit <= 0 {
		limit = DefaultTimeout
	}
	end := time.Now().Add(limit)
	pause := time.NewTimer(0)
	defer pause.Stop()
	for next := firstPause; ; next = min(next*3/2, longestPause) {
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the webhooks: %w", ctx.Err())
		case <-pause.C:
		}
		if err := w.look(ctx); err != nil {
			return nil, err
		}
		left := time.Until(end)
		_, rest := w.seen.retry()
		over := len(w.seen.pending) == 0 || left <= 0 || rest > left
		if err := w.decide(ctx, expect, over); err != nil || over {
			return w.checks, err
		}
		pause.Reset(min(next, max(left, 0)))
	}
}

// look asks the sandbox for the deliveries, and reports failed attempts that it
// has not seen before.
func (w *watch) look(ctx context.Context) error {
	d, err := w.runner.Control.Deliveries(ctx, w.query)
	if err != nil {
		return fmt.Errorf("look at the deliveries: %w", err)
	}
	w.seen.attempts = slices.DeleteFunc(d.Deliveries, func(d control.Delivery) bool { return d.WebhookID != w.target.ID })
	w.seen.pending = slices.DeleteFunc(d.Pending, func(p control.Pending) bool {
		return p.WebhookID != w.target.ID || p.Reference != w.query.Reference
	})
	if slices.ContainsFunc(w.seen.pending, isRetry) {
		status, err := w.runner.Control.Status(ctx)
		if err != nil {
			return fmt.Errorf("look at the sandbox's clock: %w", err)
		}
		w.seen.now = status.Now
	}
	for _, a := range w.seen.attempts[min(w.told, len(w.seen.attempts)):] {
		if !a.Accepted() {
			step := fmt.Sprintf("%s, attempt %d: %s", webhook.Type(a.Event).Name(), a.Attempt, outcomeOf(a))
			w.runner.report(Progress{Step: printable(step)})
		}
	}
	w.told = len(w.seen.attempts)
	return nil
}

// decide makes checks of the expectations that are met, as far as those before
// them are; of all when it is over.
func (w *watch) decide(ctx context.Context, expect []expectation, over bool) error {
	fresh := false
	for _, e := range expect[len(w.checks):] {
		if !over && !w.seen.meets(e) {
			return nil
		}
		if !fresh {
			if err := w.consult(ctx); err != nil {
				return err
			}
			fresh = true
		}
		c := inquiry{e, expect, w.target, w.seen}.check()
		w.checks = append(w.checks, c)
		w.runner.report(Progress{Check: &c})
	}
	return nil
}

// consult asks for what tells why deliveries are as they are.
func (w *watch) consult(ctx context.Context) error {
	fired, err := w.runner.Control.Fired(ctx, control.Query{Reference: w.query.Reference})
	if err != nil {
		return fmt.Errorf("look at the faults: %w", err)
	}
	w.seen.fired = slices.DeleteFunc(fired.Fired, func(f control.Firing) bool { return f.WebhookID != w.target.ID })
	if w.events == nil {
		return nil
	}
	if w.seen.log, err = w.events(ctx); err != nil {
		return fmt.Errorf("look at the payment's events: %w", err)
	}
	return nil
}

// retry returns the event whose failed attempt is to be repeated and how long
// the sandbox rests before that: not at all when the next attempt is under way.
// The sandbox's clock tells, because it may have been moved since the attempt.
func (v evidence) retry() (event string, rest time.Duration) {
	i := slices.IndexFunc(v.pending, isRetry)
	if i < 0 {
		return "", 0
	}
	return v.pending[i].Event, max(v.pending[i].Due.Sub(v.now), 0)
}

// isRetry reports whether an attempt to deliver the message has failed.
func isRetry(p control.Pending) bool { return p.Attempt > 1 }

// meets reports whether an event has come as often as it should, with none left
// to come.
func (v evidence) meets(e expectation) bool {
	waits := slices.ContainsFunc(v.pending, func(p control.Pending) bool { return p.Event == string(e.event) })
	return e.times > 0 && len(v.accepted(e.event)) >= e.times && !waits
}

// of returns the attempts to deliver an event.
func (v evidence) of(t webhook.Type) []control.Delivery {
	return slices.DeleteFunc(slices.Clone(v.attempts), func(d control.Delivery) bool { return d.Event != string(t) })
}

// accepted returns the attempts that the receiver accepted.
func (v evidence) accepted(t webhook.Type) []control.Delivery {
	return slices.DeleteFunc(v.of(t), func(d control.Delivery) bool { return !d.Accepted() })
}
