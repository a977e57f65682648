package sandbox

import (
	"maps"
	"net/http"
	"strconv"
	"time"
)

const (
	limitPeriod = time.Minute
	changesAMin = 5   // create, cancel, capture, refund
	queriesAMin = 120 // get, event log
)

// usage counts an operation on one payment within the running minute.
type usage struct {
	start time.Time
	used  int
}

// count notes one more request and returns what to answer when it is one too
// many, as API Management does.
func (u *usage) count(now time.Time, most int) (reply, bool) {
	if passed := now.Sub(u.start); passed >= limitPeriod || passed < 0 {
		*u = usage{start: now}
	}
	u.used++
	if u.used <= most {
		return reply{}, false
	}
	return rateLimited(int((limitPeriod - now.Sub(u.start) + time.Second - 1) / time.Second)), true
}

// rateLimited is API Management's answer to one call too many.
func rateLimited(wait int) reply {
	seconds := strconv.Itoa(wait)
	a := managementError(http.StatusTooManyRequests, "Rate limit is exceeded. Try again in "+seconds+" seconds.")
	a.header = append(a.header, [2]string{"Retry-After", seconds})
	return a
}

// limit counts a request against its payment: creating, cancelling, capturing
// and refunding 5 times a minute, reading 120 times. The unit is locked by the
// caller.
func (c *call) limit(p *payment, op operation) (reply, bool) {
	most := changesAMin
	if op == opGet || op == opLog {
		most = queriesAMin
	}
	if p.used == nil {
		p.used = make(map[operation]usage, 1)
	}
	u, ok := p.used[op]
	if !ok && op == opCreate { // the call that made the payment counts
		u = usage{start: p.createdAt, used: 1}
	}
	a, limited := u.count(c.now, most)
	p.used[op] = u
	return a, limited
}

// limitCreate counts a create call against its reference. Calls without a
// reference count as calls for one and the same payment. The unit is locked by
// the caller.
func (c *call) limitCreate(reference string) (reply, bool) {
	u := c.unit
	if p := u.payments[reference]; p != nil {
		return c.limit(p, opCreate)
	}
	const many = 1000 // so that what is over is forgotten now and then
	if len(u.tried) >= max(many, u.manyTried) {
		maps.DeleteFunc(u.tried, func(_ string, t usage) bool { return c.now.Sub(t.start) >= limitPeriod })
		u.manyTried = 2 * len(u.tried) // not at every call, where they are all of this minute
	}
	t := u.tried[reference]
	a, limited := t.count(c.now, changesAMin)
	u.tried[reference] = t
	return a, limited
}
