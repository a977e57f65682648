package scenario_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"kvikk/api"
	"kvikk/api/control"
	"kvikk/api/sandbox"
	"kvikk/api/scenario"
	"kvikk/api/secret"
	"kvikk/api/webhook"
)

// A receiver that answers 200 without looking passes what is about deliveries.
func ExampleRunner_Run() {
	ctx := context.Background()
	s, err := sandbox.Start(ctx, sandbox.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	k := s.Keys()
	client, err := api.New(api.Options{BaseURL: s.URL(), Keys: api.Keys{
		ClientID: k.ClientID, ClientSecret: secret.New(k.ClientSecret), SubscriptionKey: secret.New(k.SubscriptionKey), MSN: k.MSN,
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer receiver.Close()

	declines, _ := scenario.Find("user-declines")
	var events []string
	for _, e := range declines.Events() {
		events = append(events, string(e))
	}
	if _, err := client.RegisterWebhook(ctx, api.RegisterWebhookRequest{URL: receiver.URL, Events: events}); err != nil {
		fmt.Println(err)
		return
	}
	c := control.New(s.URL(), nil)
	defer c.Close()
	r := scenario.Runner{API: client, Control: c, NewReference: func() string { return "order-1001" }}
	verdict, err := r.Run(ctx, declines)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, check := range verdict.Checks {
		fmt.Println(check.Passed, webhook.Type(check.Event).Name(), check.Expect)
	}
	// Output:
	// true CREATED accepted once
	// true ABORTED accepted once
	// true AUTHORIZED not sent
	// true payment ABORTED, nothing authorized
}

func ExampleFind() {
	s, ok := scenario.Find("pay-and-capture")
	fmt.Println(ok, s.Title)
	for _, e := range s.Events() {
		fmt.Println(e)
	}
	// Output:
	// true Pay and capture
	// epayments.payment.created.v1
	// epayments.payment.authorized.v1
	// epayments.payment.captured.v1
}
