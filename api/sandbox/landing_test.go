package sandbox_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"kvikk/api/sandbox"
)

// page is a landing page as a browser got it.
type page struct {
	answer
	path string
}

func (m *merchant) open(redirectURL string) page {
	m.t.Helper()
	path := strings.TrimPrefix(redirectURL, m.s.URL())
	return page{m.send("GET", path, "", nil), path}
}

// press sends the page's own form with a button, some fields changed.
func (m *merchant) press(p page, decision string, changes ...string) answer {
	m.t.Helper()
	form := url.Values{"decision": {decision}}
	for _, f := range regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]+)">`).FindAllStringSubmatch(string(p.body), -1) {
		form.Set(f[1], html.UnescapeString(f[2]))
	}
	for i := 0; i < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
	}
	return m.send("POST", "/landing", form.Encode(), header{
		"Content-Type": "application/x-www-form-urlencoded", "Origin": m.s.URL(), "Sec-Fetch-Site": "same-origin",
	})
}

func TestThePayerSeesWhatIsAskedAndApproves(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	m := start(t, sandbox.Options{})
	m.register(r.URL, "authorized")
	created := m.create("landing-01", "paymentDescription", `"Mugs & <b>more</b>"`)
	p := m.open(created.text(t, "redirectUrl"))
	p.want(t, http.StatusOK)
	for _, want := range []string{m.s.Keys().MSN, "499.00 NOK", "Mugs &amp; &lt;b&gt;more&lt;/b&gt;", "landing-01", ">Approve<", ">Decline<", `lang="en"`} {
		if !strings.Contains(string(p.body), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for name, want := range map[string]string{"X-Frame-Options": "DENY", "Cache-Control": "no-store", "Referrer-Policy": "same-origin"} {
		if got := p.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := p.header.Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'none'") {
		t.Errorf("policy %q", got)
	}
	a := m.press(p, "approve")
	if a.status != http.StatusSeeOther || a.header.Get("Location") != "https://example.com/return" {
		t.Errorf("answered %d to %q", a.status, a.header.Get("Location"))
	}
	if got := r.next(t).event(t).Name; got != "AUTHORIZED" {
		t.Errorf("webhook %s", got)
	}
	again := m.open(p.path)
	if !strings.Contains(string(again.body), "The payment is approved.") || strings.Contains(string(again.body), "<form") {
		t.Errorf("after the approval: %s", again.body)
	}
	if m.press(p, "decline").status != http.StatusOK {
		t.Error("a late decline was not answered with the page")
	}
	if got := m.call("GET", paymentsPath+"/landing-01", "").text(t, "state"); got != "AUTHORIZED" {
		t.Errorf("state %s", got)
	}
}

func TestThePayerDeclines(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	p := m.open(m.create("landing-02", "returnUrl", `"mugshop://done?x=1"`).text(t, "redirectUrl"))
	if got := m.press(p, "decline").header.Get("Location"); got != "mugshop://done?x=1" {
		t.Errorf("sent to %q", got)
	}
	list := m.log("landing-02")
	if len(list) != 2 || list[1].Name != "ABORTED" || list[1].PSPReference != list[0].PSPReference || *list[1].IdempotencyKey != *list[0].IdempotencyKey {
		t.Errorf("log %+v, want ABORTED with CREATED's reference and key", list)
	}
	if after := m.open(p.path); !strings.Contains(string(after.body), `href="mugshop://done?x=1"`) {
		t.Errorf("no way back to the shop: %s", after.body)
	}
}

func TestAFormThatThePageDidNotMakeIsRefused(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	p := m.open(m.create("landing-03").text(t, "redirectUrl"))
	other := m.open(m.create("landing-04").text(t, "redirectUrl"))
	otherToken := strings.TrimPrefix(other.path, "/landing?token=")
	m.press(p, "approve", "form_token", "").want(t, http.StatusForbidden)
	m.press(p, "approve", "form_token", strings.Repeat("0", 64)).want(t, http.StatusForbidden)
	m.press(p, "approve", "token", otherToken).want(t, http.StatusForbidden)
	m.press(p, "maybe").want(t, http.StatusOK)
	for _, reference := range []string{"landing-03", "landing-04"} {
		if got := m.call("GET", paymentsPath+"/"+reference, "").text(t, "state"); got != "CREATED" {
			t.Errorf("%s is %s", reference, got)
		}
	}
}

func TestPagesOfNoPayment(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	for _, path := range []string{"/landing", "/landing?token=", "/landing?token=nonsense"} {
		if p := m.open(path); p.status != http.StatusNotFound || strings.Contains(string(p.body), "<form") {
			t.Errorf("%s: %d", path, p.status)
		}
	}
	if a := m.send("GET", "/landing.css", "", nil); a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "text/css") {
		t.Errorf("style: %d %s", a.status, a.header.Get("Content-Type"))
	}
}
