package webhook_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kvikk/api/secret"
	"kvikk/api/webhook"
)

const (
	key        = "dhxxAerpMMDMBV44jskOsj359xmKTmrYAnm1A7chZXB/y2n/S40LsLH+Zmf2To2atBCysGcdgO/cWHeP13N98w=="
	registered = "https://shop.example/hooks/vipps?store=7"
	payload    = `{"msn":"234567","reference":"mugshop-2026-0001","name":"CREATED"}`
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// delivery is a genuine request for the registered URL, as it arrives when
// nothing on the way changes it.
func delivery(t testing.TB, signedKey, signedURL, body string) webhook.Received {
	t.Helper()
	signed, err := webhook.Sign(secret.New(signedKey), signedURL, noon, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, registered, nil)
	signed.Set(r.Header)
	return webhook.FromRequest(r, []byte(body))
}

// part returns what Verify names, and nothing when it is content.
func part(t testing.TB, r webhook.Received) (webhook.Part, string) {
	t.Helper()
	return partFor(t, r, registered)
}

func partFor(t testing.TB, r webhook.Received, url string) (webhook.Part, string) {
	t.Helper()
	err := webhook.Verify(r, secret.New(key), url)
	if err == nil {
		return "", ""
	}
	var failed *webhook.VerifyError
	if !errors.As(err, &failed) {
		t.Fatalf("Verify() = %v of type %T", err, err)
	}
	if strings.Contains(err.Error(), key) || failed.Reason == "" {
		t.Fatalf("Verify() = %q", err)
	}
	return failed.Part, failed.Reason
}

func TestVerifyAcceptsThePublishedSignatures(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		t.Run(v.Title, func(t *testing.T) {
			t.Parallel()
			r := webhook.Received{Method: "POST", Host: "10.0.0.7:3000", RequestURI: "/behind-a-proxy", Body: []byte(v.Body), Header: http.Header{}}
			webhook.Signed{Date: v.Date, ContentSHA256: v.SHA256, Authorization: authorizationPrefix + v.Signature}.Set(r.Header)
			if err := webhook.Verify(r, secret.New(v.Secret), v.URL); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestVerifyAcceptsEitherHeader(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(h http.Header){
		"both":                                   func(http.Header) {},
		"Authorization alone":                    func(h http.Header) { h.Del("X-Vipps-Authorization") },
		"the copy alone":                         func(h http.Header) { h.Del("Authorization") },
		"the copy beside a login of a proxy":     func(h http.Header) { h.Set("Authorization", "Basic dXNlcjpwYXNz") },
		"Authorization beside a copy cut off":    func(h http.Header) { h.Set("X-Vipps-Authorization", "HMAC-SHA256 Signed") },
		"the second of two Authorization values": func(h http.Header) { h["Authorization"] = []string{"Bearer x", h["Authorization"][0]} },
		"names in lower case, as a file has them": func(h http.Header) {
			for name, v := range h.Clone() {
				delete(h, name)
				h[strings.ToLower(name)] = v
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := delivery(t, key, registered, payload)
			change(r.Header)
			if p, reason := part(t, r); p != "" {
				t.Errorf("%s: %s", p, reason)
			}
		})
	}
}

func TestVerifyNamesThePartThatDiffers(t *testing.T) {
	t.Parallel()
	header := func(name, value string) func(*webhook.Received) {
		return func(r *webhook.Received) {
			r.Header.Del("X-Vipps-Authorization")
			if r.Header.Set(name, value); value == "" {
				r.Header.Del(name)
			}
		}
	}
	body := func(s string) func(*webhook.Received) { return func(r *webhook.Received) { r.Body = []byte(s) } }
	for name, c := range map[string]struct {
		change func(*webhook.Received)
		want   webhook.Part
		says   string
	}{
		"no Authorization":              {header("Authorization", ""), webhook.PartHeader, "Authorization is missing"},
		"another scheme":                {header("Authorization", "Bearer abc"), webhook.PartHeader, `"Bearer"`},
		"headers in another order":      {header("Authorization", "HMAC-SHA256 SignedHeaders=host;x-ms-date&Signature=x"), webhook.PartHeader, "another order"},
		"a signature that is cut off":   {header("Authorization", authorizationPrefix+"agAiSyog"), webhook.PartHeader, "cut off"},
		"no body hash":                  {header("X-Ms-Content-Sha256", ""), webhook.PartHeader, "x-ms-content-sha256 is missing"},
		"a body hash in hexadecimal":    {header("X-Ms-Content-Sha256", strings.Repeat("ab", 32)), webhook.PartHeader, "not the Base64"},
		"no date":                       {header("X-Ms-Date", ""), webhook.PartDate, "x-ms-date is missing"},
		"a date that is none":           {header("X-Ms-Date", "soon"), webhook.PartDate, `"soon"`},
		"another date":                  {header("X-Ms-Date", "Sun, 22 Nov 2026 12:00:01 GMT"), webhook.PartSecret, "another secret"},
		"one byte of the body differs":  {body(strings.Replace(payload, "0001", "0002", 1)), webhook.PartBody, "changed on the way"},
		"a body written again":          {body(strings.ReplaceAll(payload, ",", ", ")), webhook.PartBody, "white space in its JSON"},
		"a body saved with a line end":  {body(payload + "\r\n"), webhook.PartBody, "line end"},
		"a body with a byte order mark": {body("\xef\xbb\xbf" + payload), webhook.PartBody, "byte order mark"},
		"no body":                       {body(""), webhook.PartBody, "empty"},
		"another method":                {func(r *webhook.Received) { r.Method = "GET" }, webhook.PartMethod, "POST"},
		"a body cut short": {func(r *webhook.Received) {
			r.Header.Set("Content-Length", "65")
			r.Body = r.Body[:20]
		}, webhook.PartBody, "says 65 bytes, and 20"},
		"control characters in a header": {header("X-Ms-Date", "\x1b[31m\u202e"), webhook.PartDate, `\x1b[31m\u202e`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := delivery(t, key, registered, payload)
			c.change(&r)
			if p, reason := part(t, r); p != c.want || !strings.Contains(reason, c.says) {
				t.Errorf("Verify() names %q: %s\nwant %q: …%s…", p, reason, c.want, c.says)
			}
		})
	}
}

func TestVerifyNeedsASecretAndAURL(t *testing.T) {
	t.Parallel()
	r := delivery(t, key, registered, payload)
	for name, c := range map[string]struct {
		secret, url string
		want        webhook.Part
	}{
		"no secret is known":   {"", registered, webhook.PartSecret},
		"a URL without a host": {key, "/hooks/vipps", webhook.PartPath},
		"a URL of nonsense":    {key, "https://shop.example:web/", webhook.PartPath},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var failed *webhook.VerifyError
			if err := webhook.Verify(r, secret.New(c.secret), c.url); !errors.As(err, &failed) || failed.Part != c.want {
				t.Errorf("Verify() = %v, want part %q", err, c.want)
			}
		})
	}
}

func TestClockOffset(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		date string
		want time.Duration
		ok   bool
	}{
		"the same second":          {"Sun, 22 Nov 2026 12:00:00 GMT", 0, true},
		"the sender is ahead":      {"Sun, 22 Nov 2026 12:10:00 GMT", 10 * time.Minute, true},
		"the sender is behind":     {"Sun, 22 Nov 2026 11:59:59 GMT", -time.Second, true},
		"an offset instead of Z":   {"Sun, 22 Nov 2026 13:00:00 +0100", 0, true},
		"the form of RFC 3339":     {"2026-11-22T12:00:01.5Z", 1500 * time.Millisecond, true},
		"no date that can be read": {"noon", 0, false},
		"no date":                  {"", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := webhook.Received{Header: http.Header{"X-Ms-Date": {c.date}}}
			if got, ok := webhook.ClockOffset(r, noon); got != c.want || ok != c.ok {
				t.Errorf("ClockOffset() = %v, %v, want %v, %v", got, ok, c.want, c.ok)
			}
		})
	}
}

func FuzzVerify(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(authorizationPrefix+v.Signature, v.Date, v.SHA256, "shop.example", "/x?y", []byte(v.Body))
	}
	f.Add("Basic \x00", "\x1b]0;", "====", "[::1", "//", []byte("\xff"))
	f.Fuzz(func(t *testing.T, authorization, date, hash, host, uri string, body []byte) {
		r := webhook.Received{Method: "POST", Host: host, RequestURI: uri, Body: body, Header: http.Header{
			"Authorization": {authorization}, "X-Ms-Date": {date}, "X-Ms-Content-Sha256": {hash}, "X-Forwarded-Host": {host},
		}}
		if _, reason := part(t, r); strings.ContainsFunc(reason, func(c rune) bool { return c < ' ' || c == 0x7f || c > 0x2026 }) {
			t.Errorf("the reason is not safe to show: %q", reason)
		}
		webhook.ClockOffset(r, noon)
	})
}

func BenchmarkVerify(b *testing.B) {
	r, s := delivery(b, key, registered, payload), secret.New(key)
	b.ReportAllocs()
	for b.Loop() {
		if err := webhook.Verify(r, s, registered); err != nil {
			b.Fatal(err)
		}
	}
}
