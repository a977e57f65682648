package ui_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"kvikk/api"
	"kvikk/api/sandbox"
	"kvikk/api/secret"
	"kvikk/ui"
	"kvikk/ui/profile"
	"kvikk/ui/session"
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

// parts are the real parts of a program, with a made-up sales unit and a clock
// that a test can hold.
type parts struct {
	t    testing.TB
	dir  string
	env  map[string]string
	flag profile.Flags
	now  func() time.Time

	mu     sync.Mutex
	server *sandbox.Server
	opened []string
	report lines
}

type lines struct {
	mu   sync.Mutex
	text []byte
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	return len(p), nil
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}

var _ io.Writer = (*lines)(nil)

func newParts(t testing.TB) *parts {
	return &parts{t: t, dir: t.TempDir(), env: map[string]string{}, flag: profile.Flags{Sandbox: true}, now: time.Now}
}

// sandboxKeys are made up, of the provider's shapes.
func sandboxKeys() sandbox.Keys {
	return sandbox.Keys{
		ClientID: "3f1c5f0e-8d4b-4c57-9a53-6d0e4f0b9a53", ClientSecret: "bWFkZS11cC1zZWNyZXQtMDE=",
		SubscriptionKey: "0f14ebcab0ec4b29ae0cb90d91b4a84a", MSN: "123456",
	}
}

func (p *parts) startSandbox(ctx context.Context) (session.Sandbox, error) {
	s, err := sandbox.Start(ctx, sandbox.Options{Keys: sandboxKeys(), Now: p.now})
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.server = s
	p.mu.Unlock()
	return embedded{s}, nil
}

// apiURL is where the program finds its API, once there is one.
func (p *parts) apiURL() string {
	if p.flag.APIURL != "" {
		return p.flag.APIURL
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server == nil {
		return ""
	}
	return p.server.URL()
}

// outside starts a sandbox that the program does not own, and points the
// program at it through flag and environment.
func (p *parts) outside(o sandbox.Options) *sandbox.Server {
	p.t.Helper()
	if o.Now = p.now; o.Keys == (sandbox.Keys{}) {
		o.Keys = sandboxKeys()
	}
	s, err := sandbox.Start(context.Background(), o)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			p.t.Error(err)
		}
	})
	p.mu.Lock()
	p.server = s
	p.mu.Unlock()
	p.flag = profile.Flags{APIURL: s.URL()}
	k := s.Keys()
	for name, value := range map[string]string{
		"VIPPS_CLIENT_ID": k.ClientID, "VIPPS_CLIENT_SECRET": k.ClientSecret,
		"VIPPS_SUBSCRIPTION_KEY": k.SubscriptionKey, "VIPPS_MSN": k.MSN,
	} {
		p.env[name] = value
	}
	return s
}

// sandboxURL is where the running sandbox is.
func (p *parts) sandboxURL() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.server.URL()
}

func (p *parts) open(_ context.Context, url string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opened = append(p.opened, url)
	return nil
}

// options returns the program's options for these parts.
func (p *parts) options() ui.Options {
	p.t.Helper()
	dirs := profile.FindDirs(p.dir)
	if err := dirs.Create(); err != nil {
		p.t.Fatal(err)
	}
	store, err := profile.Open(dirs)
	if err != nil {
		p.t.Fatal(err)
	}
	getenv := func(name string) string { return p.env[name] }
	n := 0
	return ui.Options{
		Sandbox: p.flag.Sandbox,
		Resolve: func(ctx context.Context) (profile.Settings, error) {
			return profile.Resolve(ctx, p.flag, getenv, store)
		},
		Store: store, InboxPath: filepath.Join(p.dir, "inbox.db"), StartSandbox: p.startSandbox, OpenURL: p.open,
		System: api.System{Name: "kvikk", Version: "test"}, Logger: slog.New(slog.DiscardHandler), Now: p.now,
		NewKey:       func() string { n++; return fmt.Sprintf("key-%d", n) },
		NewReference: func() string { n++; return fmt.Sprintf("kvikk-order-%d", n) },
		Report:       &p.report,
	}
}
