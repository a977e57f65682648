package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Event is what the members of a payload say that mean the same in every
// event. Members that are absent, null or of an unexpected kind leave their
// field at its zero value.
type Event struct {
	// Type is the event type; empty when the payload does not tell.
	Type Type
	// API is the API that the type belongs to; empty for an unknown type.
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
	var m members
	if err := json.Unmarshal(body, &m); err != nil {
		if kind := (*json.UnmarshalTypeError)(nil); errors.As(err, &kind) {
			return Event{}, nil // a list, a text or a number: JSON, and no event
		}
		return Event{}, fmt.Errorf("%w: %w", ErrNotJSON, err)
	}
	e := Event{
		MSN:            m.text("msn"),
		Reference:      m.text("reference"),
		PSPReference:   m.text("pspReference"),
		IdempotencyKey: m.text("idempotencyKey"),
		Timestamp:      m.time("timestamp", "occurred", "initiatedAt"),
	}
	e.Type, e.Name = m.kind()
	if info, ok := Lookup(e.Type); ok {
		e.API = info.API
	}
	e.Currency, e.Value, e.HasAmount = m.amount()
	e.Success, e.HasSuccess = m.flag("success")
	return e, nil
}

// members are the members of a JSON object by their exact names; the struct
// tags of encoding/json would also take REFERENCE for reference.
type members map[string]json.RawMessage

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
	raw := m["amount"]
	if len(raw) == 0 {
		return "", 0, false
	}
	inner := m
	name := "amount"
	if raw[0] == '{' {
		inner, name = members{}, "value"
		if json.Unmarshal(raw, &inner) != nil {
			return "", 0, false
		}
	}
	value, err := strconv.ParseInt(inner.text(name), 10, 64)
	if err != nil {
		value = 0
	}
	return inner.text("currency"), value, err == nil
}

// text returns a string, or a number as its digits stand in the payload.
func (m members) text(name string) string {
	raw := m[name]
	if len(raw) == 0 {
		return ""
	}
	switch c := raw[0]; {
	case c == '"':
		return unquote(raw)
	case c == '-' || '0' <= c && c <= '9':
		return string(raw)
	}
	return ""
}

// unquote decodes a JSON string. Most have no escapes, and those need no decoder.
func unquote(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

func (m members) flag(name string) (value, ok bool) {
	switch string(m[name]) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

func (m members) time(names ...string) time.Time {
	for _, name := range names {
		if t, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(m.text(name))); err == nil {
			return t
		}
	}
	return time.Time{}
}
