package sandbox

import (
	"net/http"
	"strconv"
	"time"
)

// maxFaults is how many faults can be set at once.
const maxFaults = 100

// faultsBody are the faults that are set.
type faultsBody struct {
	Faults []string `json:"faults"`
}

func showFaults(c *call) reply { return jsonReply(http.StatusOK, faultsBody{c.s.faults.specs()}) }

// replaceFaults sets all faults of a request or, when one of them cannot be
// read, none.
func replaceFaults(c *call) reply {
	const example = `{"faults":["drop=1,event=captured"]}`
	var in faultsBody
	if a, ok := c.read(&in, example); !ok {
		return a
	}
	switch {
	case in.Faults == nil:
		return adminError(http.StatusBadRequest, "The member faults is missing. Send it like this: "+example+
			"; an empty list, or DELETE, takes all faults away.")
	case len(in.Faults) > maxFaults:
		return adminError(http.StatusBadRequest, "There are "+strconv.Itoa(len(in.Faults))+" faults. Set "+strconv.Itoa(maxFaults)+" at most.")
	}
	set := make([]Fault, 0, len(in.Faults))
	for _, spec := range in.Faults {
		f, err := ParseFault(spec)
		if err != nil {
			return adminError(http.StatusBadRequest, err.Error())
		}
		set = append(set, f)
	}
	c.s.faults.replace(set)
	return showFaults(c)
}

func clearFaults(c *call) reply {
	c.s.faults.replace(nil)
	return showFaults(c)
}

// firingBody is a fault that fired, on the wire.
type firingBody struct {
	Seq       int64     `json:"seq"`
	At        time.Time `json:"at"`
	Kind      string    `json:"kind"`
	Fault     string    `json:"fault"`
	MSN       string    `json:"msn"`
	Reference string    `json:"reference"`
	Event     string    `json:"event"`
	Call      string    `json:"call"`
	WebhookID string    `json:"webhook_id"`
}

// showFired lists the faults that fired; its counts are those of all since the
// start or a reset, whatever the query asks for.
func showFired(c *call) reply {
	after, reference, refused := c.query()
	if refused != nil {
		return *refused
	}
	list := []firingBody{}
	c.s.faults.fired.each(after, func(seq int64, f firing) {
		if reference == "" || f.hit.reference == reference {
			list = append(list, firingBody{
				seq, f.at.UTC(), f.kind.traits().name, f.spec, f.hit.msn, f.hit.reference, f.hit.event, f.hit.call, f.hit.webhookID,
			})
		}
	})
	counts := map[string]int64{}
	for k := range faultKinds {
		if n := c.s.faults.counts[k].Load(); n > 0 {
			counts[k.traits().name] = n
		}
	}
	return jsonReply(http.StatusOK, struct {
		Fired  []firingBody     `json:"fired"`
		Counts map[string]int64 `json:"counts"`
	}{list, counts})
}
