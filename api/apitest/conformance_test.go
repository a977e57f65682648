package apitest_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kvikk/api"
	"kvikk/api/apitest"
	"kvikk/api/sandbox"
	"kvikk/api/secret"
	"kvikk/api/webhook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// described returns the provider's description, or nil where its folder is not
// named.
func described(t *testing.T) *apitest.Description {
	t.Helper()
	folder := os.Getenv("KVIKK_OPENAPI_DIR")
	if folder == "" {
		return nil
	}
	d, err := apitest.LoadDescription(folder)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// through is the description's transport, or a plain one without a description.
func through(t *testing.T, d *apitest.Description) http.RoundTripper {
	plain := &http.Transport{Proxy: http.ProxyFromEnvironment}
	t.Cleanup(plain.CloseIdleConnections)
	if d == nil {
		return plain
	}
	return d.Transport(t, plain)
}

// TestTheSandboxConforms runs the suite with every exchange held against the
// provider's files, where they are.
func TestTheSandboxConforms(t *testing.T) {
	d := described(t)
	apitest.Conformance(t, func(t *testing.T) apitest.Environment { return sandboxEnvironment(t, d) })
	if d == nil {
		t.Log("KVIKK_OPENAPI_DIR does not name the folder with the provider's OpenAPI files: nothing was held against them")
		return
	}
	if left := d.Uncalled(); len(left) > 0 && !t.Failed() {
		t.Errorf("the suite never succeeds with %v", left)
	}
}

// TestTheTestEnvironmentConforms runs the suite on the provider's test
// environment. It wants test keys of a sales unit that nothing depends on.
func TestTheTestEnvironmentConforms(t *testing.T) {
	var missing []string
	value := func(name string) string {
		v := os.Getenv(name)
		if v == "" {
			missing = append(missing, name)
		}
		return v
	}
	keys := api.Keys{
		ClientID: value("VIPPS_CLIENT_ID"), ClientSecret: secret.New(value("VIPPS_CLIENT_SECRET")),
		SubscriptionKey: secret.New(value("VIPPS_SUBSCRIPTION_KEY")), MSN: value("VIPPS_MSN"),
	}
	if len(missing) > 0 {
		t.Skipf("to run the suite on %s, set %s in the environment", api.TestURL, strings.Join(missing, ", "))
	}
	d := described(t)
	deliveries := publicReceiver(t)
	apitest.Conformance(t, func(t *testing.T) apitest.Environment {
		return apitest.Environment{
			BaseURL: api.TestURL, Keys: keys, Transport: through(t, d), Currency: os.Getenv("KVIKK_CURRENCY"),
			Phone: os.Getenv("VIPPS_PHONE_NUMBER"), CallbackURL: os.Getenv("KVIKK_CALLBACK_URL"),
			Deliveries: deliveries, Patience: time.Minute,
		}
	})
}

// sandboxEnvironment is a sandbox with a receiver for its webhooks. The longest
// number of a sales unit that the provider describes has 7 digits.
func sandboxEnvironment(t *testing.T, d *apitest.Description) apitest.Environment {
	s := apitest.NewServer(t, func(o *sandbox.Options) { o.Keys.MSN = "1234567" })
	receiver, deliveries := receive()
	callback := httptest.NewServer(fitting(t, d, receiver))
	t.Cleanup(callback.Close)
	return apitest.Environment{
		BaseURL: s.URL(), Keys: s.APIKeys(), Transport: through(t, d), Phone: s.TestPhone(),
		CallbackURL: callback.URL, Deliveries: deliveries,
	}
}

// publicReceiver listens where the callback URL leads to, which its owner
// names in KVIKK_CALLBACK_ADDR; nil without one.
func publicReceiver(t *testing.T) <-chan webhook.Received {
	t.Helper()
	addr := os.Getenv("KVIKK_CALLBACK_ADDR")
	if addr == "" {
		return nil
	}
	ln, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	receiver, deliveries := receive()
	server := &httptest.Server{Listener: ln, Config: &http.Server{Handler: receiver}}
	server.Start()
	t.Cleanup(server.Close)
	return deliveries
}

// receive is a handler that passes on what it answers with 200.
func receive() (http.Handler, <-chan webhook.Received) {
	deliveries := make(chan webhook.Received, 1000)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 2<<20))
		if err != nil {
			http.Error(w, "unreadable", http.StatusBadRequest)
			return
		}
		select {
		case deliveries <- webhook.FromRequest(r, body):
		default:
			http.Error(w, "full", http.StatusServiceUnavailable)
		}
	}), deliveries
}

// fitting holds webhooks against the description before next gets them.
func fitting(t *testing.T, d *apitest.Description, next http.Handler) http.Handler {
	if d == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the sender went away
		}
		if err := d.Webhook(body); err != nil {
			t.Errorf("webhook %s: %v", body, err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
}

// exchange is a transport that answers every request alike.
type exchange func(*http.Request) *http.Response

func (x exchange) RoundTrip(r *http.Request) (*http.Response, error) { return x(r), nil }

func answers(status int, contentType, body string) exchange {
	return func(r *http.Request) *http.Response {
		return &http.Response{
			StatusCode: status, Header: http.Header{"Content-Type": {contentType}}, Request: r,
			Body: io.NopCloser(bytes.NewBufferString(body)),
		}
	}
}

// complaints is a test that only notes its failures.
type complaints struct {
	testing.TB
	list []string
}

func (c *complaints) Errorf(format string, args ...any) {
	c.list = append(c.list, strings.TrimSpace(format))
	for _, a := range args {
		if err, ok := a.(error); ok {
			c.list = append(c.list, err.Error())
		}
	}
}

func TestMisfitsAreReported(t *testing.T) {
	d := described(t)
	if d == nil {
		t.Skip("KVIKK_OPENAPI_DIR does not name the folder with the provider's OpenAPI files")
	}
	const good = `{"amount":{"currency":"NOK","value":100},"paymentMethod":{"type":"WALLET"},"reference":"reference-1","userFlow":"WEB_REDIRECT"}`
	const made = `{"reference":"reference-1","redirectUrl":"https://example.com/"}`
	for _, c := range []struct {
		name, method, path, body string
		answer                   exchange
		want                     string
	}{
		{"an exchange that fits", "POST", "/epayment/v1/payments", good, answers(201, "application/json; charset=utf-8", made), ""},
		{"a request that is wrong and refused", "POST", "/epayment/v1/payments", `{}`, answers(401, "text/html", "no"), ""},
		{"a request that is wrong and accepted", "POST", "/epayment/v1/payments", `{}`, answers(201, "application/json", made), "yet was accepted"},
		{"an answer without a member", "POST", "/epayment/v1/payments", good, answers(201, "application/json", `{}`), "does not fit"},
		{"an answer with a relative URL", "POST", "/epayment/v1/payments", good, answers(201, "application/json", `{"reference":"reference-1","redirectUrl":"/x"}`), "does not fit"},
		{"an answer of another type", "POST", "/epayment/v1/payments", good, answers(201, "text/html", made), "does not fit"},
		{"a status that is not described", "POST", "/epayment/v1/payments", good, answers(418, "application/json", `{}`), "does not fit"},
		{"an operation that is not described", "PUT", "/epayment/v1/payments", good, answers(200, "application/json", `{}`), "no such operation"},
		{"a webhook's id that is no UUID", "POST", "/webhooks/v1/webhooks", `{"url":"https://example.com","events":[]}`, answers(201, "application/json", `{"id":"1","secret":"x"}`), "does not fit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			heard := &complaints{TB: t}
			r := httptest.NewRequest(c.method, "https://api.example"+c.path, strings.NewReader(c.body))
			for _, h := range []string{"Authorization: Bearer x", "Ocp-Apim-Subscription-Key: x", "Merchant-Serial-Number: 123456", "Idempotency-Key: x", "Content-Type: application/json"} {
				name, value, _ := strings.Cut(h, ": ")
				r.Header.Set(name, value)
			}
			answer, err := d.Transport(heard, c.answer).RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			got := strings.Join(heard.list, " ")
			if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
				t.Errorf("reported %q, want %q", got, c.want)
			}
		})
	}
	if !slices.Contains(d.Uncalled(), "GET /v1/webhooks") || slices.Contains(d.Uncalled(), "POST /v1/payments") {
		t.Errorf("uncalled are %v", d.Uncalled())
	}
}
