//go:build unix

package uitest_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	"kvikk/api"
	"kvikk/api/secret"
)

// process is a kvikk without a terminal that runs until it is told to end.
type process struct {
	t      testing.TB
	cmd    *exec.Cmd
	lines  chan []byte // of standard output; closed at its end
	stderr bytes.Buffer
	ended  chan struct{}
}

// run starts a kvikk without a terminal. At the end of the test it is killed
// if it still runs.
func run(t testing.TB, env []string, args ...string) *process {
	t.Helper()
	p := &process{
		t: t, cmd: exec.Command(os.Getenv(programVariable), args...),
		lines: make(chan []byte, 100), ended: make(chan struct{}),
	}
	out, in := io.Pipe()
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = env, in, &p.stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.lines)
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			p.lines <- bytes.Clone(scanner.Bytes())
		}
	}()
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait() // its status is read from the process state
		_ = in.Close()
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.ended
	})
	return p
}

// line decodes the next line of standard output.
func (p *process) line(into any) {
	p.t.Helper()
	select {
	case line, ok := <-p.lines:
		if !ok {
			<-p.ended
			p.t.Fatalf("kvikk has ended (%v): %s", p.cmd.ProcessState, p.stderr.String())
		}
		if err := json.Unmarshal(line, into); err != nil {
			p.t.Fatalf("%s: %v", line, err)
		}
	case <-time.After(patience):
		p.t.Fatal("no line on standard output")
	}
}

func (p *process) signal(sig os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		p.t.Fatal(err)
	}
}

// end sends a signal and returns the exit status.
func (p *process) end(sig os.Signal) int {
	p.t.Helper()
	p.signal(sig)
	select {
	case <-p.ended:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		p.t.Fatal("kvikk does not end")
		return -1
	}
}

// provider is a kvikk sandbox in a process of its own, as the provider is.
type provider struct {
	*process
	first sandboxLine
}

type sandboxLine struct {
	Ready           bool   `json:"ready"`
	URL             string `json:"url"`
	ClientID        string `json:"client_id"`
	ClientSecret    string `json:"client_secret"`
	SubscriptionKey string `json:"subscription_key"`
	MSN             string `json:"msn"`
}

func startProvider(t testing.TB, flags ...string) *provider {
	t.Helper()
	args := append([]string{"sandbox", "--addr", "127.0.0.1:0", "--json"}, flags...)
	p := &provider{process: run(t, environment(t.TempDir()), args...)}
	p.line(&p.first)
	return p
}

// environment returns the variables that lead a kvikk to this provider.
func (p *provider) environment(dir string) []string {
	return environment(dir,
		"KVIKK_API_URL="+p.first.URL, "VIPPS_CLIENT_ID="+p.first.ClientID, "VIPPS_CLIENT_SECRET="+p.first.ClientSecret,
		"VIPPS_SUBSCRIPTION_KEY="+p.first.SubscriptionKey, "VIPPS_MSN="+p.first.MSN)
}

// gate stands between a program and the provider. While it is shut, requests
// get no answer.
type gate struct {
	t    testing.TB
	shut atomic.Bool
	held chan struct{} // one for each request that gets no answer
}

// behindGate leads kvikks that are started from now on through a gate.
func (p *provider) behindGate() *gate {
	p.t.Helper()
	target, err := url.Parse(p.first.URL)
	if err != nil {
		p.t.Fatal(err)
	}
	g := &gate{t: p.t, held: make(chan struct{}, 100)}
	proxy := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.shut.Load() {
			g.held <- struct{}{}
			<-r.Context().Done()
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	p.t.Cleanup(server.Close)
	p.first.URL = server.URL
	return g
}

// holds waits until a request stands at the gate.
func (g *gate) holds() {
	g.t.Helper()
	select {
	case <-g.held:
	case <-time.After(patience):
		g.t.Fatal("no request comes")
	}
}

// registrations is how many registrations the provider lists.
func (p *provider) registrations() int {
	p.t.Helper()
	list, err := p.client().Webhooks(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	return len(list)
}

// client makes calls that are not those of the program under test.
func (p *provider) client() *api.Client {
	p.t.Helper()
	c, err := api.New(api.Options{BaseURL: p.first.URL, Keys: api.Keys{
		ClientID: p.first.ClientID, ClientSecret: secret.New(p.first.ClientSecret),
		SubscriptionKey: secret.New(p.first.SubscriptionKey), MSN: p.first.MSN,
	}})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(c.Close)
	return c
}
