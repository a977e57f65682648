package sandbox

import (
	"cmp"
	"slices"
	"time"
)

// attempt is an entry of the delivery log: one attempt that came to its end.
type attempt struct {
	at               time.Time // the sandbox's time
	to               *address
	event, reference string
	number           int
	status           int // 0 when there was no answer
	failed           error
	took             time.Duration
	faults           faultMarks
}

// attemptBody is an attempt on the wire.
type attemptBody struct {
	Seq       int64     `json:"seq"`
	At        time.Time `json:"at"`
	MSN       string    `json:"msn"`
	WebhookID string    `json:"webhook_id"`
	URL       string    `json:"url"`
	Event     string    `json:"event"`
	Reference string    `json:"reference"`
	Attempt   int       `json:"attempt"`
	Status    int       `json:"status"`
	Error     string    `json:"error"`
	Faults    []string  `json:"faults"`
	TookMS    float64   `json:"took_ms"`
}

func (a attempt) body(seq int64) attemptBody {
	b := attemptBody{
		Seq: seq, At: a.at.UTC(), MSN: a.to.msn, WebhookID: a.to.id, URL: a.to.url.String(), Event: a.event,
		Reference: a.reference, Attempt: a.number, Status: a.status, Faults: a.faults.names(),
		TookMS: float64(a.took.Microseconds()) / 1000,
	}
	if a.failed != nil {
		b.Error = a.failed.Error()
	}
	return b
}

// pendingBody is an event that is still to be delivered; it waits for its turn
// until those before it in its payment are.
type pendingBody struct {
	WebhookID string    `json:"webhook_id"`
	Event     string    `json:"event"`
	Reference string    `json:"reference"`
	Attempt   int       `json:"attempt"` // the next one, or the one under way
	Due       time.Time `json:"due"`     // not before this, by the sandbox's clock
}

// pending lists what the mailbox still has to deliver, of one payment or, with
// an empty reference, of all.
func (m *mailbox) pending(reference string, now time.Time) []pendingBody {
	m.mu.Lock()
	defer m.mu.Unlock()
	if reference != "" {
		return m.pendingIn(m.streams[reference], now, nil)
	}
	var list []pendingBody
	for _, s := range m.streams {
		list = m.pendingIn(s, now, list)
	}
	return list
}

func (m *mailbox) pendingIn(s *stream, now time.Time, list []pendingBody) []pendingBody {
	if s == nil {
		return list
	}
	due := now
	if s.dueClock.After(now) {
		due = s.dueClock
	}
	for i, msg := range s.messages {
		b := pendingBody{m.to.id, msg.kind, s.payment, 1, due.UTC()}
		if i == 0 {
			b.Attempt = s.attempts + 1
		}
		list = append(list, b)
	}
	return list
}

// unsentNow counts the mailbox's events that are still to be delivered.
func (m *mailbox) unsentNow() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.unsent
}

// pendingDeliveries lists what all sales units still have to deliver, what is
// due first standing first.
func (s *Server) pendingDeliveries(reference string) []pendingBody {
	now := s.now()
	list := []pendingBody{}
	for _, u := range s.units {
		for _, r := range u.registered() {
			list = append(list, r.box.pending(reference, now)...)
		}
	}
	slices.SortStableFunc(list, func(a, b pendingBody) int {
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Reference, b.Reference))
	})
	return list[:min(len(list), ringSize)]
}
