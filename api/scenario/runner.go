package scenario

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kvikk/api"
	"kvikk/api/control"
	"kvikk/api/webhook"
)

// DefaultTimeout is how long a runner waits for webhooks unless it says
// otherwise. It leaves room for three retries, 2 seconds apart, of a receiver
// that answers at once.
const DefaultTimeout = 30 * time.Second

// putBackLimit bounds putting faults back, which is done at the end of ctx too.
const putBackLimit = 5 * time.Second

// Runner plays scenarios in one sandbox, one at a time. API, Control and
// NewReference are needed.
type Runner struct {
	// API is a client of the sales unit that pays, Control one of the sandbox
	// that serves it, for the same sales unit (see [control.Client.For]).
	API     *api.Client
	Control *control.Client
	// WebhookID is the registration whose receiver is tried. Empty means the
	// sales unit's only one.
	WebhookID string
	// NewReference makes up a payment's reference: 8 to 64 letters, digits and
	// hyphens, never the same twice.
	NewReference func() string
	// Phone is the payer's phone number, digits only; empty leaves it out.
	Phone string
	// ReturnURL is where the payer comes back to; empty means
	// https://example.com/return.
	ReturnURL string
	// Timeout is how long webhooks are waited for after the last step; 0 means
	// [DefaultTimeout].
	Timeout time.Duration
	// Report, unless nil, is called for every step that begins and every check
	// that is decided, from the goroutine of Run.
	Report func(Progress)
}

// Run plays a scenario and waits until every webhook that it leads to has come,
// has failed for good, or is overdue. The error says why it could not be
// played; a failed expectation is none.
func (r Runner) Run(ctx context.Context, s Scenario) (verdict Verdict, err error) {
	start := time.Now()
	target, err := r.target(ctx)
	if err != nil {
		return Verdict{}, err
	}
	p := &play{Runner: r, scenario: s, target: target, reference: r.NewReference()}
	defer func() { err = errors.Join(err, p.putFaultsBack(ctx)) }()
	for _, step := range s.steps {
		r.report(Progress{Step: step.describe(s.amount)})
		if err := p.take(ctx, step); err != nil {
			return Verdict{}, fmt.Errorf("%s: %w", lowerFirst(step.describe(s.amount)), err)
		}
	}
	w := p.watch()
	checks, err := w.wait(ctx, s.expect)
	if err != nil {
		return Verdict{}, err
	}
	last, err := p.paymentCheck(ctx)
	if err != nil {
		return Verdict{}, err
	}
	r.report(Progress{Check: &last})
	return Verdict{s.Name, p.reference, append(checks, last), time.Since(start)}, nil
}

// Send sends an event of an API that the sandbox does not serve, and waits
// until the receiver has accepted it. Its verdict has one check.
func (r Runner) Send(ctx context.Context, e control.Event) (control.Sent, Verdict, error) {
	start := time.Now()
	target, err := r.target(ctx)
	if err != nil {
		return control.Sent{}, Verdict{}, err
	}
	before, err := r.Control.Deliveries(ctx, control.Query{})
	if err != nil {
		return control.Sent{}, Verdict{}, fmt.Errorf("look at earlier deliveries: %w", err)
	}
	r.report(Progress{Step: "Send " + e.Event})
	sent, err := r.Control.SendEvent(ctx, e)
	if err != nil {
		return control.Sent{}, Verdict{}, fmt.Errorf("send %s: %w", e.Event, err)
	}
	w := &watch{runner: r, target: target, query: control.Query{Reference: sent.Reference}}
	if n := len(before.Deliveries); n > 0 {
		w.query.After = before.Deliveries[n-1].Seq
	}
	checks, err := w.wait(ctx, []expectation{{event: webhook.Type(sent.Event), times: 1}})
	return sent, Verdict{sent.Event, sent.Reference, checks, time.Since(start)}, err
}

func (r Runner) report(p Progress) {
	if r.Report != nil {
		r.Report(p)
	}
}

// target finds the registration whose receiver is tried.
func (r Runner) target(ctx context.Context) (registration, error) {
	list, err := r.API.Webhooks(ctx)
	if err != nil {
		return registration{}, fmt.Errorf("find the registration: %w", err)
	}
	i := slices.IndexFunc(list, func(w api.Webhook) bool { return w.ID == r.WebhookID || r.WebhookID == "" })
	switch {
	case len(list) == 0:
		return registration{}, errors.New("no webhook is registered, so nothing would be delivered; register one first")
	case i < 0:
		return registration{}, fmt.Errorf("the registration %s does not exist any more; register the callback URL again", r.WebhookID)
	case r.WebhookID == "" && len(list) > 1:
		return registration{}, fmt.Errorf("%d webhooks are registered; say which one is tried, or delete the others", len(list))
	}
	return registration{list[i], list}, nil
}

// registration is the one whose receiver is tried, among all of the sales unit.
type registration struct {
	api.Webhook
	all []api.Webhook
}

// asksFor reports whether the registration gets events of the type.
func (r registration) asksFor(t webhook.Type) bool { return slices.Contains(r.Events, string(t)) }

// askingFor counts the sales unit's registrations that get events of the type.
func (r registration) askingFor(t webhook.Type) (n int) {
	for _, w := range r.all {
		if slices.Contains(w.Events, string(t)) {
			n++
		}
	}
	return n
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
