package ui_test

import (
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"kvikk/ui/uitest"
)

// TestAPayerOfTheSandboxIsSentBackToTheTerminal: the page that o opens leads to
// the sandbox's own return page, since there is no shop to return to.
func TestAPayerOfTheSandboxIsSentBackToTheTerminal(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := uitest.Run(t, 120, 36, p.options())
	fourEnters(term)
	term.Press("o")
	term.Until("the page was opened", func(string) bool { return p.lastOpened() != "" })
	answer := payer(t, http.MethodGet, p.lastOpened(), nil)
	form := url.Values{"decision": {"approve"}}
	for _, f := range regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]+)">`).FindAllStringSubmatch(answer.body, -1) {
		form.Set(f[1], html.UnescapeString(f[2]))
	}
	back := payer(t, http.MethodPost, p.sandboxURL()+"/landing", form).location
	if !strings.HasPrefix(back, p.sandboxURL()+"/return?reference=kvikk-order-") {
		t.Fatalf("the payer goes back to %q", back)
	}
	if page := payer(t, http.MethodGet, back, nil).body; !strings.Contains(page, "Payment approved") || !strings.Contains(page, "Go back to the terminal.") {
		t.Errorf("the return page: %s", page)
	}
	term.Wait("● AUTHORIZED")
}

// TestAPushedPaymentOpensThePhone: it has no redirect URL, so o opens the page
// that stands for the payer's phone.
func TestAPushedPaymentOpensThePhone(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	term := uitest.Run(t, 120, 36, p.options())
	term.Wait("1  Set up", "opens the callback URL")
	term.Press("enter")
	term.Wait("2  Access token", "asks for an access token")
	term.Press("enter")
	term.Wait("3  Register a webhook", "registers the callback URL")
	term.Press("enter")
	term.Wait("4  Trigger an event", "creates this payment")
	term.Press("e", "tab", "tab", "tab", "right", "enter", "enter")
	term.Wait("5  View the webhook", "✓ CREATED")
	term.Press("4")
	term.Wait("o opens the payer's phone")
	term.Press("o")
	term.Until("the page was opened", func(string) bool { return p.lastOpened() != "" })
	if got := p.lastOpened(); got != p.sandboxURL()+"/app" {
		t.Fatalf("o opens %s", got)
	}
	if page := payer(t, http.MethodGet, p.lastOpened(), nil).body; !strings.Contains(page, "499.00 NOK") {
		t.Errorf("the phone shows %s", page)
	}
}

func (p *parts) lastOpened() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.opened) == 0 {
		return ""
	}
	return p.opened[len(p.opened)-1]
}

type paid struct{ location, body string }

// payer sends what a browser would, and stays where it is.
func payer(t *testing.T, method, address string, form url.Values) paid {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return paid{res.Header.Get("Location"), string(body)}
}
