package sandbox_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"kvikk/api/apitest"
)

// description is the provider's OpenAPI, which this project does not contain;
// nil where its folder is not named.
var description = sync.OnceValues(func() (*apitest.Description, error) {
	folder := os.Getenv("KVIKK_OPENAPI_DIR")
	if folder == "" {
		return nil, nil
	}
	return apitest.LoadDescription(folder)
})

func TestEveryExchangeIsHeldAgainstTheProvidersDescription(t *testing.T) {
	t.Parallel()
	d, err := description()
	if err != nil {
		t.Fatal(err)
	}
	if d == nil {
		t.Skip("KVIKK_OPENAPI_DIR does not name the folder with the provider's OpenAPI files: no exchange of these tests is held against them")
	}
	var got string
	watched := described(&noted{t, &got}, answer{200, http.Header{"Content-Type": {"application/json"}}, []byte(`{"reference":"no"}`)})
	req, err := http.NewRequest("GET", "http://localhost/epayment/v1/payments/abcdefgh", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := watched.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if !strings.Contains(got, "does not fit") {
		t.Errorf("an answer that does not fit is reported as %q", got)
	}
	got = ""
	fits(&noted{t, &got}, []byte(`{"name":"CREATED"}`))
	if !strings.Contains(got, "WebhookEvent") {
		t.Errorf("a webhook that does not fit is reported as %q", got)
	}
}

// described holds what next carries against the provider's description, where
// there is one. The payer's pages and the admin API are no part of it, nor is
// the guard that keeps strangers out (421).
func described(t testing.TB, next http.RoundTripper) http.RoundTripper {
	t.Helper()
	d, err := description()
	if err != nil {
		t.Fatal(err)
	}
	if d == nil {
		return next
	}
	return &watch{next: next, held: d.Transport(t, next)}
}

type watch struct{ next, held http.RoundTripper }

func (w *watch) RoundTrip(r *http.Request) (*http.Response, error) {
	api := strings.HasPrefix(r.URL.Path, "/epayment/") || strings.HasPrefix(r.URL.Path, "/webhooks/") ||
		strings.HasPrefix(strings.ToLower(r.URL.Path), "/accesstoken/")
	if !api || r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") != "" || r.Host != "" && r.Host != r.URL.Host {
		return w.next.RoundTrip(r)
	}
	return w.held.RoundTrip(r)
}

func (w *watch) CloseIdleConnections() {
	if next, ok := w.next.(interface{ CloseIdleConnections() }); ok {
		next.CloseIdleConnections()
	}
}

// fits holds an ePayment webhook against the description; other APIs' events
// are not described there.
func fits(t testing.TB, body []byte) {
	t.Helper()
	d, err := description()
	if err != nil {
		t.Error(err)
	}
	if d == nil {
		return
	}
	if err := d.Webhook(body); err != nil {
		t.Errorf("%s does not fit WebhookEvent: %v", body, err)
	}
}

// exchanged holds a request that went out byte for byte, and its answer,
// against the description.
func exchanged(t *testing.T, request string, a answer) {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(request)))
	if err != nil {
		t.Fatal(err)
	}
	r.URL.Host = r.Host
	res, err := described(t, a).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
}

// RoundTrip answers with a.
func (a answer) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: a.status, Request: r, Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body))}, nil
}

// noted is a test that only notes its failure.
type noted struct {
	testing.TB
	said *string
}

func (n *noted) Errorf(format string, args ...any) {
	*n.said += format
	for _, a := range args {
		if err, ok := a.(error); ok {
			*n.said += err.Error()
		}
	}
}
