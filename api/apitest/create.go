package apitest

import (
	"context"
	"crypto/rand"
	"maps"
	"net/url"
	"time"

	"kvikk/api"
)

func paymentIsCreated(s *scene) {
	r, key := s.request(), rand.Text()
	created, err := s.client.CreatePayment(s.Context(), r, api.WithIdempotencyKey(key))
	if err != nil {
		s.Fatal(err)
	}
	if u, err := url.Parse(created.RedirectURL); created.Reference != r.Reference || err != nil || u.Host == "" {
		s.Errorf("created %+v", created)
	}
	payment, err := s.client.Payment(s.Context(), r.Reference)
	if err != nil {
		s.Fatal(err)
	}
	none := s.minor(0)
	if payment.State != api.StateCreated || payment.Amount != r.Amount || payment.Reference != r.Reference ||
		payment.PSPReference == "" || payment.PaymentMethod.Type != api.Wallet {
		s.Errorf("the payment is %+v", payment)
	}
	if payment.Aggregate != (api.Aggregate{AuthorizedAmount: none, CancelledAmount: none, CapturedAmount: none, RefundedAmount: none}) {
		s.Errorf("the aggregate is %+v, want zeros", payment.Aggregate)
	}
	e := s.logged(r.Reference, "CREATED")[0]
	if !e.Success || e.Amount != r.Amount || e.IdempotencyKey != key || e.PSPReference != payment.PSPReference {
		s.Errorf("the event is %+v", e)
	}
	if time.Since(e.Timestamp).Abs() > time.Hour {
		s.Errorf("the event is dated %v", e.Timestamp)
	}
}

func paymentWithEverything(s *scene) {
	age := 18
	rate := 2500
	r := s.request()
	r.CustomerInteraction = api.CustomerPresent
	r.MinimumUserAge = &age
	r.Metadata = map[string]string{"order": "acme-1", "nøkkel": "Røros – 2 stk"}
	r.ReceiptURL = "https://example.com/receipts/1"
	r.Receipt = &api.Receipt{
		OrderLines: []api.OrderLine{{
			Name: "Mug", ID: "mug-1", TotalAmount: 49900, TotalAmountExcludingTax: 39920, TotalTaxAmount: 9980, TaxRate: &rate,
			UnitInfo: &api.UnitInfo{UnitPrice: 24950, Quantity: "2", QuantityUnit: "PCS"}, ProductURL: "https://example.com/mug",
		}},
		BottomLine: api.BottomLine{Currency: s.Currency, POSID: "till-1", ReceiptNumber: "1"},
	}
	if _, err := s.client.CreatePayment(s.Context(), r); err != nil {
		s.Fatal(err)
	}
	payment, err := s.client.Payment(s.Context(), r.Reference)
	if err != nil {
		s.Fatal(err)
	}
	if !maps.Equal(payment.Metadata, r.Metadata) {
		s.Errorf("the metadata is %q, want %q", payment.Metadata, r.Metadata)
	}
}

func paymentByQR(s *scene) {
	r := s.request()
	r.UserFlow, r.QRFormat = api.QR, &api.QRFormat{Format: "TEXT/TARGETURL"}
	created, err := s.client.CreatePayment(s.Context(), r)
	if err != nil {
		s.Fatal(err)
	}
	if u, err := url.Parse(created.RedirectURL); err != nil || u.Host == "" {
		s.Errorf("the QR code leads to %q", created.RedirectURL)
	}
}

func paymentReplayed(s *scene) {
	r, key := s.request(), api.WithIdempotencyKey(rand.Text())
	first, err := s.client.CreatePayment(s.Context(), r, key)
	if err != nil {
		s.Fatal(err)
	}
	again, err := s.client.CreatePayment(s.Context(), r, key)
	if err != nil {
		s.Fatalf("the same request again: %v", err)
	}
	if again != first {
		s.Errorf("the second answer is %+v, want %+v", again, first)
	}
	s.logged(r.Reference, "CREATED")
}

func keyReused(s *scene) {
	r, key := s.request(), api.WithIdempotencyKey(rand.Text())
	if _, err := s.client.CreatePayment(s.Context(), r, key); err != nil {
		s.Fatal(err)
	}
	r.Amount.Value -= 100
	_, err := s.client.CreatePayment(s.Context(), r, key)
	s.refusedFor(err, 409, 4020)
}

func referenceReused(s *scene) {
	r := s.request()
	if _, err := s.client.CreatePayment(s.Context(), r); err != nil {
		s.Fatal(err)
	}
	_, err := s.client.CreatePayment(s.Context(), r)
	s.refusedFor(err, 409, 4150)
}

func paymentMistakes(s *scene) {
	for _, c := range []struct {
		name, path string
		value      any
		field      string
	}{
		{"a short reference", "reference", "short", "reference"},
		{"a reference with a space", "reference", "with a space", "reference"},
		{"no reference", "reference", nil, "reference"},
		{"no amount", "amount", nil, "amount"},
		{"a negative amount", "amount.value", -100, "amount.value"},
		{"an amount over the maximum", "amount.value", api.MaximumAmount + 1, "amount.value"},
		{"an unknown currency", "amount.currency", "XXX", "amount.currency"},
		{"no payment method", "paymentMethod", nil, "paymentMethod"},
		{"an unknown user flow", "userFlow", "WEBREDIRECT", "userFlow"},
		{"a description that is too short", "paymentDescription", "x", "paymentDescription"},
		{"a phone number with a plus", "customer", map[string]any{"phoneNumber": "+4712345678"}, "customer.phoneNumber"},
	} {
		_, err := s.altered(setMember(c.path, c.value)).CreatePayment(s.Context(), s.request())
		s.wantField(c.name, err, c.field, "")
	}
	_, err := s.altered(setMember("unheardOf", true)).CreatePayment(s.Context(), s.request())
	s.refused(err, 400)
}

func amountTooSmall(s *scene) {
	least, _ := api.MinimumAmount(s.Currency)
	_, err := s.altered(setMember("amount.value", least-1)).CreatePayment(s.Context(), s.request())
	s.refusedFor(err, 400, 6010)
}

func unknownReference(s *scene) {
	reference := s.request().Reference
	calls := []func(context.Context) error{
		func(ctx context.Context) error { _, err := s.client.Payment(ctx, reference); return err },
		func(ctx context.Context) error { _, err := s.client.PaymentEvents(ctx, reference); return err },
		func(ctx context.Context) error {
			_, err := s.client.CancelPayment(ctx, reference, api.CancelRequest{})
			return err
		},
		func(ctx context.Context) error {
			_, err := s.client.CapturePayment(ctx, reference, s.amount())
			return err
		},
		func(ctx context.Context) error {
			_, err := s.client.RefundPayment(ctx, reference, s.amount())
			return err
		},
	}
	for _, call := range calls {
		s.refusedFor(call(s.Context()), 404, 5090)
	}
}
