package sandbox

import (
	"fmt"
	"net/url"
	"slices"
	"time"
)

// past is what a journal tells of the runs before.
type past struct {
	server      savedServer
	offset      time.Duration
	units       map[string]*unitPast // by MSN
	settled     map[int64]bool
	lastMessage int64
}

type unitPast struct {
	payments      map[string]savedPayment
	outcomes      map[idempotency]savedOutcome
	registrations []savedRegistration
	queued        []savedMessage
}

func newPast() *past {
	return &past{units: make(map[string]*unitPast), settled: make(map[int64]bool)}
}

func newUnitPast() *unitPast {
	return &unitPast{payments: make(map[string]savedPayment), outcomes: make(map[idempotency]savedOutcome)}
}

// apply lets an entry happen.
func (p *past) apply(e entry) {
	if e.Server != nil {
		p.server = *e.Server
	}
	if e.Offset != nil {
		p.offset = *e.Offset
	}
	for _, id := range e.Settled { // may stand before the message itself
		p.settled[id] = true
		p.lastMessage = max(p.lastMessage, id)
	}
	if e.MSN != "" {
		p.lastMessage = max(p.lastMessage, p.unit(e.MSN).apply(e))
	}
}

func (p *past) unit(msn string) *unitPast {
	u := p.units[msn]
	if u == nil {
		u = newUnitPast()
		p.units[msn] = u
	}
	return u
}

// apply returns the id of the last message.
func (u *unitPast) apply(e entry) (last int64) {
	if e.Reset {
		*u = *newUnitPast()
	}
	for _, s := range e.Payments {
		u.payments[s.Reference] = s
	}
	for _, s := range e.Outcomes {
		u.outcomes[s.id()] = s
	}
	u.registrations = append(u.registrations, e.Registered...)
	u.registrations = slices.DeleteFunc(u.registrations, func(r savedRegistration) bool {
		return slices.Contains(e.Deleted, r.ID)
	})
	u.queued = append(u.queued, e.Queued...)
	for _, m := range e.Queued {
		last = max(last, m.ID)
	}
	return last
}

// unsent are the messages that have neither arrived nor been given up.
func (u *unitPast) unsent(settled map[int64]bool) []savedMessage {
	return slices.DeleteFunc(slices.Clone(u.queued), func(m savedMessage) bool {
		return settled[m.ID] || !slices.ContainsFunc(u.registrations, func(r savedRegistration) bool { return r.ID == m.Webhook })
	})
}

// entries are the past in as few words as it takes.
func (p *past) entries() []entry {
	list := []entry{{Version: journalVersion, Server: &p.server, Offset: &p.offset}}
	for _, k := range p.server.Keys {
		u := p.unit(k.MSN)
		list = append(list, entry{MSN: k.MSN, Registered: u.registrations, Queued: u.unsent(p.settled)})
		for _, s := range u.payments {
			list = append(list, entry{MSN: k.MSN, Payments: []savedPayment{s}})
		}
		for _, s := range u.outcomes {
			list = append(list, entry{MSN: k.MSN, Outcomes: []savedOutcome{s}})
		}
	}
	return list
}

// keys are those asked for, completed from those that were served before, and
// then the other ones that were. Keys without an MSN stand for the sales unit
// that had their place, unless others are asked for by its MSN.
func (p *past) keys(asked []Keys) []Keys {
	before := p.server.Keys
	out := make([]Keys, 0, len(asked)+len(before))
	for i, k := range asked {
		if k.MSN == "" && i < len(before) && withMSN(asked, before[i].MSN) < 0 {
			k.MSN = before[i].MSN
		}
		if at := withMSN(before, k.MSN); at >= 0 {
			k.ClientID = orElse(k.ClientID, before[at].ClientID)
			k.ClientSecret = orElse(k.ClientSecret, before[at].ClientSecret)
			k.SubscriptionKey = orElse(k.SubscriptionKey, before[at].SubscriptionKey)
		}
		out = append(out, k)
	}
	for _, k := range before {
		if withMSN(out, k.MSN) < 0 {
			out = append(out, k)
		}
	}
	return out
}

func withMSN(list []Keys, msn string) int {
	return slices.IndexFunc(list, func(k Keys) bool { return k.MSN != "" && k.MSN == msn })
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// check refuses what no sandbox has written.
func (p *past) check() error {
	for _, u := range p.units {
		for _, r := range u.registrations {
			if _, err := url.Parse(r.URL); err != nil {
				return fmt.Errorf("the registration %s is damaged: %w", r.ID, err)
			}
		}
	}
	return nil
}

// restore gives the sandbox what it had, before it serves anybody.
func (s *Server) restore(before *past) {
	s.clock.set(before.offset)
	for _, u := range s.units {
		s.restoreUnit(u, before.unit(u.keys.MSN), before.settled)
	}
}

func (s *Server) restoreUnit(u *unit, kept *unitPast, settled map[int64]bool) {
	for _, saved := range kept.payments {
		u.put(saved.payment(u.ids))
	}
	for id, saved := range kept.outcomes {
		u.remembered[id] = saved.outcome()
	}
	boxes := make(map[string]*mailbox, len(kept.registrations))
	for _, saved := range kept.registrations {
		target, _ := url.Parse(saved.URL) // has passed the check
		r := s.newRegistration(u, address{msn: u.keys.MSN, id: saved.ID, url: target, secret: saved.Secret}, saved.URL, saved.Events)
		u.registrations = append(u.registrations, r)
		boxes[saved.ID] = r.box
	}
	for _, m := range kept.unsent(settled) {
		boxes[m.Webhook].push(m.Reference, message{id: m.ID, kind: m.Kind, body: []byte(m.Body)})
	}
	for _, box := range boxes {
		signal(box.signal)
	}
}
