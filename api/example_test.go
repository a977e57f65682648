package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"kvikk/api"
	"kvikk/api/secret"
)

// exampleAPI is a stand-in that knows as much as the examples need.
func exampleAPI() *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /accesstoken/get", says(200, `{"token_type":"Bearer","expires_in":"3599","access_token":"eyJ0eXAi"}`))
	mux.HandleFunc("POST /webhooks/v1/webhooks", says(201, `{"id":"090a478d-37ff-4e77-970e-d457aeb26a3a","secret":"c2VjcmV0"}`))
	mux.HandleFunc("POST /epayment/v1/payments", says(201, `{"reference":"acme-shop-123-order1","redirectUrl":"https://landing.example/?token=abc"}`))
	mux.HandleFunc("POST /epayment/v1/payments/{reference}/capture", says(400, `{"title":"Cannot capture before reservation","status":400,"extraDetails":[{"name":"ErrorCode","reason":"6080"}]}`))
	return httptest.NewServer(mux)
}

func exampleClient(url string) *api.Client {
	c, err := api.New(api.Options{BaseURL: url, Keys: api.Keys{
		ClientID: "fb492b5e-7907-4d83-bc20-c7fb60ca35de", ClientSecret: secret.New("Y8Kteew6GE2ZmeycEt6egg=="),
		SubscriptionKey: secret.New("0f14ebcab0eb4b29ae0cb90d91b4a84a"), MSN: "123456",
	}})
	if err != nil {
		panic(err)
	}
	return c
}

func ExampleClient() {
	server := exampleAPI()
	defer server.Close()
	c := exampleClient(server.URL)
	defer c.Close()

	payment, err := c.CreatePayment(context.Background(), api.CreatePaymentRequest{
		Amount:             api.Amount{Currency: "NOK", Value: 49900},
		PaymentMethod:      api.PaymentMethod{Type: api.Wallet},
		Reference:          "acme-shop-123-order1",
		UserFlow:           api.WebRedirect,
		ReturnURL:          "https://example.com/return",
		PaymentDescription: "One pair of socks",
	})
	if err != nil {
		fmt.Println(api.Explain(err).What)
		return
	}
	fmt.Println(payment.RedirectURL)
	// Output: https://landing.example/?token=abc
}

func ExampleClient_Token() {
	server := exampleAPI()
	defer server.Close()
	c := exampleClient(server.URL)
	defer c.Close()

	token, err := c.Token(context.Background())
	fmt.Println(token.Type, token.AccessToken, err)
	// Output: Bearer •••• <nil>
}

func ExampleClient_RegisterWebhook() {
	server := exampleAPI()
	defer server.Close()
	c := exampleClient(server.URL)
	defer c.Close()

	registered, err := c.RegisterWebhook(context.Background(), api.RegisterWebhookRequest{
		URL:    "https://shop.example/hooks/7f3a",
		Events: []string{"epayments.payment.created.v1", "epayments.payment.authorized.v1"},
	})
	fmt.Println(registered.ID, registered.Secret, err)
	// Output: 090a478d-37ff-4e77-970e-d457aeb26a3a •••• <nil>
}

func ExampleExplain() {
	server := exampleAPI()
	defer server.Close()
	c := exampleClient(server.URL)
	defer c.Close()

	_, err := c.CapturePayment(context.Background(), "acme-shop-123-order1", api.Amount{Currency: "NOK", Value: 49900})
	var answer *api.Error
	if errors.As(err, &answer) {
		fmt.Println(answer.Status, answer.Code)
	}
	x := api.Explain(err)
	fmt.Println(x.What)
	fmt.Println(x.Cause)
	fmt.Println(x.Do)
	// Output:
	// 400 6080
	// The payment cannot be captured yet.
	// The customer has not approved it.
	// Wait for the state AUTHORIZED, then capture.
}

func ExampleCreatePaymentRequest_Validate() {
	err := api.CreatePaymentRequest{
		Amount:        api.Amount{Currency: "NOK", Value: 50},
		PaymentMethod: api.PaymentMethod{Type: api.Wallet},
		Reference:     "order1",
		UserFlow:      api.WebRedirect,
		ReturnURL:     "https://example.com/return",
	}.Validate()
	var invalid *api.ValidationError
	if errors.As(err, &invalid) {
		for _, f := range invalid.Fields {
			fmt.Printf("%s: %s\n", f.Name, f.Reason)
		}
	}
	// Output:
	// amount.value: At least 100 øre, that is 1.00 NOK.
	// reference: 8 to 64 characters; this has 6.
}

func ExampleRequest_Curl() {
	c := exampleClient(api.TestURL)
	defer c.Close()
	fmt.Println(c.PreviewWebhooks().Curl())
	// Output:
	// curl 'https://apitest.vipps.no/webhooks/v1/webhooks' \
	//   -H "Authorization: Bearer $VIPPS_ACCESS_TOKEN" \
	//   -H "Ocp-Apim-Subscription-Key: $VIPPS_SUBSCRIPTION_KEY" \
	//   -H 'Merchant-Serial-Number: 123456' \
	//   -H 'Vipps-System-Name: kvikk' \
	//   -H 'Vipps-System-Version: 0' \
	//   -H 'Vipps-System-Plugin-Name: kvikk' \
	//   -H 'Vipps-System-Plugin-Version: 0'
}

func ExampleCheckBaseURL() {
	for _, raw := range []string{"HTTPS://ApiTest.Vipps.no./", "http://127.0.0.1:8080", "https://api.vipps.no"} {
		base, err := api.CheckBaseURL(raw)
		fmt.Println(base, err)
	}
	// Output:
	// https://apitest.vipps.no <nil>
	// http://127.0.0.1:8080 <nil>
	//  API URL https://api.vipps.no is refused: it is the production environment, and kvikk is for the test environment only
}

func ExampleAmount_String() {
	fmt.Println(api.Amount{Currency: "NOK", Value: 49900})
	// Output: 499.00 NOK
}
