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
