package ui_test

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"kvikk/api/secret"
	"kvikk/api/webhook"
	"kvikk/ui/flow"
	"kvikk/ui/uitest"
)

// target is a registration as a person reads it off the screen.
type target struct {
	t      *testing.T
	url    string
	secret secret.Value
	client *http.Client
}

// registered walks up to a registration, and reads its address and its secret
// off the screen.
func registered(t *testing.T, term *uitest.Terminal) target {
	t.Helper()
	walk(term, flow.TriggerEvent)
	term.Press("3")
	term.Wait("s shows it for ten seconds")
	term.Press("s")
	shown := regexp.MustCompile(`Secret +([A-Za-z0-9+/=_-]{16,})`)
	screen := term.Until("the secret", shown.MatchString)
	url := regexp.MustCompile(`http://127\.0\.0\.1:\d+/hooks/[A-Z2-7]{26}`).FindString(screen)
	if url == "" {
		t.Fatalf("no callback URL on the screen:\n%s", screen)
	}
	term.Press("4")
	ready(term, flow.TriggerEvent)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second}
	return target{t, url, secret.New(shown.FindStringSubmatch(screen)[1]), client}
}

// request is a webhook with its signature, which a test may spoil.
func (to target) request(body string) *http.Request {
	to.t.Helper()
	r, err := http.NewRequestWithContext(to.t.Context(), http.MethodPost, to.url, strings.NewReader(body))
	if err != nil {
		to.t.Fatal(err)
	}
	signed, err := webhook.Sign(to.secret, to.url, time.Now(), []byte(body))
	if err != nil {
		to.t.Fatal(err)
	}
	signed.Set(r.Header)
	r.Header.Set("Content-Type", "application/json")
	return r
}

// send sends a request and checks the status of its answer.
func (to target) send(r *http.Request, status int) {
	to.t.Helper()
	res, err := to.client.Do(r)
	if err != nil {
		to.t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	if res.StatusCode != status {
		to.t.Errorf("%s %s: %s, want %d", r.Method, r.URL.Path, res.Status, status)
	}
}

// payload is the body of a webhook of a payment.
func payload(name, reference string) string {
	return `{"msn":"123456","reference":"` + reference + `","pspReference":"p-1","name":"` + name +
		`","amount":{"currency":"NOK","value":49900},"timestamp":"2026-03-02T14:02:11.000Z","success":true}`
}

func TestASpoiltWebhookIsRejectedWithItsReason(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(r *http.Request)
		says  string
	}{
		"another secret": {func(r *http.Request) {
			signed, _ := webhook.Sign(secret.New("b25lIG1vcmU="), r.URL.String(), time.Now(), []byte(payload("CAPTURED", "by-hand")))
			signed.Set(r.Header)
		}, "made with another secret"},
		"another body": {func(r *http.Request) {
			body := payload("CAPTURED", "by-hand") + " "
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		}, "✗ The body"},
		"another date": {func(r *http.Request) {
			r.Header.Set("X-Ms-Date", "Thu, 30 Mar 2023 08:38:32 GMT")
		}, "clock? The date it was signed with is"},
		"no signature": {func(r *http.Request) {
			r.Header.Del("Authorization")
			r.Header.Del("X-Vipps-Authorization")
		}, "The header Authorization is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newParts(t)
			term := p.run(size{200, 50})
			to := registered(t, term)
			r := to.request(payload("CAPTURED", "by-hand"))
			c.spoil(r)
			to.send(r, http.StatusUnauthorized)
			term.Press("5")
			term.Wait("✗ CAPTURED", "1 webhook · 1 ✗", "1 rejected", c.says, "answered 401")
			if strings.Contains(term.Output(), "✓ CAPTURED") {
				t.Error("it was shown as verified")
			}
		})
	}
}

func TestWebhooksWithOddBodiesAreKeptAndShown(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := p.run(size{200, 50})
	to := registered(t, term)
	term.Press("5")
	to.send(to.request("this is no JSON"), http.StatusOK)
	term.Wait("✓ (unknown)", "this is no JSON", "15 bytes, as signed", "1 webhook")
	to.send(to.request(""), http.StatusOK)
	term.Wait("The request had no body.", "2 webhooks")
	to.send(to.request("\xff\xfe\x00"), http.StatusOK)
	term.Wait(`\xff\xfe\x00`, "3 webhooks")
	to.send(to.request(`{"a":1`), http.StatusOK)
	term.Wait(`{"a":1`, "4 webhooks")
	large := to.request(payload("CREATED", "large"))
	large.Body, large.ContentLength = io.NopCloser(bytes.NewReader(make([]byte, 5<<20))), 5<<20
	to.send(large, http.StatusRequestEntityTooLarge)
	term.Wait("larger than 2 MiB", "5 webhooks · 1 ✗")
	to.send(to.request(payload("REFUNDED", "after-all-that")), http.StatusOK)
	term.Wait("✓ REFUNDED", "after-all-that", "6 webhooks · 1 ✗")
}

// The sequences of somebody who knows the address and would like to write into
// the person's clipboard, title and screen.
const (
	toClipboard = "\x1b]52;c;ZXZpbA==\x07"
	toTitle     = "\x1b]0;evil\x07"
	toScreen    = "\x1b[31mevil\x9b2J"
	toReader    = "\u202elive\u2066\u200b"
)

func TestNothingFromAWebhookReachesTheTerminalAsItIs(t *testing.T) {
	t.Parallel()
	escaped := strings.NewReplacer("\x1b", `\u001b`, "\x07", `\u0007`, "\x9b", `\u009b`)
	evil := toClipboard + toTitle + toScreen + toReader
	p := newParts(t)
	term := p.run(size{200, 50})
	to := registered(t, term)
	term.Press("5")
	first := to.request(payload("CREATED", "shop-"+escaped.Replace(evil)))
	first.Header.Set("X-Evil", toReader+"\xc2\x9b31m")
	to.send(first, http.StatusOK)
	term.Wait(`shop-\x1b]52;c;ZXZpbA==\x07`, `\u202e`, "1 webhook")
	to.send(to.request(payload(escaped.Replace(evil), "named")), http.StatusOK)
	term.Wait(`✓ \x1b]52`, "2 webhooks")
	to.send(to.request(evil), http.StatusOK)
	term.Wait("3 webhooks", `\x1b]0;evil\x07`)
	// The whole of each: pretty and raw, with the headers, in the list and alone.
	term.Press("w", "z")
	term.Press("tab", "z", "end", "z", "tab", "down", "down", "enter", "end")
	term.Wait(`X-Evil: \u202elive`, "from 127.0.0.1")
	term.Press("Y")
	if got := copied(t, term, 1); got != payload("CREATED", "shop-"+escaped.Replace(evil)) {
		t.Errorf("the body was not copied as it came: %q", got)
	}
	for _, bad := range []string{toClipboard, "\x1b]52;c;ZXZpbA", toTitle, "\x1b[31mevil", "\x9b2J", "\u009b", "\u202e", "\u2066", "\u200b"} {
		if strings.Contains(term.Output(), bad) {
			t.Errorf("%q reached the terminal", bad)
		}
	}
}

func TestStrangersAreOnlyCounted(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := p.run(size{200, 50})
	to := registered(t, term)
	base, _, _ := strings.Cut(to.url, "/hooks/")
	for _, path := range []string{"/", "/favicon.ico", "/hooks/", "/hooks/AAAAAAAAAAAAAAAAAAAAAAAAAA", "/wp-login.php"} {
		r := to.request(payload("CREATED", "stranger"))
		r.URL, _ = r.URL.Parse(base + path)
		to.send(r, http.StatusNotFound)
	}
	to.send(to.request(payload("CREATED", "expected")), http.StatusOK)
	screen := term.Wait("✓ CREATED", "1 webhook")
	if strings.Contains(screen, "stranger") {
		t.Errorf("a stranger is on the screen:\n%s", screen)
	}
}
