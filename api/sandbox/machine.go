package sandbox

import "time"

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
// exactly one event and returns it, or changes nothing and says why. Two
// answers of approve only wait: for the bank, or for the payer's second yes.

func (p *payment) approve(now time.Time, what choice) (decision, *failure) {
	switch {
	case p.state == stateAuthorized:
		return decision{}, domain(6230)
	case p.state != stateCreated:
		return decision{}, domain(10020)
	case p.pending():
		return decision{}, domain(6160)
	case p.amount.needsConfirmation() && what == chooseForce:
		return decision{}, domain(10030)
	case p.amount.needsConfirmation() && !p.asked:
		p.asked = true
		return decision{verdictUnconfirmed, nil, wordsUnconfirmed}, nil
	case p.amount.Value == amountPending:
		p.settlesAt = now.Add(pendingTime)
		return decision{verdictPending, nil, wordsPending}, nil
	}
	if why := p.amount.refusal(); why != "" {
		e := p.append(event{name: eventAuthorized, at: now, value: p.amount.Value, idempotencyKey: p.createKey, pspReference: p.transaction()})
		return decision{verdictRefused, &e, why}, nil
	}
	e := p.authorize(now)
	return decision{verdictApproved, &e, wordsApproved}, nil
}

func (p *payment) authorize(now time.Time) event {
	p.state = stateAuthorized
	p.funds.authorized = p.total().Value
	if p.scope != "" {
		p.sub = p.ids.uuid("sub", p.reference)
	}
	e := p.succeed(eventAuthorized, now, p.funds.authorized, p.createKey, p.transaction())
	p.authorizedAt = e.at
	return e
}

// pending reports an approval whose outcome nobody knows yet.
func (p *payment) pending() bool { return p.state == stateCreated && !p.settlesAt.IsZero() }

// decline is the payer's no.
func (p *payment) decline(now time.Time) (decision, *failure) {
	switch {
	case p.state != stateCreated:
		return decision{}, domain(6190)
	case p.pending():
		return decision{}, domain(6160)
	}
	p.state = stateAborted
	e := p.succeed(eventAborted, now, p.amount.Value, p.createKey, p.pspReference)
	return decision{verdictDeclined, &e, wordsDeclined}, nil
}

// due is when time itself moves the payment.
func (p *payment) due() time.Time {
	if p.pending() {
		return p.settlesAt
	}
	return p.expiresAt
}

// fallDue is what time does to a payment that nobody decided on: at its
// deadline it ends, and an approval whose outcome was unknown succeeds. False
// when it was decided before.
func (p *payment) fallDue() (event, bool) {
	switch {
	case p.state != stateCreated:
		return event{}, false
	case p.pending():
		return p.authorize(p.settlesAt), true
	}
	p.state = stateExpired
	return p.succeed(eventExpired, p.expiresAt, p.amount.Value, p.createKey, p.pspReference), true
}

// reach says what a cancellation may touch.
type reach int

const (
	cancelAnything   reach = iota
	cancelUnreserved       // cancelTransactionOnly: leave a reservation alone
)

func (p *payment) cancel(now time.Time, how reach, key string) (event, *failure) {
	switch {
	case p.pending():
		return event{}, domain(6250)
	case p.state == stateCreated:
		p.state = stateTerminated
		p.funds.cancelled = p.amount.Value
		return p.succeed(eventTerminated, now, p.amount.Value, key, p.pspReference), nil
	case p.state != stateAuthorized:
		return event{}, domain(6190)
	case how == cancelUnreserved:
		return event{}, domain(6060)
	case p.funds.captured == p.funds.authorized:
		return event{}, domain(6040)
	case p.funds.capturable() == 0:
		return event{}, domain(6190)
	case now.Sub(p.authorizedAt) > capturePeriod(p.amount.Currency):
		return event{}, domain(6030)
	}
	rest := p.funds.capturable()
	p.funds.cancelled += rest
	return p.succeed(eventCancelled, now, rest, key, p.transaction()), nil
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
	return p.succeed(eventCaptured, now, n.Value, key, p.transaction()), nil
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
	if f := n.refundFailure(); f != nil {
		return event{}, f
	}
	p.funds.refunded += n.Value
	return p.succeed(eventRefunded, now, n.Value, key, p.transaction()), nil
}

// transaction is the pspReference of an event that moves money.
func (p *payment) transaction() string { return p.ids.digits(16, "transaction", p.reference) }

// succeed logs an operation that was done.
func (p *payment) succeed(name eventName, at time.Time, value int64, key, psp string) event {
	return p.append(event{name: name, at: at, value: value, idempotencyKey: key, pspReference: psp, success: true})
}

// append logs an event, never dated before the one that it follows: requests
// that wait for each other have read the clock before they did. Later events
// are dated in milliseconds, the first one is finer.
func (p *payment) append(e event) event {
	if n := len(p.events); n > 0 {
		e.at = e.at.Truncate(time.Millisecond)
		if last := p.events[n-1].at; e.at.Before(last) {
			e.at = last.Add(time.Millisecond - 1).Truncate(time.Millisecond)
		}
	}
	p.events = append(p.events, e)
	return e
}
