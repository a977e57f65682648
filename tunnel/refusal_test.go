package tunnel_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kvikk/api/secret"
	"kvikk/tunnel"
	"kvikk/tunnel/edgetest"
)

func tlsConfig(e *edgetest.Edge) *tls.Config {
	return &tls.Config{RootCAs: e.CAs(), MinVersion: tls.VersionTLS12}
}

// refused opens a tunnel that must fail, and checks that nothing that was
// said, logged or wrapped holds the authtoken.
func refused(t *testing.T, o tunnel.Options) *tunnel.Error {
	t.Helper()
	var log lockedBuffer
	o.Logger = logTo(&log)
	var said strings.Builder
	tun, err := tunnel.Open(t.Context(), o, func(s string) { said.WriteString(s) })
	if err == nil {
		_ = tun.Close()
		t.Fatal("Open succeeds")
	}
	var e *tunnel.Error
	if !errors.As(err, &e) {
		t.Fatalf("error = %v, want an *Error", err)
	}
	if e.What == "" || e.Cause == "" || e.Do == "" {
		t.Errorf("error %q leaves out a part", e)
	}
	texts := []string{said.String(), log.String(), fmt.Sprintf("%+v %#v", err, err)}
	for cause := err; cause != nil; cause = errors.Unwrap(cause) {
		texts = append(texts, cause.Error(), fmt.Sprintf("%#v", cause))
	}
	for _, text := range texts {
		if strings.Contains(text, o.Authtoken.Reveal()) {
			t.Errorf("the authtoken is in %q", text)
		}
		if strings.ContainsAny(text, "\x1b\x07") {
			t.Errorf("a control character is in %q", text)
		}
	}
	return e
}

func TestRefusalsAreNamedAtOnce(t *testing.T) {
	login := func(code string) func(*edgetest.Edge) {
		return func(e *edgetest.Edge) { e.Refuse(code, "Refused \x1b[31mbadly\x07.") }
	}
	bind := func(code string) func(*edgetest.Edge) {
		return func(e *edgetest.Edge) { e.RefuseBind(code, "Refused \x1b[31mbadly\x07.") }
	}
	for _, c := range []struct {
		code  string
		fault func(*edgetest.Edge)
		do    string
	}{
		{"ERR_NGROK_105", login("ERR_NGROK_105"), "dashboard.ngrok.com"},
		{"ERR_NGROK_106", login("ERR_NGROK_106"), "dashboard.ngrok.com"},
		{"ERR_NGROK_107", login("ERR_NGROK_107"), "dashboard.ngrok.com"},
		{"ERR_NGROK_108", login("ERR_NGROK_108"), "agents"},
		{"ERR_NGROK_120", login("ERR_NGROK_120"), "Update"},
		{"ERR_NGROK_121", login("ERR_NGROK_121"), "Update"},
		{"ERR_NGROK_300", login("ERR_NGROK_300"), "dashboard.ngrok.com"},
		{"ERR_NGROK_4018", login("ERR_NGROK_4018"), "dashboard.ngrok.com"},
		{"ERR_NGROK_9009", login("ERR_NGROK_9009"), "NO_PROXY"},
		{"ERR_NGROK_4711", login("ERR_NGROK_4711"), "errors/err_ngrok_4711"},
		{"ERR_NGROK_312", bind("ERR_NGROK_312"), "NGROK_DOMAIN"},
		{"ERR_NGROK_320", bind("ERR_NGROK_320"), "NGROK_DOMAIN"},
		{"ERR_NGROK_324", bind("ERR_NGROK_324"), "endpoints"},
		{"ERR_NGROK_334", bind("ERR_NGROK_334"), "wait a minute"},
		{"ERR_NGROK_9037", bind("ERR_NGROK_9037"), "NGROK_DOMAIN"},
		{"ERR_NGROK_15002", bind("ERR_NGROK_15002"), "domains"},
		{"ERR_NGROK_4712", bind("ERR_NGROK_4712"), "errors/err_ngrok_4712"},
	} {
		t.Run(c.code, func(t *testing.T) {
			t.Parallel()
			edge := edgetest.New(t, edgetest.Options{})
			c.fault(edge)
			began := time.Now()
			e := refused(t, ngrokOptions(edge))
			if e.Code != c.code || !strings.Contains(e.Error(), c.code) || !strings.Contains(e.Do, c.do) {
				t.Errorf("error = %v with code %q", e, e.Code)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
			edge.Await("the agent to leave", func() bool { return edge.Connections() == 0 })
		})
	}
}

func TestAWrongTokenIsRefused(t *testing.T) {
	t.Parallel()
	edge := edgetest.New(t, edgetest.Options{Authtokens: []string{token}})
	for _, wrong := range []string{"2another_token", "abc", `we"ird\token`} {
		o := ngrokOptions(edge)
		o.Authtoken = secret.New(wrong)
		if e := refused(t, o); e.Code != "ERR_NGROK_107" {
			t.Errorf("error = %v", e)
		}
	}
	open(t, ngrokOptions(edge))
}

func TestAMissingTokenIsRefusedBeforeConnecting(t *testing.T) {
	t.Parallel()
	edge := edgetest.New(t, edgetest.Options{})
	o := ngrokOptions(edge)
	o.Authtoken = secret.New("")
	_, err := tunnel.Open(t.Context(), o, nil)
	wantError(t, err, "ERR_NGROK_4018")
	wantError(t, err, "https://dashboard.ngrok.com/get-started/your-authtoken")
	if edge.Connections() != 0 || len(edge.Authtokens()) != 0 {
		t.Error("the edge was connected to")
	}
}

func TestASecondAgentIsRefused(t *testing.T) {
	t.Parallel()
	edge := edgetest.New(t, edgetest.Options{MaxAgents: 1})
	open(t, ngrokOptions(edge))
	if e := refused(t, ngrokOptions(edge)); e.Code != "ERR_NGROK_108" {
		t.Errorf("error = %v", e)
	}
	other := edgetest.New(t, edgetest.Options{})
	open(t, ngrokOptions(other))
	if e := refused(t, ngrokOptions(other)); e.Code != "ERR_NGROK_334" {
		t.Errorf("error = %v", e)
	}
}

func TestNoNetworkIsNamed(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	ln.Close()
	e := refused(t, tunnel.Options{Kind: tunnel.Ngrok, Authtoken: secret.New(token), ConnectURL: addr})
	for _, want := range []string{addr, "refused", "HTTPS_PROXY", "firewall", "--tunnel own"} {
		if !strings.Contains(e.Error(), want) {
			t.Errorf("error %q does not say %q", e, want)
		}
	}
}

func TestAHostThatDoesNotExistIsNamed(t *testing.T) {
	t.Parallel()
	o := tunnel.Options{
		Kind: tunnel.Ngrok, Authtoken: secret.New(token),
		ConnectURL: "edge.invalid:443", Timeout: 3 * time.Second,
	}
	if e := refused(t, o); !strings.Contains(e.Error(), "edge.invalid") {
		t.Errorf("error = %v", e)
	}
}

func TestAHangingServiceIsNamedInTime(t *testing.T) {
	defer goleak.VerifyNone(t, sdkGoroutines()...)
	t.Run("run", func(t *testing.T) {
		edge := edgetest.New(t, edgetest.Options{})
		edge.Hang()
		o := ngrokOptions(edge)
		o.Timeout = 300 * time.Millisecond
		e := refused(t, o)
		if !strings.Contains(e.Error(), "does not answer") || !errors.Is(e, os.ErrDeadlineExceeded) {
			t.Errorf("error = %v", e)
		}
	})
}

func TestOpeningCanBeGivenUp(t *testing.T) {
	t.Parallel()
	edge := edgetest.New(t, edgetest.Options{})
	edge.Hang()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		edge.Await("the agent", func() bool { return edge.Connections() == 1 })
	}()
	if _, err := tunnel.Open(ctx, ngrokOptions(edge), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want context.Canceled", err)
	}
}

func TestAServiceThatIsNotTrustedIsNamed(t *testing.T) {
	t.Parallel()
	edge, stranger := edgetest.New(t, edgetest.Options{}), edgetest.New(t, edgetest.Options{})

	o := ngrokOptions(edge)
	o.ConnectCAs = stranger.CAFile()
	if e := refused(t, o); !strings.Contains(e.Error(), "NGROK_CONNECT_CAS") || !strings.Contains(e.Error(), "trusted") {
		t.Errorf("another authority: %v", e)
	}
	o.ConnectCAs = ""
	if e := refused(t, o); !strings.Contains(e.Error(), "opens TLS") {
		t.Errorf("ngrok's authority: %v", e)
	}
	if got := edge.Authtokens(); len(got) != 0 {
		t.Errorf("the token went to a service that is not trusted, %d times", len(got))
	}
}

func TestAServiceThatIsNoneIsNamed(t *testing.T) {
	t.Parallel()
	local := open(t, tunnel.Options{Kind: tunnel.Local})
	serve(t, local)
	o := tunnel.Options{Kind: tunnel.Ngrok, Authtoken: secret.New(token), ConnectURL: local.Addr().String()}
	if e := refused(t, o); !strings.Contains(e.Error(), "does not speak TLS") {
		t.Errorf("error = %v", e)
	}
}

func TestFilesOfAuthorities(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	junk := filepath.Join(dir, "junk.pem")
	if err := os.WriteFile(junk, []byte("-----BEGIN NOTHING-----"), 0o600); err != nil {
		t.Fatal(err)
	}
	large := filepath.Join(dir, "large.pem")
	if err := os.WriteFile(large, make([]byte, 5<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	edge := edgetest.New(t, edgetest.Options{})
	for file, want := range map[string]string{
		filepath.Join(dir, "missing.pem"): "no such file",
		junk:                              "no certificate",
		large:                             "too large",
		dir:                               "NGROK_CONNECT_CAS",
	} {
		o := ngrokOptions(edge)
		o.ConnectCAs = file
		if e := refused(t, o); !strings.Contains(e.Error(), want) || !strings.Contains(e.Error(), file) {
			t.Errorf("%s: %v", file, e)
		}
	}
}

func TestTheLogHoldsNoToken(t *testing.T) {
	t.Parallel()
	edge := edgetest.New(t, edgetest.Options{})
	var log lockedBuffer
	o := ngrokOptions(edge)
	o.Logger = logTo(&log).With("component", "tunnel").WithGroup("ngrok")
	tun := open(t, o)
	edge.Refuse("ERR_NGROK_107", "no")
	edge.Drop()
	await(t, tun, "the refusal", func(s tunnel.Status) bool {
		return isDown(s) && strings.Contains(s.Err.Error(), "ERR_NGROK_107")
	})
	if err := tun.Close(); err != nil {
		t.Error(err)
	}
	text := log.String()
	if strings.Contains(text, token) {
		t.Error("the log holds the authtoken")
	}
	if !strings.Contains(text, "ERR_NGROK_107") || !strings.Contains(text, secret.Mask) {
		t.Error("the log does not hold the refusal at all")
	}
}

func TestNgrokThroughAProxy(t *testing.T) {
	t.Parallel()
	edge := edgetest.New(t, edgetest.Options{})
	var asked atomic.Int32
	proxy := newProxy(t, func(r *http.Request) bool {
		asked.Add(1)
		user, password, ok := parseBasic(r)
		return ok && user == "me" && password == "pw-of-proxy"
	})
	o := ngrokOptions(edge)
	o.Proxy = proxy.choose("me", "pw-of-proxy")
	tun := open(t, o)
	serve(t, tun)
	if got := get(t, freshClient(t, edge), tun.URL()+"/p"); got != "path /p" || asked.Load() != 1 {
		t.Errorf("answer = %q, the proxy was asked %d times", got, asked.Load())
	}

	o.Proxy = proxy.choose("me", "other-password")
	e := refused(t, o)
	if !strings.Contains(e.Error(), "407") || !strings.Contains(e.Error(), "HTTPS_PROXY") || strings.Contains(e.Error(), "other-password") {
		t.Errorf("error = %v", e)
	}
}

func TestAPanicReachesTheGuard(t *testing.T) {
	t.Parallel()
	edge := edgetest.New(t, edgetest.Options{})
	var guarded atomic.Int32
	o := ngrokOptions(edge)
	o.Timeout = 300 * time.Millisecond
	o.Proxy = func(*url.URL) (*url.URL, error) { panic("a proxy setting") }
	o.Guard = func() {
		if recover() != nil {
			guarded.Add(1)
		}
	}
	if _, err := tunnel.Open(t.Context(), o, nil); err == nil || guarded.Load() == 0 {
		t.Errorf("error = %v after %d panics", err, guarded.Load())
	}
}
