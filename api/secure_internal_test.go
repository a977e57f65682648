package api

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kvikk/api/secret"
)

func TestAConnectionToAnotherMachineIsRefusedBeforeItIsMade(t *testing.T) {
	t.Parallel()
	transport := newTransport(true)
	for _, address := range []string{"192.0.2.1:80", "[2001:db8::1]:80", "0.0.0.0:80", "[::]:80"} {
		conn, err := transport.DialContext(t.Context(), "tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "is no loopback address") {
			t.Errorf("%s: got %v", address, err)
		}
	}
	if transport.Proxy != nil || newTransport(false).Proxy == nil {
		t.Error("the proxy of the environment is for the provider's host only")
	}
}

func TestASecretIsForgottenAfterManyOthersButKeysAreNot(t *testing.T) {
	t.Parallel()
	var s secrets
	s.add(secret.New("the-first-key"), secret.New("the-second-key"))
	for i := range 1000 {
		s.add(secret.New("token-" + time.Unix(int64(i), 0).UTC().Format("150405")))
	}
	if got := s.text("the-first-key the-second-key token-001639 token-000000"); got != "•••• •••• •••• token-000000" {
		t.Errorf("got %q", got)
	}
	if len(s.values) > mostSecrets {
		t.Errorf("%d secrets are kept", len(s.values))
	}
}

func TestAProxySettingIsNotQuoted(t *testing.T) {
	t.Parallel()
	quoting := func(*http.Request) (*url.URL, error) {
		return nil, errors.New(`invalid proxy address "http://user:pass@:x"`)
	}
	c, err := New(Options{
		Keys:      Keys{"id-of-client", secret.New("the+secret/of=client"), secret.New("0123456789abcdef"), "123456"},
		Transport: &http.Transport{Proxy: withoutPassword(quoting)},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.Token(t.Context())
	var e *ConnectionError
	if !errors.As(err, &e) || e.Problem != BadProxy || strings.Contains(err.Error(), "pass@") {
		t.Errorf("got %v", err)
	}
	if x := Explain(err); !strings.Contains(x.Do, "HTTPS_PROXY") {
		t.Errorf("explained as %+v", x)
	}
}
