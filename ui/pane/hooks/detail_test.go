package hooks_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"kvikk/tunnel/inbox"
	"kvikk/ui/pane/hooks"
	"kvikk/ui/theme"
)

func webhook(seq int64) inbox.Webhook {
	r := row(seq)
	r.Reference, r.Status = "acme-shop-123-order1", http.StatusOK
	return inbox.Webhook{
		Row: r, Method: http.MethodPost, Path: "/hooks/abc?x=1", RemoteAddr: "127.0.0.1:5555", URL: "https://example.com/hooks/abc",
		Header: http.Header{"X-Ms-Date": {"Sun, 22 Nov 2026 12:00:00 GMT"}, "Host": {"example.com"}},
		Body:   []byte(`{"name":"CREATED","amount":{"value":49900}}`),
	}
}

func detailOf(w inbox.Webhook) *hooks.Detail {
	d := hooks.NewDetail(dark())
	d.SetWebhook(w)
	return d
}

// whole is a detail as it is read.
func whole(d *hooks.Detail, width int) string { return strings.Join(read(d.Lines(width)), "\n") }

func TestAVerifiedWebhookAsItIsRead(t *testing.T) {
	t.Parallel()
	w := webhook(7)
	d := detailOf(w)
	if got := d.Title(); got != "CREATED · acme-shop-123-order1" {
		t.Errorf("title %q", got)
	}
	shown := whole(d, 70)
	for _, want := range []string{
		"✓ signature, 3 checks", "#7 arrived 12:00:00.000, answered 200", "Payload  43 bytes, as signed",
		"{\n  \"name\": \"CREATED\",\n  \"amount\": {\n    \"value\": 49900\n  }\n}", "Headers", "POST /hooks/abc?x=1",
		"Host: example.com\nX-Ms-Date: Sun, 22 Nov 2026 12:00:00 GMT", "from 127.0.0.1:5555",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is missing in\n%s", want, shown)
		}
	}
	if strings.Contains(shown, "clock?") || strings.Contains(shown, theme.MarkFailed) {
		t.Errorf("a good webhook is warned of:\n%s", shown)
	}
	if got, ok := d.Webhook(); !ok || got.Seq != 7 {
		t.Errorf("the webhook shown is %d", got.Seq)
	}
}

func TestVerdictsAndWarnings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*inbox.Webhook)
		want   string
		not    string
	}{
		"a wrong signature": {
			func(w *inbox.Webhook) { w.Verified, w.Problem, w.Status = false, "The secret is another one.", 401 },
			"✗ The secret is another one.", "✓ signature",
		},
		"a date just within":       {func(w *inbox.Webhook) { w.ClockOffset = 300 * time.Second }, "✓ signature", "clock?"},
		"a date too late":          {func(w *inbox.Webhook) { w.ClockOffset = 301 * time.Second }, "clock?", "✗"},
		"a date too early":         {func(w *inbox.Webhook) { w.ClockOffset = -time.Hour }, "60 minutes", "✗"},
		"no body":                  {func(w *inbox.Webhook) { w.Body = nil }, "had no body", "✗"},
		"an event with a sentence": {func(w *inbox.Webhook) { w.Type = "epayments.payment.captured.v1" }, "captured", "✗"},
		"escapes everywhere": {func(w *inbox.Webhook) {
			w.Path, w.Body = "/\x1b[2J", []byte("\x1b]0;t\x07")
			w.Header = http.Header{"X\u202eY": {"\u200b"}}
		}, `X\u202eY: \u200b`, "\u202e"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := webhook(1)
			c.change(&w)
			if shown := whole(detailOf(w), 70); !strings.Contains(shown, c.want) || strings.Contains(shown, c.not) {
				t.Errorf("want %q and no %q in\n%s", c.want, c.not, shown)
			}
		})
	}
}

func TestCheckingAgainIsShownUntilAnotherWebhook(t *testing.T) {
	t.Parallel()
	d := detailOf(webhook(1))
	d.SetChecked(noon(), nil)
	if shown := whole(d, 80); !strings.Contains(shown, "checked again at 12:00:00: the stored bytes carry the right signature") {
		t.Errorf("shown:\n%s", shown)
	}
	d.SetChecked(noon(), errors.New("the body hash differs \x1b[31m"))
	if shown := whole(d, 80); !strings.Contains(shown, `checked again at 12:00:00: the body hash differs \x1b[31m`) {
		t.Errorf("shown:\n%s", shown)
	}
	if d.SetWebhook(webhook(1)); !strings.Contains(whole(d, 80), "checked again") {
		t.Error("setting the same webhook forgets the check")
	}
	if d.SetWebhook(webhook(2)); strings.Contains(whole(d, 80), "checked again") {
		t.Error("another webhook inherits the check")
	}
}

func TestPayloadPrettyAndRaw(t *testing.T) {
	t.Parallel()
	d := detailOf(webhook(1))
	first := d.Lines(80)
	if again := d.Lines(80); &again[0] != &first[0] {
		t.Error("the same rows are made again for the next frame")
	}
	pretty := whole(d, 80)
	if d.ToggleRaw(); !strings.Contains(whole(d, 80), `{"name":"CREATED","amount":{"value":49900}}`) {
		t.Errorf("raw:\n%s", whole(d, 80))
	}
	if d.ToggleRaw(); whole(d, 80) != pretty {
		t.Error("pretty is not what it was")
	}
	if whole(d, 30) == pretty {
		t.Error("another width draws the same rows")
	}
	d.SetTheme(theme.New(theme.Light))
	if whole(d, 80) != pretty {
		t.Error("colours change the text")
	}
}

func TestNothingIsShownWithoutAWebhook(t *testing.T) {
	t.Parallel()
	d := detailOf(webhook(1))
	d.Clear()
	if _, ok := d.Webhook(); ok || d.Lines(40) != nil || d.Title() != "Webhook" {
		t.Errorf("shown: %q under %q", d.Lines(40), d.Title())
	}
	d.SetWebhook(webhook(1))
	if len(d.Lines(40)) == 0 {
		t.Error("a webhook that was cleared does not come back")
	}
}

func TestRowsOfADetailAreNeverWiderThanAsked(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("漢字 and ", 20)
	w := webhook(1)
	w.Verified, w.Problem, w.Reference, w.ClockOffset = false, long, long, time.Hour
	w.Header = http.Header{"Authorization": {strings.Repeat("x", 300)}, strings.Repeat("N", 90): {"v"}}
	w.Path, w.Body = "/"+long, []byte(`{"a":"`+long+`"}`)
	for name, d := range map[string]*hooks.Detail{"good": detailOf(webhook(1)), "bad": detailOf(w)} {
		d.SetChecked(noon(), errors.New(long))
		for _, width := range []int{56, 64, 76, 120} {
			for _, line := range d.Lines(width) {
				if got := ansi.StringWidth(line); got > width {
					t.Errorf("%s: %d cells at width %d: %q", name, got, width, ansi.Strip(line))
				}
			}
		}
	}
}
