package control_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kvikk/api"
	"kvikk/api/control"
	"kvikk/api/sandbox"
	"kvikk/api/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a sandbox with a client of its APIs and one of its admin API.
type bench struct {
	*sandbox.Server
	client  *api.Client
	control *control.Client
}

func start(t *testing.T, o sandbox.Options) bench {
	t.Helper()
	s, err := sandbox.Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	client, err := api.New(api.Options{BaseURL: s.URL(), Keys: keysOf(s.Keys())})
	if err != nil {
		t.Fatal(err)
	}
	b := bench{s, client, control.New(s.URL()+"/", nil)}
	t.Cleanup(func() {
		b.control.Close()
		client.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func keysOf(k sandbox.Keys) api.Keys {
	return api.Keys{
		ClientID: k.ClientID, ClientSecret: secret.New(k.ClientSecret),
		SubscriptionKey: secret.New(k.SubscriptionKey), MSN: k.MSN,
	}
}

// pay creates a payment of 499.00 NOK.
func (b bench) pay(t *testing.T, reference string) {
	t.Helper()
	_, err := b.client.CreatePayment(t.Context(), api.CreatePaymentRequest{
		Amount: api.Amount{Currency: "NOK", Value: 49900}, Reference: reference, UserFlow: api.WebRedirect,
		PaymentMethod: api.PaymentMethod{Type: api.Wallet}, ReturnURL: "https://example.com/return",
	})
	if err != nil {
		t.Fatal(err)
	}
}

// receive registers a receiver that answers with a status.
func (b bench) receive(t *testing.T, status int, events ...string) api.RegisteredWebhook {
	t.Helper()
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	t.Cleanup(receiver.Close)
	hook, err := b.client.RegisterWebhook(t.Context(), api.RegisterWebhookRequest{URL: receiver.URL + "/hooks", Events: events})
	if err != nil {
		t.Fatal(err)
	}
	return hook
}

// deliveries polls the log until it is as wanted.
func (b bench) deliveries(t *testing.T, q control.Query, wanted func(control.Deliveries) bool) control.Deliveries {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for {
		d, err := b.control.Deliveries(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		if wanted(d) {
			return d
		}
	}
}
