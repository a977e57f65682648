package sandbox_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

// push creates a payment that is sent to a phone.
func (m *merchant) push(reference string, members ...string) answer {
	m.t.Helper()
	return m.create(reference, append([]string{"userFlow", `"PUSH_MESSAGE"`, "returnUrl", "", "customer", `{"phoneNumber":"4712345678"}`}, members...)...)
}

// listed are the references on the phone's page, in their order, and the links
// beside them.
func (p page) listed() (references, links []string) {
	for _, f := range regexp.MustCompile(`(?s)<h3><a href="([^"]+)">.*?<dt>Reference</dt><dd>([^<]+)<`).FindAllStringSubmatch(string(p.body), -1) {
		links, references = append(links, f[1]), append(references, f[2])
	}
	return references, links
}

func TestThePhoneListsWhatWaitsForItsPayer(t *testing.T) {
	t.Parallel()
	c := newClock()
	m := start(t, sandbox.Options{Now: c.now})
	if empty := m.open("/app"); empty.status != http.StatusOK || !strings.Contains(string(empty.body), "No payment was sent here.") {
		t.Errorf("without payments: %d %s", empty.status, empty.body)
	}
	for _, reference := range []string{"push-older", "push-newer"} {
		if got := m.push(reference).text(t, "redirectUrl"); got != "" {
			t.Errorf("redirectUrl %q for PUSH_MESSAGE", got)
		}
		c.forward(time.Second)
	}
	m.push("push-token", "customer", `{"customerToken":"made-up-token"}`).want(t, http.StatusCreated)
	m.create("web-waits").want(t, http.StatusCreated)
	m.create("qr-waits", "userFlow", `"QR"`).want(t, http.StatusCreated)
	m.create("web-approved").want(t, http.StatusCreated)
	m.approve("web-approved").want(t, http.StatusOK)

	p := m.open("/app")
	got, links := p.listed()
	if want := "[push-token push-newer push-older qr-waits web-waits]"; fmt.Sprint(got) != want {
		t.Errorf("lists %v, want %s", got, want)
	}
	for _, want := range []string{"+4712345678", "the customer named by the shop", "499.00 NOK", `datetime="2026-11-22T06:50:01Z"`} {
		if !strings.Contains(strings.ReplaceAll(string(p.body), "&#43;", "+"), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	a := m.press(m.open(links[1]), "approve")
	if a.status != http.StatusSeeOther || a.header.Get("Location") != "/app" {
		t.Errorf("answered %d to %q, want back to the phone's page", a.status, a.header.Get("Location"))
	}
	if got := m.call("GET", paymentsPath+"/push-newer", "").text(t, "state"); got != "AUTHORIZED" {
		t.Errorf("state %s", got)
	}
	c.forward(11 * time.Minute)
	if got, _ := m.open("/app").listed(); len(got) != 0 {
		t.Errorf("lists %v after their deadline", got)
	}
}

func TestThePhoneShowsTheNewestOfVeryMany(t *testing.T) {
	t.Parallel()
	c := newClock()
	m := start(t, sandbox.Options{Now: c.now})
	for n := range 60 {
		m.push(fmt.Sprintf("push-many-%02d", n)).want(t, http.StatusCreated)
		c.forward(time.Second)
	}
	p := m.open("/app")
	got, _ := p.listed()
	if len(got) != 50 || got[0] != "push-many-59" || got[49] != "push-many-10" || !strings.Contains(string(p.body), "Older ones that wait as well: 10.") {
		t.Errorf("%d payments from %v on: %s", len(got), got[:1], p.body)
	}
}

func TestThePhoneLooksByItselfOnlyWhenTold(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	const refresh = `http-equiv="refresh"`
	if p := m.open("/app"); strings.Contains(string(p.body), refresh) || !strings.Contains(string(p.body), `href="/app?look=often"`) {
		t.Errorf("at first: %s", p.body)
	}
	if p := m.open("/app?look=often"); !strings.Contains(string(p.body), refresh+` content="5"`) || !strings.Contains(string(p.body), `href="/app">Stop`) {
		t.Errorf("when told: %s", p.body)
	}
}
