package sandbox

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"
)

const (
	appOften = 5  // seconds between two looks of a page that looks by itself
	appMost  = 50 // payments that a list of the page shows
)

// appView is the page that stands for the payer's phone: it shows what the app
// would, which is the only way to a payment that was sent there.
type appView struct {
	frame
	Often int
	Lists []appList
}

// appList is some of the payments that wait, the newest first.
type appList struct {
	Title, None, More string
	Entries           []appEntry
	waiting           int // entries and those beyond what is shown
}

type appEntry struct {
	bill
	since time.Time
}

// showApp lists every payment that waits for its payer, whoever that is: all
// payers of a sandbox are made up, and its phone is everybody's.
func showApp(c *call) reply {
	v := appView{frame: frame{Title: "Payments to approve"}, Often: appOften}
	if c.r.URL.Query().Get("look") == "often" { // the reader's choice, and theirs to end
		v.Refresh = appOften
	}
	sent := appList{Title: "Sent to the phone", None: "No payment was sent here."}
	others := appList{Title: "Opened by a link or a QR code", None: "No other payment waits."}
	for _, u := range c.s.units {
		c.wake = append(c.wake, u.do(c.now, func() {
			c.fill(&sent, u, func(p *payment) bool { return p.userFlow == "PUSH_MESSAGE" })
			c.fill(&others, u, func(p *payment) bool { return p.userFlow != "PUSH_MESSAGE" })
		})...)
	}
	v.Lists = []appList{sent.newest(), others.newest()}
	return c.render(http.StatusOK, "app.html", v)
}

// fill adds the newest of a unit's waiting payments; the unit is locked.
func (c *call) fill(l *appList, u *unit, belongs func(*payment) bool) {
	var all []*payment
	for _, p := range u.payments {
		if open, _ := p.standing(); open && belongs(p) {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b *payment) int {
		return cmp.Or(b.createdAt.Compare(a.createdAt), cmp.Compare(a.reference, b.reference))
	})
	l.waiting += len(all)
	for _, p := range all[:min(len(all), appMost)] {
		l.Entries = append(l.Entries, appEntry{c.s.bill(u, p, c.now), p.createdAt})
	}
}

// newest sorts what several units have added and keeps what a page can hold.
func (l appList) newest() appList {
	slices.SortStableFunc(l.Entries, func(a, b appEntry) int { return b.since.Compare(a.since) })
	l.Entries = l.Entries[:min(len(l.Entries), appMost)]
	if n := l.waiting - len(l.Entries); n > 0 {
		l.More = fmt.Sprintf("Older ones that wait as well: %d.", n)
	}
	return l
}

// addressee is whom a payment was sent to, empty where it was not.
func (p *payment) addressee() string {
	switch {
	case p.userFlow != "PUSH_MESSAGE":
		return ""
	case p.phone != "":
		return "+" + p.phone
	}
	return "the customer named by the shop"
}
