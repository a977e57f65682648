package sandbox

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
)

//go:embed landing.html landing.css
var pageFiles embed.FS

// landingPage is where the payer says yes or no.
type landingPage struct {
	page  *template.Template
	style []byte
	key   []byte // of the form tokens
}

// pageView is what the landing page shows.
type pageView struct {
	Merchant, Amount, Description, Reference string
	Token, FormToken                         string
	Open                                     bool   // the payer can still decide
	Outcome                                  string // how the payment stands, or what came of the last try
	ReturnURL                                template.URL
}

func newLandingPage(ids *entropy) (*landingPage, error) {
	page, err := template.ParseFS(pageFiles, "landing.html")
	if err != nil {
		return nil, fmt.Errorf("parse the landing page: %w", err)
	}
	style, err := pageFiles.ReadFile("landing.css")
	if err != nil {
		return nil, fmt.Errorf("read the landing page's style: %w", err)
	}
	return &landingPage{page: page, style: style, key: ids.bytes(32, "form key")}, nil
}

// formToken proves that a form was made by this page for this payment.
func (l *landingPage) formToken(landing string) string {
	mac := hmac.New(sha256.New, l.key)
	mac.Write([]byte(landing))
	return hex.EncodeToString(mac.Sum(nil))
}

func landingStyle(c *call) reply {
	return reply{status: http.StatusOK, contentType: "text/css; charset=utf-8", body: c.s.page.style}
}

func showLanding(c *call) reply {
	token := c.r.URL.Query().Get("token")
	var view *pageView
	c.wake = c.findLanding(token, func(u *unit, p *payment) { view = c.s.view(u, p) })
	if view == nil {
		return c.render(http.StatusNotFound, &pageView{Outcome: "There is no payment at this address."})
	}
	return c.render(http.StatusOK, view)
}

// decideLanding is the form's Approve or Decline.
func decideLanding(c *call) reply {
	form, err := url.ParseQuery(string(c.body))
	token := form.Get("token")
	if err != nil || !same(form.Get("form_token"), c.s.page.formToken(token)) {
		return c.render(http.StatusForbidden, &pageView{Outcome: "This form is not from the payment's own page. Open the page again."})
	}
	var view *pageView
	var back string
	c.wake = c.findLanding(token, func(u *unit, p *payment) {
		var d decision
		// Anything but the two buttons' values changes nothing, nor does a
		// choice that comes too late.
		if what, ok := payerChoice(form.Get("decision")); ok {
			d, _ = c.decide(u, p, what)
		}
		view = c.s.view(u, p)
		if d.over() {
			back = p.returnURL
		} else if d.outcome != "" {
			view.Outcome = d.outcome
		}
	})
	switch {
	case view == nil:
		return c.render(http.StatusNotFound, &pageView{Outcome: "There is no payment at this address."})
	case back == "":
		return c.render(http.StatusOK, view)
	}
	return reply{status: http.StatusSeeOther, header: [][2]string{{"Location", back}, {"Cache-Control", "no-store"}}}
}

// findLanding runs fn on the payment that a landing token names, if any.
func (c *call) findLanding(token string, fn func(*unit, *payment)) []*mailbox {
	var wake []*mailbox
	for _, u := range c.s.units {
		wake = append(wake, u.do(c.now, func() {
			if p := u.landings[token]; p != nil {
				fn(u, p)
			}
		})...)
	}
	return wake
}

func (s *Server) view(u *unit, p *payment) *pageView {
	v := &pageView{
		Merchant: "Sandbox shop " + u.keys.MSN, Amount: p.amount.String(),
		Description: p.description, Reference: p.reference,
		Token: p.landing, FormToken: s.page.formToken(p.landing),
		ReturnURL: template.URL(p.returnURL), // checked by returnable when it came in
	}
	v.Open, v.Outcome = p.standing()
	return v
}

// String is the amount as people write it, 499.00 NOK.
func (m money) String() string {
	return fmt.Sprintf("%d.%02d %s", m.Value/100, m.Value%100, m.Currency)
}

func (c *call) render(status int, v *pageView) reply {
	var b bytes.Buffer
	if err := c.s.page.page.Execute(&b, v); err != nil {
		return gatewayError(http.StatusInternalServerError, "The page could not be drawn.")
	}
	return reply{status: status, contentType: "text/html; charset=utf-8", body: b.Bytes(), header: [][2]string{
		// No form-action: browsers apply it to the redirect that follows the
		// form as well, and that leads to the shop.
		{"Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"},
		{"X-Frame-Options", "DENY"},
		{"Referrer-Policy", "same-origin"},
		{"Cache-Control", "no-store"},
	}}
}
