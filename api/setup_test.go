package api_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kvikk/api"
	"kvikk/api/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The keys of the tests; both secrets hold every character that some encoding
// escapes.
const (
	clientSecret    = `cl+ie/nt=se&cr"et~1==`
	subscriptionKey = "sub/scription+key=0123"
)

func keys() api.Keys {
	return api.Keys{
		ClientID: "fb492b5e-7907-4d83-bc20-c7fb60ca35de", ClientSecret: secret.New(clientSecret),
		SubscriptionKey: secret.New(subscriptionKey), MSN: "123456",
	}
}

// received is a request as it arrived.
type received struct {
	method, uri string
	header      http.Header
	body        string
}

// server stands in for the API. A request that no test has foreseen fails it.
type server struct {
	*httptest.Server
	t   *testing.T
	mux *http.ServeMux
	mu  sync.Mutex
	saw []received
	// issued counts the tokens.
	issued int
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{t: t, mux: http.NewServeMux()}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("unexpected request: %s %s", r.Method, r.RequestURI)
		w.WriteHeader(http.StatusTeapot)
	})
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.saw = append(s.saw, received{r.Method, r.RequestURI, r.Header.Clone(), string(body)})
		s.mu.Unlock()
		s.mux.ServeHTTP(w, r)
	}))
	// net/http by itself repeats some requests on a kept connection that broke.
	s.Config.SetKeepAlivesEnabled(false)
	t.Cleanup(s.Close)
	return s
}

// tokens answers the token call with token-value-1, token-value-2 and so on.
func (s *server) tokens() *server {
	s.mux.HandleFunc("POST /accesstoken/get", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		s.issued++
		n := s.issued
		s.mu.Unlock()
		_, _ = fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":"3599","access_token":"token-value-%d"}`, n)
	})
	return s
}

// answer answers requests to the pattern in turn; the last answer stays.
func (s *server) answer(pattern string, answers ...http.HandlerFunc) *server {
	var mu sync.Mutex
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		handle := answers[0]
		if len(answers) > 1 {
			answers = answers[1:]
		}
		mu.Unlock()
		handle(w, r)
	})
	return s
}

// all returns what arrived.
func (s *server) all() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.saw...)
}

// requests returns what arrived, without the token calls.
func (s *server) requests() []received {
	var out []received
	for _, r := range s.all() {
		if r.uri != "/accesstoken/get" {
			out = append(out, r)
		}
	}
	return out
}

// only returns the one request that arrived.
func (s *server) only() received {
	s.t.Helper()
	all := s.requests()
	if len(all) != 1 {
		s.t.Fatalf("%d requests arrived, want 1", len(all))
	}
	return all[0]
}

func (s *server) tokenCalls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.issued
}

// says answers with a status and a body.
func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// hangsUp closes the connection without an answer.
func hangsUp(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

// waits keeps what a client would have waited between attempts.
type waits struct {
	mu   sync.Mutex
	list []time.Duration
}

func (w *waits) wait(ctx context.Context, d time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = append(w.list, d)
	return ctx.Err()
}

// client returns a client of the server that never really waits.
func (s *server) client(change ...func(*api.Options)) *api.Client {
	s.t.Helper()
	o := api.Options{
		BaseURL: s.URL, Keys: keys(), System: api.System{Name: "kvikk", Version: "1.2.3"},
		Wait: (&waits{}).wait,
	}
	for _, f := range change {
		f(&o)
	}
	c, err := api.New(o)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(c.Close)
	return c
}

// log keeps a client's exchanges.
type log struct {
	mu   sync.Mutex
	list []api.Exchange
}

func (l *log) to(o *api.Options) {
	o.Record = func(e api.Exchange) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.list = append(l.list, e)
	}
}

func (l *log) all() []api.Exchange {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]api.Exchange(nil), l.list...)
}

// payment returns a request that has only what is required.
func payment() api.CreatePaymentRequest {
	return api.CreatePaymentRequest{
		Amount:        api.Amount{Currency: "NOK", Value: 49900},
		PaymentMethod: api.PaymentMethod{Type: api.Wallet},
		Reference:     "acme-shop-123-order1",
		ReturnURL:     "https://example.com/return?reference=acme-shop-123-order1&x=1",
		UserFlow:      api.WebRedirect,
	}
}

// sameJSON compares two JSON texts by value.
func sameJSON(t *testing.T, got, want string) {
	t.Helper()
	var a, b any
	if err := json.Unmarshal([]byte(got), &a); err != nil {
		t.Fatalf("%v in %s", err, got)
	}
	if err := json.Unmarshal([]byte(want), &b); err != nil {
		t.Fatalf("%v in %s", err, want)
	}
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	if string(x) != string(y) {
		t.Errorf("got  %s\nwant %s", x, y)
	}
}

func ptr[T any](v T) *T { return &v }

// gzipped answers in gzip.
func gzipped(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, body)
		_ = z.Close()
	}
}
