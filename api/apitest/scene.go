package apitest

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"kvikk/api"
)

// scene is one part of the suite on its environment.
type scene struct {
	*testing.T
	Environment
	client *api.Client
}

func newScene(t *testing.T, e Environment) *scene {
	t.Helper()
	s := &scene{T: t, Environment: e.filled()}
	if s.Transport == nil {
		s.Transport = newTransport(t)
	}
	s.client = s.newClient()
	return s
}

func (s *scene) newClient(change ...func(*api.Options)) *api.Client {
	s.Helper()
	o := api.Options{
		BaseURL: s.BaseURL, Keys: s.Keys, Transport: s.Transport,
		System: api.System{Name: "kvikk-apitest"}, Timeout: 30 * time.Second,
	}
	for _, f := range change {
		f(&o)
	}
	return newClient(s.T, o)
}

// altered returns a client whose requests are changed on their way out, past
// the client's own checks. Token requests go out as they are.
func (s *scene) altered(change func(*http.Request) error) *api.Client {
	s.Helper()
	return s.newClient(func(o *api.Options) { o.Transport = alteration{s.Transport, change} })
}

// amount is what payments of the suite are for: 499.00.
func (s *scene) amount() api.Amount { return s.minor(49900) }

func (s *scene) minor(value int64) api.Amount { return api.Amount{Currency: s.Currency, Value: value} }

// request is a good request with what is required.
func (s *scene) request() api.CreatePaymentRequest {
	reference := "kvikk-apitest-" + rand.Text()
	return api.CreatePaymentRequest{
		Amount: s.amount(), PaymentMethod: api.PaymentMethod{Type: api.Wallet}, Reference: reference,
		UserFlow: api.WebRedirect, ReturnURL: "https://example.com/return?reference=" + reference,
		PaymentDescription: "Conformance test",
	}
}

// create creates a payment and returns its reference and idempotency key.
func (s *scene) create() (reference, key string) {
	s.Helper()
	r, key := s.request(), rand.Text()
	if _, err := s.client.CreatePayment(s.Context(), r, api.WithIdempotencyKey(key)); err != nil {
		s.Fatal(err)
	}
	return r.Reference, key
}

// refused checks that the environment has refused a request with one of the
// statuses.
func (s *scene) refused(err error, statuses ...int) *api.Error {
	s.Helper()
	refusal, ok := errors.AsType[*api.Error](err)
	if !ok {
		s.Fatalf("error %v, want an answer with the status %v", err, statuses)
	}
	if !slices.Contains(statuses, refusal.Status) {
		s.Errorf("status %d, want %v: %v", refusal.Status, statuses, err)
	}
	return refusal
}

// refusedFor checks for a problem of the ePayment API with a code.
func (s *scene) refusedFor(err error, status, code int) {
	s.Helper()
	refusal := s.refused(err, status)
	if refusal.Kind != api.KindProblem || refusal.Code != strconv.Itoa(code) {
		s.Errorf("%s with the code %q, want a problem with %d: %v", refusal.Kind, refusal.Code, code, err)
	}
}

// settled returns the payment once it is as wanted, or fails at the end of the
// environment's patience. A real environment may take a moment.
func (s *scene) settled(reference string, as func(api.Payment) bool) api.Payment {
	s.Helper()
	payment, err := look(s, func(ctx context.Context) (api.Payment, error) { return s.client.Payment(ctx, reference) }, as)
	if err != nil {
		s.Fatal(err)
	}
	if !as(payment) {
		s.Fatalf("the payment stays at %s with %+v", payment.State, payment.Aggregate)
	}
	return payment
}

// logged returns the payment's event log once it holds the named events, in
// that order.
func (s *scene) logged(reference string, names ...string) []api.PaymentEvent {
	s.Helper()
	got := func(events []api.PaymentEvent) []string {
		out := make([]string, 0, len(events))
		for _, e := range events {
			out = append(out, e.Name)
		}
		return out
	}
	events, err := look(s,
		func(ctx context.Context) ([]api.PaymentEvent, error) { return s.client.PaymentEvents(ctx, reference) },
		func(events []api.PaymentEvent) bool { return len(events) >= len(names) })
	if err != nil {
		s.Fatal(err)
	}
	if !slices.Equal(got(events), names) {
		s.Fatalf("the event log has %v, want %v", got(events), names)
	}
	if !slices.IsSortedFunc(events, func(a, b api.PaymentEvent) int {
		return a.Timestamp.Truncate(time.Millisecond).Compare(b.Timestamp.Truncate(time.Millisecond))
	}) {
		s.Errorf("the event log is not in the order of time: %+v", events)
	}
	return events
}

// look asks until the answer is as wanted, or the patience ends: at once, and
// then every 2 seconds, as the provider advises.
func look[T any](s *scene, ask func(context.Context) (T, error), as func(T) bool) (T, error) {
	ctx, cancel := context.WithTimeout(s.Context(), s.Patience)
	defer cancel()
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		answer, err := ask(s.Context())
		if err != nil || as(answer) {
			return answer, err
		}
		select {
		case <-ctx.Done():
			return answer, nil
		case <-tick.C:
		}
	}
}
