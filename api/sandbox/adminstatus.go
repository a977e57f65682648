package sandbox

import (
	"fmt"
	"net/http"
	"time"
)

// statusBody is how the sandbox stands.
type statusBody struct {
	Now         time.Time  `json:"now"`
	ClockOffset string     `json:"clock_offset"`
	SalesUnits  []unitBody `json:"sales_units"`
	Pending     int        `json:"pending_deliveries"`
	Fired       int64      `json:"fired"`
	Faults      []string   `json:"faults"`
}

type unitBody struct {
	MSN           string `json:"msn"`
	ClientID      string `json:"client_id"`
	Payments      int    `json:"payments"`
	Registrations int    `json:"registrations"`
}

func showStatus(c *call) reply {
	b := statusBody{Now: c.now.UTC(), ClockOffset: c.s.clock.moved().String(), Fired: c.s.faults.total(), Faults: c.s.faults.specs()}
	for _, u := range c.s.units {
		registered, payments := u.registered(), u.paymentCount()
		for _, r := range registered {
			b.Pending += r.box.unsentNow()
		}
		b.SalesUnits = append(b.SalesUnits, unitBody{u.keys.MSN, u.keys.ClientID, payments, len(registered)})
	}
	return jsonReply(http.StatusOK, b)
}

// clockBody is what the clock says.
type clockBody struct {
	Now         time.Time `json:"now"`
	ClockOffset string    `json:"clock_offset"`
}

func moveClock(c *call) reply {
	const example = `{"advance":"10m"}`
	var in struct {
		Advance string `json:"advance"`
	}
	if a, ok := c.read(&in, example); !ok {
		return a
	}
	d, err := time.ParseDuration(in.Advance)
	switch {
	case err != nil:
		return adminError(http.StatusBadRequest, "The value of advance is no duration such as 90s, 10m or 36h. Send it like this: "+example)
	case !c.s.advance(d):
		return adminError(http.StatusBadRequest, fmt.Sprintf(
			"The clock goes forward only, and 10 years at most in all; it is %s ahead now. POST %s/reset takes it back.",
			c.s.clock.moved(), adminPrefix))
	}
	c.s.Wake()
	return jsonReply(http.StatusOK, clockBody{c.s.now().UTC(), c.s.clock.moved().String()})
}

func showDeliveries(c *call) reply {
	after, reference, refused := c.query()
	if refused != nil {
		return *refused
	}
	// What is pending comes first: an event that is no longer pending has its
	// last attempt in the log that is read after it.
	pending := c.s.pendingDeliveries(reference)
	list := []attemptBody{}
	c.s.attempts.each(after, func(seq int64, a attempt) {
		if reference == "" || a.reference == reference {
			list = append(list, a.body(seq))
		}
	})
	return jsonReply(http.StatusOK, struct {
		Deliveries []attemptBody `json:"deliveries"`
		Pending    []pendingBody `json:"pending"`
	}{list, pending})
}

// resetSandbox takes everything back to the start but the keys, and the tokens
// issued for them.
func resetSandbox(c *call) reply {
	for _, u := range c.s.units {
		u.forget()
	}
	c.s.attempts.clear()
	c.s.faults.forget()
	c.s.clock.set(0)
	c.s.noteOffset()
	return reply{status: http.StatusNoContent}
}
