package sandbox_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"kvikk/api/sandbox"
)

func TestWhatDoesNotExistAnswersJSON(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	tests := []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/", 404, ""},
		{"GET", "/epayment/v1/payments/a/b", 404, ""},
		{"POST", "/recurring/accesstoken/get", 404, ""},
		{"GET", "/webhooks/v1/webhooks/", 404, ""},
		{"GET", "/Webhooks/v1/webhooks", 404, ""},
		{"GET", "//webhooks/v1/webhooks", 404, ""},
		{"GET", "/accessToken/get", 405, "POST"},
		{"PUT", "/webhooks/v1/webhooks", 405, "POST, GET"},
		{"GET", "/webhooks/v1/webhooks/some-id", 405, "DELETE"},
		{"DELETE", "/epayment/v1/payments/abcdefgh", 405, "GET"},
		{"OPTIONS", "/epayment/v1/payments", 405, "POST"},
	}
	for _, tt := range tests {
		a := m.call(tt.method, tt.path, "")
		if a.status != tt.status || a.header.Get("Allow") != tt.allow {
			t.Errorf("%s %s: %d, Allow %q; want %d, %q", tt.method, tt.path, a.status, a.header.Get("Allow"), tt.status, tt.allow)
		}
		if got := a.text(t, "responseInfo.responseCode"); got != fmt.Sprint(tt.status) {
			t.Errorf("%s %s: body %s", tt.method, tt.path, a.body)
		}
	}
}

func TestABodyOverOneMebibyteIsTooLong(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	a := m.call("POST", paymentsPath, `{"reference":"`+strings.Repeat("a", 1<<20)+`"}`)
	a.want(t, http.StatusRequestEntityTooLarge)
	if got := a.problem(t).Status; got != 413 {
		t.Errorf("problem status %d", got)
	}
}

func TestChunkedBodiesAreRead(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	req, err := http.NewRequest("POST", m.s.URL()+paymentsPath, io.MultiReader(strings.NewReader(paymentBody("chunked-1")))) // of unknown length
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{
		"Authorization": {"Bearer " + m.token}, "Ocp-Apim-Subscription-Key": {m.s.Keys().SubscriptionKey},
		"Merchant-Serial-Number": {m.s.Keys().MSN}, "Idempotency-Key": {"k"},
	}
	res, err := m.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		t.Errorf("status %d", res.StatusCode)
	}
}

func TestPagesOfOtherSitesAreKeptOut(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(m.s.URL(), "http://"))
	redirect := strings.TrimPrefix(m.create("stranger-1").text(t, "redirectUrl"), m.s.URL())
	code := strings.TrimPrefix(m.create("stranger-2", "userFlow", `"QR"`).text(t, "redirectUrl"), m.s.URL())
	crossSite := func(mode, dest string) header {
		return header{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
	}
	tests := []struct {
		name, path string
		h          header
		want       int
	}{
		{"a host that was rebound", webhooksPath, header{"Host": "evil.example"}, 421},
		{"a host that only looks like loopback", webhooksPath, header{"Host": "127.0.0.1.evil.example:" + port}, 421},
		{"localhost", webhooksPath, header{"Host": "localhost:" + port}, 200},
		{"localhost with a dot and no port", webhooksPath, header{"Host": "LOCALHOST."}, 200},
		{"IPv6 loopback", webhooksPath, header{"Host": "[::1]:" + port}, 200},
		{"IPv6 loopback without port", webhooksPath, header{"Host": "[::1]"}, 200},
		{"a foreign origin", webhooksPath, header{"Origin": "https://evil.example"}, 403},
		{"another port's origin", webhooksPath, header{"Origin": "http://127.0.0.1:1"}, 403},
		{"no origin at all", webhooksPath, header{"Origin": "null"}, 403},
		{"the own origin", webhooksPath, header{"Origin": m.s.URL()}, 200},
		{"a cross-site request", webhooksPath, header{"Sec-Fetch-Site": "cross-site"}, 403},
		{"a cross-site request for a token", "/accesstoken/get", header{"Sec-Fetch-Site": "cross-site"}, 403},
		{"a cross-site navigation to the API", webhooksPath, crossSite("navigate", "document"), 403},
		{"a cross-site image of the page", redirect, crossSite("no-cors", "image"), 403},
		{"a cross-site frame of the page", redirect, crossSite("navigate", "iframe"), 403},
		{"a payer who comes from the shop", redirect, crossSite("navigate", "document"), 200},
		{"a payer who opens the shop's QR code", code, crossSite("navigate", "document"), 200},
		{"a shop that shows the QR code", code, crossSite("no-cors", "image"), 200},
		{"a shop's script that reads the QR code", code, crossSite("cors", "empty"), 403},
		{"a cross-site frame of the QR code", code, crossSite("navigate", "iframe"), 403},
		{"a payer who comes back by another name of the sandbox", "/return?reference=stranger-1", crossSite("navigate", "document"), 200},
		{"a cross-site image of the return page", "/return?reference=stranger-1", crossSite("no-cors", "image"), 403},
		{"a site that leads to the list of all payments", "/app", crossSite("navigate", "document"), 403},
		{"a page of the sandbox that leads there", "/app", header{"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200},
	}
	for _, tt := range tests {
		a := m.call("GET", tt.path, "", tt.h)
		if a.status != tt.want {
			t.Errorf("%s: %d, want %d; body %s", tt.name, a.status, tt.want, a.body)
		}
	}
}

func TestKeysAreMadeUpInTheirRealShapes(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{Keys: sandbox.Keys{MSN: "1234567"}})
	k := m.s.Keys()
	if checkShapes(t, k); k.MSN != "1234567" {
		t.Errorf("keys %+v", k)
	}
	if other := start(t, sandbox.Options{}).s.Keys(); len(other.MSN) != 6 || other.ClientID == k.ClientID {
		t.Errorf("other keys %+v", other)
	}
}

func checkShapes(t *testing.T, k sandbox.Keys) {
	t.Helper()
	if len(k.ClientID) != 36 || len(k.ClientSecret) != 24 || !strings.HasSuffix(k.ClientSecret, "==") || len(k.SubscriptionKey) != 32 {
		t.Errorf("keys %+v", k)
	}
}

func TestStartRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	taken := start(t, sandbox.Options{})
	for name, o := range map[string]sandbox.Options{
		"all interfaces":        {Addr: "0.0.0.0:0"},
		"no port":               {Addr: "127.0.0.1"},
		"a name that is no ip":  {Addr: "example.com:80"},
		"an address in use":     {Addr: strings.TrimPrefix(taken.s.URL(), "http://")},
		"an MSN of letters":     {Keys: sandbox.Keys{MSN: "abc"}},
		"a name with a port":    {AllowHosts: []string{"sandbox.test:80"}},
		"a name with a scheme":  {AllowHosts: []string{"http://sandbox.test"}},
		"an empty name":         {AllowHosts: []string{""}},
		"a secret with newline": {Keys: sandbox.Keys{ClientSecret: "a\nb"}},
	} {
		s, err := sandbox.Start(context.Background(), o)
		if err == nil {
			_ = s.Close()
			t.Errorf("%s was taken", name)
		}
	}
}

func TestTheSandboxEndsWithItsContextAndClosesTwice(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	s, err := sandbox.Start(ctx, sandbox.Options{Addr: "[::1]:0"})
	if err != nil {
		t.Skip("no IPv6 loopback:", err)
	}
	idle, err := net.Dial("tcp", strings.TrimPrefix(s.URL(), "http://")) // says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	cancel()
	for range 2 {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	if _, err := net.Dial("tcp", strings.TrimPrefix(s.URL(), "http://")); err == nil {
		t.Error("the port still answers")
	}
}

// sink collects log lines.
type sink struct {
	mu    sync.Mutex
	lines strings.Builder
}

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lines.Write(p)
}

func TestTheLogTellsOfFailedDeliveriesAndHoldsNoSecret(t *testing.T) {
	t.Parallel()
	out := &sink{}
	r := receive(t, func(delivery) int { return http.StatusTeapot })
	m := start(t, sandbox.Options{Logger: slog.New(slog.NewJSONHandler(out, nil)), Schedule: atOnce})
	id, secret := m.register(r.URL+"/hooks/unguessable", "created")
	m.create("logged-01").want(t, http.StatusCreated)
	r.next(t)
	r.next(t)
	if err := m.s.Close(); err != nil {
		t.Fatal(err)
	}
	sc := bufio.NewScanner(strings.NewReader(out.lines.String()))
	sc.Scan()
	var line struct{ Webhook, Event, Reference, Error string }
	if err := json.Unmarshal(sc.Bytes(), &line); err != nil || line.Webhook != id || line.Event != "epayments.payment.created.v1" || line.Reference != "logged-01" || !strings.Contains(line.Error, "418") {
		t.Errorf("log line %s", sc.Text())
	}
	for _, s := range []string{secret, m.token, m.s.Keys().ClientSecret, m.s.Keys().SubscriptionKey, "unguessable"} {
		if strings.Contains(out.lines.String(), s) {
			t.Errorf("the log holds %q", s)
		}
	}
}

func TestTheLogTellsOfFaultsThatFired(t *testing.T) {
	t.Parallel()
	fault, err := sandbox.ParseFault("500=1,call=create")
	if err != nil {
		t.Fatal(err)
	}
	out := &sink{}
	m := start(t, sandbox.Options{Logger: slog.New(slog.NewJSONHandler(out, nil)), Faults: []sandbox.Fault{fault}})
	m.create("faulty-01").want(t, http.StatusInternalServerError)
	m.create("faulty-01").want(t, http.StatusCreated)
	if err := m.s.Close(); err != nil {
		t.Fatal(err)
	}
	var line struct{ Msg, Fault, Call string }
	if err := json.Unmarshal([]byte(out.lines.String()), &line); err != nil || line.Msg != "a fault has fired" || line.Fault != "500=1,call=create" || line.Call != "create" {
		t.Errorf("the log is %s", out.lines.String())
	}
}
