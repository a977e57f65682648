package webhook

import (
	"crypto/subtle"
	"net/http"
	"strings"
	"time"

	"kvikk/api/secret"
)

// Part names the part of a request that keeps its signature from matching.
type Part string

// The parts that [Verify] tells apart.
const (
	// PartMethod: the request is no POST.
	PartMethod Part = "method"
	// PartHeader: a header of the signature is missing or ill-formed.
	PartHeader Part = "header"
	// PartBody: the body is not the one that was signed.
	PartBody Part = "body hash"
	// PartDate: X-Ms-Date is missing, cannot be read or is not the one that was
	// signed.
	PartDate Part = "date"
	// PartHost: another host than the registered URL's was signed.
	PartHost Part = "host"
	// PartPath: another path or query than the registered URL's was signed.
	PartPath Part = "path"
	// PartSecret: all else is as it should be, so the secret is another one, or
	// was used in another way.
	PartSecret Part = "secret"
)

// VerifyError says why a request is not a genuine webhook of a registration.
type VerifyError struct {
	// Part is what differs.
	Part Part
	// Reason is one sentence for a person: what is wrong and what the likely
	// cause is. It holds no secret and no character that could harm a terminal.
	Reason string
}

// Error returns the part and the reason.
func (e *VerifyError) Error() string { return "the " + string(e.Part) + ": " + e.Reason }

// ClockTolerance is how far X-Ms-Date may lie from the time of arrival before
// it is worth a warning. The provider publishes no rule, so a larger offset is
// no reason to reject; its own WooCommerce plug-in draws the line here.
const ClockTolerance = 300 * time.Second

// Verify checks that a request was signed with the secret of the registration
// with the given URL, and that its body is the one that was signed. It returns
// nil or a [*VerifyError].
//
// The registered URL counts, to the letter, and not what r says about host and
// path; those serve to explain a failure. A valid X-Vipps-Authorization is as
// good as a valid Authorization. Comparisons take constant time.
//
// Source: https://developer.vippsmobilepay.com/docs/APIs/webhooks-api/request-authentication
func Verify(r Received, s secret.Value, registeredURL string) error {
	if s.IsZero() {
		return &VerifyError{PartSecret, "The secret of this registration is not known here; register again to get a new one."}
	}
	at, err := parseTarget(registeredURL)
	if err != nil {
		return &VerifyError{PartPath, sentence(err.Error())}
	}
	if r.Method != "" && r.Method != http.MethodPost {
		return &VerifyError{PartMethod, "The request is a " + quoted(r.Method) + " and webhooks are sent with POST; a redirect on the way turns a POST into a GET."}
	}
	if err := checkHeaders(r); err != nil {
		return err
	}
	hash, date := r.first(HeaderContentSHA256), r.first(HeaderDate)
	if !equal(hash, hashOf(r.Body)) {
		return explainBody(r, hash)
	}
	if err := checkDate(date); err != nil {
		return err
	}
	if key := []byte(s.Reveal()); !r.carries(signature(key, message(at, date, hash))) {
		return explain(attempt{r: r, at: at, key: key, date: date, hash: hash})
	}
	return nil
}

// ClockOffset returns how far the date of the request lies after the moment at
// which it arrived: positive when the sender's clock is ahead of this one,
// negative when it is behind or the request was long under way. X-Ms-Date has
// whole seconds. It reports false when there is no date that can be read.
func ClockOffset(r Received, at time.Time) (time.Duration, bool) {
	date, ok := parseDate(r.first(HeaderDate))
	if !ok {
		return 0, false
	}
	return date.Sub(at), true
}

// parseDate takes the form that the provider sends, and the others that HTTP
// and its libraries know.
func parseDate(s string) (time.Time, bool) {
	if t, err := http.ParseTime(s); err == nil {
		return t, true
	}
	for _, layout := range [...]string{time.RFC1123Z, time.RFC3339Nano} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func checkDate(date string) error {
	if date == "" {
		return &VerifyError{PartDate, "The header x-ms-date is missing; a proxy may have removed it, or the sender does not sign its requests."}
	}
	if _, ok := parseDate(date); !ok {
		return &VerifyError{PartDate, "The header x-ms-date is " + quoted(date) + ", which is not a date like \"Thu, 30 Mar 2023 08:38:32 GMT\"."}
	}
	return nil
}

// checkHeaders finds what can be seen to be wrong without the secret.
func checkHeaders(r Received) error {
	authorizations := r.authorizations()
	if len(authorizations) == 0 {
		return &VerifyError{PartHeader, "The header Authorization is missing; either the request is not from the provider, or a web server on the way keeps that header to itself."}
	}
	switch hash := r.first(HeaderContentSHA256); {
	case hash == "":
		return &VerifyError{PartHeader, "The header x-ms-content-sha256 is missing; a proxy may have removed it, or the sender does not sign its requests."}
	case !isSHA256(hash):
		return &VerifyError{PartHeader, "The header x-ms-content-sha256 is " + quoted(hash) + ", which is not the Base64 of 32 bytes."}
	}
	var problem string
	for _, value := range authorizations {
		if problem = malformed(value); problem == "" {
			return nil
		}
	}
	return &VerifyError{PartHeader, problem}
}

// malformed says what is wrong with the form of an Authorization value.
func malformed(value string) string {
	sum, ok := strings.CutPrefix(value, authPrefix)
	switch {
	case !strings.HasPrefix(value, "HMAC-SHA256 "):
		scheme, _, _ := strings.Cut(value, " ")
		return "The header Authorization is of the scheme " + quoted(scheme) + " and not HMAC-SHA256, so it is another login than the provider's signature."
	case !ok:
		return "The header Authorization does not begin with " + quoted(authPrefix) + ", so the sender signs other headers or writes them in another order."
	case !isSHA256(sum):
		return "The signature in the header Authorization is " + quoted(sum) + ", which is not the Base64 of 32 bytes; it may be hexadecimal, or cut off."
	}
	return ""
}

// authorizations returns the values that may hold the signature.
func (r Received) authorizations() []string {
	var all []string
	for _, name := range [...]string{HeaderAuthorization, HeaderAuthorizationCopy} {
		for _, v := range r.values(name) {
			if v = strings.TrimSpace(v); v != "" {
				all = append(all, v)
			}
		}
	}
	return all
}

// carries reports whether one of the request's signatures is sum. It looks at
// all of them, whichever matches.
func (r Received) carries(sum string) bool {
	want, found := authPrefix+sum, 0
	for _, v := range r.authorizations() {
		found |= subtle.ConstantTimeCompare([]byte(v), []byte(want))
	}
	return found == 1
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
