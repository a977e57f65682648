package sandbox

import (
	"container/heap"
	"net/http"
)

type createdBody struct {
	Reference   string `json:"reference"`
	RedirectURL string `json:"redirectUrl,omitempty"`
}

func createPayment(c *call) reply {
	key := c.r.Header.Get("Idempotency-Key")
	if f := checkKey(key); f != nil {
		return c.problem(f)
	}
	q, f := decodeCreate(c.body)
	var answer reply
	c.wake = c.unit.do(c.now, func() {
		var limited bool
		if answer, limited = c.limitCreate(q.reference); limited {
			return
		}
		if q.reference == "" {
			answer = c.problem(f) // nothing to remember the key by
			return
		}
		answer = c.once(opCreate, q.reference, key, func() reply { return c.create(q, f, key) })
	})
	return answer
}

// create runs with the unit locked.
func (c *call) create(q createRequest, f *failure, key string) reply {
	if f == nil {
		f = q.check(c.now)
	}
	if f == nil && c.unit.payments[q.reference] != nil {
		f = domain(4150)
	}
	if f != nil {
		return c.problem(f)
	}
	p := newPayment(q, key, c.now, c.unit.ids)
	if t := c.unit.tried[q.reference]; t.used > 1 {
		p.used = map[operation]usage{opCreate: t}
	}
	delete(c.unit.tried, q.reference)
	c.unit.add(p)
	signal(c.s.deadline)
	return jsonReply(http.StatusCreated, createdBody{p.reference, c.s.redirectURL(p)})
}

func (u *unit) add(p *payment) {
	u.put(p)
	u.publish(p, p.events[0])
}

// put gives a payment its places.
func (u *unit) put(p *payment) {
	u.payments[p.reference] = p
	u.landings[p.landing] = p
	if p.state == stateCreated {
		heap.Push(&u.expiring, p)
	}
}
