package sandbox

import (
	"strings"
	"testing"
	"time"
)

func FuzzDecodeCreate(f *testing.F) {
	for _, seed := range []string{
		`{"amount":{"currency":"NOK","value":49900},"paymentMethod":{"type":"WALLET"},"reference":"acme-shop-123","userFlow":"WEB_REDIRECT","returnUrl":"https://example.com"}`,
		`{"amount":{"currency":"EUR","value":1},"paymentMethod":{"type":"WALLET","blockedSources":["COMMERCIAL_CARDS"]},"reference":9223372036854775809,"userFlow":"QR","qrFormat":{"format":"IMAGE/PNG","size":100}}`,
		`{"customer":{"phoneNumber":4712345678},"receipt":{"orderLines":[{"name":null}],"bottomLine":{"currency":"NOK"}},"metadata":{"a":"b"}}`,
		`{"expiresAt":"2026-11-22t07:00:00z","industryData":{"airlineData":{}},"minimumUserAge":-0}`,
		`[]`, `null`, `{"a":` + strings.Repeat("[", 70), "{\"reference\":\"\xff\"}", ``,
	} {
		f.Add([]byte(seed))
	}
	now := time.Date(2026, 11, 22, 6, 40, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, body []byte) {
		q, refused := decodeCreate(body)
		if refused == nil {
			refused = q.check(now)
		}
		if q.reference != "" && !referencePattern.MatchString(q.reference) {
			t.Errorf("unusable reference %q came through", q.reference)
		}
		if refused != nil {
			if refused.status < 400 || refused.title == "" || refused.code == 0 && len(refused.details) == 0 {
				t.Errorf("a refusal that says nothing: %+v", refused)
			}
			return
		}
		if q.reference == "" || q.amount.Value < 1 || q.amount.Value > maxAmount || q.amount.Currency == "" || q.userFlow == "" {
			t.Errorf("accepted %+v", q)
		}
	})
}

func FuzzStateMachine(f *testing.F) {
	f.Add([]byte{0, 0, 2, 10, 3, 5, 1, 0})
	f.Add([]byte{4, 0, 0, 0})
	f.Add([]byte{5, 0, 0, 0, 2, 1})
	f.Add([]byte{0, 0, 6, 0, 2, 200, 2, 55, 3, 255, 1, 0, 2, 1})
	f.Fuzz(func(t *testing.T, moves []byte) {
		now := time.Date(2026, 11, 22, 6, 40, 0, 0, time.UTC)
		p := newPayment(createRequest{reference: "fuzzed-payment", amount: money{"NOK", 300}}, "key", now)
		logged := 1
		for i := 0; i+1 < len(moves); i += 2 {
			before := *p
			if play(p, moves[i], int64(int8(moves[i+1])), now) {
				logged++
			} else if p.state != before.state || p.funds != before.funds {
				t.Fatalf("move %d was refused and changed %+v to %+v", moves[i], before.funds, p.funds)
			}
			now = now.Add(time.Duration(moves[i+1]) * time.Hour)
			checkPayment(t, p, logged)
		}
	})
}

// play makes one move and reports whether it was accepted.
func play(p *payment, move byte, n int64, now time.Time) bool {
	var refused *failure
	amount := money{p.amount.Currency, n}
	switch move % 8 {
	case 0:
		_, refused = p.approve(now)
	case 1:
		_, refused = p.cancel(now, cancelAnything, "key")
	case 2:
		_, refused = p.capture(now, amount, "key")
	case 3:
		_, refused = p.refund(now, amount, "key")
	case 4:
		_, refused = p.decline(now)
	case 5:
		_, ok := p.expire()
		return ok
	case 6:
		_, refused = p.cancel(now, cancelUnreserved, "key")
	default:
		_, refused = p.capture(now, money{"EUR", n}, "key")
	}
	return refused == nil
}

// checkPayment holds the aggregates against each other and against the log.
func checkPayment(t *testing.T, p *payment, logged int) {
	t.Helper()
	f := p.funds
	if f.authorized < 0 || f.captured < 0 || f.refunded < 0 || f.cancelled < 0 ||
		f.refunded > f.captured || f.captured > f.authorized ||
		f.captured+f.cancelled > max(f.authorized, p.amount.Value) {
		t.Fatalf("impossible funds %+v", f)
	}
	if len(p.events) != logged {
		t.Fatalf("%d events for %d accepted moves", len(p.events), logged)
	}
	var sums funds
	for _, e := range p.events {
		switch e.name {
		case eventAuthorized:
			sums.authorized += e.value
		case eventCaptured:
			sums.captured += e.value
		case eventRefunded:
			sums.refunded += e.value
		case eventCancelled, eventTerminated:
			sums.cancelled += e.value
		}
	}
	if sums != f {
		t.Fatalf("the log adds up to %+v, the aggregate is %+v", sums, f)
	}
	if (p.state == stateAuthorized) != (f.authorized > 0) {
		t.Fatalf("state %s with %d authorized", p.state, f.authorized)
	}
}
