package tunnel_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kvikk/tunnel"
	"kvikk/tunnel/edgetest"
)

// slowly serves tun with a handler that tells of each request, and answers
// when it is let go.
func slowly(t *testing.T, tun *tunnel.Tunnel) (arrived <-chan struct{}, letGo func()) {
	t.Helper()
	in, out := make(chan struct{}, 1), make(chan struct{})
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		in <- struct{}{}
		<-out
		_, _ = io.WriteString(w, "kept")
	})}
	var served sync.WaitGroup
	served.Go(func() { _ = srv.Serve(tun) })
	letGo = sync.OnceFunc(func() { close(out) })
	t.Cleanup(func() {
		letGo()
		_ = srv.Close()
		served.Wait()
	})
	return in, letGo
}

// ask requests url in the background and sends what came of it.
func ask(t *testing.T, client *http.Client, url string) <-chan string {
	t.Helper()
	got := make(chan string, 1)
	go func() {
		res, err := client.Get(url)
		if err != nil {
			got <- err.Error()
			return
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		got <- string(body)
	}()
	return got
}

func TestCloseLetsAnAnswerUnderWayThrough(t *testing.T) {
	edge := edgetest.New(t, edgetest.Options{})
	tun := open(t, ngrokOptions(edge))
	arrived, letGo := slowly(t, tun)
	answer := ask(t, freshClient(t, edge), tun.URL())
	<-arrived

	var closed sync.WaitGroup
	closed.Go(func() { closeInTime(t, tun) })
	await(t, tun, "the closing", func(s tunnel.Status) bool { return s.State == tunnel.Closed })
	letGo()
	if got := <-answer; got != "kept" {
		t.Errorf("answer = %q", got)
	}
	closed.Wait()
}

func TestCloseDoesNotWaitForAHandlerThatHangs(t *testing.T) {
	edge := edgetest.New(t, edgetest.Options{})
	tun := open(t, ngrokOptions(edge))
	arrived, _ := slowly(t, tun)
	answer := ask(t, freshClient(t, edge), tun.URL())
	<-arrived
	closeInTime(t, tun)
	if got := <-answer; got == "kept" {
		t.Error("the handler has answered")
	}
}

// gate is a log handler that holds up the SDK just before it delivers a
// connection, where it must not be overtaken by the end of its endpoint.
type gate struct {
	slog.Handler
	inside chan struct{}
	open   chan struct{}
}

func (g gate) Enabled(context.Context, slog.Level) bool { return true }
func (g gate) WithAttrs([]slog.Attr) slog.Handler       { return g }
func (g gate) WithGroup(string) slog.Handler            { return g }

func (g gate) Handle(_ context.Context, r slog.Record) error {
	if r.Message == "handling connection" {
		close(g.inside)
		<-g.open
	}
	return nil
}

func TestCloseWhileTheSDKDelivers(t *testing.T) {
	defer goleak.VerifyNone(t, sdkGoroutines()...)
	t.Run("run", func(t *testing.T) {
		edge := edgetest.New(t, edgetest.Options{})
		g := gate{slog.DiscardHandler, make(chan struct{}), make(chan struct{})}
		o := ngrokOptions(edge)
		o.Logger = slog.New(g)
		tun := open(t, o)
		answer := ask(t, freshClient(t, edge), tun.URL())
		<-g.inside

		var closed sync.WaitGroup
		closed.Go(func() { closeInTime(t, tun) })
		await(t, tun, "the closing", func(s tunnel.Status) bool { return s.State == tunnel.Closed })
		time.AfterFunc(10*time.Millisecond, func() { close(g.open) })
		closed.Wait()
		<-answer
	})
}
