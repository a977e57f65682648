package sandbox

import (
	"testing"
	"time"
)

// FuzzStateMachine plays moves on one payment: two bytes each, what to do and
// with how much or how much later. The first byte picks the amount.
func FuzzStateMachine(f *testing.F) {
	f.Add([]byte{0, 0, 0, 2, 10, 3, 5, 1, 0})
	f.Add([]byte{0, 4, 0, 0, 0})
	f.Add([]byte{0, 9, 60, 5, 0, 0, 0, 2, 1})
	f.Add([]byte{0, 0, 0, 6, 0, 2, 200, 2, 55, 3, 255, 1, 0, 2, 1})
	f.Add([]byte{1, 0, 0, 0, 0, 4, 0})
	f.Add([]byte{2, 0, 0, 1, 0, 4, 0, 9, 59, 5, 0, 9, 2, 5, 0, 2, 201, 3, 123})
	f.Add([]byte{3, 8, 0, 0, 0, 0, 0, 2, 124, 3, 124, 3, 123})
	f.Fuzz(func(t *testing.T, moves []byte) {
		if len(moves) == 0 {
			return
		}
		now := time.Date(2026, 11, 22, 6, 40, 0, 412_345_600, time.UTC)
		amounts := []int64{300, 151, amountPending, amountUnconfirmed, amount3DSecure}
		p := newPayment(createRequest{reference: "fuzzed-payment", amount: money{"NOK", amounts[int(moves[0])%len(amounts)]}}, "key", now, nil)
		logged := 1
		for i := 1; i+1 < len(moves); i += 2 {
			if moves[i]%10 == 9 { // back as well: requests that wait for each other overtake
				now = now.Add(time.Duration(int8(moves[i+1])) * time.Minute)
				continue
			}
			before := *p
			switch accepted := play(p, moves[i], int64(moves[i+1]), now); {
			case accepted:
				logged++
			case p.state != before.state || p.funds != before.funds:
				t.Fatalf("move %d changed %+v to %+v without an event", moves[i], before.funds, p.funds)
			}
			checkPayment(t, p, logged)
		}
	})
}

// play makes one move and reports whether it led to an event.
func play(p *payment, move byte, n int64, now time.Time) bool {
	var f *failure
	amount := money{p.amount.Currency, n}
	switch move % 10 {
	case 0:
		return decided(p.approve(now, chooseApprove))
	case 1:
		_, f = p.cancel(now, cancelAnything, "key")
	case 2:
		_, f = p.capture(now, amount, "key")
	case 3:
		_, f = p.refund(now, amount, "key")
	case 4:
		return decided(p.decline(now))
	case 5:
		if now.Before(p.due()) {
			return false
		}
		_, ok := p.fallDue()
		return ok
	case 6:
		_, f = p.cancel(now, cancelUnreserved, "key")
	case 7:
		_, f = p.capture(now, money{"EUR", n}, "key")
	default:
		return decided(p.approve(now, chooseForce))
	}
	return f == nil
}

func decided(d decision, f *failure) bool { return f == nil && d.event != nil }

// checkPayment holds the aggregates against each other and against the log.
func checkPayment(t *testing.T, p *payment, logged int) {
	t.Helper()
	f := p.funds
	if f.authorized < 0 || f.captured < 0 || f.refunded < 0 || f.cancelled < 0 ||
		f.refunded > f.captured || f.captured > f.authorized ||
		f.captured+f.cancelled > f.authorized && (p.state != stateTerminated || f.captured != 0 || f.cancelled != p.amount.Value) {
		t.Fatalf("impossible funds %+v in %s", f, p.state)
	}
	if len(p.events) != logged {
		t.Fatalf("%d events for %d accepted moves", len(p.events), logged)
	}
	var sums funds
	for i, e := range p.events {
		if i > 0 && e.at.Before(p.events[i-1].at) {
			t.Fatalf("%s at %v comes before %s at %v", e.name, e.at, p.events[i-1].name, p.events[i-1].at)
		}
		sums.add(e)
	}
	if sums != f {
		t.Fatalf("the log adds up to %+v, the aggregate is %+v", sums, f)
	}
	if (p.state == stateAuthorized) != (f.authorized > 0) || p.pending() && p.state != stateCreated {
		t.Fatalf("state %s with %d authorized", p.state, f.authorized)
	}
}

// add counts an event that has happened.
func (f *funds) add(e event) {
	if !e.success {
		return
	}
	switch e.name {
	case eventAuthorized:
		f.authorized += e.value
	case eventCaptured:
		f.captured += e.value
	case eventRefunded:
		f.refunded += e.value
	case eventCancelled, eventTerminated:
		f.cancelled += e.value
	}
}
