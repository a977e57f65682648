package apitest_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"kvikk/api/apitest"
	"kvikk/api/webhook"
)

// fault is something an environment does wrong, and the part of the suite that
// must notice.
type fault struct {
	name, part string
	// path is the end of the path of the calls whose answers are altered.
	path string
	// from and to replace a text in the answer's body.
	from, to string
	// status replaces the answer's status.
	status int
}

func faults() []fault {
	return []fault{
		{name: "tokens for seconds", part: "a token is issued and renewed", path: "/accesstoken/get", from: `"expires_in":"3599"`, to: `"expires_in":"59"`},
		{name: "any key will do", part: "a wrong subscription key is refused", path: "/accesstoken/get", from: `"statusCode":401,"message"`, to: `"access_token":"x","token_type":"Bearer","expires_in":"3599","x"`, status: 200},
		{name: "events forgotten", part: "webhooks are registered, listed and deleted", path: "/webhooks", from: `"epayments.payment.expired.v1",`},
		{name: "zero forgotten", part: "a payment is created and read", path: "", from: `"capturedAmount":{"currency":"NOK","value":0}`, to: `"capturedAmount":{"currency":"NOK","value":1}`},
		{name: "key forgotten", part: "a payment is created and read", path: "/events", from: `"idempotencyKey"`, to: `"key"`},
		{name: "another code", part: "nothing is captured or refunded before authorization", path: "/capture", from: "6080", to: "6070"},
		{name: "another state", part: "a payment is cancelled before authorization", path: "", from: "TERMINATED", to: "CREATED"},
		{name: "an event too many", part: "an approved payment is captured, cancelled and refunded", path: "/events", from: `"name":"REFUNDED"`, to: `"name":"CAPTURED"`},
		{name: "conflicts accepted", part: "a reference can be used once", path: "/payments", from: `"reason":"4150"`, to: `"reason":"4020"`},
		{name: "no limit", part: "capturing is limited to 5 a minute and reference", path: "/capture", from: "Rate limit is exceeded", status: 400},
		{name: "metadata unlimited", part: "payments against the rules are refused by code", path: "/payments", from: `"reason":"4120"`, to: `"reason":"4110"`},
		{name: "refunds to nobody", part: "amounts for tests cannot be refunded", path: "/refund", from: `"reason":"5100"`, to: `"reason":"6150"`},
		{name: "no guarantee", part: "an approved payment says until when it can be captured", path: "", from: `"captureGuaranteedUntil"`, to: `"guarantee"`},
		{name: "log in disorder", part: "one key counts for one operation", path: "/events", from: `"name":"CREATED","amount":{"currency":"NOK","value":49900},"timestamp":"20`, to: `"name":"CREATED","amount":{"currency":"NOK","value":49900},"timestamp":"21`},
		{name: "bytes altered on the way", part: "webhooks are delivered and signed"},
	}
}

// apply alters an answer that the fault is about.
func (f fault) apply(answer *http.Response) error {
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if f.from != "" && strings.HasSuffix(answer.Request.URL.Path, f.path) && bytes.Contains(body, []byte(f.from)) {
		body = bytes.ReplaceAll(body, []byte(f.from), []byte(f.to))
		if f.status != 0 {
			answer.StatusCode = f.status
		}
	}
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return nil
}

type faulty struct {
	next  http.RoundTripper
	fault fault
}

func (x faulty) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := x.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return answer, x.fault.apply(answer)
}

const faultVariable = "KVIKK_APITEST_FAULTS"

// TestFaultyEnvironments fails on purpose, in the process that
// TestTheSuiteNoticesFaults starts.
func TestFaultyEnvironments(t *testing.T) {
	if os.Getenv(faultVariable) == "" {
		t.Skip("it is run by TestTheSuiteNoticesFaults")
	}
	for _, f := range faults() {
		t.Run(f.name, func(t *testing.T) {
			apitest.Conformance(t, func(t *testing.T) apitest.Environment {
				e := sandboxEnvironment(t, nil)
				e.Transport, e.Patience = faulty{e.Transport, f}, time.Second
				if f.from == "" {
					e.Deliveries = alter(t, e.Deliveries)
				}
				return e
			})
		})
	}
}

// alter changes a space in each body that was delivered.
func alter(t *testing.T, in <-chan webhook.Received) <-chan webhook.Received {
	out := make(chan webhook.Received)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case r := <-in:
				r.Body = append(r.Body, ' ')
				select {
				case out <- r:
				case <-t.Context().Done():
				}
			case <-t.Context().Done():
				return
			}
		}
	}()
	t.Cleanup(func() { <-done })
	return out
}

func TestTheSuiteNoticesFaults(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self, "-test.run=^TestFaultyEnvironments$")
	c.Env = append(os.Environ(), faultVariable+"=1", "KVIKK_OPENAPI_DIR=")
	out, err := c.CombinedOutput()
	if err == nil {
		t.Fatal("no fault was noticed")
	}
	for _, f := range faults() {
		failed := "--- FAIL: " + strings.ReplaceAll("TestFaultyEnvironments/"+f.name+"/"+f.part, " ", "_") + " ("
		if !strings.Contains(string(out), failed) {
			t.Errorf("%q does not notice: %s", f.part, f.name)
		}
	}
	if t.Failed() {
		t.Logf("%s", out)
	}
}
