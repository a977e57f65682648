package tunnel_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"kvikk/tunnel"
)

func open(t *testing.T, o tunnel.Options) *tunnel.Tunnel {
	t.Helper()
	tun, err := tunnel.Open(t.Context(), o, nil)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := tun.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return tun
}

// serve answers every request on ln with its path, until the test ends.
func serve(t *testing.T, ln net.Listener) {
	t.Helper()
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "path "+r.URL.Path)
	})}
	var served sync.WaitGroup
	served.Go(func() { _ = srv.Serve(ln) })
	t.Cleanup(func() {
		_ = srv.Close()
		served.Wait()
	})
}

func get(t *testing.T, client *http.Client, url string) string {
	t.Helper()
	res, err := client.Get(url)
	if err != nil {
		t.Fatalf("GET: %v", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("GET: %v", err)
	}
	return string(body)
}

func TestLocalTunnelServesItsURL(t *testing.T) {
	defer goleak.VerifyNone(t, sdkGoroutines()...)
	t.Run("run", func(t *testing.T) {
		tun := open(t, tunnel.Options{Kind: tunnel.Local})
		serve(t, tun)
		client := &http.Client{Transport: &http.Transport{}}
		defer client.CloseIdleConnections()

		if got := get(t, client, tun.URL()+"/hooks/abc"); got != "path /hooks/abc" {
			t.Errorf("answer = %q", got)
		}
		if !strings.HasPrefix(tun.URL(), "http://127.0.0.1:") || strings.HasSuffix(tun.URL(), "/") {
			t.Errorf("URL = %q", tun.URL())
		}
		if s := tun.Status(); s.State != tunnel.Up || s.URL != tun.URL() || s.Err != nil || s.Since.IsZero() {
			t.Errorf("Status = %+v", s)
		}
		if tun.Kind() != tunnel.Local {
			t.Errorf("Kind = %q", tun.Kind())
		}
	})
}

func TestOwnTunnelKeepsThePublicURL(t *testing.T) {
	t.Parallel()
	tun := open(t, tunnel.Options{Kind: tunnel.Own, ListenAddr: "127.0.0.1:0", PublicURL: "https://Hooks.Example.com/base/"})
	serve(t, tun)
	if got, want := tun.URL(), "https://hooks.example.com/base"; got != want {
		t.Errorf("URL = %q, want %q", got, want)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	if got := get(t, client, "http://"+tun.Addr().String()+"/base/hooks/1"); got != "path /base/hooks/1" {
		t.Errorf("answer = %q", got)
	}
}

func TestPortInUseIsNamed(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())

	for _, o := range []tunnel.Options{
		{Kind: tunnel.Local, ListenAddr: taken.Addr().String()},
		{Kind: tunnel.Own, ListenAddr: taken.Addr().String(), PublicURL: "https://hooks.example.com"},
	} {
		_, err := tunnel.Open(t.Context(), o, nil)
		var e *tunnel.Error
		if !errors.As(err, &e) {
			t.Fatalf("%s: error = %v, want an *Error", o.Kind, err)
		}
		if !strings.Contains(e.What, port) || !strings.Contains(e.What, "in use") || !strings.Contains(e.Do, "--listen-addr") {
			t.Errorf("%s: error = %v", o.Kind, err)
		}
	}
}

func TestAClosedTunnelStaysClosed(t *testing.T) {
	t.Parallel()
	tun := open(t, tunnel.Options{Kind: tunnel.Local})
	<-tun.Changed()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := tun.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
	}
	all.Wait()
	<-tun.Changed()
	if s := tun.Status(); s.State != tunnel.Closed || s.URL == "" {
		t.Errorf("Status = %+v", s)
	}
	if _, err := tun.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept = %v, want net.ErrClosed", err)
	}
}

func TestOpenWithAnEndedContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tunnel.Open(ctx, tunnel.Options{Kind: tunnel.Local}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want context.Canceled", err)
	}
}
