package cli_test

import (
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"kvikk/api"
	"kvikk/tunnel/edgetest"
	"kvikk/tunnel/inbox"
	"kvikk/ui/cli"
	"kvikk/ui/profile"
)

// faulty is an output whose writes after the first one are up to the test.
type faulty struct {
	*stream
	then  func() (int, error)
	wrote bool
}

func (f *faulty) Write(p []byte) (int, error) {
	if !f.wrote {
		f.wrote = true
		return f.stream.Write(p)
	}
	return f.then()
}

func TestListenEndsCleanlyWhateverBecomesOfItsOutput(t *testing.T) {
	t.Parallel()
	for name, then := range map[string]func() (int, error){
		"the reader of a pipe is gone":       func() (int, error) { return 0, &os.PathError{Op: "write", Err: syscall.EPIPE} },
		"the reader of an io.Pipe is gone":   func() (int, error) { return 0, io.ErrClosedPipe },
		"a panic while a webhook is printed": func() (int, error) { panic("in the output") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startProvider(t)
			s, out := p.setting(t), &faulty{stream: newStream(), then: then}
			s.stdout = out
			k := s.start(t, "listen", "--json")
			out.object(t)
			pay(t, p.client, "acme-shop-1")
			err := k.wait(t)
			if panicked := strings.HasPrefix(name, "a panic"); (err != nil) != panicked {
				t.Errorf("it ends with %v", err)
			}
			if list := p.registrations(t); len(list) > 0 {
				t.Errorf("the provider still has %+v", list)
			}
		})
	}
}

func TestListenFailsWhenItsOutputCannotBeWritten(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	s, out := p.setting(t), &faulty{stream: newStream(), then: func() (int, error) { return 0, syscall.ENOSPC }}
	s.stdout = out
	k := s.start(t, "listen", "--json")
	out.object(t)
	pay(t, p.client, "acme-shop-1")
	if line, _ := cli.Explain(k.wait(t)); !strings.Contains(line, "no space left") {
		t.Errorf("it says %q", line)
	}
}

func TestListenIsStoppedThoughNobodyReadsItsOutput(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	stuck, release := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { close(release) })
	s, out := p.setting(t), &faulty{stream: newStream(), then: func() (int, error) {
		close(stuck)
		<-release
		return 0, io.ErrClosedPipe
	}}
	s.stdout = out
	k := s.start(t, "listen", "--json")
	out.object(t)
	pay(t, p.client, "acme-shop-1")
	<-stuck
	if err := k.stop(t); err != nil {
		t.Errorf("it ends with %v", err)
	}
	if list := p.registrations(t); len(list) > 0 {
		t.Errorf("the provider still has %+v", list)
	}
}

func TestListenNamesLeftoversAndLeavesThem(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	s := p.setting(t)
	path := profile.FindDirs(s.env["KVIKK_DATA_DIR"]).InboxPath()
	box, err := inbox.Open(t.Context(), inbox.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	token := inbox.NewToken()
	r := inbox.Registration{Token: token, URL: "http://127.0.0.1:9/hooks/" + token, APIURL: p.URL(), MSN: p.Keys().MSN, Events: []string{"epayments.payment.created.v1"}}
	if err := box.Claim(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if _, err := p.client.RegisterWebhook(t.Context(), api.RegisterWebhookRequest{URL: r.URL, Events: r.Events}); err != nil {
		t.Fatal(err)
	}
	if err := box.Close(); err != nil {
		t.Fatal(err)
	}
	k := s.start(t, "listen", "--json")
	k.out.object(t)
	k.err.await(t, r.URL)
	if err := k.stop(t); err != nil {
		t.Errorf("it ends with %v", err)
	}
	if box, err = inbox.Open(t.Context(), inbox.Options{Path: path}); err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	if left, err := box.Leftovers(t.Context(), r.APIURL, r.MSN); err != nil || len(left) != 1 {
		t.Errorf("the leftovers are %+v, %v", left, err)
	}
}

// ngrok returns a setting that reaches the world through a loopback edge.
func ngrok(t *testing.T, s setting, e *edgetest.Edge) setting {
	t.Helper()
	return s.with("NGROK_CONNECT_URL", e.ConnectURL()).with("NGROK_CONNECT_CAS", e.CAFile()).with("NGROK_AUTHTOKEN", "right")
}

func TestListenThroughNgrokTellsWhenTheLinkIsDown(t *testing.T) {
	t.Parallel()
	edge := edgetest.New(t, edgetest.Options{Authtokens: []string{"right"}})
	p := startProvider(t)
	k := ngrok(t, p.setting(t), edge).start(t, "listen", "--json", "--tunnel", "ngrok")
	if url := k.out.object(t)["callback_url"].(string); !strings.HasPrefix(url, edge.PublicURL()+"/hooks/") {
		t.Errorf("registered is %s", url)
	}
	pay(t, p.client, "acme-shop-1")
	if w := k.out.object(t); w["verified"] != true {
		t.Errorf("the webhook is %v", w)
	}
	edge.GoOffline()
	edge.Drop()
	k.err.await(t, "The callback URL is down")
	edge.Recover()
	k.err.await(t, "The callback URL is up again: "+edge.PublicURL())
	if err := k.stop(t); err != nil {
		t.Errorf("it ends with %v", err)
	}
}

func TestListenEndsWithNgroksCodeWhenTheAuthtokenIsWrong(t *testing.T) {
	t.Parallel()
	edge := edgetest.New(t, edgetest.Options{Authtokens: []string{"right"}})
	s := ngrok(t, startProvider(t).setting(t), edge).with("NGROK_AUTHTOKEN", "2wrongauthtokenofsomebody")
	k, err := s.run(t, "listen", "--json", "--tunnel", "ngrok")
	line, hint := cli.Explain(err)
	if !strings.Contains(line, "ERR_NGROK_107") || hint == "" {
		t.Errorf("it says %q, hint %q", line, hint)
	}
	if said := line + hint + k.err.String() + k.out.String(); strings.Contains(said, "2wrongauthtoken") {
		t.Errorf("the authtoken stands in %q", said)
	}
}
