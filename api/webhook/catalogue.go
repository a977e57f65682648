package webhook

import "strings"

// Type is the name of an event type, as it is registered:
// "epayments.payment.created.v1".
type Type string

// Name returns what [Event.Name] is for events of this type: "CREATED" for
// epayments.payment.created.v1, "charge-captured" for
// recurring.charge-captured.v1. The type need not be in the catalogue; only the
// eight ePayment types have names in upper case, so that such a name and its
// type stand for each other.
func (t Type) Name() string {
	name := lastPart(t)
	if upper := strings.ToUpper(name); strings.HasPrefix(string(t), ePaymentPrefix) {
		if known, ok := TypeForName(upper); ok && known == t {
			return upper
		}
	}
	return name
}

// API returns the API whose events are of this type, also when the type itself
// is not in the catalogue; empty when it is none of those known.
func (t Type) API() string {
	family, _, _ := strings.Cut(string(t), ".")
	switch family {
	case "epayments":
		return EPayment
	case "recurring":
		return Recurring
	case "login":
		return Login
	case "user":
		return QR
	case "donations":
		return Donations
	}
	return ""
}

// APIs that send webhooks, as [TypeInfo.API] and [Event.API] name them.
const (
	EPayment  = "ePayment"
	Recurring = "Recurring"
	Login     = "Login"
	QR        = "QR"
	Donations = "Donations"
)

// TypeInfo describes an event type.
type TypeInfo struct {
	// Type is the full name.
	Type Type
	// API is the API whose events these are: [EPayment], [Recurring], [Login],
	// [QR] or [Donations].
	API string
	// Name is what an ePayment payload has in its name member ("CREATED"); for
	// the other APIs, whose payloads have none, the last part of the type
	// ("charge-captured").
	Name string
	// Sentence says when the event is sent.
	Sentence string
}

// Types returns every event type that can be registered, those of the ePayment
// API first.
//
// Source: https://developer.vippsmobilepay.com/docs/APIs/webhooks-api/events
func Types() []TypeInfo {
	rows := catalogue()
	infos := make([]TypeInfo, len(rows))
	for i, row := range rows {
		infos[i] = row.info()
	}
	return infos
}

// EPaymentTypes returns the eight event types of the ePayment API, in the order
// of [Types].
func EPaymentTypes() []Type {
	var types []Type
	for _, row := range catalogue() {
		if row.t.API() == EPayment {
			types = append(types, row.t)
		}
	}
	return types
}

// Lookup returns what is known about an event type.
func Lookup(t Type) (TypeInfo, bool) {
	for _, row := range catalogue() {
		if row.t == t {
			return row.info(), true
		}
	}
	return TypeInfo{}, false
}

// TypeForName returns the event type of an ePayment payload by its name member:
// "CREATED" is epayments.payment.created.v1. The names are upper case.
func TypeForName(name string) (Type, bool) {
	switch name {
	case "CREATED", "AUTHORIZED", "ABORTED", "EXPIRED", "TERMINATED", "CANCELLED", "CAPTURED", "REFUNDED":
		return Type(ePaymentPrefix + strings.ToLower(name) + versionSuffix), true
	}
	return "", false
}

const (
	ePaymentPrefix = "epayments.payment."
	versionSuffix  = ".v1"
)

// entry is a row of the catalogue.
type entry struct {
	t        Type
	sentence string
}

func (e entry) info() TypeInfo {
	return TypeInfo{Type: e.t, API: e.t.API(), Name: e.t.Name(), Sentence: e.sentence}
}

// lastPart returns what stands before the version: "charge-captured" of
// recurring.charge-captured.v1.
func lastPart(t Type) string {
	s := string(t)
	if cut := strings.LastIndex(s, ".v"); cut >= 0 {
		s = s[:cut]
	}
	return s[strings.LastIndexByte(s, '.')+1:]
}

// catalogue is an array, so that walking it allocates nothing.
func catalogue() [24]entry {
	return [...]entry{
		{"epayments.payment.created.v1", "A payment has been created and waits for the payer."},
		{"epayments.payment.authorized.v1", "The payer has approved and the amount is reserved."},
		{"epayments.payment.aborted.v1", "The payer has said no to the payment."},
		{"epayments.payment.expired.v1", "The payer has not answered in time."},
		{"epayments.payment.terminated.v1", "The merchant has called the payment off before the payer approved it."},
		{"epayments.payment.cancelled.v1", "A reservation, or what was left of it, has been released."},
		{"epayments.payment.captured.v1", "A reserved amount, or a part of it, has been captured."},
		{"epayments.payment.refunded.v1", "A captured amount, or a part of it, is being paid back."},

		{"recurring.agreement-activated.v1", "The payer has accepted an agreement."},
		{"recurring.agreement-rejected.v1", "The payer has declined an agreement."},
		{"recurring.agreement-stopped.v1", "An active agreement has come to its end."},
		{"recurring.agreement-expired.v1", "The payer has not answered to an agreement in time."},
		{"recurring.charge-reserved.v1", "The amount of a charge is reserved."},
		{"recurring.charge-captured.v1", "A charge has been captured."},
		{"recurring.charge-canceled.v1", "A charge has been called off."},
		{"recurring.charge-refunded.v1", "A charge, or a part of it, has been paid back."},
		{"recurring.charge-failed.v1", "A charge could not be collected on its due date or in the retries after it."},
		{"recurring.charge-creation-failed.v1", "A charge that was asked for could not be made."},

		{"login.merchant-initiated.ping.v1", "A login that the merchant started has been answered by the user."},

		{"user.checked-in.v1", "A user has scanned the merchant's QR code and shared who they are."},

		{"donations.agreement.started.v1", "A donor has begun to give regularly."},
		{"donations.agreement.stopped.v1", "A donor has ended a regular donation."},
		{"donations.agreement.withdrawal-day-changed.v1", "A donor has moved the day on which the money is drawn."},
		{"donations.agreement.amount-changed.v1", "A donor has changed how much they give."},
	}
}
