package sandbox

import (
	"bytes"
	"net/http"
	"time"
)

// withPayment runs fn on the payment that the path names, with its unit
// locked; op is what the rate limit counts, empty for none.
func (c *call) withPayment(op operation, fn func(*payment) reply) reply {
	var answer reply
	c.wake = c.unit.do(c.now, func() {
		p := c.unit.payments[c.params[0]]
		if p == nil {
			answer = c.problem(domain(5090))
			return
		}
		if op != "" {
			if a, limited := c.limit(p, op); limited {
				answer = a
				return
			}
		}
		answer = fn(p)
	})
	return answer
}

func getPayment(c *call) reply {
	return c.withPayment(opGet, func(p *payment) reply { return jsonReply(http.StatusOK, c.s.paymentBody(p)) })
}

func getEvents(c *call) reply {
	return c.withPayment(opLog, func(p *payment) reply { return jsonReply(http.StatusOK, p.log()) })
}

func capturePayment(c *call) reply { return c.moveFunds(opCapture, (*payment).capture) }

func refundPayment(c *call) reply { return c.moveFunds(opRefund, (*payment).refund) }

// moveFunds is capture and refund: {modificationAmount} under a required key.
func (c *call) moveFunds(op operation, move func(*payment, time.Time, money, string) (event, *failure)) reply {
	key := c.r.Header.Get("Idempotency-Key")
	if f := checkKey(key); f != nil {
		return c.problem(f)
	}
	n, f := decodeModification(c.body)
	return c.withPayment(op, func(p *payment) reply {
		return c.once(op, p.reference, key, func() reply {
			if f != nil {
				return c.problem(f)
			}
			return c.move(p, func() (event, *failure) { return move(p, c.now, n, key) })
		})
	})
}

// cancelPayment takes an empty body as well; its key is optional.
func cancelPayment(c *call) reply {
	key := c.r.Header.Get("Idempotency-Key")
	if key != "" {
		if f := checkKey(key); f != nil {
			return c.problem(f)
		}
	}
	how, f := decodeCancel(c.body)
	return c.withPayment(opCancel, func(p *payment) reply {
		act := func() reply {
			if f != nil {
				return c.problem(f)
			}
			return c.move(p, func() (event, *failure) { return p.cancel(c.now, how, key) })
		}
		if key == "" {
			return act()
		}
		return c.once(opCancel, p.reference, key, act)
	})
}

// move makes one step of the state machine and publishes what it led to.
func (c *call) move(p *payment, step func() (event, *failure)) reply {
	e, f := step()
	if f != nil {
		return c.problem(f)
	}
	c.unit.publish(p, e)
	return jsonReply(http.StatusOK, p.adjustment())
}

func decodeModification(body []byte) (money, *failure) {
	root, problems, f := readObject(body)
	if f != nil {
		return money{}, f
	}
	root.require("modificationAmount")
	var n money
	if o, ok := root.child("modificationAmount"); ok {
		n = readMoney(o, 0)
	}
	readFormerFields(root)
	root.refuseOthers()
	if len(problems.details) > 0 {
		return money{}, invalid(problems.details...)
	}
	return n, nil
}

// readFormerFields takes what the API once had and a published plugin still
// sends.
func readFormerFields(o object) { o.digits("modificationReference") }

func decodeCancel(body []byte) (reach, *failure) {
	if len(bytes.TrimSpace(body)) == 0 {
		return cancelAnything, nil
	}
	root, problems, f := readObject(body)
	if f != nil {
		return cancelAnything, f
	}
	how := cancelAnything
	if root.boolean("cancelTransactionOnly") {
		how = cancelUnreserved
	}
	readFormerFields(root)
	root.refuseOthers()
	if len(problems.details) > 0 {
		return how, invalid(problems.details...)
	}
	return how, nil
}

// forceApprove stands for the payer's approval in the app. The sandbox takes
// any well-formed phone number for a test user who has approved by hand before.
func forceApprove(c *call) reply {
	token, f := decodeApproval(c.body)
	return c.withPayment("", func(p *payment) reply {
		switch {
		case f != nil:
			return c.problem(f)
		case token != "" && !same(token, p.landing):
			return c.problem(domain(10010))
		case p.express:
			return c.problem(domain(10060))
		}
		d, f := c.decide(c.unit, p, chooseForce)
		if f == nil && d.verdict == verdictRefused {
			f = domain(10040)
			f.detail = d.outcome
		}
		if f != nil {
			return c.problem(f)
		}
		return reply{status: http.StatusOK}
	})
}

// decodeApproval reads {customer:{phoneNumber}} and/or {token}. The token counts
// only where no customer is named: a published collection sends a placeholder
// beside the customer.
func decodeApproval(body []byte) (token string, f *failure) {
	root, problems, f := readObject(body)
	if f != nil {
		return "", f
	}
	token, _ = root.text("token")
	known := false
	if customer, ok := root.child("customer"); ok {
		_, known = readCustomer(customer)
	}
	if !known && token == "" {
		problems.add("customer", "Either a customer or a token is required.")
	}
	root.refuseOthers()
	switch {
	case len(problems.details) > 0:
		return "", invalid(problems.details...)
	case known:
		return "", nil
	}
	return token, nil
}
