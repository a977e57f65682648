package api_test

import (
	"errors"
	"testing"

	"kvikk/api"
)

func TestRegisterListAndDelete(t *testing.T) {
	t.Parallel()
	const id = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
	s := newServer(t).tokens().
		answer("POST /webhooks/v1/webhooks", says(201, `{"id":"`+id+`","secret":"c2VjcmV0LXNlY3JldA=="}`)).
		answer("GET /webhooks/v1/webhooks", says(200, `{"webhooks":[{"id":"`+id+`","url":"https://shop.example/hooks/1","events":["a.v1","b.v1"]}]}`)).
		answer("DELETE /webhooks/v1/webhooks/"+id, says(204, ""))
	c := s.client()
	registered, err := c.RegisterWebhook(t.Context(), webhook())
	if err != nil || registered.ID != id || registered.Secret.Reveal() != "c2VjcmV0LXNlY3JldA==" {
		t.Fatalf("registered %+v, %v", registered, err)
	}
	list, err := c.Webhooks(t.Context())
	if err != nil || len(list) != 1 || list[0].ID != id || list[0].URL != "https://shop.example/hooks/1" || len(list[0].Events) != 2 {
		t.Fatalf("listed %+v, %v", list, err)
	}
	if err := c.DeleteWebhook(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	all := s.requests()
	sameJSON(t, all[0].body, `{"url":"https://shop.example/hooks/1","events":["epayments.payment.created.v1"]}`)
	for _, r := range all {
		hasHeaders(t, r)
		if r.header.Get("Idempotency-Key") != "" {
			t.Errorf("%s has an idempotency key", r.method)
		}
	}
	if all[1].body+all[2].body != "" || all[1].header.Get("Content-Type") != "" {
		t.Error("a request without a body has one, or its type")
	}
}

// hasHeaders checks the fields that every call but the token's has.
func hasHeaders(t *testing.T, r received) {
	t.Helper()
	want := map[string]string{
		"Authorization": "Bearer token-value-1", "Ocp-Apim-Subscription-Key": subscriptionKey,
		"Merchant-Serial-Number": "123456", "User-Agent": "kvikk/1.2.3",
		"Vipps-System-Name": "kvikk", "Vipps-System-Version": "1.2.3", "Vipps-System-Plugin-Name": "kvikk", "Vipps-System-Plugin-Version": "1.2.3",
		"client_id": "", "client_secret": "",
	}
	if r.body != "" {
		want["Content-Type"] = "application/json"
	}
	for name, value := range want {
		if got := r.header.Get(name); got != value {
			t.Errorf("%s %s: %s is %q, want %q", r.method, r.uri, name, got, value)
		}
	}
}

func TestAnEmptyListIsNoError(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens().answer("GET /webhooks/v1/webhooks", says(200, `{"webhooks":[]}`))
	if list, err := s.client().Webhooks(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("got %v, %v", list, err)
	}
}

func TestIncompleteWebhookAnswers(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens().
		answer("POST /webhooks/v1/webhooks", says(201, `{"id":"x"}`), says(201, `{"secret":"abcdefgh"}`), says(201, ``), says(201, `"abc"`)).
		answer("GET /webhooks/v1/webhooks", says(200, `{}`), says(200, `[]`), says(200, `{"webhooks":{}}`))
	c := s.client()
	for range 4 {
		_, err := c.RegisterWebhook(t.Context(), webhook())
		var e *api.ResponseError
		if !errors.As(err, &e) || e.Problem != api.Incomplete || e.Status != 201 {
			t.Errorf("register: got %v", err)
		}
	}
	for range 3 {
		_, err := c.Webhooks(t.Context())
		var e *api.ResponseError
		if !errors.As(err, &e) || e.Problem != api.Incomplete {
			t.Errorf("list: got %v", err)
		}
	}
}

func TestWebhookValuesAreChecked(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*api.RegisterWebhookRequest)
		want   []string
	}{
		"a good one":               {func(*api.RegisterWebhookRequest) {}, nil},
		"nothing":                  {func(r *api.RegisterWebhookRequest) { *r = api.RegisterWebhookRequest{} }, []string{"url", "events"}},
		"http":                     {func(r *api.RegisterWebhookRequest) { r.URL = "http://shop.example/h" }, []string{"url"}},
		"http on this machine":     {func(r *api.RegisterWebhookRequest) { r.URL = "http://127.0.0.1:8080/h" }, nil},
		"no host":                  {func(r *api.RegisterWebhookRequest) { r.URL = "https:///h" }, []string{"url"}},
		"no URL":                   {func(r *api.RegisterWebhookRequest) { r.URL = "https://shop.example/\x7f" }, []string{"url"}},
		"a password":               {func(r *api.RegisterWebhookRequest) { r.URL = "https://a:b@shop.example/h" }, []string{"url"}},
		"a fragment":               {func(r *api.RegisterWebhookRequest) { r.URL += "#x" }, []string{"url"}},
		"a query":                  {func(r *api.RegisterWebhookRequest) { r.URL += "?store=7" }, nil},
		"an event without its s":   {func(r *api.RegisterWebhookRequest) { r.Events[0] = "epayment.payment.created.v1" }, []string{"events"}},
		"an event with two l":      {func(r *api.RegisterWebhookRequest) { r.Events[0] = "recurring.charge-cancelled.v1" }, []string{"events"}},
		"an event twice":           {func(r *api.RegisterWebhookRequest) { r.Events = append(r.Events, r.Events[0]) }, []string{"events"}},
		"two events in one":        {func(r *api.RegisterWebhookRequest) { r.Events[0] = "a.v1,b.v1" }, []string{"events"}},
		"an empty event":           {func(r *api.RegisterWebhookRequest) { r.Events[0] = " " }, []string{"events"}},
		"an event of another kind": {func(r *api.RegisterWebhookRequest) { r.Events[0] = "donations.new-thing.v2" }, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := webhook()
			tt.change(&r)
			sameFields(t, r.Validate(), tt.want)
		})
	}
}

func TestWhatIsRefusedIsNotSent(t *testing.T) {
	t.Parallel()
	c := newServer(t).client()
	ctx, bad := t.Context(), "a/../b"
	nok := api.Amount{Currency: "NOK", Value: 100}
	_, register := c.RegisterWebhook(ctx, api.RegisterWebhookRequest{})
	_, create := c.CreatePayment(ctx, api.CreatePaymentRequest{})
	_, get := c.Payment(ctx, bad)
	_, events := c.PaymentEvents(ctx, "")
	_, cancel := c.CancelPayment(ctx, bad, api.CancelRequest{})
	_, capture := c.CapturePayment(ctx, "acme-shop-1", api.Amount{Currency: "NOK"})
	_, refund := c.RefundPayment(ctx, "acme-shop-1", api.Amount{Currency: "SEK", Value: 100})
	_, key := c.CapturePayment(ctx, "acme-shop-1", nok, api.WithIdempotencyKey("a key\n"))
	_, longKey := c.RefundPayment(ctx, "acme-shop-1", nok, api.WithIdempotencyKey(string(make([]byte, 51))))
	for name, err := range map[string]error{
		"register": register, "create": create, "get": get, "events": events, "cancel": cancel, "capture": capture, "refund": refund,
		"a key with a space": key, "a long key": longKey,
		"delete nothing": c.DeleteWebhook(ctx, ""), "delete a parent": c.DeleteWebhook(ctx, ".."),
		"approve nobody":    c.ForceApprove(ctx, "acme-shop-1", api.ForceApproveRequest{}),
		"approve nothing":   c.ForceApprove(ctx, "", api.ForceApproveRequest{Token: "t"}),
		"approve a bad one": c.ForceApprove(ctx, "acme-shop-1", api.ForceApproveRequest{PhoneNumber: "+47 12345678"}),
	} {
		var v *api.ValidationError
		if !errors.As(err, &v) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestTheProviderIsNotGivenAnAddressOfThisMachine(t *testing.T) {
	t.Parallel()
	c, err := api.New(api.Options{Keys: keys()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, u := range []string{"https://localhost/h", "http://127.0.0.1:8080/h", "https://[::1]/h"} {
		_, err := c.RegisterWebhook(t.Context(), api.RegisterWebhookRequest{URL: u, Events: []string{"a.v1"}})
		sameFields(t, err, []string{"url"})
	}
	r := payment()
	r.ReturnURL = "http://127.0.0.1:8080/return"
	_, err = c.CreatePayment(t.Context(), r)
	sameFields(t, err, []string{"returnUrl"})
}

func TestIDsAreEscapedInPaths(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens().answer("DELETE /webhooks/v1/webhooks/", says(204, ""))
	if err := s.client().DeleteWebhook(t.Context(), "a/../b?c#d%e"); err != nil {
		t.Fatal(err)
	}
	if got, want := s.only().uri, "/webhooks/v1/webhooks/a%2F..%2Fb%3Fc%23d%25e"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
