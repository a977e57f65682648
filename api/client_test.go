package api_test

import (
	"crypto/tls"
	"fmt"
	"io"
	stdlog "log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"kvikk/api"
)

func TestNewNeedsWholeKeys(t *testing.T) {
	t.Parallel()
	k := keys()
	k.MSN, k.ClientID = "", "<client_id>"
	_, err := api.New(api.Options{Keys: k})
	x := api.Explain(err)
	if err == nil || !strings.Contains(x.Cause, "client_id: ") || !strings.Contains(x.Cause, "msn: Missing") {
		t.Errorf("got %v, explained as %+v", err, x)
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	c, err := api.New(api.Options{Keys: keys()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.BaseURL() != "https://apitest.vipps.no" {
		t.Errorf("base URL %s", c.BaseURL())
	}
	if got := fmt.Sprintf("%v %+v %#v %s", c, c, c, c); strings.Count(got, "api.Client(https://apitest.vipps.no)") != 4 {
		t.Errorf("prints as %s", got)
	}
	system := map[string]string{"Vipps-System-Name": "kvikk", "Vipps-System-Version": "0", "Vipps-System-Plugin-Name": "kvikk", "Vipps-System-Plugin-Version": "0"}
	for _, h := range c.PreviewWebhooks().Header {
		if want, ok := system[h.Name]; ok && h.Value != want {
			t.Errorf("%s: %q, want %q", h.Name, h.Value, want)
		}
	}
}

func TestSystemValuesFitTheirHeaders(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens()
	c := s.client(func(o *api.Options) {
		o.System = api.System{Name: strings.Repeat("n", 31), Version: " 1.0\r\nX-Injected: 1\x00ø ", PluginName: "p", PluginVersion: "\n"}
	})
	fetch(t, c.Token)
	h := s.all()[0].header
	want := map[string]string{
		"Vipps-System-Name": strings.Repeat("n", 30), "Vipps-System-Version": "1.0X-Injected: 1", "Vipps-System-Plugin-Name": "p",
		"Vipps-System-Plugin-Version": "1.0X-Injected: 1", "User-Agent": "kvikk/1.0X-Injected--1", "X-Injected": "",
	}
	for name, value := range want {
		if got := h.Get(name); got != value {
			t.Errorf("%s: got %q, want %q", name, got, value)
		}
	}
}

func TestIdempotencyKeysAreMadeAnewForEachCall(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens().answer("POST /epayment/v1/payments", says(201, created))
	c := s.client()
	seen := map[string]bool{}
	for range 50 {
		if err := create(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range s.requests() {
		seen[r.header.Get("Idempotency-Key")] = true
	}
	if len(seen) != 50 {
		t.Errorf("%d keys for 50 calls", len(seen))
	}
}

func TestManyCallsAtOnceShareATokenAndTheLog(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens().answer("POST /epayment/v1/payments", says(201, created)).answer("GET /webhooks/v1/webhooks", says(401, `{}`), says(200, `{"webhooks":[]}`))
	var l log
	c := s.client(l.to)
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			if i%2 == 0 {
				_ = create(t.Context(), c)
			} else {
				_, _ = c.Webhooks(t.Context())
			}
			_, _ = c.CachedToken()
			_ = c.PreviewWebhooks().Curl()
		})
	}
	wg.Wait()
	seen := map[uint64]bool{}
	for _, e := range l.all() {
		seen[e.Seq] = true
	}
	if got := len(s.all()); len(seen) != got || s.tokenCalls() > 2 {
		t.Errorf("%d requests, %d in the log, %d tokens", got, len(seen), s.tokenCalls())
	}
}

func TestHTTPSOnLoopbackAndHTTP2(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens().answer("GET /webhooks/v1/webhooks", says(200, `{"webhooks":[]}`))
	secure := httptest.NewUnstartedServer(s.Config.Handler)
	secure.EnableHTTP2 = true
	secure.Config.ErrorLog = stdlog.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	roots := secure.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	var l log
	c := s.client(l.to, func(o *api.Options) {
		o.BaseURL = secure.URL
		o.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	})
	if _, err := c.Webhooks(t.Context()); err != nil {
		t.Fatal(err)
	}
	first := s.all()[0].header
	if got := l.all()[1].Response.Proto; got != "HTTP/2.0" || first.Get("client_id") != keys().ClientID || first.Get("client_secret") != clientSecret {
		t.Errorf("%s with %v", got, first)
	}
}

func TestAnAnswerInGzipIsReadAndBounded(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens().answer("GET /webhooks/v1/webhooks", gzipped(`{"webhooks":[]}`), gzipped(strings.Repeat("0", 5<<20)))
	c := s.client()
	if _, err := c.Webhooks(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := c.Webhooks(t.Context()); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("got %v", err)
	}
}

func TestAnEndlessAnswerIsNotReadOn(t *testing.T) {
	t.Parallel()
	const most = 64 << 20
	sent := make(chan int, 1)
	err := failure(t, func(w http.ResponseWriter, _ *http.Request) {
		total, chunk := 0, make([]byte, 64<<10)
		for total < most {
			n, err := w.Write(chunk)
			if total += n; err != nil {
				break
			}
		}
		sent <- total
	})
	if total := <-sent; total >= most/2 || !strings.Contains(err.Error(), "too large") {
		t.Errorf("%v after %d bytes", err, total)
	}
}
