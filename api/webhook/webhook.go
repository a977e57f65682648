// Package webhook is what Vipps MobilePay's Webhooks API sends, read, checked
// and made.
//
// # A delivery
//
// The provider calls the URL that a sales unit registered with a POST that
// carries JSON and these headers:
//
//	X-Ms-Date              when this attempt was made, RFC 1123 in GMT
//	X-Ms-Content-Sha256    Base64 of the SHA-256 of the body's bytes
//	Authorization          HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=…
//	X-Vipps-Authorization  a copy of Authorization, for hosts that strip the original
//	Webhook-Id             which registration the delivery belongs to
//
// The signature is made over the method, path and query of the registered
// URL, the date, the registered URL's host and the body's hash, with the
// characters of the secret as the key. The secret looks like Base64, and
// decoding it is the most common mistake of all.
//
// [Verify] wants the registered URL and not the one that the request seems to
// have come to: a proxy or a tunnel may rewrite Host and path, and the
// signature knows nothing of that. When a signature does not match, Verify
// tries what usually goes wrong and names the [Part] that differs.
//
// [Decode] reads what a list of events shows, [Types] explains every event
// type, and [Sign] makes the headers for a request of one's own, to test a
// handler with.
//
// Sources: https://developer.vippsmobilepay.com/docs/APIs/webhooks-api/request-authentication
// and https://developer.vippsmobilepay.com/docs/APIs/webhooks-api/events.
package webhook

import (
	"net/http"
	"strings"
)

// Names of the headers of a delivery, in the form that [net/http.Header] uses.
const (
	// HeaderDate carries the time of the attempt, RFC 1123 in GMT.
	HeaderDate = "X-Ms-Date"
	// HeaderContentSHA256 carries the Base64 of the SHA-256 of the body.
	HeaderContentSHA256 = "X-Ms-Content-Sha256"
	// HeaderAuthorization carries the signature.
	HeaderAuthorization = "Authorization"
	// HeaderAuthorizationCopy carries the signature a second time, since some
	// web servers keep Authorization from the program behind them.
	HeaderAuthorizationCopy = "X-Vipps-Authorization"
	// HeaderWebhookID carries the id of the registration that the delivery
	// belongs to; it is the same on every attempt.
	HeaderWebhookID = "Webhook-Id"
)

// Received is a request as it arrived, before anything has touched it.
type Received struct {
	// Method is the HTTP method; empty means POST.
	Method string
	// Host is the Host header, which net/http keeps outside of Header.
	Host string
	// RequestURI is the path with its query as in the request line.
	RequestURI string
	// Header holds the headers; names may be in any case.
	Header http.Header
	// Body is the body's raw bytes. JSON that was parsed and written again is
	// another body.
	Body []byte
}

// FromRequest returns what a handler received; body is what it read from
// r.Body.
func FromRequest(r *http.Request, body []byte) Received {
	uri := r.RequestURI
	if !strings.HasPrefix(uri, "/") { // absolute form, or a request made by a client
		uri = r.URL.RequestURI()
	}
	return Received{Method: r.Method, Host: r.Host, RequestURI: uri, Header: r.Header, Body: body}
}

// values returns all values of a header. Headers that come from a file may not
// be in canonical form, so a miss is looked up again without regard to case.
func (r Received) values(name string) []string {
	if v, ok := r.Header[name]; ok {
		return v
	}
	for key, v := range r.Header {
		if strings.EqualFold(key, name) {
			return v
		}
	}
	return nil
}

// first returns the first value of a header, or nothing.
func (r Received) first(name string) string {
	if v := r.values(name); len(v) > 0 {
		return v[0]
	}
	return ""
}
