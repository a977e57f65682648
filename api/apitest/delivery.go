package apitest

import (
	"strings"
	"time"

	"kvikk/api"
	"kvikk/api/secret"
	"kvikk/api/webhook"
)

func signedDelivery(s *scene) {
	url := s.address()
	if s.Deliveries == nil {
		s.Skip("skipped: nobody listens below the callback URL for this test")
	}
	registered := s.register(url)
	reference, key := s.create()
	created := s.delivered(url, registered)
	if created.Type != "epayments.payment.created.v1" || created.IdempotencyKey != key {
		s.Errorf("the first webhook is %+v, want CREATED with the key %q", created, key)
	}
	cancel, err := s.client.CancelPayment(s.Context(), reference, api.CancelRequest{})
	if err != nil {
		s.Fatal(err)
	}
	terminated := s.delivered(url, registered)
	if terminated.Type != "epayments.payment.terminated.v1" {
		s.Errorf("the second webhook is %s, want TERMINATED", terminated.Type)
	}
	for _, e := range []webhook.Event{created, terminated} {
		if e.Reference != reference || e.MSN != s.Keys.MSN || !e.Success ||
			e.Value != s.amount().Value || e.Currency != s.Currency {
			s.Errorf("%s says %+v", e.Name, e)
		}
	}
	if created.PSPReference != cancel.PSPReference {
		s.Errorf("CREATED has the pspReference %q, the payment %q", created.PSPReference, cancel.PSPReference)
	}
}

// delivered waits for the next delivery to a registered URL and verifies it.
func (s *scene) delivered(url string, r api.RegisteredWebhook) webhook.Event {
	s.Helper()
	received := s.next(url)
	if err := webhook.Verify(received, r.Secret, url); err != nil {
		s.Errorf("verify: %v", err)
	}
	if webhook.Verify(received, secret.New("another secret"), url) == nil {
		s.Error("the signature fits another secret as well")
	}
	if got := received.Header.Get(webhook.HeaderWebhookID); !strings.EqualFold(got, r.ID) {
		s.Errorf("Webhook-Id is %q, want the registration's %q", got, r.ID)
	}
	if offset, ok := webhook.ClockOffset(received, time.Now()); !ok || offset.Abs() > 5*time.Minute {
		s.Errorf("the date is %v off", offset)
	}
	event, err := webhook.Decode(received.Body)
	if err != nil {
		s.Fatalf("decode: %v", err)
	}
	return event
}

// next returns the next delivery to a URL and drops those to others, which
// belong to registrations of other tests.
func (s *scene) next(url string) webhook.Received {
	s.Helper()
	path := url[strings.LastIndexByte(url, '/'):]
	patience := time.NewTimer(s.Patience)
	defer patience.Stop()
	for {
		select {
		case received := <-s.Deliveries:
			if strings.HasSuffix(received.RequestURI, path) {
				return received
			}
		case <-patience.C:
			s.Fatalf("no webhook within %v", s.Patience)
		}
	}
}
