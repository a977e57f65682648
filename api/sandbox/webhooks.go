package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// maxRegistrations is how many registrations of a sales unit may name one
// event type.
const maxRegistrations = 25

// registration is one registered webhook.
type registration struct {
	url    string // as it was sent
	events []string
	box    *mailbox
}

func (r *registration) wants(kind string) bool { return slices.Contains(r.events, kind) }

// registeredBody is the answer of a registration; the secret is shown once.
type registeredBody struct {
	ID     string `json:"id"`
	Secret string `json:"secret"`
}

type listedBody struct {
	ID     string   `json:"id"`
	URL    string   `json:"url"`
	Events []string `json:"events"`
}

func registerWebhook(c *call) reply {
	raw, events, f := decodeRegistration(c.body)
	if f != nil {
		return c.problem(f)
	}
	target, wrong := c.s.policy.parseCallback(raw)
	if wrong != "" {
		return c.problem(invalid(detail{"url", wrong}))
	}
	to := address{
		msn: c.unit.keys.MSN, id: c.unit.ids.uuid("webhook"), url: target,
		secret: c.s.webhookSecret,
	}
	if to.secret == "" {
		to.secret = c.unit.ids.base64(64, "webhook secret")
	}
	c.wake = c.unit.do(c.now, func() {
		if f = c.unit.full(events); f == nil {
			r := c.s.newRegistration(c.unit, to, raw, events)
			c.unit.registrations = append(c.unit.registrations, r)
			c.unit.unsaved.Registered = append(c.unit.unsaved.Registered, r.save())
		}
	})
	if f != nil {
		return c.problem(f)
	}
	return jsonReply(http.StatusCreated, registeredBody{to.id, to.secret})
}

// newRegistration makes a registration whose deliveries are set going.
func (s *Server) newRegistration(u *unit, to address, raw string, events []string) *registration {
	r := &registration{url: raw, events: events, box: &mailbox{
		to: to, courier: s.courier, schedule: s.schedule, now: s.now,
		attempts: s.attempts, faults: s.faults, log: s.log, guard: s.guard, journal: u.journal,
		retire: func() { signal(s.deadline) }, // to the goroutine that sweeps
	}}
	r.box.start(s.life)
	return r
}

// decodeRegistration reads {url, events}. Other members are ignored, as
// nothing says that this API minds them.
func decodeRegistration(body []byte) (string, []string, *failure) {
	root, problems, f := readObject(body)
	if f != nil {
		return "", nil, f
	}
	const missing = "The property is required and cannot be null or empty."
	target, ok := root.text("url")
	if ok && target == "" || !root.has("url") {
		problems.add("url", missing)
	}
	before := len(problems.details)
	events := root.texts("events")
	switch bad := unsupported(events); {
	case len(problems.details) > before: // of the wrong type, which is said already
	case len(events) == 0:
		problems.add("events", missing)
	case len(bad) > 0:
		problems.add("events", "Unsupported values: "+strings.Join(bad, ", "))
	}
	if len(problems.details) > 0 {
		return "", nil, invalid(problems.details...)
	}
	return target, distinct(events), nil
}

// distinct drops repetitions and keeps the order.
func distinct(list []string) []string {
	var out []string
	for _, v := range list {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// full refuses a registration for an event type that has its share already.
func (u *unit) full(events []string) *failure {
	for _, kind := range events {
		most, n := maxRegistrations, 0
		if kind == checkedIn {
			most = 1
		}
		for _, r := range u.registrations {
			if r.wants(kind) {
				n++
			}
		}
		if n >= most {
			return invalid(detail{"events", fmt.Sprintf("The sales unit has %d of at most %d registrations for %s.", n, most, kind)})
		}
	}
	return nil
}

func listWebhooks(c *call) reply {
	list := []listedBody{}
	c.wake = c.unit.do(c.now, func() {
		for _, r := range c.unit.registrations {
			list = append(list, listedBody{r.box.to.id, r.url, r.events})
		}
	})
	return jsonReply(http.StatusOK, struct {
		Webhooks []listedBody `json:"webhooks"`
	}{list})
}

// deleteWebhook answers when the registration's last delivery has ended, so
// nothing arrives after it.
func deleteWebhook(c *call) reply {
	id, err := uuid.Parse(c.params[0])
	if err != nil {
		return c.problem(invalid(detail{"id", "The value '" + clip(c.params[0]) + "' is not valid."}))
	}
	var gone *registration
	c.wake = c.unit.do(c.now, func() {
		at := slices.IndexFunc(c.unit.registrations, func(r *registration) bool { return r.box.to.id == id.String() })
		if at >= 0 {
			gone = c.unit.registrations[at]
			c.unit.registrations = slices.Delete(c.unit.registrations, at, at+1)
			c.unit.unsaved.Deleted = append(c.unit.unsaved.Deleted, gone.box.to.id)
		}
	})
	if gone == nil {
		return c.problem(&failure{status: http.StatusNotFound, title: "Not Found", detail: "The sales unit has no such webhook."})
	}
	gone.box.cancel()
	<-gone.box.done
	return reply{status: http.StatusNoContent}
}
