package sandbox_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

func TestTheReturnPageSaysWhatHappened(t *testing.T) {
	t.Parallel()
	c := newClock()
	m := start(t, sandbox.Options{Now: c.now})
	for _, tt := range []struct {
		reference, says string
		happens         func(p page)
	}{
		{"return-approved", "The payment is approved.", func(p page) { m.press(p, "approve").want(t, http.StatusSeeOther) }},
		{"return-declined", "The payment was declined.", func(p page) { m.press(p, "decline").want(t, http.StatusSeeOther) }},
		{"return-cancelled", "The shop has cancelled the payment.", func(page) {
			m.call("POST", paymentsPath+"/return-cancelled/cancel", "").want(t, http.StatusOK)
		}},
		{"return-waiting", "Nothing is decided yet.", func(p page) { m.press(p, "wait").want(t, http.StatusSeeOther) }},
		{"return-expired", "The payment has expired", func(page) { c.forward(10 * time.Minute) }}, // ends the one before as well
	} {
		tt.happens(m.open(m.create(tt.reference, "returnUrl", `"`+m.s.URL()+"/return?reference="+tt.reference+`"`).text(t, "redirectUrl")))
		p := m.open("/return?reference=" + tt.reference)
		p.want(t, http.StatusOK)
		for _, want := range []string{tt.says, tt.reference, "Go back to the terminal."} {
			if !strings.Contains(string(p.body), want) {
				t.Errorf("%s: the page lacks %q: %s", tt.reference, want, p.body)
			}
		}
		// Whoever guesses a reference learns nothing else.
		for _, private := range []string{"499.00", "One mug", "token", m.s.Keys().MSN} {
			if strings.Contains(string(p.body), private) {
				t.Errorf("%s: the page tells %q", tt.reference, private)
			}
		}
		waits := tt.reference == "return-waiting"
		if strings.Contains(string(p.body), "06:50:00 UTC") != waits || strings.Contains(string(p.body), "Look again") != waits {
			t.Errorf("%s: deadline and link: %s", tt.reference, p.body)
		}
	}
}

func TestTheWayBackToTheReturnPage(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	back := m.s.URL() + "/return?reference=return-way"
	p := m.open(m.create("return-way", "returnUrl", `"`+back+`"`).text(t, "redirectUrl"))
	if a := m.press(p, "approve"); a.status != http.StatusSeeOther || a.header.Get("Location") != back {
		t.Errorf("answered %d to %q", a.status, a.header.Get("Location"))
	}
}
