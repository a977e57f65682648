package tunnel_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kvikk/api/secret"
	"kvikk/tunnel"
	"kvikk/tunnel/edgetest"
)

const token = "2edgeTESTtoken_4ktpjtbqNvhQ6oZr7VPxx1"

// patience is how long a test waits for what has to come.
const patience = 15 * time.Second

// ngrokOptions lead to the edge.
func ngrokOptions(e *edgetest.Edge) tunnel.Options {
	return tunnel.Quick(tunnel.Options{
		Kind: tunnel.Ngrok, Authtoken: secret.New(token),
		ConnectURL: e.ConnectURL(), ConnectCAs: e.CAFile(),
	}, 0, time.Millisecond)
}

// sdkGoroutines are those of the SDK that nothing can end before their time:
// its reconnect loop asleep between two attempts, and the heartbeats of a link
// that is dead.
func sdkGoroutines() []goleak.Option {
	const client = "golang.ngrok.com/ngrok/v2/internal/tunnel/client."
	return []goleak.Option{
		goleak.IgnoreCurrent(),
		goleak.IgnoreAnyFunction(client + "(*reconnectingSession).connect"),
		goleak.IgnoreAnyFunction("golang.ngrok.com/muxado/v2.(*Heartbeat).requester"),
		goleak.IgnoreAnyFunction("golang.ngrok.com/muxado/v2.(*Heartbeat).check"),
	}
}

// await waits for a status that satisfies want.
func await(t *testing.T, tun *tunnel.Tunnel, what string, want func(tunnel.Status) bool) tunnel.Status {
	t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		if s := tun.Status(); want(s) {
			return s
		}
		select {
		case <-tun.Changed():
		case <-late.C:
			t.Fatalf("waited in vain for %s; status %+v", what, tun.Status())
		}
	}
}

func isUp(s tunnel.Status) bool   { return s.State == tunnel.Up }
func isDown(s tunnel.Status) bool { return s.State == tunnel.Down }

// freshClient returns a client that uses no connection twice.
func freshClient(t *testing.T, e *edgetest.Edge) *http.Client {
	t.Helper()
	tr := &http.Transport{DisableKeepAlives: true, TLSClientConfig: tlsConfig(e)}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: patience}
}

func TestNgrokDelivers(t *testing.T) {
	for _, scheme := range []string{"http", "https"} {
		t.Run(scheme, func(t *testing.T) {
			defer goleak.VerifyNone(t, sdkGoroutines()...)
			t.Run("run", func(t *testing.T) { deliver(t, scheme) })
		})
	}
}

func deliver(t *testing.T, scheme string) {
	edge := edgetest.New(t, edgetest.Options{PublicScheme: scheme})
	o := ngrokOptions(edge)
	o.Domain = "Name.ngrok-free.app"
	var stages []string
	tun, err := tunnel.Open(t.Context(), o, func(s string) { stages = append(stages, s) })
	if err != nil {
		t.Fatal(err)
	}
	defer tun.Close()
	serve(t, tun)

	if tun.URL() != edge.PublicURL() || "http"+strings.TrimPrefix(edge.PublicURL(), scheme) != "http://"+tun.Addr().String() {
		t.Errorf("URL = %q, Addr = %q, want %q", tun.URL(), tun.Addr(), edge.PublicURL())
	}
	if got := get(t, freshClient(t, edge), tun.URL()+"/hooks/abc"); got != "path /hooks/abc" {
		t.Errorf("answer = %q", got)
	}
	if s := tun.Status(); s.State != tunnel.Up || s.Err != nil {
		t.Errorf("Status = %+v", s)
	}
	if got := edge.Authtokens(); len(got) != 1 || got[0] != token {
		t.Errorf("the edge saw %d tokens, or another one", len(got))
	}
	if b := edge.Binds(); len(b) != 1 || b[0].URL != "https://name.ngrok-free.app" || b[0].Again {
		t.Errorf("binds = %+v", b)
	}
	if got := strings.Join(stages, "\n"); !strings.Contains(got, edge.ConnectURL()) || !strings.Contains(got, "public URL") {
		t.Errorf("stages = %q", got)
	}
}

func TestADroppedLinkComesBack(t *testing.T) {
	defer goleak.VerifyNone(t, sdkGoroutines()...)
	t.Run("run", func(t *testing.T) {
		edge := edgetest.New(t, edgetest.Options{})
		tun := open(t, ngrokOptions(edge))
		serve(t, tun)
		client := freshClient(t, edge)
		url := tun.URL()

		edge.GoOffline()
		edge.Drop()
		s := await(t, tun, "the link to be down", func(s tunnel.Status) bool {
			return isDown(s) && strings.Contains(s.Err.Error(), "refused")
		})
		wantError(t, s.Err, edge.ConnectURL())
		if res, err := client.Get(url); err != nil || res.Header.Get("Ngrok-Error-Code") != "ERR_NGROK_3200" {
			t.Errorf("an offline endpoint answers %v, %v", res, err)
		} else {
			res.Body.Close()
		}

		edge.Recover()
		back := await(t, tun, "the link to be up", isUp)
		if back.URL != url || back.Err != nil || back.Since.Before(s.Since) {
			t.Errorf("Status = %+v, was %+v", back, s)
		}
		if got := get(t, client, url+"/again"); got != "path /again" {
			t.Errorf("answer = %q", got)
		}
		if b := edge.Binds(); len(b) != 2 || !b[1].Again {
			t.Errorf("binds = %+v", b)
		}
	})
}

func TestASilentLinkIsNoticed(t *testing.T) {
	edge := edgetest.New(t, edgetest.Options{})
	tun := open(t, tunnel.Quick(ngrokOptions(edge), 300*time.Millisecond, time.Millisecond))
	serve(t, tun)
	edge.Await("a heartbeat", func() bool { return edge.Heartbeats() > 0 })
	edge.Refuse("ERR_NGROK_108", "too many") // so that the status holds still
	edge.Silence()
	s := await(t, tun, "the refusal", func(s tunnel.Status) bool {
		return isDown(s) && strings.Contains(s.Err.Error(), "ERR_NGROK_108")
	})
	if strings.Contains(s.Err.Error(), token) {
		t.Errorf("status repeats the authtoken: %v", s.Err)
	}
	edge.Recover()
	await(t, tun, "the link to be up", isUp)
	if got := get(t, freshClient(t, edge), tun.URL()+"/x"); got != "path /x" {
		t.Errorf("answer = %q", got)
	}
}

func TestAStoppedEndpointIsReplaced(t *testing.T) {
	defer goleak.VerifyNone(t, sdkGoroutines()...)
	t.Run("run", func(t *testing.T) {
		edge := edgetest.New(t, edgetest.Options{})
		tun := open(t, ngrokOptions(edge))
		serve(t, tun)
		first := tun.URL()

		edge.RefuseBind("ERR_NGROK_334", "already online")
		second := edge.MoveURL()
		edge.StopTunnel("ERR_NGROK_9999", "stopped for "+token)
		s := await(t, tun, "the refusal", func(s tunnel.Status) bool {
			return isDown(s) && strings.Contains(s.Err.Error(), "ERR_NGROK_334")
		})
		if s.URL != first || strings.Contains(s.Err.Error(), token) {
			t.Errorf("Status = %+v", s)
		}
		edge.Recover()
		await(t, tun, "the new URL", func(s tunnel.Status) bool { return isUp(s) && s.URL == second })
		if got := get(t, freshClient(t, edge), second+"/new"); got != "path /new" {
			t.Errorf("answer = %q", got)
		}
		if n := edge.Agents(); n != 1 {
			t.Errorf("%d agents are logged in, want the new one alone", n)
		}
	})
}

func TestCloseWithConnectionsInEveryState(t *testing.T) {
	defer goleak.VerifyNone(t, sdkGoroutines()...)
	for range 12 {
		t.Run("run", func(t *testing.T) {
			edge := edgetest.New(t, edgetest.Options{})
			tun := open(t, ngrokOptions(edge))
			serve(t, tun)
			client := freshClient(t, edge)
			var clients sync.WaitGroup
			served := make(chan struct{}, 1)
			ctx, stop := context.WithCancel(t.Context())
			for range 16 {
				clients.Go(func() {
					for ctx.Err() == nil {
						req, _ := http.NewRequestWithContext(ctx, http.MethodGet, tun.URL()+"/load", nil)
						res, err := client.Do(req)
						if err != nil {
							continue
						}
						res.Body.Close()
						select {
						case served <- struct{}{}:
						default:
						}
					}
				})
			}
			<-served
			<-served
			closeInTime(t, tun)
			stop()
			clients.Wait()
		})
	}
}

func TestCloseWithConnectionsThatNobodyAccepts(t *testing.T) {
	edge := edgetest.New(t, edgetest.Options{})
	tun := open(t, ngrokOptions(edge))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	client := freshClient(t, edge)
	var clients sync.WaitGroup
	for range 200 { // more than wait in the backlog
		clients.Go(func() {
			req, _ := http.NewRequestWithContext(ctx, http.MethodPost, tun.URL(), strings.NewReader("x"))
			if res, err := client.Do(req); err == nil {
				res.Body.Close()
			}
		})
	}
	conn, err := tun.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	closeInTime(t, tun)
	if _, err := tun.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept = %v, want net.ErrClosed", err)
	}
	stop()
	clients.Wait()
}

// closeInTime closes tun and checks the bound that Close promises.
func closeInTime(t *testing.T, tun *tunnel.Tunnel) {
	t.Helper()
	began := time.Now()
	if err := tun.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if took := time.Since(began); took > 3500*time.Millisecond {
		t.Errorf("Close took %v", took)
	}
	if s := tun.Status(); s.State != tunnel.Closed {
		t.Errorf("Status = %+v", s)
	}
}

func TestCloseWhileTheLinkIsDown(t *testing.T) {
	for name, fault := range map[string]func(*edgetest.Edge){
		"the service cannot be reached": (*edgetest.Edge).GoOffline,
		"the service hangs":             (*edgetest.Edge).Hang,
		"the service refuses":           func(e *edgetest.Edge) { e.Refuse("ERR_NGROK_107", "no") },
		"the service refuses the URL":   func(e *edgetest.Edge) { e.RefuseBind("ERR_NGROK_334", "no") },
	} {
		t.Run(name, func(t *testing.T) {
			defer goleak.VerifyNone(t, sdkGoroutines()...)
			t.Run("run", func(t *testing.T) {
				edge := edgetest.New(t, edgetest.Options{})
				tun := open(t, ngrokOptions(edge))
				serve(t, tun)
				fault(edge)
				edge.Drop()
				await(t, tun, "the link to be down", isDown)
				closeInTime(t, tun)
			})
		})
	}
}

// logTo returns a logger that keeps everything.
func logTo(b *lockedBuffer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
