package api_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kvikk/api"
)

// clock is a clock that a test moves.
type clock struct{ ns atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ns.Store(time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC).UnixNano())
	return c
}

func (c *clock) now() time.Time       { return time.Unix(0, c.ns.Load()).UTC() }
func (c *clock) pass(d time.Duration) { c.ns.Add(int64(d)) }
func (c *clock) set(o *api.Options)   { o.Now = c.now }
func value(tok api.Token) string      { return tok.AccessToken.Reveal() }

// fetch returns the token that get fetches.
func fetch(t *testing.T, get func(context.Context) (api.Token, error)) api.Token {
	t.Helper()
	tok, err := get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func TestTheTokenIsKeptAndRenewedBeforeItEnds(t *testing.T) {
	t.Parallel()
	s, at := newServer(t).tokens(), newClock()
	c := s.client(at.set)
	if _, ok := c.CachedToken(); ok {
		t.Error("a new client has a token")
	}
	steps := []struct {
		pass time.Duration
		want string
	}{
		{0, "token-value-1"},
		{59 * time.Minute, "token-value-1"},
		{28 * time.Second, "token-value-1"},
		{2 * time.Second, "token-value-2"},
	}
	for _, step := range steps {
		at.pass(step.pass)
		got := fetch(t, c.Token)
		if value(got) != step.want {
			t.Errorf("after %v: got %s, want %s", step.pass, value(got), step.want)
		}
	}
	cached, ok := c.CachedToken()
	if !ok || value(cached) != "token-value-2" || cached.Type != "Bearer" || cached.ExpiresAt.Sub(at.now()) != 3599*time.Second {
		t.Errorf("cached: %+v, %v", cached, ok)
	}
	at.pass(2 * time.Hour)
	if _, ok := c.CachedToken(); ok {
		t.Error("an ended token is still offered")
	}
}

func TestRenewTokenAlwaysAsks(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens()
	c := s.client()
	fetch(t, c.Token)
	if got := fetch(t, c.RenewToken); value(got) != "token-value-2" {
		t.Errorf("got %s", value(got))
	}
	if got := fetch(t, c.Token); value(got) != "token-value-2" {
		t.Errorf("the renewed token is not kept: %s", value(got))
	}
}

func TestTheLifeOfATokenIsReadInEveryForm(t *testing.T) {
	t.Parallel()
	at := newClock()
	tests := map[string]struct {
		body string
		want time.Duration
	}{
		"a string":             {`{"access_token":"t","expires_in":"86398"}`, 86398 * time.Second},
		"a number":             {`{"access_token":"t","expires_in":3599}`, 3599 * time.Second},
		"a decimal number":     {`{"access_token":"t","expires_in":3599.5}`, 3599500 * time.Millisecond},
		"only the end":         {`{"access_token":"t","expires_on":"1795359600"}`, time.Hour},
		"the end as a number":  {`{"access_token":"t","expires_on":1795359600}`, time.Hour},
		"nothing":              {`{"access_token":"t"}`, 5 * time.Minute},
		"null":                 {`{"access_token":"t","expires_in":null}`, 5 * time.Minute},
		"nonsense":             {`{"access_token":"t","expires_in":"soon"}`, 5 * time.Minute},
		"a negative number":    {`{"access_token":"t","expires_in":-5}`, 5 * time.Minute},
		"more than can be":     {`{"access_token":"t","expires_in":1e300}`, 7 * 24 * time.Hour},
		"an end in the past":   {`{"access_token":"t","expires_on":"5"}`, 0},
		"an end beyond reason": {`{"access_token":"t","expires_on":"9e99"}`, 7 * 24 * time.Hour},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t).answer("POST /accesstoken/get", says(200, tt.body))
			got := fetch(t, s.client(at.set).Token)
			if life := got.ExpiresAt.Sub(got.IssuedAt); life != tt.want {
				t.Errorf("got %v, want %v", life, tt.want)
			}
		})
	}
}

func TestTheTokenRequest(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens()
	fetch(t, s.client().Token)
	got := s.all()[0]
	if got.method != "POST" || got.body != "" || got.header.Get("Content-Length") == "" && got.header.Get("Transfer-Encoding") != "" {
		t.Errorf("got %s with %q", got.method, got.body)
	}
	want := map[string]string{
		"client_id": keys().ClientID, "client_secret": clientSecret, "Ocp-Apim-Subscription-Key": subscriptionKey,
		"Merchant-Serial-Number": "123456", "User-Agent": "kvikk/1.2.3", "Authorization": "",
		"Vipps-System-Name": "kvikk", "Vipps-System-Version": "1.2.3", "Vipps-System-Plugin-Name": "kvikk", "Vipps-System-Plugin-Version": "1.2.3",
	}
	for name, value := range want {
		if got := got.header.Get(name); got != value {
			t.Errorf("%s: got %q, want %q", name, got, value)
		}
	}
}

func TestCallersShareOneTokenRequest(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}), make(chan struct{})
	s := newServer(t).answer("POST /accesstoken/get", func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-release
		says(200, `{"access_token":"shared","expires_in":3599}`)(w, r)
	})
	c := s.client()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if tok, err := c.Token(context.Background()); err != nil || value(tok) != "shared" {
				t.Errorf("got %q, %v", value(tok), err)
			}
		})
	}
	<-arrived
	close(release)
	wg.Wait()
	if len(s.all()) != 1 {
		t.Errorf("%d token requests, want 1", len(s.all()))
	}
}

func TestACallerWhoLeavesDoesNotTakeTheTokenFromOthers(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}), make(chan struct{})
	s := newServer(t).answer("POST /accesstoken/get", func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-release
		says(200, `{"access_token":"shared","expires_in":3599}`)(w, r)
	})
	c := s.client()
	ctx, leave := context.WithCancel(t.Context())
	first := make(chan error)
	go func() {
		_, err := c.Token(ctx)
		first <- err
	}()
	<-arrived
	second := make(chan error)
	go func() {
		_, err := c.RenewToken(context.Background())
		second <- err
	}()
	c.WaitForTwo()
	leave()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	close(release)
	if err := <-second; err != nil {
		t.Errorf("who stayed got %v", err)
	}
}

func TestATokenRequestForNobodyEnds(t *testing.T) {
	t.Parallel()
	arrived, gone := make(chan struct{}), make(chan struct{})
	s := newServer(t).answer("POST /accesstoken/get", func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
		close(gone)
	}, says(200, `{"access_token":"later","expires_in":3599}`))
	c := s.client()
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := c.Token(ctx)
		left <- err
	}()
	<-arrived
	leave()
	<-left
	// The abandoned request may still be ending: who comes now has a new one.
	if got := fetch(t, c.Token); value(got) != "later" {
		t.Errorf("got %s", value(got))
	}
	<-gone
}

func TestCloseEndsATokenRequest(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	s := newServer(t).answer("POST /accesstoken/get", func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	})
	c := s.client()
	failed := make(chan error)
	go func() {
		_, err := c.Token(context.Background())
		failed <- err
	}()
	<-arrived
	c.Close()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := c.Token(t.Context()); err == nil {
		t.Error("a closed client fetches tokens")
	}
}

func TestARefusedTokenIsRenewedUnseen(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens().answer("GET /webhooks/v1/webhooks",
		says(200, `{"webhooks":[]}`), says(401, `{"statusCode":401,"message":"x"}`), says(200, `{"webhooks":[]}`))
	c := s.client()
	for range 2 {
		if _, err := c.Webhooks(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	all := s.requests()
	if len(all) != 3 || s.tokenCalls() != 2 || all[2].header.Get("Authorization") != "Bearer token-value-2" {
		t.Errorf("%d calls, %d tokens, last with %s", len(all), s.tokenCalls(), all[len(all)-1].header.Get("Authorization"))
	}
}

func TestARefusedTokenIsRenewedOnceOnly(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens().answer("POST /webhooks/v1/webhooks", says(401, `{"statusCode":401,"message":"no"}`))
	c := s.client()
	r := api.RegisterWebhookRequest{URL: "https://shop.example/hooks", Events: []string{"epayments.payment.created.v1"}}
	var e *api.Error
	if _, err := c.RegisterWebhook(t.Context(), r); !errors.As(err, &e) || e.Status != 401 || e.Kind != api.KindGateway {
		t.Fatalf("got %v", err)
	}
	if s.tokenCalls() != 1 || len(s.requests()) != 1 {
		t.Errorf("a token that was fetched for the call was renewed: %d tokens, %d calls", s.tokenCalls(), len(s.requests()))
	}
	if _, err := c.RegisterWebhook(t.Context(), r); !errors.As(err, &e) || e.Status != 401 {
		t.Fatalf("got %v", err)
	}
	if s.tokenCalls() != 2 || len(s.requests()) != 3 {
		t.Errorf("with a kept token: %d tokens, %d calls, want 2 and 3", s.tokenCalls(), len(s.requests()))
	}
}

func TestAnUnusableTokenIsAnError(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"no token":             `{"token_type":"Bearer","expires_in":"3599"}`,
		"a token of two lines": `{"access_token":"a\r\nX-Injected: 1","expires_in":"3599"}`,
		"a number":             `{"access_token":12345678901,"expires_in":"3599"}`,
		"null":                 `null`,
		"a list":               `[]`,
		"nothing":              ``,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t).answer("POST /accesstoken/get", says(200, body))
			var e *api.ResponseError
			if _, err := s.client().Token(t.Context()); !errors.As(err, &e) || e.Problem != api.Incomplete {
				t.Errorf("got %v", err)
			}
		})
	}
}
