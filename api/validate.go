package api

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// validator collects what is wrong with the values of a request.
type validator struct{ fields []FieldError }

func (v *validator) add(name, reason string) {
	v.fields = append(v.fields, FieldError{name, reason})
}

// check adds the reason unless ok holds.
func (v *validator) check(ok bool, name, reason string) {
	if !ok {
		v.add(name, reason)
	}
}

func (v *validator) err() error {
	if len(v.fields) == 0 {
		return nil
	}
	return &ValidationError{v.fields}
}

// length checks that a text has from shortest to longest characters.
func (v *validator) length(name, text string, shortest, longest int) {
	n := utf8.RuneCountInString(text)
	switch {
	case shortest == 1 && n == 0:
		v.add(name, "Missing.")
	case n < shortest:
		v.add(name, fmt.Sprintf("At least %d characters; this has %d.", shortest, n))
	case n > longest:
		v.add(name, fmt.Sprintf("At most %d characters; this has %d.", longest, n))
	case !utf8.ValidString(text):
		v.add(name, "Not valid UTF-8.")
	}
}

// between checks the limits of a number.
func (v *validator) between(name string, n, lowest, highest int64) {
	v.check(n >= lowest && n <= highest, name, fmt.Sprintf("From %d to %d.", lowest, highest))
}

// oneOf checks that text is one of the allowed ones, and says which there are.
func (v *validator) oneOf(name, text string, allowed ...string) {
	v.check(slices.Contains(allowed, text), name, "One of "+strings.Join(allowed, ", ")+".")
}

// reference checks the name of a payment.
func (v *validator) reference(name, text string) {
	bad := strings.IndexFunc(text, func(r rune) bool {
		return r > unicode.MaxASCII || r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	switch {
	case text == "":
		v.add(name, "Missing.")
	case bad >= 0:
		v.add(name, "Only the letters a to z and A to Z, digits and hyphens.")
	case len(text) < 8 || len(text) > 64:
		v.add(name, fmt.Sprintf("8 to 64 characters; this has %d.", len(text)))
	}
}

// phone checks a phone number in the form that the provider takes.
func (v *validator) phone(name, text string) {
	switch {
	case text == "":
		v.add(name, "Missing.")
	case strings.HasPrefix(text, "+") || strings.HasPrefix(text, "00"):
		v.add(name, "Start with the country code itself, without + or 00, as in 4712345678.")
	case !isDigits(text, 1, len(text)):
		v.add(name, "Digits only, without spaces, as in 4712345678.")
	case len(text) == 8:
		v.add(name, "Put the country code in front: 47, 45 or 358, as in 4712345678.")
	case len(text) < 9 || len(text) > 15:
		v.add(name, fmt.Sprintf("9 to 15 digits with the country code; this has %d.", len(text)))
	}
}

// maxURL is the length of the longest URL, in bytes.
const maxURL = 2500

// url checks an address that a person or an app is sent to.
func (v *validator) url(name, text string) {
	u, err := url.Parse(text)
	switch {
	case len(text) > maxURL:
		v.add(name, fmt.Sprintf("At most %d characters; this has %d.", maxURL, len(text)))
	case err != nil || u.Scheme == "" || u.Host == "" && u.Opaque == "" && u.Path == "":
		v.add(name, "A whole URL, such as https://shop.example/return.")
	case u.Scheme == "http":
		v.add(name, "Use https, or the URL scheme of an app; http is not taken.")
	case u.Scheme == "https" && u.Hostname() == "":
		v.add(name, "The URL has no host.")
	}
}

// webURL checks an address that must be https.
func (v *validator) webURL(name, text string) {
	before := len(v.fields)
	v.url(name, text)
	if len(v.fields) == before && !strings.HasPrefix(strings.ToLower(text), "https://") {
		v.add(name, "The URL must start with https://.")
	}
}

// amount checks an amount from the lowest value in its currency.
func (v *validator) amount(name string, a Amount, lowest int64) {
	if _, ok := MinimumAmount(a.Currency); !ok {
		v.add(name+".currency", "One of "+strings.Join(Currencies(), ", ")+".")
	}
	switch {
	case a.Value < lowest:
		v.add(name+".value", fmt.Sprintf("At least %d %s, that is %s.", lowest, minorUnit(a.Currency), Amount{a.Currency, lowest}))
	case a.Value > MaximumAmount:
		v.add(name+".value", fmt.Sprintf("At most %d %s, that is %s.", MaximumAmount, minorUnit(a.Currency), Amount{a.Currency, MaximumAmount}))
	}
}

func minorUnit(currency string) string {
	switch currency {
	case "NOK", "DKK":
		return "øre"
	case "EUR":
		return "cent"
	}
	return "minor units"
}

func validateReference(reference string) error {
	var v validator
	v.reference("reference", reference)
	return v.err()
}

func validateModification(reference string, a Amount) error {
	var v validator
	v.reference("reference", reference)
	v.amount("amount", a, 1)
	return v.err()
}

// validateKey checks an idempotency key; a call without one has none.
func validateKey(key string) error {
	var v validator
	v.check(len(key) <= 50 && strings.IndexFunc(key, notKeyRune) < 0, "idempotencyKey", "1 to 50 letters, digits and signs, without spaces.")
	return v.err()
}

// Validate checks that the customer is named, by phone number or token.
func (r ForceApproveRequest) Validate() error {
	var v validator
	if r.PhoneNumber == "" && r.Token == "" {
		v.add("customer.phoneNumber", "The test user's phone number is needed, or the token of the payment's redirect URL.")
	}
	if r.PhoneNumber != "" {
		v.phone("customer.phoneNumber", r.PhoneNumber)
	}
	return v.err()
}
