package api_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"kvikk/api"
)

func TestNoHeaderReachesAnotherHost(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			var reached atomic.Int64
			other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				reached.Add(1)
				t.Errorf("%s %s arrived with %v", r.Method, r.RequestURI, r.Header)
			}))
			defer other.Close()
			to := func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, other.URL+"/elsewhere?x=1", status)
			}
			s := newServer(t).answer("POST /accesstoken/get", to, says(200, `{"access_token":"abcdefgh","expires_in":60}`)).
				answer("GET /webhooks/v1/webhooks", to).answer("POST /epayment/v1/payments", to)
			c := s.client()
			for _, call := range []func() error{
				func() error { _, err := c.Token(t.Context()); return err },
				func() error { _, err := c.Webhooks(t.Context()); return err },
				func() error { return create(t.Context(), c) },
			} {
				isRedirect(t, call(), status, other.URL+"/elsewhere?x=1")
			}
			if n := reached.Load(); n != 0 || len(s.all()) != 4 {
				t.Errorf("%d requests at the other host, %d at the API", n, len(s.all()))
			}
		})
	}
}

// isRedirect checks that the error and its explanation show the target.
func isRedirect(t *testing.T, err error, status int, target string) {
	t.Helper()
	var e *api.RedirectError
	if !errors.As(err, &e) || e.Status != status || e.Location != target {
		t.Fatalf("got %v", err)
	}
	if !strings.Contains(err.Error(), target) || !strings.Contains(api.Explain(err).What, target) {
		t.Errorf("the target is not shown: %v", err)
	}
}

func TestOddRedirectsAreErrorsToo(t *testing.T) {
	t.Parallel()
	for name, location := range map[string]string{
		"no target": "", "a target that is no URL": "http://[::1", "a relative one": "/elsewhere", "the same host": "//127.0.0.1/x",
		"a rune that turns the text": "https://x/\u202e", "a script": "javascript:alert(1)",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t).tokens().answer("GET /webhooks/v1/webhooks", func(w http.ResponseWriter, _ *http.Request) {
				if location != "" {
					w.Header()["Location"] = []string{location}
				}
				w.WriteHeader(http.StatusFound)
			})
			_, err := s.client().Webhooks(t.Context())
			var e *api.RedirectError
			if !errors.As(err, &e) || len(s.requests()) != 1 {
				t.Fatalf("got %v", err)
			}
			if text := err.Error() + api.Explain(err).What; strings.ContainsRune(text, 0x202e) {
				t.Errorf("unsafe text %q", text)
			}
		})
	}
}

func TestARedirectThatRepeatsAKeyIsShownWithoutIt(t *testing.T) {
	t.Parallel()
	s := newServer(t).answer("POST /accesstoken/get", func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Location"] = []string{"https://evil.example/?k=" + r.Header.Get("Ocp-Apim-Subscription-Key")}
		w.WriteHeader(http.StatusFound)
	})
	_, err := s.client().Token(t.Context())
	if err == nil || strings.Contains(err.Error(), subscriptionKey) || !strings.Contains(err.Error(), "evil.example") {
		t.Errorf("got %v", err)
	}
}
