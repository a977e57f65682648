package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"kvikk/api/secret"
)

// authPrefix is everything of an Authorization header before the signature.
const authPrefix = "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="

// Signed is the values of the headers that make a request a genuine webhook.
type Signed struct {
	// Date goes into X-Ms-Date.
	Date string
	// ContentSHA256 goes into X-Ms-Content-Sha256.
	ContentSHA256 string
	// Authorization goes into Authorization and X-Vipps-Authorization.
	Authorization string
}

// Sign signs a body as the provider would for a registration with the given
// secret and URL. The URL's host and path are signed, so the request may go
// anywhere, as long as whoever verifies it knows the registered URL.
//
// The error says what is wrong with registeredURL or that there is no secret.
//
// Source: https://developer.vippsmobilepay.com/docs/APIs/webhooks-api/request-authentication
func Sign(s secret.Value, registeredURL string, date time.Time, body []byte) (Signed, error) {
	if s.IsZero() {
		return Signed{}, errors.New("signing a webhook: there is no secret to sign with")
	}
	at, err := parseTarget(registeredURL)
	if err != nil {
		return Signed{}, fmt.Errorf("signing a webhook: %w", err)
	}
	signed := Signed{Date: date.UTC().Format(http.TimeFormat), ContentSHA256: hashOf(body)}
	signed.Authorization = authPrefix + signature([]byte(s.Reveal()), message(at, signed.Date, signed.ContentSHA256))
	return signed, nil
}

// Set puts the values into h, X-Vipps-Authorization included. The Host header
// is the client's own business.
func (s Signed) Set(h http.Header) {
	h.Set(HeaderDate, s.Date)
	h.Set(HeaderContentSHA256, s.ContentSHA256)
	h.Set(HeaderAuthorization, s.Authorization)
	h.Set(HeaderAuthorizationCopy, s.Authorization)
}

// target is what a signature takes from a URL.
type target struct {
	host string // lower case, with a port only where it is not the scheme's own
	path string // escaped, with the query
}

// parseTarget takes a URL apart the way the sample code of the provider's page
// does: the scheme's own port, the fragment and an empty query are left out, an
// empty path is "/".
func parseTarget(registeredURL string) (target, error) {
	u, err := url.Parse(registeredURL)
	if err != nil {
		return target{}, fmt.Errorf("the registered URL cannot be read: %w", errors.Unwrap(err))
	}
	if u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
		return target{}, errors.New("the registered URL has to begin with https:// (or http://) and a host")
	}
	at := target{host: strings.ToLower(u.Host), path: u.EscapedPath()}
	if port := u.Port(); port == "" || port == defaultPort(u.Scheme) {
		at.host = strings.TrimSuffix(at.host, ":"+port)
	}
	if at.path == "" {
		at.path = "/"
	}
	if u.RawQuery != "" {
		at.path += "?" + u.RawQuery
	}
	return at, nil
}

func defaultPort(scheme string) string {
	if scheme == "http" {
		return "80"
	}
	return "443"
}

// message is the string to sign. Its lines end with a line feed alone.
func message(at target, date, hash string) string {
	return "POST\n" + at.path + "\n" + date + ";" + at.host + ";" + hash
}

func signature(key []byte, message string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(message))
	var sum [sha256.Size]byte
	return base64.StdEncoding.EncodeToString(mac.Sum(sum[:0]))
}

func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.StdEncoding.EncodeToString(sum[:])
}
