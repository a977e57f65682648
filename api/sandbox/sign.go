package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// signature is what one delivery attempt is signed with, see
// https://developer.vippsmobilepay.com/docs/APIs/webhooks-api/request-authentication.
type signature struct{ date, contentHash, authorization string }

// sign signs a POST of body. The key is the secret's text as it stands, not
// what its Base64 stands for.
func sign(secret, host, pathAndQuery string, at time.Time, body []byte) signature {
	hash := sha256.Sum256(body)
	s := signature{
		date:        at.UTC().Format(http.TimeFormat),
		contentHash: base64.StdEncoding.EncodeToString(hash[:]),
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("POST\n" + pathAndQuery + "\n" + s.date + ";" + host + ";" + s.contentHash))
	s.authorization = "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=" +
		base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return s
}

// hostHeader is the Host that a callback is sent with and signed for: in lower
// case, the port only where it is not the scheme's own.
func hostHeader(u *url.URL) string {
	host := strings.ToLower(u.Host)
	switch {
	case u.Scheme == "https":
		host = strings.TrimSuffix(host, ":443")
	case u.Scheme == "http":
		host = strings.TrimSuffix(host, ":80")
	}
	return strings.TrimSuffix(host, ":")
}
