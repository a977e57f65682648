package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"kvikk/api/webhook"
)

// forge signs as a sender would that gets one thing wrong: it puts any lines
// and any key together.
func forge(r webhook.Received, key []byte, text string) {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	r.Header.Set("Authorization", authorizationPrefix+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	r.Header.Del("X-Vipps-Authorization")
}

func TestVerifyRecognisesTheUsualMistakes(t *testing.T) {
	t.Parallel()
	const date, right = "Sun, 22 Nov 2026 12:00:00 GMT", "/hooks/vipps?store=7"
	decoded, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	header := func(name, value string) func(*webhook.Received) {
		return func(r *webhook.Received) {
			r.Header[http.CanonicalHeaderKey(name)] = append(r.Header.Values(name), value)
		}
	}
	for name, c := range map[string]struct {
		change           func(*webhook.Received)
		path, date, host string
		key              string
		crlf             bool
		want             webhook.Part
		says             string
	}{
		"the host of the request":               {change: func(r *webhook.Received) { r.Host = "10.0.0.7:3000" }, host: "10.0.0.7:3000", want: webhook.PartHost, says: "Host header"},
		"the host that a proxy reports":         {change: header("X-Forwarded-Host", "shop.ngrok.app, 10.0.0.1"), host: "shop.ngrok.app", want: webhook.PartHost, says: "X-Forwarded-Host"},
		"the host with the port of https":       {host: "shop.example:443", want: webhook.PartHost, says: "port of https"},
		"the path that arrived":                 {change: func(r *webhook.Received) { r.RequestURI = "/vipps?store=7" }, path: "/vipps?store=7", want: webhook.PartPath, says: "as it arrived"},
		"the path without the query":            {path: "/hooks/vipps", want: webhook.PartPath, says: "without the query"},
		"a slash at the end":                    {path: "/hooks/vipps/?store=7", want: webhook.PartPath, says: "slash at the end"},
		"the path before a proxy cut it":        {change: header("X-Forwarded-Prefix", "/shop/"), path: "/shop" + right, want: webhook.PartPath, says: "removed a prefix"},
		"the Date header":                       {change: header("Date", "Sun, 22 Nov 2026 11:59:58 GMT"), date: "Sun, 22 Nov 2026 11:59:58 GMT", want: webhook.PartDate, says: "the Date header"},
		"the second of two dates":               {change: header("X-Ms-Date", "Sun, 22 Nov 2026 11:00:00 GMT"), date: "Sun, 22 Nov 2026 11:00:00 GMT", want: webhook.PartDate, says: "second x-ms-date"},
		"the secret decoded":                    {key: string(decoded), want: webhook.PartSecret, says: "Base64-decoded"},
		"the secret with a line end":            {key: key + "\n", want: webhook.PartSecret, says: "white space"},
		"lines that end with CR LF":             {crlf: true, want: webhook.PartHeader, says: "CR LF"},
		"the secret of another registration":    {key: "another", want: webhook.PartSecret, says: "another registration"},
		"another URL altogether, as it arrived": {change: func(r *webhook.Received) { r.Host, r.RequestURI = "other.example", "/a" }, host: "other.example", path: "/a", want: webhook.PartHost, says: "another URL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			or := func(s, otherwise string) string {
				if s == "" {
					return otherwise
				}
				return s
			}
			r := delivery(t, key, registered, payload)
			if c.change != nil {
				c.change(&r)
			}
			text := "POST\n" + or(c.path, right) + "\n" + or(c.date, date) + ";" + or(c.host, "shop.example") + ";" + r.Header.Get("X-Ms-Content-Sha256")
			if c.crlf {
				text = strings.ReplaceAll(text, "\n", "\r\n")
			}
			forge(r, []byte(or(c.key, key)), text)
			if p, reason := part(t, r); p != c.want || !strings.Contains(reason, c.says) {
				t.Errorf("Verify() names %q: %s\nwant %q: …%s…", p, reason, c.want, c.says)
			}
		})
	}
}

func TestAnEscapedPathIsRecognised(t *testing.T) {
	t.Parallel()
	// The table's URL has no escapes, so this one is registered with another.
	r := delivery(t, key, registered, payload)
	forge(r, []byte(key), "POST\n/hooks/vipps\nSun, 22 Nov 2026 12:00:00 GMT;shop.example;"+r.Header.Get("X-Ms-Content-Sha256"))
	p, reason := partFor(t, r, "https://shop.example/hooks%2Fvipps")
	if p != webhook.PartPath || !strings.Contains(reason, `"/hooks/vipps"`) {
		t.Errorf("Verify() names %q: %s", p, reason)
	}
}
