package sandbox

import (
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

// limit counts a request against its payment and refuses the one too many, as
// API Management does: creating, cancelling, capturing and refunding 5 times a
// minute, reading 120 times. The unit is locked by the caller.
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
	if passed := c.now.Sub(u.start); passed >= limitPeriod || passed < 0 {
		u = usage{start: c.now}
	}
	u.used++
	p.used[op] = u
	if u.used <= most {
		return reply{}, false
	}
	return rateLimited(int((limitPeriod - c.now.Sub(u.start) + time.Second - 1) / time.Second)), true
}

// rateLimited is API Management's answer to one call too many.
func rateLimited(wait int) reply {
	seconds := strconv.Itoa(wait)
	a := managementError(http.StatusTooManyRequests, "Rate limit is exceeded. Try again in "+seconds+" seconds.")
	a.header = append(a.header, [2]string{"Retry-After", seconds})
	return a
}
