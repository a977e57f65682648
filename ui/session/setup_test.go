package session_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kvikk/api"
	"kvikk/api/sandbox"
	"kvikk/api/secret"
	"kvikk/api/webhook"
	"kvikk/tunnel/inbox"
	"kvikk/ui/profile"
	"kvikk/ui/session"
)

func TestMain(m *testing.M) {
	const client = "golang.ngrok.com/ngrok/v2/internal/tunnel/client."
	goleak.VerifyTestMain(
		m,
		// What the ngrok SDK leaves asleep for a while after its end.
		goleak.IgnoreAnyFunction(client+"(*reconnectingSession).connect"),
		goleak.IgnoreAnyFunction("golang.ngrok.com/muxado/v2.(*Heartbeat).requester"),
		goleak.IgnoreAnyFunction("golang.ngrok.com/muxado/v2.(*Heartbeat).check"),
	)
}

const (
	// patience is how long a test waits for what has to come.
	patience = 15 * time.Second

	created  = "epayments.payment.created.v1"
	captured = "epayments.payment.captured.v1"
)

// embedded is the sandbox as a session knows it.
type embedded struct{ *sandbox.Server }

func (e embedded) Keys() api.Keys {
	k := e.Server.Keys()
	return api.Keys{
		ClientID: k.ClientID, ClientSecret: secret.New(k.ClientSecret),
		SubscriptionKey: secret.New(k.SubscriptionKey), MSN: k.MSN,
	}
}

func startSandbox(ctx context.Context) (session.Sandbox, error) {
	s, err := sandbox.Start(ctx, sandbox.Options{})
	if err != nil {
		return nil, err
	}
	return embedded{s}, nil
}

// provider stands for a test environment: a sandbox behind a proxy that may
// misbehave, and a client that goes past the proxy.
type provider struct {
	t      *testing.T
	keys   api.Keys
	url    string // of the proxy
	direct *api.Client

	mu    sync.Mutex
	fault func(w http.ResponseWriter, r *http.Request, pass http.Handler)
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	box, err := sandbox.Start(context.Background(), sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{t: t, keys: embedded{box}.Keys()}
	target, err := url.Parse(box.URL())
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	pass := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		fault := p.fault
		p.mu.Unlock()
		if fault == nil {
			fault = func(w http.ResponseWriter, r *http.Request, pass http.Handler) { pass.ServeHTTP(w, r) }
		}
		fault(w, r, pass)
	}))
	p.url = front.URL
	if p.direct, err = api.New(api.Options{BaseURL: box.URL(), Keys: p.keys}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.direct.Close()
		front.Close()
		transport.CloseIdleConnections()
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// misbehave replaces what the proxy does with a request; nil heals it.
func (p *provider) misbehave(fault func(w http.ResponseWriter, r *http.Request, pass http.Handler)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = fault
}

// cut ends the connection without an answer.
func cut(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }

// hang answers when the client has gone, which is never.
func hang(_ http.ResponseWriter, r *http.Request, _ http.Handler) { <-r.Context().Done() }

// registers reports a call that registers a webhook.
func registers(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Path == "/webhooks/v1/webhooks"
}

// forwarded lets a request through and keeps its answer back.
func forwarded(r *http.Request, pass http.Handler) { pass.ServeHTTP(httptest.NewRecorder(), r) }

// settings are those of the environment for the provider's sales unit.
func (p *provider) settings() profile.Settings {
	return profile.Settings{
		Source:  profile.Environment,
		Profile: profile.Profile{APIURL: p.url, ClientID: p.keys.ClientID, MSN: p.keys.MSN},
		Secrets: profile.Secrets{ClientSecret: p.keys.ClientSecret, SubscriptionKey: p.keys.SubscriptionKey},
	}
}

// urls are the registered URLs, as the provider itself has them.
func (p *provider) urls() []string {
	p.t.Helper()
	list, err := p.direct.Webhooks(context.Background())
	if err != nil {
		p.t.Fatal(err)
	}
	var urls []string
	for _, w := range list {
		urls = append(urls, w.URL)
	}
	return urls
}

// options are those of a session with its files in dir.
func options(dir string) session.Options {
	return session.Options{InboxPath: filepath.Join(dir, "inbox.db"), StartSandbox: startSandbox}
}

// open starts a session with an inbox. It is closed at the end of the test.
func open(t *testing.T, o session.Options) *session.Session {
	t.Helper()
	s := session.New(context.Background(), o)
	t.Cleanup(func() { s.Close(context.Background()) })
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// connected starts a session with a callback URL.
func connected(t *testing.T, o session.Options, settings profile.Settings) *session.Session {
	t.Helper()
	s := open(t, o)
	connect(t, s, settings)
	return s
}

func connect(t *testing.T, s *session.Session, settings profile.Settings) {
	t.Helper()
	if err := s.Configure(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func register(t *testing.T, s *session.Session, events ...string) session.Registered {
	t.Helper()
	reg, err := s.Register(t.Context(), events)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// pay creates a payment and returns its reference.
func pay(t *testing.T, s *session.Session) string {
	t.Helper()
	reference := "session-" + inbox.NewToken()
	_, err := s.Client().CreatePayment(t.Context(), api.CreatePaymentRequest{
		Amount: api.Amount{Currency: "NOK", Value: 49900}, PaymentMethod: api.PaymentMethod{Type: api.Wallet},
		Reference: reference, UserFlow: api.WebRedirect, ReturnURL: "https://example.com/return",
		PaymentDescription: "One pair of socks",
	})
	if err != nil {
		t.Fatal(err)
	}
	return reference
}

// await waits until a condition of the session holds.
func await(t *testing.T, s *session.Session, what string, holds func() bool) {
	t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for !holds() {
		select {
		case <-s.Changed():
		case <-late.C:
			t.Fatalf("waited in vain for %s; snapshot %+v", what, s.Snapshot())
		}
	}
}

// arrived waits for the first webhook of a payment.
func arrived(t *testing.T, s *session.Session, reference string) inbox.Row {
	t.Helper()
	var list []inbox.Row
	await(t, s, "the webhook", func() bool {
		var err error
		list, err = s.Inbox().Rows(t.Context(), inbox.Query{Filter: inbox.Filter{Reference: reference}})
		if err != nil {
			t.Fatal(err)
		}
		return len(list) > 0
	})
	return list[0]
}

// deliver sends a webhook as the provider would and returns the status.
func deliver(t *testing.T, reg session.Registered, key secret.Value) int {
	t.Helper()
	body := []byte(`{"msn":"123456","reference":"by-hand","name":"CREATED"}`)
	signed, err := webhook.Sign(key, reg.URL, time.Now(), body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, reg.URL, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	signed.Set(r.Header)
	return send(t, r)
}

func send(t *testing.T, r *http.Request) int {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// closes closes a session within the time that it promises.
func closes(t *testing.T, s *session.Session, ctx context.Context) session.Cleanup {
	t.Helper()
	began := time.Now()
	done := s.Close(ctx)
	if took := time.Since(began); took > session.CleanupLimit+1500*time.Millisecond {
		t.Errorf("Close took %v", took)
	}
	return done
}
