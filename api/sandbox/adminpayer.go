package sandbox

import "net/http"

// decidePayer is what the payer does on the landing page, done from a test.
func decidePayer(c *call) reply {
	var in struct {
		Decision string `json:"decision"`
		MSN      string `json:"msn"`
	}
	if a, ok := c.read(&in, `{"decision":"approve"}`); !ok {
		return a
	}
	what, ok := payerChoice(in.Decision)
	if !ok {
		return adminError(http.StatusBadRequest, "The decision must be approve or decline.")
	}
	u, a, ok := c.salesUnit(in.MSN)
	if !ok {
		return a
	}
	answer := adminError(http.StatusNotFound, "The sales unit "+u.keys.MSN+" has no payment "+clip(c.params[0])+".")
	c.wake = u.do(c.now, func() {
		if p := u.payments[c.params[0]]; p != nil {
			answer = c.decideFor(u, p, what)
		}
	})
	return answer
}

// decideFor runs with the unit locked.
func (c *call) decideFor(u *unit, p *payment, what choice) reply {
	d, f := c.decide(u, p, what)
	if f != nil {
		_, words := p.standing()
		return adminError(http.StatusConflict, "The payer can decide no more. "+words)
	}
	return jsonReply(http.StatusOK, struct {
		Reference string `json:"reference"`
		State     state  `json:"state"`
		Outcome   string `json:"outcome"`
	}{p.reference, p.state, d.outcome})
}
