package sandbox

import (
	"container/heap"
	"slices"
	"sync"
	"time"
)

// unit is one sales unit: its keys, its payments and its registrations. One
// mutex guards it, so that the events of a payment reach every registration in
// the order in which they happened.
type unit struct {
	keys Keys
	ids  *entropy

	mu            sync.Mutex
	payments      map[string]*payment // by reference
	landings      map[string]*payment // by the token of the landing page
	remembered    map[idempotency]outcome
	tried         map[string]usage // create calls of references without a payment
	manyTried     int              // how many of those there may be until the old ones are dropped
	expiring      expiryHeap
	registrations []*registration
	posting       *posted // the events of the request under way; nil for none yet

	journal *journal
	moved   []*payment // to be saved
	unsaved entry      // what else is to be saved
}

func newUnit(k Keys, ids *entropy, j *journal) *unit {
	return &unit{
		keys:       k,
		ids:        ids.scoped("sales unit " + k.MSN),
		payments:   make(map[string]*payment),
		landings:   make(map[string]*payment),
		remembered: make(map[idempotency]outcome),
		tried:      make(map[string]usage),
		journal:    j,
	}
}

// do runs fn on the unit after what has fallen due was done to its payments,
// notes in the journal what has changed, and returns the events that this led
// to, none or all in one. They go when their deliver is called.
func (u *unit) do(now time.Time, fn func()) []*posted {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.expire(now)
	fn()
	u.note()
	if u.posting == nil {
		return nil
	}
	led := []*posted{u.posting}
	u.posting = nil
	return led
}

// sweep does what has fallen due and sets its deliveries going, and ends the
// registrations whose receivers have not responded for too long.
func (u *unit) sweep(now time.Time) {
	var gone []*registration
	led := u.do(now, func() { gone = u.retire() })
	_ = u.journal.flush() // kept, logged and tried again with the next
	for _, events := range led {
		events.deliver()
	}
	end(gone)
}

// retire takes out the registrations that are to be ended.
func (u *unit) retire() (gone []*registration) {
	u.registrations = slices.DeleteFunc(u.registrations, func(r *registration) bool {
		if !r.box.unresponsive.Load() {
			return false
		}
		gone = append(gone, r)
		u.unsaved.Deleted = append(u.unsaved.Deleted, r.box.to.id)
		return true
	})
	return gone
}

// publish hands an event of a payment to every registration that asked for it.
func (u *unit) publish(p *payment, e event) {
	u.changed(p)
	u.post(e.kind(), p.reference, func() []byte { return e.webhook(u.keys.MSN, p) })
}

// post queues an event for every registration that asked for its type, and
// returns how many did. Events of one stream are delivered in the order in
// which they are posted. The unit is locked by the caller.
func (u *unit) post(kind, stream string, body func() []byte) int {
	n := 0
	var content []byte
	for _, r := range u.registrations {
		if !r.wants(kind) {
			continue
		}
		if n++; content == nil {
			content = body()
		}
		u.send(r, stream, kind, content)
	}
	return n
}

// send queues a message for a registration, in the order of its stream.
func (u *unit) send(r *registration, stream, kind string, body []byte) {
	if u.posting == nil {
		u.posting = &posted{}
	}
	m := message{id: u.journal.nextMessage(), kind: kind, body: body, with: u.posting}
	r.box.push(stream, m)
	u.posting.to(r.box)
	if u.journal != nil {
		u.unsaved.Queued = append(u.unsaved.Queued, savedMessage{m.id, r.box.to.id, stream, kind, string(body)})
	}
}

// changed marks a payment to be saved.
func (u *unit) changed(p *payment) {
	if u.journal != nil && (len(u.moved) == 0 || u.moved[len(u.moved)-1] != p) {
		u.moved = append(u.moved, p)
	}
}

// remember keeps what an Idempotency-Key has led to.
func (u *unit) remember(id idempotency, o outcome) {
	u.remembered[id] = o
	if u.journal != nil {
		u.unsaved.Outcomes = append(u.unsaved.Outcomes, o.save(id))
	}
}

// note writes down in one entry what has changed since the last one.
func (u *unit) note() {
	e := u.unsaved
	u.unsaved = entry{}
	for _, p := range u.moved {
		e.Payments = append(e.Payments, p.save())
	}
	u.moved = u.moved[:0]
	if e.Payments != nil || e.Outcomes != nil || e.Registered != nil || e.Deleted != nil || e.Queued != nil {
		e.MSN = u.keys.MSN
		u.journal.note(e)
	}
}

// expire ends every payment that nobody decided on in time, and settles those
// whose outcome was unknown until now.
func (u *unit) expire(now time.Time) {
	for len(u.expiring) > 0 && !u.expiring[0].due().After(now) {
		p, _ := heap.Pop(&u.expiring).(*payment)
		if e, ok := p.fallDue(); ok {
			u.publish(p, e)
		}
	}
}

// nextExpiry is when the next payment falls due; false when none can.
func (u *unit) nextExpiry() (time.Time, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.expiring) == 0 {
		return time.Time{}, false
	}
	return u.expiring[0].due(), true
}

// registered are the registrations at this moment.
func (u *unit) registered() []*registration {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.registrations)
}

// paymentCount is how many payments there are.
func (u *unit) paymentCount() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.payments)
}

// clockMoved lets retries that are due by the clock go at once.
func (u *unit) clockMoved(now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, r := range u.registrations {
		r.box.clockMoved(now)
	}
}

// stopDeliveries ends every registration's deliveries and waits for them. The
// registrations stay, so that what still happens is kept for the next start.
func (u *unit) stopDeliveries() { end(u.registered()) }

// forget drops everything but the keys, and waits until no delivery of what
// was registered is under way.
func (u *unit) forget() {
	u.mu.Lock()
	gone := u.registrations
	u.registrations = nil
	u.expiring = nil
	clear(u.payments)
	clear(u.landings)
	clear(u.remembered)
	clear(u.tried)
	u.posting = nil
	u.journal.note(entry{MSN: u.keys.MSN, Reset: true})
	u.mu.Unlock()
	end(gone)
}

// end stops the registrations' deliveries and waits for them.
func end(gone []*registration) {
	for _, r := range gone {
		r.box.cancel()
	}
	for _, r := range gone {
		<-r.box.done
	}
}
