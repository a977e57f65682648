package sandbox

import (
	"cmp"
	"net/http"
	"time"
)

// returnView is the sandbox's own return page, for a client without one: it
// says what happened and sends the reader back to the terminal.
type returnView struct {
	frame
	Heading, Text string
	Mood          mood
	Reference     string
	Until         *deadline // of a payment that still waits
	Again         string    // the page's own address, while it may still change
	Next          string
}

// showReturn answers /return?reference=…. A reference can be guessed, so the
// page says how that payment stands and nothing else of it: no amount, no
// description, and no way to decide on it. Where sales units share a reference,
// it speaks of the payment to which something happened last; &msn=… names one.
func showReturn(c *call) reply {
	q := c.r.URL.Query()
	reference, msn := q.Get("reference"), q.Get("msn")
	var view *returnView
	var latest time.Time
	for _, u := range c.s.units {
		if msn != "" && msn != u.keys.MSN {
			continue
		}
		c.wake = append(c.wake, u.do(c.now, func() {
			p := u.payments[reference]
			if p == nil {
				return
			}
			if at := p.events[len(p.events)-1].at; view == nil || at.After(latest) {
				view, latest = c.returnView(p), at
			}
		})...)
	}
	if view == nil {
		return c.render(http.StatusNotFound, "return.html", returnView{
			frame: frame{Title: "No payment"}, Heading: "No payment", Mood: moodBad,
			Text: "The sandbox knows no payment with the reference in this address.",
			Next: "Create a payment there: this page says what became of it.",
		})
	}
	return c.render(http.StatusOK, "return.html", view)
}

func (c *call) returnView(p *payment) *returnView {
	v := &returnView{Reference: visible(p.reference), Next: "What the shop was told is there. You can close this page."}
	v.Heading, v.Mood = p.heading()
	open, words := p.standing()
	v.Title, v.Text = v.Heading, cmp.Or(words, "Nothing is decided yet.")
	if p.state == stateCreated {
		v.Again = c.r.URL.RequestURI()
	}
	if open {
		until := newDeadline(p.expiresAt, c.now)
		v.Until, v.Next = &until, "It leads to the payment’s page, where one decides."
	}
	return v
}
