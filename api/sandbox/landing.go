package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"html/template"
	"net/http"
	"net/url"
)

// landingView is the page where the payer says yes, no or not now.
type landingView struct {
	frame
	Payment *bill    // nil where there is none
	Open    bool     // the payer can still decide
	Asking  bool     // the form is there
	Alert   string   // what the payer has to know before deciding
	Outcome string   // how the payment stands
	Mood    mood     // how Outcome looks
	Here    string   // the page's own address
	Back    *wayBack // shown once the form is away

	Token, FormToken string
}

// wayBack is where the payer goes when all is said. The text says where that is.
type wayBack struct {
	Text string
	URL  template.URL
}

// formToken proves that a form was made by this page for this payment.
func (ps *pages) formToken(landing string) string {
	mac := hmac.New(sha256.New, ps.key)
	mac.Write([]byte(landing))
	return hex.EncodeToString(mac.Sum(nil))
}

// landingPath is where the payer decides; whoever knows the token may.
func landingPath(token string) string { return "/landing?token=" + url.QueryEscape(token) }

func (s *Server) landingURL(token string) string { return s.url + landingPath(token) }

func showLanding(c *call) reply {
	q := c.r.URL.Query()
	var view *landingView
	c.wake = c.findLanding(q.Get("token"), func(u *unit, p *payment) { view = c.landingView(u, p) })
	if view == nil {
		return c.noPayment()
	}
	if view.Open && q.Get("after") == "wait" {
		view.wait()
	}
	return c.render(http.StatusOK, "landing.html", view)
}

func (c *call) noPayment() reply {
	return c.render(http.StatusNotFound, "landing.html", &landingView{
		frame:   frame{Title: "No payment"},
		Outcome: "There is no payment at this address. Check that the address is whole, and that the sandbox was not started anew since.", Mood: moodBad,
	})
}

// decideLanding is the press of one of the form's buttons. Where that leaves
// something to decide, the page says why; else the payer goes on.
func decideLanding(c *call) reply {
	form, err := url.ParseQuery(string(c.body))
	token := form.Get("token")
	if err != nil || !same(form.Get("form_token"), c.s.pages.formToken(token)) {
		return c.render(http.StatusForbidden, "landing.html", &landingView{
			frame: frame{Title: "Nothing was done"}, Mood: moodBad,
			Outcome: "This form is not from the payment’s own page, so nothing was done. Open the payment’s page again.",
		})
	}
	answer := c.noPayment
	c.wake = c.findLanding(token, func(u *unit, p *payment) {
		next, view := c.press(u, p, form.Get("decision"))
		answer = func() reply { return seeOther(next) }
		if view != nil {
			answer = func() reply { return c.render(http.StatusOK, "landing.html", view) }
		}
	})
	return answer()
}

// press does what a button says, and returns where the payer goes on, or what
// to show instead. A button that is no choice and one that comes too late
// change nothing and lead to the page as it is now.
func (c *call) press(u *unit, p *payment, button string) (next string, instead *landingView) {
	here := landingPath(p.landing)
	what, ok := payerChoice(button)
	switch {
	case button == "wait":
		return here + "&after=wait", nil
	case !ok:
		return here, nil
	}
	d, f := c.decide(u, p, what)
	back := p.wayBack()
	switch {
	case f != nil:
		return here, nil
	case !d.over():
		view := c.landingView(u, p)
		view.alert(d.outcome)
		return "", view
	case back == nil:
		return here, nil
	}
	return string(back.URL), nil
}

// findLanding runs fn on the payment that a landing token names, if any.
func (c *call) findLanding(token string, fn func(*unit, *payment)) []*posted {
	var wake []*posted
	for _, u := range c.s.units {
		wake = append(wake, u.do(c.now, func() {
			if p := u.landings[token]; p != nil {
				fn(u, p)
			}
		})...)
	}
	return wake
}

// landingView is the page of a payment as it stands; its unit is locked.
func (c *call) landingView(u *unit, p *payment) *landingView {
	b := c.s.bill(u, p, c.now)
	open, words := p.standing()
	v := &landingView{
		frame: frame{Title: b.Amount + " to " + b.Merchant}, Payment: &b, Open: open, Asking: open, Here: b.Here, Back: p.wayBack(),
		Token: p.landing, FormToken: c.s.pages.formToken(p.landing),
	}
	switch {
	case !open:
		v.Title, v.Mood = p.heading()
		v.Outcome = words
	case words != "":
		v.alert(words)
	}
	return v
}

// alert puts in front of the form why it is there again.
func (v *landingView) alert(why string) { v.Title, v.Alert = "Not paid yet: "+v.Title, why }

// wait puts the form away.
func (v *landingView) wait() {
	v.Title, v.Alert, v.Asking = "Still open", "", false
	v.Outcome = "Nothing is decided. The payment stays open, and this address leads back to it."
}

// wayBack leads to the shop, or for a payment that was sent to the phone to the
// page that stands for the phone. It is nil where the shop has named no address.
func (p *payment) wayBack() *wayBack {
	switch {
	case p.userFlow == "PUSH_MESSAGE":
		return &wayBack{"Back to the phone’s payments", "/app"}
	case p.returnURL != "":
		return &wayBack{"Back to the shop", template.URL(p.returnURL)} // checked by returnable when it came in
	}
	return nil
}

// mood is the look of what a page says; words carry the meaning.
type mood string

const (
	moodGood mood = "good"
	moodBad  mood = "bad"
)

// heading is how a payment stands, in a word or two.
func (p *payment) heading() (string, mood) {
	switch {
	case p.state == stateAuthorized:
		return "Payment approved", moodGood
	case p.state == stateAborted:
		return "Payment declined", moodBad
	case p.state == stateExpired:
		return "Payment expired", moodBad
	case p.state == stateTerminated:
		return "Payment cancelled", moodBad
	}
	return "Payment waiting", ""
}
