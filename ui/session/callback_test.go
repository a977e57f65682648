package session_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kvikk/api"
	"kvikk/api/secret"
	"kvikk/tunnel"
	"kvikk/tunnel/edgetest"
	"kvikk/ui/profile"
	"kvikk/ui/session"
)

// through are the provider's settings with ngrok as the tunnel.
func through(e *edgetest.Edge, settings profile.Settings) profile.Settings {
	settings.Profile.Tunnel = profile.Tunnel{Kind: "ngrok", ConnectURL: e.ConnectURL(), ConnectCAs: e.CAFile()}
	settings.Secrets.Authtoken = secret.New("2sessionTESTtoken_4ktpjtbqNvhQ6oZr7VPxx1")
	return settings
}

func TestAWebhookThroughNgrok(t *testing.T) {
	t.Parallel()
	p, edge := newProvider(t), edgetest.New(t, edgetest.Options{})
	s := open(t, options(t.TempDir()))
	if err := s.Configure(t.Context(), through(edge, p.settings())); err != nil {
		t.Fatal(err)
	}
	base, err := s.Connect(t.Context())
	if err != nil || base != edge.PublicURL() {
		t.Fatalf("Connect = %q, %v", base, err)
	}
	reg := register(t, s, created)
	if row := arrived(t, s, pay(t, s)); !row.Verified || row.RegistrationID != reg.ID {
		t.Errorf("row = %+v", row)
	}
	if snap := s.Snapshot(); snap.TunnelKind != tunnel.Ngrok || snap.Tunnel.URL != base || snap.Stage != "" {
		t.Errorf("snapshot = %+v", snap)
	}
	closes(t, s, context.Background())
	if got := p.urls(); len(got) != 0 {
		t.Errorf("the provider still has %q", got)
	}
}

func TestAnotherPublicURLIsRegisteredAnew(t *testing.T) {
	t.Parallel()
	p, edge := newProvider(t), edgetest.New(t, edgetest.Options{})
	s := connected(t, options(t.TempDir()), through(edge, p.settings()))
	old := register(t, s, created)
	moved := edge.MoveURL()
	edge.StopTunnel("ERR_NGROK_9999", "stopped in the dashboard")
	await(t, s, "the new URL's registration", func() bool { return strings.Contains(s.Snapshot().Notice, moved) })
	now := s.Snapshot().Registered
	if !strings.HasPrefix(now.URL, moved+"/hooks/") || now.ID == old.ID || !slices.Equal(now.Events, old.Events) {
		t.Errorf("registered %+v, was %+v", now, old)
	}
	if got := p.urls(); !slices.Equal(got, []string{now.URL}) {
		t.Errorf("the provider has %q", got)
	}
	if notice := s.Snapshot().Notice; !strings.Contains(notice, "registered") || !strings.Contains(notice, "deleted") {
		t.Errorf("notice = %q", notice)
	}
	if row := arrived(t, s, pay(t, s)); !row.Verified || row.RegistrationID != now.ID {
		t.Errorf("row = %+v", row)
	}
}

func TestANewURLIsRegisteredAsSoonAsTheProviderIsBack(t *testing.T) {
	t.Parallel()
	p, edge := newProvider(t), edgetest.New(t, edgetest.Options{})
	s := open(t, options(t.TempDir()))
	s.SetPause(time.Millisecond)
	connect(t, s, through(edge, p.settings()))
	register(t, s, created)
	var tries atomic.Int32
	p.misbehave(func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		if registers(r) && tries.Add(1) < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		pass.ServeHTTP(w, r)
	})
	moved := edge.MoveURL()
	edge.StopTunnel("ERR_NGROK_9999", "stopped in the dashboard")
	await(t, s, "the registration", func() bool { return strings.HasPrefix(s.Snapshot().Registered.URL, moved) })
	now := s.Snapshot().Registered
	if got := p.urls(); !slices.Equal(got, []string{now.URL}) || tries.Load() != 3 {
		t.Errorf("the provider has %q after %d tries", got, tries.Load())
	}
}

func TestARefusedNewURLIsSaidAndNotTriedForEver(t *testing.T) {
	t.Parallel()
	p, edge := newProvider(t), edgetest.New(t, edgetest.Options{})
	s := open(t, options(t.TempDir()))
	s.SetPause(time.Millisecond)
	connect(t, s, through(edge, p.settings()))
	old := register(t, s, created)
	var tries atomic.Int32
	p.misbehave(func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		if registers(r) {
			tries.Add(1)
			w.WriteHeader(http.StatusForbidden)
			return
		}
		pass.ServeHTTP(w, r)
	})
	moved := edge.MoveURL()
	edge.StopTunnel("ERR_NGROK_9999", "stopped in the dashboard")
	await(t, s, "the notice", func() bool { return strings.Contains(s.Snapshot().Notice, moved) })
	if notice := s.Snapshot().Notice; !strings.Contains(notice, "could not be registered") || !strings.Contains(notice, "403") {
		t.Errorf("notice = %q", notice)
	}
	for range 200 { // time enough for many more tries
		if d := s.Diagnose(t.Context(), "any", 0); d.Listed != session.Yes {
			t.Errorf("Diagnose = %+v", d)
		}
	}
	if s.Snapshot().Registered.ID != old.ID || tries.Load() != 1 {
		t.Errorf("registered %+v after %d tries", s.Snapshot().Registered, tries.Load())
	}
	p.misbehave(nil)
	closes(t, s, context.Background())
	if got := p.urls(); len(got) != 0 {
		t.Errorf("the provider still has %q", got)
	}
}

// allowed notes which public URLs a sandbox was told to call.
type allowed struct {
	session.Sandbox
	urls chan string
}

func (a allowed) AllowTunnel(publicURL string) {
	a.urls <- publicURL
	a.Sandbox.AllowTunnel(publicURL)
}

func TestTheSandboxLearnsOfEveryPublicURL(t *testing.T) {
	t.Parallel()
	edge, urls := edgetest.New(t, edgetest.Options{}), make(chan string, 16)
	o := options(t.TempDir())
	o.StartSandbox = func(ctx context.Context) (session.Sandbox, error) {
		box, err := startSandbox(ctx)
		return allowed{box, urls}, err
	}
	connected(t, o, through(edge, profile.Settings{Source: profile.Sandbox}))
	first, moved := edge.PublicURL(), edge.MoveURL()
	edge.StopTunnel("ERR_NGROK_9999", "stopped in the dashboard")
	late := time.After(patience)
	for _, want := range []string{first, moved} { // also before anything is registered
		for got := ""; got != want; {
			select {
			case got = <-urls:
			case <-late:
				t.Fatalf("the sandbox was not told of %s", want)
			}
		}
	}
}

func TestConnectKeepsWhatIsOpen(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	s := connected(t, options(t.TempDir()), p.settings())
	first := s.Snapshot().Tunnel.URL
	if again, err := s.Connect(t.Context()); err != nil || again != first {
		t.Errorf("Connect = %q, %v, want the open %q", again, err, first)
	}
	reg := register(t, s, created)
	other := p.settings()
	other.Profile.Tunnel.Kind = "local"
	if err := s.Prepare(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if kept, err := s.Connect(t.Context()); err != nil || kept == first {
		t.Errorf("Connect = %q, %v with other settings", kept, err)
	}
	// The registration follows the callback URL.
	await(t, s, "the new registration", func() bool { return s.Snapshot().Registered.ID != reg.ID })
	if row := arrived(t, s, pay(t, s)); !row.Verified {
		t.Errorf("row = %+v", row)
	}
}

func TestATunnelThatCannotBeOpenedIsExplained(t *testing.T) {
	t.Parallel()
	p, edge := newProvider(t), edgetest.New(t, edgetest.Options{})
	edge.Refuse("ERR_NGROK_107", "the authtoken is not right")
	s := open(t, options(t.TempDir()))
	if err := s.Configure(t.Context(), through(edge, p.settings())); err != nil {
		t.Fatal(err)
	}
	_, err := s.Connect(t.Context())
	if err == nil || !strings.Contains(err.Error(), "ERR_NGROK_107") || strings.Contains(err.Error(), "2sessionTEST") {
		t.Errorf("Connect = %v", err)
	}
	if snap := s.Snapshot(); snap.Connected || snap.Stage != "" || s.HookURL() != "" {
		t.Errorf("snapshot = %+v", snap)
	}
	edge.Recover()
	if _, err := s.Connect(t.Context()); err != nil {
		t.Errorf("Connect = %v once ngrok has come round", err)
	}
}

func TestAPanicInAGoroutineStillEndsInGoodOrder(t *testing.T) {
	t.Parallel()
	p, edge := newProvider(t), edgetest.New(t, edgetest.Options{})
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	o := options(t.TempDir())
	var registrations atomic.Int32
	o.Record = func(e api.Exchange) {
		if e.Operation == api.OperationRegister && registrations.Add(1) == 2 {
			panic("the recorder has a bug")
		}
	}
	o.Guard = func() {
		if v := recover(); v != nil {
			cancel(context.Canceled)
		}
	}
	s := connected(t, o, through(edge, p.settings()))
	register(t, s, created)
	edge.MoveURL()
	edge.StopTunnel("ERR_NGROK_9999", "stopped in the dashboard")
	select {
	case <-ctx.Done():
	case <-time.After(patience):
		t.Fatal("the guard saw no panic")
	}
	if got := p.urls(); len(got) != 2 {
		t.Errorf("the provider has %q, want the old one and the one whose answer was lost", got)
	}
	if done := closes(t, s, ctx); len(done.Deleted) != 2 || len(done.Left) != 0 {
		t.Errorf("Close = %+v", done)
	}
	if got := p.urls(); len(got) != 0 {
		t.Errorf("the provider still has %q", got)
	}
}

func TestCloseGivesUpAnOpeningThatHangs(t *testing.T) {
	t.Parallel()
	p, edge := newProvider(t), edgetest.New(t, edgetest.Options{})
	edge.Hang()
	s := open(t, options(t.TempDir()))
	if err := s.Configure(t.Context(), through(edge, p.settings())); err != nil {
		t.Fatal(err)
	}
	opened := make(chan error, 1)
	go func() {
		_, err := s.Connect(context.Background())
		opened <- err
	}()
	edge.Await("the agent", func() bool { return edge.Connections() > 0 })
	if s.Snapshot().Stage == "" {
		t.Error("the snapshot does not say what is being done")
	}
	closes(t, s, context.Background())
	if err := <-opened; err == nil {
		t.Error("Connect opened a tunnel for a closed session")
	}
}
