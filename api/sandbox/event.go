package sandbox

import (
	"slices"
	"strings"
	"time"
)

// eventName is what happened to a payment.
type eventName string

const (
	eventCreated    eventName = "CREATED"
	eventAuthorized eventName = "AUTHORIZED"
	eventAborted    eventName = "ABORTED"
	eventExpired    eventName = "EXPIRED"
	eventTerminated eventName = "TERMINATED"
	eventCancelled  eventName = "CANCELLED"
	eventCaptured   eventName = "CAPTURED"
	eventRefunded   eventName = "REFUNDED"
)

// event is one entry of a payment's log and the source of its webhook.
type event struct {
	name           eventName
	at             time.Time
	value          int64
	idempotencyKey string
	pspReference   string
	success        bool // false: it was tried and refused
}

// kind is the event type that a registration names.
func (e event) kind() string { return "epayments.payment." + strings.ToLower(string(e.name)) + ".v1" }

// webhookBody is an ePayment webhook; the order of the fields is the
// provider's, see https://developer.vippsmobilepay.com/docs/APIs/webhooks-api/events.
type webhookBody struct {
	MSN            string    `json:"msn"`
	Reference      string    `json:"reference"`
	PSPReference   string    `json:"pspReference"`
	Name           eventName `json:"name"`
	Amount         money     `json:"amount"`
	Timestamp      string    `json:"timestamp"`
	IdempotencyKey string    `json:"idempotencyKey,omitempty"`
	Success        bool      `json:"success"`
}

// authorizedBody is the webhook of an authorization. One source has the payer's
// sub at the top, another inside profile.
type authorizedBody struct {
	webhookBody
	approved
	Sub     string       `json:"sub,omitempty"`
	Profile *profileBody `json:"profile,omitempty"`
}

func (e event) webhook(msn string, p *payment) []byte {
	b := webhookBody{
		MSN: msn, Reference: p.reference, PSPReference: e.pspReference, Name: e.name,
		Amount: money{p.amount.Currency, e.value}, Timestamp: milliseconds(e.at),
		IdempotencyKey: e.idempotencyKey, Success: e.success,
	}
	if e.name != eventAuthorized || !e.success {
		return encode(b)
	}
	a := authorizedBody{webhookBody: b, approved: p.approved(), Sub: p.sub}
	if p.sub != "" {
		a.Profile = &profileBody{p.sub}
	}
	return encode(a)
}

// logEntry is an entry of GET …/events; unlike a webhook it names no MSN.
type logEntry struct {
	Reference      string    `json:"reference"`
	PSPReference   string    `json:"pspReference"`
	Name           eventName `json:"name"`
	Amount         money     `json:"amount"`
	Timestamp      string    `json:"timestamp"`
	IdempotencyKey string    `json:"idempotencyKey,omitempty"`
	Success        bool      `json:"success"`
}

func (p *payment) log() []logEntry {
	entries := make([]logEntry, 0, len(p.events))
	for _, e := range p.events {
		stamp := milliseconds(e.at)
		if e.name == eventCreated { // the provider's log is finer here than elsewhere
			stamp = e.at.UTC().Format("2006-01-02T15:04:05.0000000Z")
		}
		entries = append(entries, logEntry{
			p.reference, e.pspReference, e.name, money{p.amount.Currency, e.value}, stamp, e.idempotencyKey, e.success,
		})
	}
	return entries
}

func milliseconds(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

const (
	// checkedIn is the one event type with a single registration a sales unit.
	checkedIn = "user.checked-in.v1"
	loginPing = "login.merchant-initiated.ping.v1"
)

// eventTypes are all event types that can be registered for.
func eventTypes() []string {
	return []string{
		"epayments.payment.created.v1", "epayments.payment.aborted.v1", "epayments.payment.expired.v1",
		"epayments.payment.cancelled.v1", "epayments.payment.captured.v1", "epayments.payment.refunded.v1",
		"epayments.payment.authorized.v1", "epayments.payment.terminated.v1",
		"recurring.agreement-activated.v1", "recurring.agreement-rejected.v1", "recurring.agreement-stopped.v1",
		"recurring.agreement-expired.v1",
		"recurring.charge-reserved.v1", "recurring.charge-captured.v1", "recurring.charge-canceled.v1",
		"recurring.charge-refunded.v1", "recurring.charge-failed.v1", "recurring.charge-creation-failed.v1",
		loginPing, checkedIn,
		"donations.agreement.started.v1", "donations.agreement.stopped.v1",
		"donations.agreement.withdrawal-day-changed.v1", "donations.agreement.amount-changed.v1",
	}
}

// unsupported lists the event types that do not exist.
func unsupported(events []string) []string {
	known := eventTypes()
	var bad []string
	for _, e := range events {
		if !slices.Contains(known, e) {
			bad = append(bad, clip(e))
		}
	}
	return bad
}
