package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Event is what the members of a payload say that mean the same in every
// event. Members that are absent, null or of an unexpected kind leave their
// field at its zero value.
type Event struct {
	// Type is the event type; empty when the payload does not tell.
	Type Type
	// API is the API that the type belongs to, as [Type.API] has it.
	API string
	// Name is the payload's name member; for other APIs than ePayment the last
	// part of the type.
	Name string
	// MSN is the merchant serial number.
	MSN string
	// Reference is the merchant's own reference of the payment.
	Reference string
	// PSPReference is the provider's reference of this event. It differs from
	// the payment's own, by design.
	PSPReference string
	// Currency is "NOK", "DKK" or "EUR".
	Currency string
	// Value is the amount of this event (of a partial capture, the part) in
	// minor units; HasAmount says whether the payload has one.
	Value     int64
	HasAmount bool
	// Timestamp is when the event happened, zero when the payload does not say.
	Timestamp time.Time
	// IdempotencyKey is the key of the merchant's request that led to the event.
	IdempotencyKey string
	// Success says whether the operation went well; HasSuccess whether the
	// payload tells.
	Success    bool
	HasSuccess bool
}

// ErrNotJSON is wrapped by the error that [Decode] returns for a body that is
// not one JSON value.
var ErrNotJSON = errors.New("the body is not JSON")

// Decode reads a payload. It is tolerant: unknown members are ignored, missing
// ones are fine, and a number where a text is meant keeps every digit. Events
// of other APIs are recognised by their eventType, or by a member that only
// they have; JSON of an unknown kind gives an Event without a Type.
//
// The error wraps [ErrNotJSON]; then the Event is zero.
//
// Source of the members: https://developer.vippsmobilepay.com/docs/APIs/epayment-api/api-guide/features/webhooks
func Decode(body []byte) (Event, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return Event{}, fmt.Errorf("%w: it is empty", ErrNotJSON)
	}
	if !json.Valid(body) {
		var ignored any
		return Event{}, fmt.Errorf("%w: %w", ErrNotJSON, json.Unmarshal(body, &ignored))
	}
	m := membersOf(body)
	e := Event{
		MSN:            m.text("msn"),
		Reference:      m.text("reference"),
		PSPReference:   m.text("pspReference"),
		IdempotencyKey: m.text("idempotencyKey"),
		Timestamp:      m.time("timestamp", "occurred", "initiatedAt"),
	}
	e.Type, e.Name = m.kind()
	e.API = e.Type.API()
	e.Currency, e.Value, e.HasAmount = m.amount()
	e.Success, e.HasSuccess = m.flag("success")
	return e, nil
}

// plausibleType matches what looks like an event type, so that one which is
// newer than the catalogue keeps its name.
var plausibleType = regexp.MustCompile(`^[a-z0-9]+(?:[.-][a-z0-9]+)+\.v[0-9]+$`)

func (m members) kind() (Type, string) {
	if t := m.text("eventType"); len(t) <= 128 && plausibleType.MatchString(t) {
		return Type(t), Type(t).Name()
	}
	if name := m.text("name"); name != "" {
		t, _ := TypeForName(name)
		return t, name
	}
	switch {
	case m.text("auth_req_id") != "":
		return "login.merchant-initiated.ping.v1", "ping"
	case m.text("customerToken") != "" && m.text("merchantQrId") != "":
		return "user.checked-in.v1", "checked-in"
	}
	return "", ""
}

// amount reads {"currency":…,"value":…}, and the integer with a currency beside
// it that the Recurring API sends.
func (m members) amount() (currency string, value int64, ok bool) {
	raw := m.raw("amount")
	if len(raw) == 0 {
		return "", 0, false
	}
	inner, name := m, "amount"
	if raw[0] == '{' {
		inner, name = membersOf(raw), "value"
	}
	value, err := strconv.ParseInt(inner.text(name), 10, 64)
	if err != nil {
		value = 0
	}
	return inner.text("currency"), value, err == nil
}
