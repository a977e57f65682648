package sandbox

import (
	"container/heap"
	"time"
)

// choice is what somebody decides in a payment's favour or against it.
type choice int

const (
	chooseApprove choice = iota + 1 // the payer's yes
	chooseDecline                   // the payer's no
	chooseForce                     // force approve, in the payer's place
)

// payerChoice reads what a form or a command calls the payer's choices.
func payerChoice(word string) (choice, bool) {
	switch word {
	case "approve":
		return chooseApprove, true
	case "decline":
		return chooseDecline, true
	}
	return 0, false
}

// verdict is what became of a choice.
type verdict int

const (
	verdictApproved    verdict = iota + 1 // the payment is AUTHORIZED
	verdictDeclined                       // the payment is ABORTED
	verdictRefused                        // the payment source said no; the payer may try again
	verdictPending                        // nobody knows yet; see [pendingTime]
	verdictUnconfirmed                    // the payer has to approve once more
)

// decision is a choice's verdict with what was logged for it.
type decision struct {
	verdict verdict
	event   *event // nil while nothing has happened that is worth a webhook
	outcome string // what to tell the payer
}

// over reports whether the payer has nothing left to do and can go back to the
// shop.
func (d decision) over() bool {
	return d.verdict == verdictApproved || d.verdict == verdictDeclined || d.verdict == verdictPending
}

// decide makes a choice on a payment of u, whose lock is held, and publishes
// what it led to. It is the one way to decide: the landing page, force approve
// and whoever else stands in for the payer go through it. A failure says that
// the payment cannot be decided on, and has changed nothing.
func (c *call) decide(u *unit, p *payment, what choice) (decision, *failure) {
	d, f := p.decide(what, c.now)
	if f != nil {
		return decision{}, f
	}
	u.changed(p)
	if d.event != nil {
		u.publish(p, *d.event)
	}
	if d.verdict == verdictPending {
		heap.Fix(&u.expiring, p.place)
		signal(c.s.deadline)
	}
	return d, nil
}

func (p *payment) decide(what choice, now time.Time) (decision, *failure) {
	if what == chooseDecline {
		return p.decline(now)
	}
	return p.approve(now, what)
}

// standing says whether the payer can still decide, and how the payment stands
// in words for the payer; none while it is simply open.
func (p *payment) standing() (open bool, words string) {
	switch {
	case p.pending():
		return false, wordsPending
	case p.state == stateCreated && p.asked:
		return true, wordsUnconfirmed
	case p.state == stateCreated:
		return true, ""
	case p.state == stateAuthorized:
		return false, wordsApproved
	case p.state == stateAborted:
		return false, wordsDeclined
	case p.state == stateExpired:
		return false, "The payment has expired."
	}
	return false, "The shop has cancelled the payment."
}

const (
	wordsApproved    = "The payment is approved."
	wordsDeclined    = "The payment was declined."
	wordsPending     = "The bank has not answered yet. The payment is decided within an hour; the shop will know."
	wordsUnconfirmed = "The bank wants to be sure that it is you. Approve once more to confirm."
)
