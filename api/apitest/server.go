package apitest

import (
	"context"
	"net/http"
	"testing"

	"kvikk/api"
	"kvikk/api/sandbox"
	"kvikk/api/secret"
)

// Server is a sandbox that lives as long as a test.
type Server struct {
	*sandbox.Server
	client *api.Client
}

// NewServer starts a sandbox on a free loopback port. It is closed when the
// test and its subtests have ended; a failure to start or to close fails the
// test. Each of change may set options first.
func NewServer(t testing.TB, change ...func(*sandbox.Options)) *Server {
	t.Helper()
	var o sandbox.Options
	for _, f := range change {
		f(&o)
	}
	served, err := sandbox.Start(context.WithoutCancel(t.Context()), o)
	if err != nil {
		t.Fatalf("start the sandbox: %v", err)
	}
	t.Cleanup(func() {
		if err := served.Close(); err != nil {
			t.Errorf("close the sandbox: %v", err)
		}
	})
	s := &Server{Server: served}
	s.client = s.NewClient(t)
	return s
}

// Client is a client with the sandbox's keys.
func (s *Server) Client() *api.Client { return s.client }

// NewClient returns another client with the sandbox's keys. It is closed with
// the test. Each of change may set options first.
func (s *Server) NewClient(t testing.TB, change ...func(*api.Options)) *api.Client {
	t.Helper()
	o := api.Options{BaseURL: s.URL(), Keys: s.APIKeys(), System: api.System{Name: "kvikk-apitest"}}
	for _, f := range change {
		f(&o)
	}
	return newClient(t, o)
}

// APIKeys are the sandbox's keys as a client takes them.
func (s *Server) APIKeys() api.Keys {
	k := s.Keys()
	return api.Keys{
		ClientID: k.ClientID, ClientSecret: secret.New(k.ClientSecret),
		SubscriptionKey: secret.New(k.SubscriptionKey), MSN: k.MSN,
	}
}

func newClient(t testing.TB, o api.Options) *api.Client {
	t.Helper()
	c, err := api.New(o)
	if err != nil {
		t.Fatalf("make a client: %v", err)
	}
	t.Cleanup(c.Close)
	return c
}

// newTransport is a transport of a test's own, without connections left over
// at its end.
func newTransport(t testing.TB) http.RoundTripper {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}
