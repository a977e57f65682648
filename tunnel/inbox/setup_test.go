package inbox_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kvikk/api/secret"
	"kvikk/api/webhook"
	"kvikk/tunnel/inbox"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childFile); path != "" {
		os.Exit(child(path))
	}
	goleak.VerifyTestMain(m)
}

const (
	key     = "dhxxAerpMMDMBV44jskOsj359xmKTmrYAnm1A7chZXB/y2n/S40LsLH+Zmf2To2atBCysGcdgO/cWHeP13N98w=="
	payload = `{"msn":"234567","reference":"mugshop-2026-0001","pspReference":"5b1c9a40","name":"CREATED","amount":{"currency":"NOK","value":12900},"timestamp":"2026-11-22T06:39:58.412Z","success":true}`
	apiURL  = "https://apitest.vipps.no"
	msn     = "234567"
)

// noon is the clock of most tests.
func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 123456789, time.UTC) }

// open opens an inbox that is closed when the test ends.
func open(t testing.TB, path string) *inbox.Inbox {
	t.Helper()
	b, err := inbox.Open(t.Context(), inbox.Options{Path: path, Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func file(t testing.TB) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "data", "inbox.db")
}

// door is an inbox behind a real socket, with one active registration.
type door struct {
	*inbox.Inbox
	t     testing.TB
	base  string // http://127.0.0.1:PORT
	token string
	url   string // the registered URL, which only the signature knows
}

func serve(t testing.TB, b *inbox.Inbox) *door {
	t.Helper()
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	d := &door{Inbox: b, t: t, base: "http://" + ln.Addr().String(), token: inbox.NewToken()}
	d.url = "https://hooks.example/hooks/" + d.token
	d.register(inbox.Registration{Token: d.token, URL: d.url}, "id-1")
	return d
}

// register claims and activates.
func (d *door) register(r inbox.Registration, id string) {
	d.t.Helper()
	r.APIURL, r.MSN = apiURL, msn
	if err := d.Claim(d.t.Context(), r); err != nil {
		d.t.Fatal(err)
	}
	if err := d.Activate(d.t.Context(), r.Token, id, secret.New(key)); err != nil {
		d.t.Fatal(err)
	}
}

// signed is a genuine request for the door's registration.
func (d *door) signed(body string) *http.Request {
	d.t.Helper()
	r, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, d.base+"/hooks/"+d.token, bytes.NewReader([]byte(body)))
	if err != nil {
		d.t.Fatal(err)
	}
	s, err := webhook.Sign(secret.New(key), d.url, noon(), []byte(body))
	if err != nil {
		d.t.Fatal(err)
	}
	s.Set(r.Header)
	return r
}

// send returns the status and the body of the answer.
func (d *door) send(r *http.Request) (int, string) {
	d.t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// deliver sends a genuine webhook and wants it taken.
func (d *door) deliver(body string) {
	d.t.Helper()
	if status, text := d.send(d.signed(body)); status != http.StatusOK || text != "" {
		d.t.Fatalf("a genuine webhook got %d %q", status, text)
	}
}

// rows lists what is there, the newest first.
func rows(t testing.TB, b *inbox.Inbox, f inbox.Filter) []inbox.Row {
	t.Helper()
	list, err := b.Rows(t.Context(), inbox.Query{Filter: f})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// newest returns the last webhook that was kept.
func newest(t testing.TB, b *inbox.Inbox) inbox.Webhook {
	t.Helper()
	list := rows(t, b, inbox.Filter{})
	if len(list) == 0 {
		t.Fatal("the inbox is empty")
	}
	w, err := b.Webhook(t.Context(), list[0].Seq)
	if err != nil {
		t.Fatal(err)
	}
	return w
}
