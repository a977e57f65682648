package sandbox

import (
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"time"
)

// reorderWait is how long a message waits for the next one to go first.
const reorderWait = 5 * time.Second

// fate is what faults have in store for a message. It is decided when the
// message is first taken for delivery.
type fate struct {
	decided  bool
	dropped  bool
	overtook bool          // it went before an earlier one, and is not put back itself
	reorder  bool          // it is still to let the next one go first
	again    bool          // it is still to be delivered once more
	late     time.Duration // its first attempt is still to wait so long
	marks    faultMarks    // to be noted with the next attempt
}

// take prepares a stream's first message for its next attempt, number n. It is
// false when there is none to make now: the stream then is parked, waits, or is
// done.
func (m *mailbox) take(s *stream) (msg message, n int, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for {
		head := &s.messages[0]
		if !head.mayGo() {
			m.parked = append(m.parked, s)
			return message{}, 0, false
		}
		if !head.decided {
			head.decided = true
			m.decide(s.payment, head)
		}
		switch {
		case head.dropped:
			if !m.shift(s) {
				return message{}, 0, false
			}
		case head.late > 0:
			wait := head.late
			head.late = 0
			m.putAside(s, wait)
			return message{}, 0, false
		case head.reorder && len(s.messages) > 1:
			head.reorder = false
			s.overtake()
		case head.reorder:
			head.reorder = false
			s.held = true
			m.putAside(s, reorderWait)
			return message{}, 0, false
		default:
			return *head, s.attempts + 1, true
		}
	}
}

// decide asks the faults for a message's fate.
func (m *mailbox) decide(payment string, msg *message) {
	if m.faults.none() {
		return
	}
	o := m.occasion(payment, msg.kind)
	if _, msg.dropped = m.faults.hit(faultDrop, o); msg.dropped {
		return
	}
	_, msg.again = m.faults.hit(faultDuplicate, o)
	if by, ok := m.faults.hit(faultDelay, o); ok {
		msg.late = by
		msg.marks |= markOf(faultDelay)
	}
	if msg.overtook {
		return
	}
	if _, msg.reorder = m.faults.hit(faultReorder, o); msg.reorder {
		msg.marks |= markOf(faultReorder)
	}
}

func (m *mailbox) occasion(payment, kind string) occasion {
	return occasion{msn: m.to.msn, reference: payment, event: kind, webhookID: m.to.id}
}

// overtake lets a stream's second message go before its first.
func (s *stream) overtake() {
	s.messages[0], s.messages[1] = s.messages[1], s.messages[0]
	s.messages[0].overtook = true
}

// tampering is what faults do to one attempt.
type tampering struct {
	marks faultMarks
	age   time.Duration // how old its date is
}

// tamper asks the faults for what goes wrong with attempt n.
func (m *mailbox) tamper(payment, kind string, n int) tampering {
	var t tampering
	if m.faults.none() {
		return t
	}
	o := m.occasion(payment, kind)
	o.attempt = n
	for _, k := range []faultKind{faultWrongSignature, faultOldDate, faultAlteredBody} {
		by, ok := m.faults.hit(k, o)
		if ok {
			t.marks |= markOf(k)
		}
		if ok && k == faultOldDate {
			t.age = by
		}
	}
	return t
}

// anotherSecret looks like a secret and is not the one given.
func anotherSecret(secret string) string {
	sum := sha512.Sum512([]byte("not " + secret))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// alter changes one byte of a body in a copy: the last digit, so that it stays
// what it was to a receiver that only parses it, or else the last byte.
func alter(body []byte) []byte {
	changed := bytes.Clone(body)
	at := bytes.LastIndexAny(changed, "0123456789")
	switch {
	case at >= 0:
		changed[at] = '0' + (changed[at]-'0'+1)%10
	case len(changed) > 0:
		changed[len(changed)-1] ^= 1
	}
	return changed
}
