package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// The sandbox serves no API but ePayment's behind these events; their payloads
// are made up in the shapes that the provider documents, so that a receiver
// can be tried. Amounts are integers in minor units.

// agreementEvent is a payload of recurring.agreement-….
type agreementEvent struct {
	AgreementID         string `json:"agreementId"`
	AgreementExternalID string `json:"agreementExternalId"`
	AgreementUUID       string `json:"agreementUUID"`
	EventType           string `json:"eventType"`
	Occurred            string `json:"occurred"`
	Actor               string `json:"actor"`
	MSN                 string `json:"msn"`
}

// chargeEvent is a payload of recurring.charge-….
type chargeEvent struct {
	AgreementID         string  `json:"agreementId"`
	AgreementExternalID string  `json:"agreementExternalId"`
	AgreementUUID       string  `json:"agreementUUID"`
	ChargeID            string  `json:"chargeId"`
	ChargeExternalID    string  `json:"chargeExternalId"`
	Amount              int64   `json:"amount"`
	Currency            string  `json:"currency"`
	ChargeType          string  `json:"chargeType"`
	EventType           string  `json:"eventType"`
	Occurred            string  `json:"occurred"`
	AmountCaptured      int64   `json:"amountCaptured"`
	AmountCanceled      int64   `json:"amountCanceled"`
	AmountRefunded      int64   `json:"amountRefunded"`
	TransactionID       *string `json:"transactionId"`
	FailureCode         *string `json:"failureCode"`
	FailureReason       *string `json:"failureReason"`
	MSN                 string  `json:"msn"`
}

// checkInEvent is the payload of user.checked-in.v1, see
// https://developer.vippsmobilepay.com/docs/APIs/qr-api/api-guide/webhooks/.
type checkInEvent struct {
	CustomerToken string `json:"customerToken"`
	MerchantQRID  string `json:"merchantQrId"`
	MSN           string `json:"msn"`
	InitiatedAt   string `json:"initiatedAt"`
}

// pingEvent is the payload of login.merchant-initiated.ping.v1, see
// https://developer.vippsmobilepay.com/docs/APIs/login-api/api-guide/webhooks.
type pingEvent struct {
	AuthReqID string `json:"auth_req_id"`
}

// donationEvent is a payload of donations.agreement.…, whose shape the provider
// does not publish.
type donationEvent struct {
	AgreementID string `json:"agreementId"`
	EventType   string `json:"eventType"`
	Occurred    string `json:"occurred"`
	MSN         string `json:"msn"`
}

// madeUp returns a payload for an event type of another API, and the name of
// the member that says which stream the event belongs to.
func (u *unit) madeUp(kind string, now time.Time) (payload any, stream string) {
	at := milliseconds(now)
	switch {
	case strings.HasPrefix(kind, "recurring.agreement-"):
		e := agreementEvent{
			AgreementID: "agr_" + u.ids.hex(4, "agreement"), AgreementExternalID: "external-" + u.ids.hex(4, "agreement external"),
			AgreementUUID: u.ids.uuid("agreement"), EventType: kind, Occurred: at, Actor: "USER", MSN: u.keys.MSN,
		}
		if kind == "recurring.agreement-expired.v1" {
			e.Actor = "ADMIN"
		}
		return e, "agreementId"
	case strings.HasPrefix(kind, "recurring.charge-"):
		return u.madeUpCharge(kind, at), "agreementId"
	case kind == checkedIn:
		return checkInEvent{u.ids.base64(48, "customer token"), "qr-" + u.ids.hex(4, "qr"), u.keys.MSN, at}, "merchantQrId"
	case kind == loginPing:
		return pingEvent{u.ids.token("login")}, "auth_req_id"
	}
	return donationEvent{u.ids.uuid("donation"), kind, at, u.keys.MSN}, "agreementId"
}

// madeUpCharge is a charge of 499.00 NOK in the state that the event leads to.
func (u *unit) madeUpCharge(kind, at string) chargeEvent {
	const amount = 49900
	e := chargeEvent{
		AgreementID: "agr_" + u.ids.hex(4, "agreement"), AgreementExternalID: "external-" + u.ids.hex(4, "agreement external"),
		AgreementUUID: u.ids.uuid("agreement"), ChargeID: "chr-" + u.ids.hex(4, "charge"),
		ChargeExternalID: "external-" + u.ids.hex(4, "charge external"), Amount: amount, Currency: "NOK",
		ChargeType: "RECURRING", EventType: kind, Occurred: at, MSN: u.keys.MSN,
	}
	code, reason := "user_action_required", "The customer has to act, for instance because there is no money on the card."
	switch kind {
	case "recurring.charge-captured.v1":
		e.AmountCaptured = amount
	case "recurring.charge-canceled.v1":
		e.AmountCanceled = amount
	case "recurring.charge-refunded.v1":
		e.AmountCaptured, e.AmountRefunded = amount, amount
	case "recurring.charge-creation-failed.v1":
		code, reason = "non_technical_error", "The charge could not be created."
		fallthrough
	case "recurring.charge-failed.v1":
		e.FailureCode, e.FailureReason = &code, &reason
		return e
	}
	id := u.ids.digits(11, "transaction")
	e.TransactionID = &id
	return e
}

// members are those of a JSON object in their order; values are JSON.
type members struct {
	names  []string
	values map[string]json.RawMessage
}

var errNoObject = errors.New("not a JSON object")

func readMembers(object []byte) (members, error) {
	m := members{values: make(map[string]json.RawMessage)}
	return m, m.replace(object)
}

// replace sets the members of another object: in place where there is one of
// the name, else at the end.
func (m *members) replace(object []byte) error {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errNoObject
	}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return errNoObject
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return errNoObject
		}
		if _, known := m.values[name]; !known {
			m.names = append(m.names, name)
		}
		m.values[name] = value
	}
	return nil
}

// encode writes the members as compact JSON, values as they are.
func (m *members) encode() []byte {
	var spaced, b bytes.Buffer
	spaced.WriteByte('{')
	for i, name := range m.names {
		if i > 0 {
			spaced.WriteByte(',')
		}
		spaced.Write(encode(name))
		spaced.WriteByte(':')
		spaced.Write(m.values[name])
	}
	spaced.WriteByte('}')
	if err := json.Compact(&b, spaced.Bytes()); err != nil {
		panic("sandbox: write JSON that was read before: " + err.Error())
	}
	return b.Bytes()
}

// text is a member's string, or its JSON when it is none.
func (m *members) text(name string) string {
	var s string
	if json.Unmarshal(m.values[name], &s) == nil {
		return s
	}
	return string(m.values[name])
}
