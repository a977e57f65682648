package ui_test

import (
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"kvikk/ui/flow"
	"kvikk/ui/uitest"
)

// copied returns what was sent to the terminal's clipboard the nth time, from 1
// on.
func copied(t *testing.T, term *uitest.Terminal, nth int) string {
	t.Helper()
	term.Wait("sent to the terminal's clipboard")
	var all [][]string
	term.Until("the sequence that copies", func(string) bool {
		all = regexp.MustCompile(`\x1b\]52;c;([A-Za-z0-9+/=]*)[\x07\x1b]`).FindAllStringSubmatch(term.Output(), -1)
		return len(all) >= nth
	})
	text, err := base64.StdEncoding.DecodeString(all[nth-1][1])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestCopyingSendsTheCommandToTheTerminalsClipboard(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := p.run(size{120, 36})
	walk(term, flow.AccessToken)
	term.Press("y")
	got := copied(t, term, 1)
	for _, want := range []string{"curl -X POST '" + p.sandboxURL() + "/accesstoken/get'", `-H "client_secret: $VIPPS_CLIENT_SECRET"`} {
		if !strings.Contains(got, want) {
			t.Errorf("copied:\n%s\nwithout %s", got, want)
		}
	}
	term.Press("1")
	term.Press("2", "enter")
	ready(term, flow.RegisterWebhook)
	term.Press("enter")
	ready(term, flow.TriggerEvent)
	term.Press("enter")
	term.Wait("Your webhook has arrived", "✓ signature, 3 checks", "? help")
	term.Press("y")
	term.Wait("with its original date and signature")
	if got := copied(t, term, 2); !strings.Contains(got, "/hooks/") || !strings.Contains(got, "--data-raw '{\"msn\":\"123456\"") {
		t.Errorf("copied:\n%s", got)
	}
	for _, s := range []string{sandboxKeys().ClientSecret, sandboxKeys().SubscriptionKey} {
		if strings.Contains(term.Output(), base64.StdEncoding.EncodeToString([]byte(s))) {
			t.Error("a secret was copied")
		}
	}
}

func TestAnyKeyHidesASecret(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"j", "s", "esc", "?", "2", "tab"} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			p := newParts(t)
			term := p.run(size{120, 36})
			walk(term, flow.RegisterWebhook)
			term.Press("2")
			term.Wait("s shows it for ten seconds")
			if strings.Contains(term.Output(), "eyJ") {
				t.Fatal("the token was drawn before it was asked for")
			}
			term.Press("s")
			term.Wait("eyJ")
			term.Press(key)
			term.Gone("eyJ")
		})
	}
}
