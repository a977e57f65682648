package api_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"kvikk/api"
)

// retried answers with a header Retry-After.
func retried(status int, after string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", after)
		says(status, `{"statusCode":429,"message":"Rate limit is exceeded."}`)(w, r)
	}
}

const created = `{"reference":"acme-shop-123-order1","redirectUrl":"https://landing.example/?token=abc"}`

func create(ctx context.Context, c *api.Client) error {
	_, err := c.CreatePayment(ctx, payment())
	return err
}

func TestFailuresThatMayPassAreRetried(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		first    http.HandlerFunc
		attempts int
	}{
		"423": {says(423, `{}`), 2}, "429": {says(429, `{}`), 2}, "500": {says(500, `{}`), 2}, "502": {says(502, `<html>`), 2},
		"503": {says(503, `{}`), 2}, "504": {says(504, ``), 2}, "a connection that breaks": {hangsUp, 2},
		"400": {says(400, `{}`), 1}, "403": {says(403, `{}`), 1}, "409": {says(409, `{}`), 1}, "501": {says(501, `{}`), 1},
		"an answer that is not JSON": {says(200, `<html>`), 1},
		"an answer that is cut off":  {says(201, `{"reference":"acme`), 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t).tokens().answer("POST /epayment/v1/payments", tt.first, says(201, created))
			err := create(t.Context(), s.client())
			if got := len(s.requests()); got != tt.attempts || (err == nil) != (tt.attempts == 2) {
				t.Errorf("%d attempts and %v", got, err)
			}
			if all := s.requests(); all[0].header.Get("Idempotency-Key") == "" || all[0].header.Get("Idempotency-Key") != all[len(all)-1].header.Get("Idempotency-Key") {
				t.Errorf("the attempts have not one idempotency key")
			}
		})
	}
}

func TestWhatMayDoHarmIsNeverRepeated(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]http.HandlerFunc{"503": says(503, `{}`), "429": says(429, `{}`), "a break": hangsUp} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t).tokens().answer("POST /webhooks/v1/webhooks", fail).
				answer("POST /epayment/v1/test/payments/acme-shop-1/approve", fail)
			c := s.client()
			if _, err := c.RegisterWebhook(t.Context(), webhook()); err == nil {
				t.Error("register: no error")
			}
			if err := c.ForceApprove(t.Context(), "acme-shop-1", api.ForceApproveRequest{PhoneNumber: "4712345678"}); err == nil {
				t.Error("force approve: no error")
			}
			if got := len(s.requests()); got != 2 {
				t.Errorf("%d requests, want one each", got)
			}
		})
	}
}

func TestEverythingElseIsRepeatedAFewTimes(t *testing.T) {
	t.Parallel()
	const path, ref = "/epayment/v1/payments/acme-shop-1", "acme-shop-1"
	amount := api.Amount{Currency: "NOK", Value: 100}
	tests := map[string]struct {
		pattern string
		call    func(context.Context, *api.Client) error
	}{
		"token":  {"POST /accesstoken/get", func(ctx context.Context, c *api.Client) error { _, err := c.Token(ctx); return err }},
		"list":   {"GET /webhooks/v1/webhooks", func(ctx context.Context, c *api.Client) error { _, err := c.Webhooks(ctx); return err }},
		"delete": {"DELETE /webhooks/v1/webhooks/w1", func(ctx context.Context, c *api.Client) error { return c.DeleteWebhook(ctx, "w1") }},
		"create": {"POST /epayment/v1/payments", create},
		"get":    {"GET " + path, func(ctx context.Context, c *api.Client) error { _, err := c.Payment(ctx, ref); return err }},
		"events": {"GET " + path + "/events", func(ctx context.Context, c *api.Client) error { _, err := c.PaymentEvents(ctx, ref); return err }},
		"cancel": {"POST " + path + "/cancel", func(ctx context.Context, c *api.Client) error {
			_, err := c.CancelPayment(ctx, ref, api.CancelRequest{})
			return err
		}},
		"capture": {"POST " + path + "/capture", func(ctx context.Context, c *api.Client) error {
			_, err := c.CapturePayment(ctx, ref, amount)
			return err
		}},
		"refund": {"POST " + path + "/refund", func(ctx context.Context, c *api.Client) error {
			_, err := c.RefundPayment(ctx, ref, amount)
			return err
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t).answer(tt.pattern, says(503, `{}`))
			if name != "token" {
				s.tokens()
			}
			var e *api.Error
			if err := tt.call(t.Context(), s.client()); !errors.As(err, &e) || e.Status != 503 {
				t.Errorf("got %v", err)
			}
			if got := len(s.all()); name == "token" && got != 4 || name != "token" && got != 5 {
				t.Errorf("%d requests", got)
			}
		})
	}
}

func TestTheWaitsGrowAndAreLeftToChance(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens().answer("POST /epayment/v1/payments", says(500, `{}`))
	var w waits
	_ = create(t.Context(), s.client(func(o *api.Options) { o.Wait = w.wait }))
	full := []time.Duration{300 * time.Millisecond, 600 * time.Millisecond, 1200 * time.Millisecond}
	if len(w.list) != len(full) {
		t.Fatalf("waits %v", w.list)
	}
	for i, d := range w.list {
		if d < full[i]/2 || d >= full[i] {
			t.Errorf("wait %d is %v, want from half of %v to all of it", i+1, d, full[i])
		}
	}
}

func TestRetryAfterIsHonouredWithinBounds(t *testing.T) {
	t.Parallel()
	at := newClock()
	tests := map[string]struct {
		after  string
		wait   time.Duration
		waited bool
	}{
		"seconds":          {"3", 3 * time.Second, true},
		"a date":           {at.now().Add(5 * time.Second).Format(http.TimeFormat), 5 * time.Second, true},
		"the longest":      {"8", 8 * time.Second, true},
		"too long":         {"60", 60 * time.Second, false},
		"much too long":    {"99999999999999999999", 0, true},
		"a date long gone": {"Sun, 06 Nov 1994 08:49:37 GMT", 0, true},
		"nonsense":         {"soon", 0, true},
		"a negative one":   {"-3", 0, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t).tokens().answer("POST /epayment/v1/payments", retried(429, tt.after))
			var w waits
			var e *api.Error
			err := create(t.Context(), s.client(at.set, func(o *api.Options) { o.Wait = w.wait }))
			if !errors.As(err, &e) || e.RetryAfter != tt.wait {
				t.Fatalf("got %+v", e)
			}
			switch {
			case !tt.waited && len(w.list) > 0:
				t.Errorf("waited %v", w.list)
			case tt.waited && len(w.list) != 3:
				t.Errorf("waits %v", w.list)
			case tt.waited && tt.wait > 0 && slices.Max(w.list) != tt.wait:
				t.Errorf("waits %v, want %v each", w.list, tt.wait)
			}
		})
	}
}

func TestTheCallersContextEndsTheRetries(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens().answer("POST /epayment/v1/payments", says(500, `{}`))
	ctx, cancel := context.WithCancel(t.Context())
	c := s.client(func(o *api.Options) {
		o.Wait = func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() }
	})
	if err := create(ctx, c); err == nil || len(s.requests()) != 1 {
		t.Errorf("%v after %d requests", err, len(s.requests()))
	}
}

func TestTheDefaultWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{}, 1)
	s := newServer(t).tokens().answer("GET /webhooks/v1/webhooks", func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		retried(503, "8")(w, r)
	}, says(200, `{"webhooks":[]}`))
	c := s.client(func(o *api.Options) { o.Wait = nil })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := c.Webhooks(ctx)
		done <- err
	}()
	<-arrived
	cancel()
	if err := <-done; err == nil {
		t.Error("no error after the context ended")
	}
}

func TestADeletionThatWasDoneCountsAsDone(t *testing.T) {
	t.Parallel()
	const gone = `{"title":"Not Found","status":404,"traceId":"00-1"}`
	for name, tt := range map[string]struct {
		first http.HandlerFunc
		done  bool
	}{
		"after a break": {hangsUp, true}, "after 502": {says(502, ``), true}, "after 429": {says(429, `{}`), false}, "at once": {says(404, gone), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t).tokens().answer("DELETE /webhooks/v1/webhooks/w1", tt.first, says(404, gone))
			if err := s.client().DeleteWebhook(t.Context(), "w1"); (err == nil) != tt.done {
				t.Errorf("got %v", err)
			}
		})
	}
}

func webhook() api.RegisterWebhookRequest {
	return api.RegisterWebhookRequest{URL: "https://shop.example/hooks/1", Events: []string{"epayments.payment.created.v1"}}
}
