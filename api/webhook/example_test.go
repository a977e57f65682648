package webhook_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"kvikk/api/secret"
	"kvikk/api/webhook"
)

// A handler reads the raw body, verifies it against the URL that it registered,
// and only then looks at what it says.
func ExampleVerify() {
	const registered = "https://shop.example/webhooks"
	s := secret.New("090a478d-37ff-4e77-970e-d457aeb26a3a")
	handler := func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if err := webhook.Verify(webhook.FromRequest(r, body), s, registered); err != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		event, _ := webhook.Decode(body)
		fmt.Println(event.Type, event.Reference)
	}

	body := []byte(`{"msn":"234567","reference":"order-1001","name":"CREATED"}`)
	signed, _ := webhook.Sign(s, registered, time.Now(), body)
	r := httptest.NewRequest(http.MethodPost, "/webhooks", bytes.NewReader(body))
	signed.Set(r.Header)
	handler(httptest.NewRecorder(), r)
	// Output: epayments.payment.created.v1 order-1001
}

// The error says which part of the request keeps the signature from matching.
func ExampleVerifyError() {
	s := secret.New("090a478d-37ff-4e77-970e-d457aeb26a3a")
	signed, _ := webhook.Sign(s, "https://shop.example/webhooks", time.Now(), []byte(`{"name":"CREATED"}`))
	r := webhook.Received{Header: http.Header{}, Body: []byte(`{"name":"CREATED"}` + "\n")}
	signed.Set(r.Header)

	var failed *webhook.VerifyError
	if err := webhook.Verify(r, s, "https://shop.example/webhooks"); errors.As(err, &failed) {
		fmt.Println(failed.Part)
		fmt.Println(failed.Reason)
	}
	// Output:
	// body hash
	// The body is not the one that was signed: it would be without the line end at its end; check the raw bytes, before anything reads or saves them as text.
}

func ExampleSign() {
	s := secret.New("dhxxAerpMMDMBV44jskOsj359xmKTmrYAnm1A7chZXB/y2n/S40LsLH+Zmf2To2atBCysGcdgO/cWHeP13N98w==")
	date := time.Date(2026, 11, 22, 6, 40, 0, 0, time.UTC)
	signed, err := webhook.Sign(s, "https://shop.example/hooks/vipps", date, []byte("{}"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(signed.Date)
	fmt.Println(signed.ContentSHA256)
	// Output:
	// Sun, 22 Nov 2026 06:40:00 GMT
	// RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=
}

func ExampleDecode() {
	e, err := webhook.Decode([]byte(`{"reference":9007199254740993123,"name":"CAPTURED","amount":{"currency":"NOK","value":49900}}`))
	fmt.Println(e.Type, e.Reference, e.Value, e.Currency, err)
	// Output: epayments.payment.captured.v1 9007199254740993123 49900 NOK <nil>
}

func ExampleTypes() {
	for _, info := range webhook.Types()[:2] {
		fmt.Printf("%s: %s\n", info.Name, info.Sentence)
	}
	// Output:
	// CREATED: A payment has been created and waits for the payer.
	// AUTHORIZED: The payer has approved and the amount is reserved.
}
