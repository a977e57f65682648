package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// FuzzSalesUnit plays calls, decisions and time on the payments of one sales
// unit, three bytes each: what to do, to which payment and under which key, and
// with how much or how much later. Whatever it plays, each change has exactly
// one event, and each event is queued for the receiver in the log's order.
func FuzzSalesUnit(f *testing.F) {
	f.Add([]byte{0, 0, 0, 3, 0, 0, 5, 0, 100, 6, 0, 50, 6, 16, 200, 5, 16, 255, 5, 32, 255, 4, 0, 0})
	f.Add([]byte{0, 0, 1, 1, 0, 0, 2, 0, 0, 0, 0, 1, 7, 0, 11})
	f.Add([]byte{0, 1, 2, 3, 1, 0, 4, 1, 0, 7, 0, 59, 0, 2, 0, 7, 0, 1, 5, 1, 201, 6, 1, 123})
	f.Add([]byte{0, 2, 3, 3, 2, 0, 1, 2, 0, 1, 2, 0, 5, 2, 124, 5, 2, 124, 6, 2, 124, 4, 18, 0, 4, 18, 0})
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 32, 0, 0, 48, 0, 0, 64, 0, 7, 0, 1, 0, 80, 0})
	f.Fuzz(func(t *testing.T, moves []byte) {
		const longest = 100 * 3
		p, moves := newPlay(t), moves[:min(len(moves), longest)]
		for ; len(moves) >= 3; moves = moves[3:] {
			p.time()
			p.move(moves[0], moves[1], moves[2])
			p.check()
		}
	})
}

// gameplay is a sales unit with one registration for everything, which keeps
// its events.
type gameplay struct {
	t    *testing.T
	s    *Server
	u    *unit
	box  *mailbox
	now  time.Time
	done map[string]bool // accepted calls, whose repetitions change nothing
	seen map[string]int  // events of a payment that were held against their webhooks
}

func newPlay(t *testing.T) *gameplay {
	u := newUnit(Keys{MSN: "123456"}, nil, nil)
	box := &mailbox{streams: make(map[string]*stream), signal: make(chan struct{}, 1)}
	u.registrations = []*registration{{events: eventTypes(), box: box}}
	return &gameplay{
		t: t, s: &Server{deadline: make(chan struct{}, 1)}, u: u, box: box, done: make(map[string]bool), seen: make(map[string]int),
		now: time.Date(2026, 11, 22, 6, 40, 0, 412_345_600, time.UTC),
	}
}

func (g *gameplay) events() int {
	n := 0
	for _, p := range g.u.payments {
		n += len(p.events)
	}
	return n
}

// time does what has fallen due: one event for each such payment, no other.
func (g *gameplay) time() {
	want := g.events()
	for _, p := range g.u.payments {
		if p.state == stateCreated && !p.due().After(g.now) {
			want++
		}
	}
	g.u.do(g.now, func() {})
	if got := g.events(); got != want {
		g.t.Fatalf("time made %d events, want %d", got, want)
	}
}

func (g *gameplay) move(what, which, n byte) {
	reference, key := fmt.Sprintf("payment-%d", which%3), fmt.Sprintf("key-%d", which/16)
	before, want := g.events(), 0
	some := fmt.Sprintf(`{"modificationAmount":{"currency":"NOK","value":%d}}`, n)
	switch what % 8 {
	case 0:
		amounts := []int{1000, 151, amountPending, amountUnconfirmed, amount3DSecure}
		want = g.call(createPayment, reference, key, fmt.Sprintf(
			`{"amount":{"currency":"NOK","value":%d},"paymentMethod":{"type":"WALLET"},"reference":%q,"userFlow":"QR"}`, amounts[int(n)%len(amounts)], reference))
	case 1, 2, 3:
		want = g.decide(reference, choice(what%8))
	case 4:
		body := []string{"", `{"cancelTransactionOnly":true}`}[n%2]
		want = g.call(cancelPayment, reference, key, body)
	case 5:
		want = g.call(capturePayment, reference, key, some)
	case 6:
		want = g.call(refundPayment, reference, key, some)
	default:
		g.now = g.now.Add(time.Duration(n) * time.Minute)
	}
	if got := g.events() - before; got != want {
		g.t.Fatalf("move %d on %s made %d events, want %d", what%8, reference, got, want)
	}
}

// call makes a call and returns how many events it must have made.
func (g *gameplay) call(h handler, reference, key, body string) int {
	r := httptest.NewRequest(http.MethodPost, "/epayment/v1/payments/"+reference, strings.NewReader(body))
	r.Header.Set("Idempotency-Key", key)
	a := h(&call{s: g.s, r: r, layer: paymentLayer, params: []string{reference}, unit: g.u, body: []byte(body), now: g.now})
	id := fmt.Sprint(r.URL.Path, key, body, fmt.Sprintf("%p", h))
	if a.status >= 300 || g.done[id] {
		return 0
	}
	g.done[id] = true
	return 1
}

func (g *gameplay) decide(reference string, what choice) (events int) {
	c := &call{s: g.s, r: httptest.NewRequest(http.MethodPost, "/", nil), now: g.now}
	g.u.do(g.now, func() {
		p := g.u.payments[reference]
		if p == nil {
			return
		}
		if d, f := c.decide(g.u, p, what); f == nil && d.event != nil {
			events = 1
		}
	})
	return events
}

// check holds every payment against its log, and its log against what was
// queued for delivery.
func (g *gameplay) check() {
	for _, p := range g.u.payments {
		checkPayment(g.t, p, len(p.events))
		queued := g.box.streams[p.reference].messages
		if len(queued) != len(p.events) {
			g.t.Fatalf("%s: %d events, %d queued", p.reference, len(p.events), len(queued))
		}
		for i := g.seen[p.reference]; i < len(queued); i++ {
			e := p.events[i]
			var w webhookBody
			if err := json.Unmarshal(queued[i].body, &w); err != nil {
				g.t.Fatal(err)
			}
			if w.Name != e.name || w.PSPReference != e.pspReference || w.Success != e.success || w.Amount.Value != e.value || w.Timestamp != milliseconds(e.at) {
				g.t.Fatalf("%s: event %d is %+v, its webhook %s", p.reference, i, e, queued[i].body)
			}
		}
		g.seen[p.reference] = len(queued)
		if p.state == stateCreated && (p.place >= len(g.u.expiring) || g.u.expiring[p.place] != p) {
			g.t.Fatalf("%s is not where it falls due", p.reference)
		}
	}
}
