package sandbox_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

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
	if late := m.press(p, "decline"); late.status != http.StatusSeeOther || late.header.Get("Location") != p.path {
		t.Errorf("a late decline was answered %d to %q, want the page again", late.status, late.header.Get("Location"))
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
	m.press(p, "maybe").want(t, http.StatusSeeOther)
	for _, reference := range []string{"landing-03", "landing-04"} {
		if got := m.call("GET", paymentsPath+"/"+reference, "").text(t, "state"); got != "CREATED" {
			t.Errorf("%s is %s", reference, got)
		}
	}
}

func TestPagesOfNoPayment(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	token := strings.TrimPrefix(m.open(m.create("landing-05").text(t, "redirectUrl")).path, "/landing?token=")
	for _, path := range []string{
		"/landing", "/landing?token=", "/landing?token=nonsense", "/qr", "/qr?token=nonsense",
		"/qr?token=" + token, // no QR payment
		"/return", "/return?reference=", "/return?reference=nonsense", "/return?reference=landing-05&msn=1111",
	} {
		if p := m.open(path); p.status != http.StatusNotFound || strings.Contains(string(p.body), "<form") || strings.Contains(string(p.body), "landing-05") {
			t.Errorf("%s: %d %s", path, p.status, p.body)
		}
	}
	if a := m.send("GET", "/page.css", "", nil); a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "text/css") {
		t.Errorf("style: %d %s", a.status, a.header.Get("Content-Type"))
	}
}

func TestADecisionCanWait(t *testing.T) {
	t.Parallel()
	c := newClock()
	m := start(t, sandbox.Options{Now: c.now})
	p := m.open(m.create("landing-06").text(t, "redirectUrl"))
	wants := func(p page, want ...string) {
		t.Helper()
		for _, w := range want {
			if !strings.Contains(string(p.body), w) {
				t.Errorf("the page lacks %q: %s", w, p.body)
			}
		}
	}
	wants(p, `<time datetime="2026-11-22T06:50:00Z">06:50:00 UTC</time>`, "10 minutes left", ">Decide later<")
	a := m.press(p, "wait")
	if a.status != http.StatusSeeOther || a.header.Get("Location") != p.path+"&after=wait" {
		t.Fatalf("answered %d to %q", a.status, a.header.Get("Location"))
	}
	c.forward(90 * time.Second)
	waits := m.open(a.header.Get("Location"))
	wants(waits, "The payment stays open", "06:50:00 UTC", "8 minutes 30 seconds left", `href="`+p.path+`">Decide now<`, `href="https://example.com/return"`)
	if strings.Contains(string(waits.body), "<form") {
		t.Error("the page asks although the payer wants to wait")
	}
	if got := m.call("GET", paymentsPath+"/landing-06", "").text(t, "state"); got != "CREATED" {
		t.Errorf("state %s", got)
	}
	m.press(p, "decline").want(t, http.StatusSeeOther)
	if late := m.open(a.header.Get("Location")); !strings.Contains(string(late.body), "The payment was declined.") || strings.Contains(string(late.body), "stays open") {
		t.Errorf("after the decision: %s", late.body)
	}
}

func TestADeadlineOfAnotherDayHasItsDateAndZone(t *testing.T) {
	t.Parallel()
	c := newClock()
	oslo := time.FixedZone("CET", 3600)
	m := start(t, sandbox.Options{Now: func() time.Time { return c.now().In(oslo) }})
	p := m.open(m.create("landing-07", "expiresAt", `"2026-11-24T10:00:00Z"`, "userFlow", `"QR"`,
		"qrFormat", `{"format":"TEXT/TARGETURL"}`, "receipt", `{"orderLines":[{"name":"Mug","id":"1","totalAmount":1,"totalAmountExcludingTax":1,"totalTaxAmount":0}],"bottomLine":{"currency":"NOK"}}`).text(t, "redirectUrl"))
	for _, want := range []string{`datetime="2026-11-24T11:00:00+01:00"`, "24 November 2026, 11:00:00 UTC+01:00", "2 days 3 hours left"} {
		if !strings.Contains(html.UnescapeString(string(p.body)), want) {
			t.Errorf("the page lacks %q: %s", want, p.body)
		}
	}
}

func TestWhatAShopWritesIsShownAndDoesNothing(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	p := m.open(m.create("landing-08", "paymentDescription", `"<script>alert(1)</script>\u202egnp\u200b\u0007\u0085\ud83c\udf81 1\u00a0kr"`).text(t, "redirectUrl"))
	want := `&lt;script&gt;alert(1)&lt;/script&gt;\u202egnp\u200b\u0007\u0085🎁 1` + "\u00a0kr"
	if !strings.Contains(string(p.body), want) || strings.Contains(string(p.body), "<script") || strings.ContainsRune(string(p.body), 0x202e) {
		t.Errorf("want %q in: %s", want, p.body)
	}
}
