package apitest

import (
	"crypto/rand"

	"kvikk/api"
)

func cancelledEarly(s *scene) {
	reference, _ := s.create()
	cancelled, err := s.client.CancelPayment(s.Context(), reference, api.CancelRequest{})
	if err != nil {
		s.Fatal(err)
	}
	if cancelled.State != api.StateTerminated || cancelled.Amount != s.amount() || cancelled.Reference != reference ||
		cancelled.Aggregate.CancelledAmount != s.amount() || cancelled.Aggregate.AuthorizedAmount.Value != 0 {
		s.Errorf("the answer is %+v", cancelled)
	}
	payment := s.settled(reference, func(p api.Payment) bool { return p.State == api.StateTerminated })
	if payment.PSPReference != cancelled.PSPReference || payment.Aggregate != cancelled.Aggregate {
		s.Errorf("the payment is %+v, the answer was %+v", payment, cancelled)
	}
	s.logged(reference, "CREATED", "TERMINATED")
	_, err = s.client.CapturePayment(s.Context(), reference, s.amount())
	s.refused(err, 400, 409)
}

func notAuthorized(s *scene) {
	reference, _ := s.create()
	_, err := s.client.CapturePayment(s.Context(), reference, s.amount())
	s.refusedFor(err, 400, 6080)
	_, err = s.client.RefundPayment(s.Context(), reference, s.amount())
	s.refusedFor(err, 400, 6020)
	s.logged(reference, "CREATED")
}

// approved creates a payment and approves it in the test user's place.
func (s *scene) approved() (reference string) {
	s.Helper()
	if s.Phone == "" {
		s.Skip("skipped: the environment names no test user's phone number")
	}
	reference, _ = s.create()
	if err := s.client.ForceApprove(s.Context(), reference, api.ForceApproveRequest{PhoneNumber: s.Phone}); err != nil {
		s.Fatal(err)
	}
	payment := s.settled(reference, func(p api.Payment) bool { return p.State == api.StateAuthorized })
	if payment.Aggregate.AuthorizedAmount != s.amount() {
		s.Errorf("%v is authorized, want %v", payment.Aggregate.AuthorizedAmount, s.amount())
	}
	return reference
}

func paymentLifecycle(s *scene) {
	reference := s.approved()
	err := s.client.ForceApprove(s.Context(), reference, api.ForceApproveRequest{PhoneNumber: s.Phone})
	s.refused(err, 400, 409)

	captured := s.captureInParts(reference)
	rest, err := s.client.CancelPayment(s.Context(), reference, api.CancelRequest{})
	if err != nil {
		s.Fatal(err)
	}
	_, err = s.client.CapturePayment(s.Context(), reference, s.minor(100))
	s.refusedFor(err, 400, 6070)

	refund := rand.Text()
	refunded, err := s.client.RefundPayment(s.Context(), reference, s.minor(4000), api.WithIdempotencyKey(refund))
	if err != nil {
		s.Fatal(err)
	}
	_, err = s.client.RefundPayment(s.Context(), reference, s.minor(6001))
	s.refused(err, 400, 409)

	want := api.Aggregate{
		AuthorizedAmount: s.amount(), CapturedAmount: s.minor(10000), CancelledAmount: s.minor(39900), RefundedAmount: s.minor(4000),
	}
	if rest.State != api.StateAuthorized || refunded.Aggregate != want {
		s.Errorf("cancel answers %s, refund %+v, want %s and %+v", rest.State, refunded.Aggregate, api.StateAuthorized, want)
	}
	s.settled(reference, func(p api.Payment) bool { return p.Aggregate == want && p.State == api.StateAuthorized })

	events := s.logged(reference, "CREATED", "AUTHORIZED", "CAPTURED", "CANCELLED", "REFUNDED")
	if events[2].IdempotencyKey != captured || events[4].IdempotencyKey != refund {
		s.Errorf("the log has the keys %q and %q, want %q and %q", events[2].IdempotencyKey, events[4].IdempotencyKey, captured, refund)
	}
	for i, value := range []int64{49900, 49900, 10000, 39900, 4000} {
		if events[i].Amount != s.minor(value) || !events[i].Success {
			s.Errorf("the log has %+v, want %v", events[i], s.minor(value))
		}
	}
}

// captureInParts captures 100.00 of the payment, tries it again with the same
// key, and tries too much. It returns the key.
func (s *scene) captureInParts(reference string) string {
	s.Helper()
	key := rand.Text()
	first, err := s.client.CapturePayment(s.Context(), reference, s.minor(10000), api.WithIdempotencyKey(key))
	if err != nil {
		s.Fatal(err)
	}
	again, err := s.client.CapturePayment(s.Context(), reference, s.minor(10000), api.WithIdempotencyKey(key))
	if err != nil {
		s.Fatal(err)
	}
	if first != again || first.Aggregate.CapturedAmount != s.minor(10000) || first.Amount != s.amount() {
		s.Errorf("capture answers %+v, and again %+v", first, again)
	}
	_, err = s.client.CapturePayment(s.Context(), reference, s.minor(5000), api.WithIdempotencyKey(key))
	s.refusedFor(err, 409, 4010)
	_, err = s.client.CapturePayment(s.Context(), reference, s.minor(39901))
	s.refusedFor(err, 400, 6090)
	return key
}

func cancelledRequestOnly(s *scene) {
	reference := s.approved()
	_, err := s.client.CancelPayment(s.Context(), reference, api.CancelRequest{CancelTransactionOnly: true})
	s.refusedFor(err, 400, 6060)
	s.logged(reference, "CREATED", "AUTHORIZED")
	cancelled, err := s.client.CancelPayment(s.Context(), reference, api.CancelRequest{})
	if err != nil {
		s.Fatal(err)
	}
	if cancelled.State != api.StateAuthorized || cancelled.Aggregate.CancelledAmount != s.amount() {
		s.Errorf("the answer is %+v", cancelled)
	}
	s.logged(reference, "CREATED", "AUTHORIZED", "CANCELLED")
}
