package sandbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

// clock is a clock that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 22, 6, 40, 0, 412_345_600, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// merchant is a client written from the provider's documentation with plain
// net/http; it knows nothing of kvikk.
type merchant struct {
	t     testing.TB
	s     *sandbox.Server
	http  *http.Client
	token string
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

func start(t testing.TB, o sandbox.Options) *merchant {
	t.Helper()
	s, err := sandbox.Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	m := &merchant{t: t, s: s, http: &http.Client{
		Transport:     described(t, transport),
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	m.token = m.login().text(t, "access_token")
	return m
}

// header is one change to the headers that every call has; an empty value
// leaves the header out.
type header map[string]string

func (m *merchant) login(changes ...header) answer {
	m.t.Helper()
	h := header{
		"client_id": m.s.Keys().ClientID, "client_secret": m.s.Keys().ClientSecret,
		"Ocp-Apim-Subscription-Key": m.s.Keys().SubscriptionKey,
	}
	for _, c := range changes {
		maps.Copy(h, c)
	}
	return m.send("POST", "/accesstoken/get", "", h)
}

func (m *merchant) call(method, path, body string, changes ...header) answer {
	m.t.Helper()
	h := header{
		"Authorization": "Bearer " + m.token, "Ocp-Apim-Subscription-Key": m.s.Keys().SubscriptionKey,
		"Merchant-Serial-Number": m.s.Keys().MSN, "Idempotency-Key": "key-1",
	}
	for _, c := range changes {
		maps.Copy(h, c)
	}
	return m.send(method, path, body, h)
}

func (m *merchant) send(method, path, body string, h header) answer {
	m.t.Helper()
	req, err := http.NewRequest(method, m.s.URL()+path, strings.NewReader(body))
	if err != nil {
		m.t.Fatal(err)
	}
	for name, value := range h {
		switch {
		case name == "Host":
			req.Host = value
		case value != "":
			req.Header.Set(name, value)
		}
	}
	res, err := m.http.Do(req)
	if err != nil {
		m.t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		m.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, got}
}

// register registers url for events by their last part and returns id and secret.
func (m *merchant) register(url string, names ...string) (id, secret string) {
	m.t.Helper()
	events := make([]string, 0, len(names))
	for _, n := range names {
		events = append(events, fmt.Sprintf("%q", "epayments.payment."+n+".v1"))
	}
	a := m.call("POST", "/webhooks/v1/webhooks", fmt.Sprintf(`{"url":%q,"events":[%s]}`, url, strings.Join(events, ",")))
	a.want(m.t, http.StatusCreated)
	return a.text(m.t, "id"), a.text(m.t, "secret")
}

// create creates a payment of 499.00 NOK with members changed or added.
func (m *merchant) create(reference string, members ...string) answer {
	m.t.Helper()
	return m.call("POST", "/epayment/v1/payments", paymentBody(reference, members...), header{"Idempotency-Key": "create-" + reference})
}

// paymentBody is a good request; each of members is "name", "JSON value", and
// an empty value takes the member out.
func paymentBody(reference string, members ...string) string {
	all := map[string]string{
		"amount": `{"currency":"NOK","value":49900}`, "paymentMethod": `{"type":"WALLET"}`,
		"reference": `"` + reference + `"`, "userFlow": `"WEB_REDIRECT"`,
		"returnUrl": `"https://example.com/return"`, "paymentDescription": `"One mug"`,
	}
	for i := 0; i < len(members); i += 2 {
		all[members[i]] = members[i+1]
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if all[name] != "" {
			parts = append(parts, fmt.Sprintf("%q:%s", name, all[name]))
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func (m *merchant) approve(reference string) answer {
	m.t.Helper()
	return m.call("POST", "/epayment/v1/test/payments/"+reference+"/approve", `{"customer":{"phoneNumber":"`+m.s.TestPhone()+`"}}`)
}

// modify captures or refunds value minor units under a key of their own.
func (m *merchant) modify(op, reference string, value int, key string) answer {
	m.t.Helper()
	return m.call("POST", "/epayment/v1/payments/"+reference+"/"+op,
		fmt.Sprintf(`{"modificationAmount":{"currency":"NOK","value":%d}}`, value), header{"Idempotency-Key": key})
}

func (a answer) want(t testing.TB, status int) {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d; body %s", a.status, status, a.body)
	}
}

// text is a member of the answer, nested ones by path: "amount.value".
func (a answer) text(t testing.TB, path string) string {
	t.Helper()
	var v any
	d := json.NewDecoder(strings.NewReader(string(a.body)))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("not JSON: %v: %s", err, a.body)
	}
	for _, name := range strings.Split(path, ".") {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

type problem struct {
	Type, Title, Detail, Instance, TraceID string
	Status                                 int
	ExtraDetails                           []struct{ Name, Reason string }
}

// problem reads a problem+json answer.
func (a answer) problem(t testing.TB) problem {
	t.Helper()
	if got := a.header.Get("Content-Type"); !strings.HasPrefix(got, "application/problem+json") {
		t.Fatalf("content type %q, want problem+json; body %s", got, a.body)
	}
	var p problem
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// field is the reason that an answer gives for a field, or for ErrorCode.
func (p problem) field(name string) string {
	for _, d := range p.ExtraDetails {
		if d.Name == name {
			return d.Reason
		}
	}
	return ""
}
