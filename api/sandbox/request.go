package sandbox

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// createRequest is what the sandbox keeps of a create payment request, see
// https://developer.vippsmobilepay.com/api/epayment.
type createRequest struct {
	reference   string
	amount      money
	userFlow    string
	method      string
	returnURL   string
	description string
	scope       string
	customer    bool
	phone       string // the customer's, where that is what names them
	picture     picture
	metadata    map[string]string
	blocked     bool // paymentMethod.blockedSources names something
	expiresAt   time.Time
	receipt     bool
	express     *express // nil for a payment without shipping
	links       []link   // URLs that the payer may open
	repeated    bool     // metadata names a key twice
}

// link is a URL and the field that it stands in.
type link struct{ field, url string }

const (
	referenceRule = `^[a-zA-Z0-9-]{8,64}$`
	phoneRule     = `^\d{9,15}$`
	maxAmount     = 65_000_000 // minor units
)

var (
	referencePattern = regexp.MustCompile(referenceRule)
	phonePattern     = regexp.MustCompile(phoneRule)
	quantityPattern  = regexp.MustCompile(`^\d+([.]\d{1,8})?$`)
)

// decodeCreate reads a create payment request and reports every field that is
// missing, unknown, of the wrong type or out of range. The request it returns
// beside a failure is good for its reference only, which is empty when that is
// not usable.
func decodeCreate(body []byte) (createRequest, *failure) {
	root, problems, f := readObject(body)
	if f != nil {
		return createRequest{}, f
	}
	var q createRequest
	root.require("amount", "paymentMethod", "reference", "userFlow")
	q.reference = root.matching("reference", referenceRule, referencePattern)
	if amount, ok := root.child("amount"); ok {
		q.amount = readMoney(amount, 0)
	}
	q.readMethod(root)
	q.readCustomer(root)
	q.readRest(root)
	readIndustry(root)
	q.receipt = readReceipt(root)
	root.refuseOthers()
	q.repeated = len(q.metadata) > 0 && repeats(body, "metadata")
	if len(problems.details) > 0 {
		return q, invalid(problems.details...)
	}
	return q, nil
}

// readMoney reads a currency and a value in minor units of at least least.
func readMoney(o object, least int64) money {
	o.require("currency", "value")
	m := money{Currency: o.oneOf("currency", "NOK", "DKK", "EUR")}
	m.Value = o.between("value", least, maxAmount)
	o.refuseOthers()
	return m
}

func (q *createRequest) readMethod(root object) {
	o, ok := root.child("paymentMethod")
	if !ok {
		return
	}
	o.require("type")
	q.method = o.oneOf("type", "WALLET", "CARD", "CARD_PASSTHROUGH")
	for i, source := range o.texts("blockedSources") {
		q.blocked = true
		if source != "COMMERCIAL_CARDS" {
			o.fail(fmt.Sprintf("blockedSources[%d]", i), "The value must be COMMERCIAL_CARDS.")
		}
	}
	o.refuseOthers()
}

func (q *createRequest) readCustomer(root object) {
	if o, ok := root.child("customer"); ok {
		q.phone, q.customer = readCustomer(o)
	}
}

// readCustomer reads the phone number, and reports whether the customer is
// known: by one identifier, which may be any of three. Plugins in the wild send the object without one, where
// the shopper has given no phone number, and customerInteraction inside it.
func readCustomer(o object) (phone string, known bool) {
	n := 0
	for _, name := range []string{"phoneNumber", "personalQr", "customerToken"} {
		if o.has(name) {
			n++
		}
	}
	if n > 1 {
		o.add(strings.TrimSuffix(o.path, "."), "Only one of phoneNumber, personalQr and customerToken may be set.")
	}
	phone = o.matching("phoneNumber", phoneRule, phonePattern)
	o.length("personalQr", 5, 255)
	o.text("customerToken")
	readInteraction(o)
	o.refuseOthers()
	return phone, n == 1
}

func readInteraction(o object) {
	o.oneOf("customerInteraction", "CUSTOMER_PRESENT", "CUSTOMER_NOT_PRESENT")
}

func (q *createRequest) readRest(root object) {
	q.userFlow = root.oneOf("userFlow", "WEB_REDIRECT", "PUSH_MESSAGE", "NATIVE_REDIRECT", "QR")
	readInteraction(root)
	q.returnURL = root.length("returnUrl", 1, 2500)
	q.description = root.length("paymentDescription", 3, 100)
	root.between("minimumUserAge", 0, 100)
	q.readLinks(root)
	q.express = readExpress(root)
	q.expiresAt = root.moment("expiresAt")
	if o, ok := root.child("profile"); ok {
		q.scope, _ = o.text("scope")
		o.refuseOthers()
	}
	q.picture = readPicture(root)
	if o, ok := root.child("metadata"); ok {
		q.metadata = make(map[string]string, len(o.members))
		for _, name := range slices.Sorted(maps.Keys(o.members)) {
			q.metadata[name], _ = o.digits(name)
		}
	}
}

// readLinks reads the URLs that the payer may open.
func (q *createRequest) readLinks(root object) {
	q.readLink(root, "receiptUrl")
	if o, ok := root.child("merchantLegalLinks"); ok {
		q.readLink(o, "termsOfSaleUrl")
		q.readLink(o, "privacyPolicyUrl")
		o.refuseOthers()
	}
}

func (q *createRequest) readLink(o object, name string) {
	if v, ok := o.text(name); ok {
		q.links = append(q.links, link{o.path + name, v})
	}
}

// The readers below check one field's range as well as its type; an absent
// field is no error of theirs.

func (o object) matching(name, rule string, pattern *regexp.Regexp) string {
	v, ok := o.digits(name)
	if ok && !pattern.MatchString(v) {
		o.fail(name, "The field "+title(name)+" must match the regular expression '"+rule+"'.")
		return ""
	}
	return v
}

func (o object) oneOf(name string, allowed ...string) string {
	v, ok := o.text(name)
	if ok && !slices.Contains(allowed, v) {
		o.fail(name, "The value must be one of "+strings.Join(allowed, ", ")+".")
	}
	return v
}

// length counts characters.
func (o object) length(name string, least, most int) string {
	v, ok := o.text(name)
	if n := utf8.RuneCountInString(v); ok && (n < least || n > most) {
		o.fail(name, fmt.Sprintf("The field %s must have %d to %d characters.", title(name), least, most))
	}
	return v
}

func (o object) between(name string, least, most int64) int64 {
	v, ok := o.integer(name)
	if ok && (v < least || v > most) {
		o.fail(name, fmt.Sprintf("The field %s must be between %d and %d.", title(name), least, most))
	}
	return v
}

func (o object) moment(name string) time.Time {
	v, ok := o.text(name)
	if !ok {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, strings.ToUpper(v)) // RFC 3339 takes t and z as well
	if err != nil {
		o.fail(name, "The value must be an RFC 3339 date and time.")
	}
	return t
}
