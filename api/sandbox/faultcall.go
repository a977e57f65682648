package sandbox

import (
	"io"
	"net/http"
	"time"
)

// mishap is what faults do to the answer of a call.
type mishap struct {
	late time.Duration // the answer comes so much later
	lost bool          // it never comes
}

// handled runs a call's handler, unless a fault refuses the call before: then
// nothing of it was done, and neither its Idempotency-Key nor its rate limit
// knows of it.
func (c *call) handled(rt *route) reply {
	if rt.call == "" || !c.s.faults.hitCalls() {
		return rt.handle(c)
	}
	o := c.occasion(rt)
	hit := func(k faultKind) bool {
		_, ok := c.s.faults.hit(k, o)
		return ok
	}
	c.mishap.late, _ = c.s.faults.hit(faultSlow, o)
	switch {
	case c.layer != tokenLayer && hit(faultTokenExpiry):
		return gatewayError(http.StatusUnauthorized, "The access token has expired.")
	case hit(fault429):
		return rateLimited(1)
	case hit(fault500):
		return c.problem(&failure{
			status: http.StatusInternalServerError, title: "Internal Server Error",
			detail: "Something went wrong. Nothing was done; try again.", code: 3010,
		})
	}
	c.mishap.lost = hit(faultLostAnswer)
	return rt.handle(c)
}

// occasion is the call as faults see it.
func (c *call) occasion(rt *route) occasion {
	o := occasion{msn: c.unit.keys.MSN, call: rt.call}
	switch {
	case c.layer == paymentLayer && len(c.params) > 0:
		o.reference = clip(c.params[0])
	case c.layer == paymentLayer:
		q, _ := decodeCreate(c.body)
		o.reference = q.reference
	case len(c.params) > 0:
		o.webhookID = clip(c.params[0])
	}
	return o
}

// suffer holds the answer back, or cuts the connection in its place. The
// webhooks of what was done are on their way all the same.
func (c *call) suffer(w http.ResponseWriter) {
	if c.mishap == (mishap{}) {
		return
	}
	c.deliver()
	if c.mishap.late > 0 {
		c.dawdle(w)
	}
	if c.mishap.lost {
		panic(http.ErrAbortHandler) // net/http's way to close without an answer
	}
}

// dawdle waits until the answer is due, the client has gone or the sandbox
// ends. Nothing is locked meanwhile, and the server's timeouts do not count.
func (c *call) dawdle(w http.ResponseWriter) {
	_, _ = io.CopyN(io.Discard, c.r.Body, maxBody) // a client is only seen to go once its body is read
	out := http.NewResponseController(w)
	_ = out.SetReadDeadline(time.Time{})
	_ = out.SetWriteDeadline(time.Now().Add(c.mishap.late + writeTimeout))
	timer := time.NewTimer(c.mishap.late)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.r.Context().Done():
	case <-c.s.life.Done():
	}
}
