package apitest

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"kvikk/api"
)

// allowed is how often a payment may be changed in a minute. The provider
// counts in several places at once, so the suite only demands that this many
// get through and that no more than mostSeen do.
const (
	allowed  = 5
	mostSeen = 15
)

// limited calls until the limit is reached, and checks when and how. The client
// does not wait between its own attempts.
func (s *scene) limited(call func(context.Context, *api.Client) error) {
	s.Helper()
	client := s.newClient(func(o *api.Options) {
		o.Wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	})
	for n := 1; n <= mostSeen; n++ {
		refusal, ok := errors.AsType[*api.Error](call(s.Context(), client))
		if !ok || refusal.Status != http.StatusTooManyRequests {
			continue
		}
		if n <= allowed {
			s.Errorf("call %d is one too many already", n)
		}
		if refusal.RetryAfter <= 0 || refusal.RetryAfter > time.Minute {
			s.Errorf("Retry-After is %v, want up to a minute", refusal.RetryAfter)
		}
		s.wantKind(refusal, api.KindGateway)
		return
	}
	s.Errorf("%d calls are not too many", mostSeen)
}

func createLimit(s *scene) {
	r, key := s.request(), api.WithIdempotencyKey(rand.Text())
	s.limited(func(ctx context.Context, c *api.Client) error {
		_, err := c.CreatePayment(ctx, r, key)
		return err
	})
}

func cancelLimit(s *scene) {
	reference, _ := s.create()
	s.limited(func(ctx context.Context, c *api.Client) error {
		_, err := c.CancelPayment(ctx, reference, api.CancelRequest{})
		return err
	})
}

func captureLimit(s *scene) {
	reference, _ := s.create()
	s.limited(func(ctx context.Context, c *api.Client) error {
		_, err := c.CapturePayment(ctx, reference, s.amount())
		return err
	})
}

func refundLimit(s *scene) {
	reference, _ := s.create()
	s.limited(func(ctx context.Context, c *api.Client) error {
		_, err := c.RefundPayment(ctx, reference, s.amount())
		return err
	})
}
