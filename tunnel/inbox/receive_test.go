package inbox_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"kvikk/api/secret"
	"kvikk/api/webhook"
	"kvikk/tunnel/inbox"
)

func TestAGenuineWebhookIsKeptWhole(t *testing.T) {
	t.Parallel()
	d := serve(t, open(t, file(t)))
	r := d.signed(payload)
	r.Header.Set("Webhook-Id", "id-1")
	r.Host = "tunnel.example:8443"
	if status, text := d.send(r); status != http.StatusOK || text != "" {
		t.Fatalf("the answer is %d %q", status, text)
	}

	w := newest(t, d.Inbox)
	if string(w.Body) != payload || w.Method != "POST" || w.Path != "/hooks/"+d.token || w.URL != d.url {
		t.Errorf("kept as %s %s for %s: %s", w.Method, w.Path, w.URL, w.Body)
	}
	if w.Type != "epayments.payment.created.v1" || w.Name != "CREATED" || w.Reference != "mugshop-2026-0001" || w.PSPReference != "5b1c9a40" {
		t.Errorf("read as %+v", w.Row)
	}
	if w.Value != 12900 || w.Currency != "NOK" || !w.HasAmount {
		t.Errorf("the amount is %d %s", w.Value, w.Currency)
	}
	if !w.Verified || w.Problem != "" || w.Status != 200 || w.Registration != d.token || w.RegistrationID != "id-1" {
		t.Errorf("judged as %+v", w.Row)
	}
	if !w.ReceivedAt.Equal(noon()) || w.ClockOffset != -123456789*time.Nanosecond || !strings.HasPrefix(w.RemoteAddr, "127.0.0.1:") {
		t.Errorf("arrived at %v from %s, clock offset %v", w.ReceivedAt, w.RemoteAddr, w.ClockOffset)
	}
	if w.Header.Get("Host") != "tunnel.example:8443" || w.Header.Get("X-Ms-Date") == "" || w.Header.Get("Webhook-Id") != "id-1" {
		t.Errorf("the headers are %v", w.Header)
	}
	if s := d.Stats(); s.Kept != 1 || s.Verified != 1 || s.Rejected != 0 || !s.Last.Equal(noon()) {
		t.Errorf("the counts are %+v", s)
	}
}

// answerCase is what is done to a genuine webhook, and what comes of it.
type answerCase struct {
	change func(*http.Request)
	body   string
	status int
	kept   bool
	says   string // in the problem
}

// answerCases are about an inbox with an active and a claimed registration.
func answerCases(token, claimed string) map[string]answerCase {
	path := func(p string) func(*http.Request) { return func(r *http.Request) { r.URL.Path = p } }
	return map[string]answerCase{
		"genuine":                              {status: 200, kept: true},
		"the prefix was stripped":              {change: path("/" + token), status: 200, kept: true},
		"a slash was added":                    {change: path("/hooks/" + token + "/"), status: 200, kept: true},
		"a query was added":                    {change: func(r *http.Request) { r.URL.RawQuery = "a=1" }, status: 200, kept: true},
		"signed bytes that are no JSON":        {body: "\xff\x00\x1b[2J", status: 200, kept: true},
		"a wrong signature":                    {change: func(r *http.Request) { r.Header.Set("X-Ms-Date", "Sun, 22 Nov 2026 12:00:01 GMT") }, status: 401, kept: true, says: "secret"},
		"no signature":                         {change: func(r *http.Request) { r.Header = http.Header{} }, status: 401, kept: true, says: "Authorization is missing"},
		"no body":                              {change: func(r *http.Request) { r.Body, r.ContentLength = http.NoBody, 0 }, status: 401, kept: true, says: "empty"},
		"a body of 5 MB":                       {body: strings.Repeat("x", 5<<20), status: 413, kept: true, says: "larger than 2 MiB"},
		"a body of exactly 2 MiB":              {body: strings.Repeat("x", 2<<20), status: 200, kept: true},
		"one byte more":                        {body: strings.Repeat("x", 2<<20+1), status: 413, kept: true, says: "larger"},
		"a path of nobody":                     {change: path("/hooks/" + inbox.NewToken()), status: 404},
		"the root":                             {change: path("/"), status: 404},
		"GET":                                  {change: func(r *http.Request) { r.Method = http.MethodGet }, status: 405},
		"headers beyond 64 KiB":                {change: func(r *http.Request) { r.Header.Set("X-Long", strings.Repeat("x", 80<<10)) }, status: 431},
		"a registration that is being made":    {change: path("/hooks/" + claimed), status: 503},
		"a part of a path that is one of ours": {change: path("/hooks/" + token + "/admin"), status: 404},
	}
}

func TestTheAnswers(t *testing.T) {
	t.Parallel()
	d := serve(t, open(t, file(t)))
	claimed := inbox.NewToken()
	if err := d.Claim(t.Context(), inbox.Registration{Token: claimed, URL: "https://hooks.example/" + claimed}); err != nil {
		t.Fatal(err)
	}
	for name, c := range answerCases(d.token, claimed) {
		// One after another: each looks at the newest.
		t.Run(name, func(t *testing.T) { c.check(t, d) })
	}
}

func (c answerCase) check(t *testing.T, d *door) {
	t.Helper()
	before := d.Stats().Kept
	body := payload
	if c.body != "" {
		body = c.body
	}
	r := d.signed(body)
	if c.change != nil {
		c.change(r)
	}
	status, text := d.send(r)
	if status != c.status || (status == 200) != (text == "") || len(text) > 200 {
		t.Errorf("the answer is %d %q, want %d", status, text, c.status)
	}
	if kept := d.Stats().Kept > before; kept != c.kept {
		t.Fatalf("kept: %v, want %v", kept, c.kept)
	}
	if !c.kept {
		return
	}
	w := newest(t, d.Inbox)
	if w.Status != c.status || w.Verified != (c.status == 200) || (w.Problem == "") != w.Verified || !strings.Contains(w.Problem, c.says) {
		t.Errorf("kept with status %d, verified %v, problem %q", w.Status, w.Verified, w.Problem)
	}
	if want := r.URL.RequestURI(); w.Path != want {
		t.Errorf("the path is %q, want %q", w.Path, want)
	}
	if w.Verified && string(w.Body) != body {
		t.Error("the body is not the one that was sent")
	}
}

func TestARejectedWebhookStillSaysWhatItIsAbout(t *testing.T) {
	t.Parallel()
	d := serve(t, open(t, file(t)))
	r := d.signed(payload)
	r.Body = io.NopCloser(strings.NewReader(strings.Replace(payload, "12900", "99900", 1)))
	if status, _ := d.send(r); status != http.StatusUnauthorized {
		t.Fatalf("the answer is %d", status)
	}
	if w := newest(t, d.Inbox); w.Reference != "mugshop-2026-0001" || w.Value != 99900 || !strings.Contains(w.Problem, "changed on the way") {
		t.Errorf("kept as %+v", w.Row)
	}
}

func TestAnOldDateIsNoReasonToReject(t *testing.T) {
	t.Parallel()
	d := serve(t, open(t, file(t)))
	r := d.signed(payload)
	s, err := webhook.Sign(secret.New(key), d.url, noon().Add(-time.Hour), []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	s.Set(r.Header)
	if status, _ := d.send(r); status != http.StatusOK {
		t.Fatalf("the answer is %d", status)
	}
	if w := newest(t, d.Inbox); w.ClockOffset > -webhook.ClockTolerance || !w.Verified {
		t.Errorf("clock offset %v, verified %v", w.ClockOffset, w.Verified)
	}
}

func TestBytesStayAsTheyCame(t *testing.T) {
	t.Parallel()
	d := serve(t, open(t, file(t)))
	for name, body := range map[string]string{
		"escape sequences":      `{"reference":"\u001b[31mred","name":"` + "\x1b[2J" + `"}`,
		"bidirectional control": "{\"reference\":\"a\u202eb\u200b\"}",
		"invalid UTF-8":         "{\"reference\":\"\xc3\x28\xff\"}",
		"NUL bytes":             "\x00\x00\x00",
		"duplicate keys":        `{"reference":"a","reference":"b"} `,
		"large numbers":         `{"reference":9007199254740993123}`,
		"deep nesting":          strings.Repeat("[", 20_000),
		"a long line":           `"` + strings.Repeat("x", 1<<20) + `"`,
	} {
		d.deliver(body)
		if w := newest(t, d.Inbox); string(w.Body) != body || !w.Verified {
			t.Errorf("%s: kept %d bytes, verified %v", name, len(w.Body), w.Verified)
		}
	}
}

func TestHeadersStayAsTheyCame(t *testing.T) {
	t.Parallel()
	d := serve(t, open(t, file(t)))
	r := d.signed(payload)
	r.Header["X-Odd"] = []string{"bl\xe5b\xe6r", "tab\there", `"quoted" \back`, "ø <&>"}
	if status, _ := d.send(r); status != http.StatusOK {
		t.Fatalf("the answer is %d", status)
	}
	if got, want := newest(t, d.Inbox).Header["X-Odd"], r.Header["X-Odd"]; strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the header is %q, want %q", got, want)
	}
}

func TestChangedHasOneSlot(t *testing.T) {
	t.Parallel()
	d := serve(t, open(t, file(t)))
	select {
	case <-d.Changed():
		t.Fatal("a signal before anything came")
	default:
	}
	for range 3 {
		d.deliver(payload)
	}
	<-d.Changed()
	select {
	case <-d.Changed():
		t.Error("a second signal for what was there at the first")
	default:
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	b := open(t, file(t))
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Serve(ctx, ln) }()
	// A connection that never says anything does not hold it up. That it has
	// been accepted shows in the one after it being answered.
	silent, err := new(net.Dialer).DialContext(t.Context(), "tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	d := &door{t: t, base: "http://" + ln.Addr().String(), url: "https://hooks.example/"}
	if status, _ := d.send(d.signed(payload)); status != http.StatusNotFound {
		t.Errorf("the answer is %d", status)
	}
	began := time.Now()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Serve() = %v", err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("a silent connection held it up for %v", took)
	}

	ended2 := make(chan error, 1)
	go func() { ended2 <- b.Serve(t.Context(), ln) }()
	if err := <-ended2; err == nil {
		t.Error("Serve() on a closed listener returned no error")
	}
}

// FuzzRawRequests throws bytes at the socket, and wants a genuine webhook to be
// taken afterwards all the same.
func FuzzRawRequests(f *testing.F) {
	for _, s := range []string{
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "POST TOKEN HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab",
		"POST TOKEN HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", "POST http://x/TOKEN?b HTTP/1.0\r\n\r\n", "\x16\x03\x01", "PRI * HTTP/2.0\r\n\r\n",
		"POST TOKEN HTTP/1.1\r\nHost: a\r\nX: \xff\xfe\r\nContent-Length: 2\r\n\r\n{}", "POST /%zz HTTP/1.1\r\nHost: a\r\n\r\n", "POST TOKEN HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n",
	} {
		f.Add([]byte(s))
	}
	d := serve(f, open(f, file(f)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		raw = bytes.ReplaceAll(raw, []byte("TOKEN"), []byte("/hooks/"+d.token))
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", d.base[len("http://"):])
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		before := d.Stats().Verified
		_, _ = conn.Write(raw)
		_ = conn.(*net.TCPConn).CloseWrite()
		checkAnswers(t, bufio.NewReader(conn))
		if d.Stats().Verified != before {
			t.Error("unsigned bytes were taken for a webhook")
		}
		d.t = t
		d.deliver(payload)
	})
}

// checkAnswers reads answers until the connection ends.
func checkAnswers(t *testing.T, in *bufio.Reader) {
	for {
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			return
		}
		switch resp.StatusCode {
		case 100, 400, 401, 404, 405, 408, 413, 417, 431, 501, 505:
		default:
			t.Errorf("the answer is %s", resp.Status)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			return
		}
	}
}
