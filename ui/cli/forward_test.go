package cli_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kvikk/api/secret"
	"kvikk/api/webhook"
)

// passed is a request that reached a handler of the user's own.
type passed struct {
	header http.Header
	host   string
	uri    string
	body   string
}

// startHandler answers as it is told, and reports what it gets.
func startHandler(t *testing.T, answer http.HandlerFunc) (url string, got <-chan passed) {
	t.Helper()
	requests := make(chan passed, 10)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		requests <- passed{r.Header.Clone(), r.Host, r.RequestURI, string(body)}
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL, requests
}

func ok(http.ResponseWriter, *http.Request) {}

func TestForwardToPassesVerifiedWebhooksOnAsTheyCame(t *testing.T) {
	t.Parallel()
	target, got := startHandler(t, ok)
	p := startProvider(t)
	k := p.setting(t).start(t, "listen", "--json", "--forward-to", target+"/own?x=1")
	url := k.out.object(t)["callback_url"].(string)
	deliver(t, url, secret.Value{}, []byte(`{"reference":"forged"}`))
	k.out.object(t)
	pay(t, p.client, "acme-shop-1")
	w := k.out.object(t)
	r := <-got
	if r.body != w["body"] || r.uri != "/own?x=1" || !strings.HasSuffix(target, r.host) {
		t.Errorf("passed on was %+v, of %v", r, w)
	}
	for name, values := range w["headers"].(map[string]any) {
		value := values.([]any)[0]
		switch {
		case name == "Host":
		case r.header.Get(name) != value:
			t.Errorf("%s is %q, not %q", name, r.header.Get(name), value)
		}
	}
	if r.header.Get(webhook.HeaderAuthorization) == "" {
		t.Error("the signature was not passed on")
	}
	k.err.await(t, "passed on to "+target+"/own?x=1: 200 OK in ")
	if len(got) > 0 {
		t.Error("the forged one was passed on too")
	}
}

func TestForwardToLeavesTheHopsHeadersOut(t *testing.T) {
	t.Parallel()
	target, got := startHandler(t, ok)
	s := startProvider(t).setting(t)
	k := s.start(t, "listen", "--json", "--forward-to", target)
	url := k.out.object(t)["callback_url"].(string)
	body := []byte(`{}`)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := webhook.Sign(s.secretOf(t, url), url, time.Now(), body)
	if err != nil {
		t.Fatal(err)
	}
	signed.Set(r.Header)
	for name, value := range map[string]string{"Connection": "X-Hop", "X-Hop": "1", "Keep-Alive": "5", "Te": "trailers", "X-End": "kept", "User-Agent": ""} {
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	in := <-got
	for _, name := range []string{"X-Hop", "Keep-Alive", "Te", "User-Agent"} {
		if v := in.header.Values(name); len(v) > 0 {
			t.Errorf("%s went along: %q", name, v)
		}
	}
	if in.header.Get("X-End") != "kept" {
		t.Errorf("the headers are %v", in.header)
	}
}

func TestForwardToTellsHowItWentAndChangesNothingElse(t *testing.T) {
	t.Parallel()
	refusing, _ := startHandler(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusTeapot) })
	elsewhere, reached := startHandler(t, ok)
	redirecting, _ := startHandler(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere, http.StatusTemporaryRedirect)
	})
	for name, c := range map[string]struct{ target, want string }{
		"a refusal is told":              {refusing, "418"},
		"a redirect is not followed":     {redirecting, "307 Temporary Redirect (a redirect to " + elsewhere + ", not followed)"},
		"a handler that is not there":    {"http://127.0.0.1:1/", "was not passed on"},
		"a host that does not resolve":   {"http://handler.invalid/", "was not passed on"},
		"control characters of an error": {"http://127.0.0.1:1/%1b", "was not passed on"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startProvider(t)
			k := p.setting(t).start(t, "listen", "--json", "--forward-to", c.target)
			k.out.object(t)
			pay(t, p.client, "acme-shop-1")
			if w := k.out.object(t); w["status"] != 200.0 {
				t.Errorf("the webhook is %v", w)
			}
			k.err.await(t, c.want)
			checkHarmless(t, k.err.String())
			if len(reached) > 0 {
				t.Error("a redirect was followed")
			}
		})
	}
}

func TestForwardToIsDoneBeforeWaitForEnds(t *testing.T) {
	t.Parallel()
	target, got := startHandler(t, ok)
	p := startProvider(t)
	k := p.setting(t).start(t, "listen", "--json", "--wait-for", "created", "--forward-to", target)
	k.out.object(t)
	pay(t, p.client, "acme-shop-1")
	if err := k.wait(t); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 {
		t.Errorf("%d requests were passed on", len(got))
	}
}

func TestForwardToAHandlerThatHangsKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	target, got := startHandler(t, func(http.ResponseWriter, *http.Request) { <-release })
	t.Cleanup(func() { close(release) })
	p := startProvider(t)
	k := p.setting(t).start(t, "listen", "--json", "--forward-to", target)
	k.out.object(t)
	for _, reference := range []string{"acme-shop-1", "acme-shop-2"} {
		pay(t, p.client, reference)
		if w := k.out.object(t); w["reference"] != reference {
			t.Errorf("the webhook is %v", w)
		}
	}
	<-got
	if err := k.stop(t); err != nil {
		t.Errorf("it ends with %v", err)
	}
	k.err.await(t, "any more: 2")
}

func TestForwardToTheCallbackURLItselfIsRefused(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	_, err := p.setting(t).run(t, "listen", "--json", "--listen-addr", "127.0.0.1:47713", "--forward-to", "http://127.0.0.1:47713/hooks/x")
	if err == nil || !strings.Contains(err.Error(), "leads back") {
		t.Errorf("it ends with %v", err)
	}
}
