package step_test

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"kvikk/api"
	"kvikk/api/secret"
	"kvikk/ui/form"
	"kvikk/ui/pane/step"
	"kvikk/ui/theme"
)

// long is text from outside that needs more than a line.
var long = strings.Repeat("漢字 and ", 30)

func TestTheContentsOfEachStep(t *testing.T) {
	t.Parallel()
	token := api.Token{AccessToken: secret.New("eyJ0b2tlbg"), Type: "Bearer", ExpiresAt: time.Date(2026, 11, 22, 13, 0, 0, 0, time.Local)}
	for name, c := range map[string]struct {
		content step.Content
		want    []string
		not     string
	}{
		"set up": {
			step.SetUp{
				Form: form.New(dark()), API: "https://apitest.vipps.no", MSN: "123456", CallbackURL: "https://x.example", Tunnel: "ngrok",
				Report: []string{"took client_id", "ignored PROXY \x1b[2J"}, Saved: "Kept in the keyring.", Help: "Keys are in the *portal*.", Action: "connects",
			},
			[]string{"took client_id", `ignored PROXY \x1b[2J`, "API            https://apitest.vipps.no", "Sales unit     123456", "Tunnel         ngrok", "Callback URL   https://x.example", "Kept in the keyring.", "enter connects", "Keys are in"},
			"\x1b",
		},
		"no token yet": {step.AccessToken{Action: "gets it"}, []string{"enter gets it"}, "Token"},
		"a token": {
			step.AccessToken{Token: token, Has: true, Left: 59*time.Minute + 41*time.Second, MSN: "123456", Action: "goes on"},
			[]string{"Bearer", "••••  s shows it", "13:00:00, 59:41 from now", "sales unit 123456"},
			"eyJ",
		},
		"a token that is shown": {step.AccessToken{Token: token, Has: true, Revealed: "eyJ0b2tlbg"}, []string{"eyJ0b2tlbg"}, "••••"},
		"before registering": {
			step.RegisterWebhook{CallbackURL: "https://x.example/hooks/abc", Events: []string{"created", "authorized"}, Action: "registers"},
			[]string{"https://x.example/hooks/abc", "✓ created  ✓ authorized", "enter registers"},
			"Secret",
		},
		"no events": {step.RegisterWebhook{}, []string{"none chosen: press e"}, "✓"},
		"registered": {
			step.RegisterWebhook{ID: "id-1", HasSecret: true, Events: []string{"created"}, Cursor: 1, List: []step.Registration{
				{URL: "https://x.example/hooks/abc", Events: 8, Mark: "ours", Mine: true}, {URL: "https://\x1b[2J", Events: 1, Mark: "other"},
			}},
			[]string{"id-1", "••••  s shows it", "Registrations of this sales unit  2", "  https://x.example/hooks/abc ", " ours ", " 8 events\n", `▸ https://\x1b[2J `, " other ", " 1 event\n"},
			"\x1b",
		},
		"a secret that is shown": {step.RegisterWebhook{HasSecret: true, Revealed: "c2VjcmV0"}, []string{"c2VjcmV0"}, "••••"},
		"choosing events": {
			step.RegisterWebhook{Editing: true, Form: form.New(dark(), form.Field{Name: "a", Label: "created", Kind: form.Tick}), Action: "registers"},
			[]string{"space ticks, enter accepts", "○ created"},
			"enter registers",
		},
		"before paying": {step.Trigger{Form: form.New(dark()), Action: "creates a payment"}, []string{"enter creates a payment"}, "Redirect"},
		"a payment": {
			step.Trigger{Form: form.New(dark()), Reference: "order-1", State: "CREATED", RedirectURL: "https://pay.example/1", Phone: true, Approvable: true, Approve: "Approve one by hand first."},
			[]string{"order-1", "CREATED", "https://pay.example/1", "o opens it, Q shows a QR code for a phone, a force approves the payment", "Approve one by hand first."},
			"enter",
		},
		"a payment that no phone reaches": {step.Trigger{Form: form.New(dark()), Reference: "order-1", RedirectURL: "http://127.0.0.1:1/pay"}, []string{"o opens it"}, "force approves"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			drawn := shown(pane(step.Frame{}, c.content), 100)
			inOrder(t, drawn, c.want...)
			if strings.Contains(drawn, c.not) {
				t.Errorf("%q is drawn in\n%s", c.not, drawn)
			}
		})
	}
}

func TestEventsAreNotBrokenApart(t *testing.T) {
	t.Parallel()
	events := []string{"created", "authorized", "captured", "cancelled", "refunded", "aborted", "expired", "terminated"}
	for _, width := range []int{30, 40, 56, 100} {
		drawn := shown(pane(step.Frame{}, step.RegisterWebhook{Events: events}), width)
		for _, e := range events {
			if !strings.Contains(drawn, "✓ "+e) {
				t.Errorf("%s is broken apart at width %d:\n%s", e, width, drawn)
			}
		}
	}
}

func TestRowsAreNeverWiderThanAsked(t *testing.T) {
	t.Parallel()
	f := form.New(dark(), form.Field{Name: "a", Label: "A label", Hint: long}, form.Field{Name: "b", Label: long, Kind: form.Tick})
	f.Set("a", long)
	f.Focus("a")
	for name, content := range map[string]step.Content{
		"set up":   step.SetUp{Form: f, API: long, MSN: long, CallbackURL: long, Tunnel: long, Report: []string{long}, Saved: long, Help: long, Action: long},
		"token":    step.AccessToken{Has: true, Revealed: strings.Repeat("x", 900), MSN: long, Action: long},
		"register": step.RegisterWebhook{CallbackURL: long, ID: long, HasSecret: true, Events: []string{"created", "authorized"}, Action: long, List: []step.Registration{{URL: long, Mark: "ours", Events: 8}}},
		"trigger":  step.Trigger{Form: f, Reference: long, State: long, RedirectURL: long, Phone: true, Approvable: true, Approve: long, Action: long},
		"view":     step.View{Waiting: time.Hour, Checks: []step.Check{{Mark: "✗", Text: long, Bad: true}}, Likely: long, Keys: long, Verdict: long, Action: long},
	} {
		frame := step.Frame{Step: 3, Text: explanation, Busy: long, Notice: long, Blocker: 2, Failure: &step.Failure{What: long, Cause: long, Do: long, Keys: long}}
		p := pane(frame, content)
		for _, width := range []int{40, 56, 76, 120} {
			for _, row := range p.Draw(width).Rows {
				if got := ansi.StringWidth(row); got > width {
					t.Errorf("%s: %d cells at width %d: %q", name, got, width, ansi.Strip(row))
				}
			}
		}
	}
}

func TestProseStaysNarrowHoweverWideThePane(t *testing.T) {
	t.Parallel()
	p := pane(step.Frame{Step: 3, Text: long, Notice: long}, step.View{Verdict: long})
	for _, row := range p.Draw(200).Rows {
		if got := ansi.StringWidth(row); got > step.ProseWidth {
			t.Errorf("%d cells: %q", got, ansi.Strip(row))
		}
	}
}

func TestColoursDoNotChangeTheText(t *testing.T) {
	t.Parallel()
	p := pane(step.Frame{Notice: "A notice."}, step.View{Verdict: "Good.", Good: true, Action: "next"})
	before := shown(p, 60)
	p.SetTheme(theme.New(theme.Light))
	if after := shown(p, 60); after != before {
		t.Errorf("light:\n%s\ndark:\n%s", after, before)
	}
}

func TestCountdown(t *testing.T) {
	t.Parallel()
	for left, want := range map[time.Duration]string{
		-time.Second: "0:00", 0: "0:00", 9 * time.Second: "0:09", 59*time.Minute + 41*time.Second: "59:41",
		59*time.Minute + 59*time.Second + 700*time.Millisecond: "1:00:00", 25*time.Hour + time.Minute: "25:01:00",
	} {
		if got := step.Countdown(left); got != want {
			t.Errorf("%v is written %q, want %q", left, got, want)
		}
	}
}
