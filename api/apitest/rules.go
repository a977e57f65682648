package apitest

import (
	"bytes"
	"crypto/rand"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"kvikk/api"
)

// refusedAs checks for a problem of the ePayment API with one of the codes. The
// provider publishes no status for these.
func (s *scene) refusedAs(what string, err error, codes ...string) {
	s.Helper()
	refusal := s.refused(err, 400, 403, 409)
	if refusal.Kind != api.KindProblem || !slices.Contains(codes, refusal.Code) {
		s.Errorf("%s: %s with the code %q, want a problem with one of %v: %v", what, refusal.Kind, refusal.Code, codes, err)
	}
}

func keyMissing(s *scene) {
	for _, key := range []string{"", strings.Repeat("k", 51)} {
		_, err := s.altered(setHeader("Idempotency-Key", key)).CreatePayment(s.Context(), s.request())
		s.refused(err, 400)
	}
}

func numberMissing(s *scene) {
	_, err := s.altered(setHeader("Merchant-Serial-Number", "")).CreatePayment(s.Context(), s.request())
	s.refused(err, 400, 401, 403)
}

// refusalKept holds that a corrected request needs a key of its own.
func refusalKept(s *scene) {
	r, key := s.request(), api.WithIdempotencyKey(rand.Text())
	_, err := s.altered(setMember("amount.value", 0)).CreatePayment(s.Context(), r, key)
	s.refused(err, 400)
	_, err = s.client.CreatePayment(s.Context(), r, key)
	s.refused(err, 400, 409)
	if _, err := s.client.CreatePayment(s.Context(), r); err != nil {
		s.Errorf("corrected, with a new key: %v", err)
	}
}

func keyPerOperation(s *scene) {
	r, key := s.request(), api.WithIdempotencyKey(rand.Text())
	if _, err := s.client.CreatePayment(s.Context(), r, key); err != nil {
		s.Fatal(err)
	}
	if _, err := s.client.CancelPayment(s.Context(), r.Reference, api.CancelRequest{}, key); err != nil {
		s.Errorf("a cancel with the create call's key: %v", err)
	}
	s.logged(r.Reference, "CREATED", "TERMINATED")
}

func caseSensitive(s *scene) {
	lower := s.request()
	lower.Reference = strings.ToLower(lower.Reference)
	upper := lower
	upper.Reference = strings.ToUpper(lower.Reference)
	for _, r := range []api.CreatePaymentRequest{lower, upper} {
		if _, err := s.client.CreatePayment(s.Context(), r); err != nil {
			s.Errorf("%s: %v", r.Reference, err)
		}
	}
}

// bodiesUnread holds for what is no JSON, and for JSON of the wrong kind.
func bodiesUnread(s *scene) {
	for _, body := range []string{"amount=100", `{"amount":`, `[]`, `{"amount":{"currency":"NOK","value":"49900"}}`} {
		_, err := s.altered(setBody(body)).CreatePayment(s.Context(), s.request())
		s.wantKind(s.refused(err, 400), api.KindProblem)
	}
}

// setBody sends another body under the request's headers.
func setBody(body string) func(*http.Request) error {
	return func(r *http.Request) error {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader([]byte(body))), nil }
		return nil
	}
}

func paymentRules(s *scene) {
	soon := time.Now().Add(9 * time.Minute).UTC().Format(time.RFC3339)
	for _, c := range []struct {
		name, path string
		value      any
		codes      []string
	}{
		{"six pairs of metadata", "metadata", map[string]any{"a": "", "b": "", "c": "", "d": "", "e": "", "f": ""}, []string{"4100"}},
		{"a long key in metadata", "metadata", map[string]any{strings.Repeat("k", 101): ""}, []string{"4120"}},
		{"a long value in metadata", "metadata", map[string]any{"k": strings.Repeat("v", 501)}, []string{"4130"}},
		{"an unknown scope", "profile", map[string]any{"scope": "shoeSize"}, []string{"4080"}},
		{"a return URL without TLS", "returnUrl", "http://example.com/return", []string{"4090"}},
		{"no return URL", "returnUrl", nil, []string{"4140"}},
		{"a push message to nobody", "userFlow", "PUSH_MESSAGE", []string{"4140", "5080"}},
		{"an end without a receipt", "expiresAt", time.Now().Add(time.Hour).UTC().Format(time.RFC3339), []string{"6130", "5050"}},
		{"an end too soon", "expiresAt", soon, []string{"6120", "6130", "5050"}},
	} {
		_, err := s.altered(setMember(c.path, c.value)).CreatePayment(s.Context(), s.request())
		s.refusedAs(c.name, err, c.codes...)
	}
	if s.Currency == "NOK" {
		_, err := s.altered(setMember("paymentMethod.blockedSources", []string{api.CommercialCards})).CreatePayment(s.Context(), s.request())
		s.refusedAs("blocked cards in Norway", err, "5010")
	}
}

// registeredAsForm is the quick start's own command: curl sends its body as a
// form.
func registeredAsForm(s *scene) {
	url := s.address()
	client := s.altered(setHeader("Content-Type", "application/x-www-form-urlencoded"))
	registered, err := client.RegisterWebhook(s.Context(), api.RegisterWebhookRequest{URL: url, Events: []string{"epayments.payment.created.v1"}})
	if err != nil {
		s.Fatal(err)
	}
	if err := s.client.DeleteWebhook(s.Context(), registered.ID); err != nil {
		s.Error(err)
	}
}

func captureGuaranteed(s *scene) {
	reference := s.approved()
	payment, err := s.client.Payment(s.Context(), reference)
	if err != nil {
		s.Fatal(err)
	}
	if !payment.CaptureGuaranteedUntil.After(time.Now()) {
		s.Errorf("a capture is guaranteed until %v", payment.CaptureGuaranteedUntil)
	}
}

// testRefunds are amounts that cannot be refunded in a test environment, see
// https://developer.vippsmobilepay.com/docs/knowledge-base/test-environment .
func testRefunds(s *scene) {
	reference := s.approved()
	if _, err := s.client.CapturePayment(s.Context(), reference, s.amount()); err != nil {
		s.Fatal(err)
	}
	_, err := s.client.RefundPayment(s.Context(), reference, s.minor(123))
	s.refusedAs("a refund to nobody", err, "5100")
	_, err = s.client.RefundPayment(s.Context(), reference, s.minor(124))
	s.refusedAs("a refund too late", err, "6220")
	s.logged(reference, "CREATED", "AUTHORIZED", "CAPTURED")
}

// insufficientFunds is the test environment's amount 151.
func insufficientFunds(s *scene) {
	if s.Phone == "" {
		s.Skip("skipped: the environment names no test user's phone number")
	}
	r := s.request()
	r.Amount = s.minor(151)
	if _, err := s.client.CreatePayment(s.Context(), r); err != nil {
		s.Fatal(err)
	}
	err := s.client.ForceApprove(s.Context(), r.Reference, api.ForceApproveRequest{PhoneNumber: s.Phone})
	s.refused(err, 400, 403, 409)
	payment, err := s.client.Payment(s.Context(), r.Reference)
	if err != nil {
		s.Fatal(err)
	}
	if payment.State != api.StateCreated || payment.Aggregate.AuthorizedAmount.Value != 0 {
		s.Errorf("the payment is %s with %v authorized", payment.State, payment.Aggregate.AuthorizedAmount)
	}
}
