package ui_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"kvikk/api"
	"kvikk/api/sandbox"
	"kvikk/api/secret"
	"kvikk/ui/uitest"
)

// fourEnters walks the whole quick start.
func fourEnters(term *uitest.Terminal) {
	term.Wait("1  Set up", "opens the callback URL")
	term.Press("enter")
	term.Wait("2  Access token", "asks for an access token")
	term.Press("enter")
	term.Wait("3  Register a webhook", "registers the callback URL")
	term.Press("enter")
	term.Wait("4  Trigger an event", "creates this payment")
	term.Press("enter")
	term.Wait("5  View the webhook", "✓ CREATED", "Your webhook has arrived")
}

func TestFourEntersEndOnAVerifiedWebhook(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := uitest.Run(t, 120, 36, p.options())
	began := time.Now()
	fourEnters(term)
	t.Logf("four Enters to a verified webhook: %v", time.Since(began).Round(time.Millisecond))
	screen := term.Wait("✓ 1 Set up", "✓ 2 Access token", "✓ 3 Register a webhook", "✓ 4 Trigger an event", "✓ 5 View the webhook",
		"✓ signature, 3 checks", "1 webhook", "● CREATED")
	if strings.Contains(screen, "rejected") {
		t.Errorf("something was rejected:\n%s", screen)
	}
	client := p.client()
	if list, err := client.Webhooks(context.Background()); err != nil || len(list) != 1 {
		t.Fatalf("the provider lists %v, %v", list, err)
	}
	term.Press("q")
	if err := term.Ended(); err != nil {
		t.Errorf("q ends with %v", err)
	}
	if got := p.report.String(); !strings.Contains(got, "deleted 1 registration") {
		t.Errorf("the end says %q", got)
	}
}

// client is a second client of the embedded sandbox, which has made none of
// the program's calls.
func (p *parts) client() *api.Client {
	p.t.Helper()
	k := sandboxKeys()
	c, err := api.New(api.Options{BaseURL: p.sandboxURL(), Keys: api.Keys{
		ClientID: k.ClientID, ClientSecret: secret.New(k.ClientSecret),
		SubscriptionKey: secret.New(k.SubscriptionKey), MSN: k.MSN,
	}})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(c.Close)
	return c
}

func TestForceApproveBringsTheNextWebhook(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := uitest.Run(t, 120, 36, p.options())
	fourEnters(term)
	term.Press("a")
	term.Wait("✓ AUTHORIZED", "2 webhooks", "● AUTHORIZED")
}

func TestNoSecretIsOnTheScreenUntilAsked(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := uitest.Run(t, 200, 50, p.options())
	fourEnters(term)
	k := sandboxKeys()
	for _, s := range []string{k.ClientSecret, k.SubscriptionKey} {
		if strings.Contains(term.Output(), s) {
			t.Errorf("a secret was drawn: %s", s)
		}
	}
	if strings.Contains(term.Output(), "eyJ") {
		t.Error("the access token was drawn")
	}
	term.Press("2")
	term.Wait("s shows it for ten seconds")
	term.Press("s")
	term.Wait("eyJ")
	term.Press("z")
	term.Gone("eyJ")
}

func TestEnterWhileWorkingIsNeitherQueuedNorDoubled(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	f := p.behind(sandbox.Options{})
	term := p.run(size{120, 36})
	arrived(term)
	kept := f.hold()
	term.Press("n")
	<-kept.came
	term.Wait("working…", "esc cancel")
	term.Press("n", "enter", "n", "enter", "X", "a")
	// Keys are taken in their order, so those before have been by now.
	term.Press("2")
	term.Wait("╭ 2  Access token", "working…")
	close(kept.letGo)
	term.Wait("2 webhooks", "✓ 5 View the webhook", "? help")
	f.misbehave(nil)
	if payments, tokens := f.count(paymentCall), f.count(tokenCall); payments != 2 || tokens != 1 {
		t.Errorf("%d payments and %d tokens were asked for, want 2 and 1", payments, tokens)
	}
	list, err := p.client().Webhooks(context.Background())
	if err != nil || len(list) != 1 {
		t.Errorf("%d registrations, %v", len(list), err)
	}
}

func TestStartingOverIsEmptyAndReady(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := uitest.Run(t, 120, 36, p.options())
	fourEnters(term)
	first := p.sandboxURL()
	term.Press("X")
	term.Wait("▸ 1 Set up", "0 webhooks", "No webhook yet", "opens the callback URL")
	if p.sandboxURL() == first {
		t.Error("the sandbox is the old one")
	}
	fourEnters(term)
	term.Wait("1 webhook")
	term.Press("tab", "tab", "p")
	term.Until("both webhooks", func(s string) bool { return strings.Count(s, "✓ CREATED") >= 2 })
}
