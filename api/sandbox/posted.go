package sandbox

import (
	"slices"
	"sync/atomic"
)

// posted are the events that one request, or one look at the clock, has led to.
// They take their places in the mailboxes at once, which keeps their order, but
// do not go before the request is saved and answered: a registration that is
// busy with other events would not wait for that by itself.
type posted struct {
	boxes []*mailbox // changed while the unit is locked only
	going atomic.Bool
}

// to notes a mailbox that has some of the events.
func (p *posted) to(box *mailbox) {
	if !slices.Contains(p.boxes, box) {
		p.boxes = append(p.boxes, box)
	}
}

// deliver lets the events go.
func (p *posted) deliver() {
	p.going.Store(true)
	for _, box := range p.boxes {
		signal(box.signal)
	}
}

// mayGo reports whether a message is out of the hands of its request.
func (m *message) mayGo() bool { return m.with == nil || m.with.going.Load() }
