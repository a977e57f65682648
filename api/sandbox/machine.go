package sandbox

import (
	"time"

	"github.com/google/uuid"
)

// state is where a payment stands. After authorization it stays; captures,
// refunds and cancellations show in the aggregate only, see
// https://developer.vippsmobilepay.com/docs/knowledge-base/reserve-and-capture.
type state string

const (
	stateCreated    state = "CREATED"
	stateAuthorized state = "AUTHORIZED"
	stateAborted    state = "ABORTED"
	stateExpired    state = "EXPIRED"
	stateTerminated state = "TERMINATED"
)

const (
	day          = 24 * time.Hour
	refundPeriod = 365 * day
)

// capturePeriod is how long a reservation holds.
func capturePeriod(currency string) time.Duration {
	if currency == "NOK" {
		return 180 * day
	}
	return 14 * day
}

// funds are a payment's aggregates, in minor units.
type funds struct{ authorized, captured, cancelled, refunded int64 }

// capturable is what is reserved and neither captured nor let go.
func (f funds) capturable() int64 { return f.authorized - f.captured - f.cancelled }

// refundable is what was captured and not yet paid back.
func (f funds) refundable() int64 { return f.captured - f.refunded }

// The methods below are the only ones that move a payment. Each either appends
// exactly one event and returns it, or changes nothing and says why.

func (p *payment) approve(now time.Time) (event, *failure) {
	switch p.state {
	case stateCreated:
	case stateAuthorized:
		return event{}, domain(6230)
	default:
		return event{}, domain(10020)
	}
	p.state = stateAuthorized
	p.authorizedAt = now
	p.funds.authorized = p.amount.Value
	if p.scope != "" {
		p.sub = uuid.NewString()
	}
	return p.append(eventAuthorized, now, p.amount.Value, p.createKey, randomDigits(16)), nil
}

// decline is the payer's no.
func (p *payment) decline(now time.Time) (event, *failure) {
	if p.state != stateCreated {
		return event{}, domain(6190)
	}
	p.state = stateAborted
	return p.append(eventAborted, now, p.amount.Value, p.createKey, p.pspReference), nil
}

// expire ends a payment at its deadline; false when it was decided before.
func (p *payment) expire() (event, bool) {
	if p.state != stateCreated {
		return event{}, false
	}
	p.state = stateExpired
	return p.append(eventExpired, p.expiresAt, p.amount.Value, p.createKey, p.pspReference), true
}

// reach says what a cancellation may touch.
type reach int

const (
	cancelAnything   reach = iota
	cancelUnreserved       // cancelTransactionOnly: leave a reservation alone
)

func (p *payment) cancel(now time.Time, how reach, key string) (event, *failure) {
	switch {
	case p.state == stateCreated:
		p.state = stateTerminated
		p.funds.cancelled = p.amount.Value
		return p.append(eventTerminated, now, p.amount.Value, key, p.pspReference), nil
	case p.state != stateAuthorized:
		return event{}, domain(6190)
	case how == cancelUnreserved:
		return event{}, domain(6060)
	case p.funds.captured == p.funds.authorized:
		return event{}, domain(6040)
	case p.funds.capturable() == 0:
		return event{}, domain(6190)
	}
	rest := p.funds.capturable()
	p.funds.cancelled += rest
	return p.append(eventCancelled, now, rest, key, randomDigits(16)), nil
}

func (p *payment) capture(now time.Time, n money, key string) (event, *failure) {
	switch {
	case p.state == stateCreated:
		return event{}, domain(6080)
	case p.state != stateAuthorized:
		return event{}, domain(6200)
	case n.Value <= 0 || n.Currency != p.amount.Currency:
		return event{}, domain(4040)
	case p.funds.captured == p.funds.authorized:
		return event{}, domain(6170)
	case p.funds.capturable() == 0:
		return event{}, domain(6070)
	case n.Value > p.funds.capturable():
		return event{}, domain(6090)
	case now.Sub(p.authorizedAt) > capturePeriod(p.amount.Currency):
		return event{}, domain(6100)
	}
	p.funds.captured += n.Value
	return p.append(eventCaptured, now, n.Value, key, randomDigits(16)), nil
}

func (p *payment) refund(now time.Time, n money, key string) (event, *failure) {
	switch {
	case p.state == stateCreated:
		return event{}, domain(6020)
	case p.state != stateAuthorized:
		return event{}, domain(6210)
	case n.Value <= 0 || n.Currency != p.amount.Currency:
		return event{}, domain(4040)
	case p.funds.captured > 0 && p.funds.refundable() == 0:
		return event{}, domain(6180)
	case n.Value > p.funds.refundable():
		return event{}, domain(6150)
	case now.Sub(p.authorizedAt) > refundPeriod:
		return event{}, domain(6220)
	}
	p.funds.refunded += n.Value
	return p.append(eventRefunded, now, n.Value, key, randomDigits(16)), nil
}

func (p *payment) append(name eventName, at time.Time, value int64, key, psp string) event {
	e := event{name: name, at: at, value: value, idempotencyKey: key, pspReference: psp}
	p.events = append(p.events, e)
	return e
}
