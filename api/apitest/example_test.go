package apitest_test

import (
	"testing"

	"kvikk/api"
	"kvikk/api/apitest"
)

// A shop's own test: it needs neither keys nor a network.
func ExampleNewServer() {
	var t *testing.T // comes with the test function

	s := apitest.NewServer(t)
	_, err := s.Client().CreatePayment(t.Context(), api.CreatePaymentRequest{
		Amount:        api.Amount{Currency: "NOK", Value: 49900},
		PaymentMethod: api.PaymentMethod{Type: api.Wallet},
		Reference:     "acme-shop-123-order1",
		UserFlow:      api.WebRedirect,
		ReturnURL:     "https://example.com/return",
	})
	if err != nil {
		t.Fatal(err)
	}
	// The customer says yes.
	err = s.Client().ForceApprove(t.Context(), "acme-shop-123-order1", api.ForceApproveRequest{PhoneNumber: s.TestPhone()})
	if err != nil {
		t.Fatal(err)
	}
}

// A second implementation of the provider's APIs proves itself.
func ExampleConformance() {
	var t *testing.T // comes with the test function

	apitest.Conformance(t, func(t *testing.T) apitest.Environment {
		s := apitest.NewServer(t)
		return apitest.Environment{BaseURL: s.URL(), Keys: s.APIKeys(), Phone: s.TestPhone()}
	})
}
