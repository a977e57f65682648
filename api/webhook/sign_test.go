package webhook_test

import (
	"encoding/json"
	"net/http"
	"os"
	"testing"
	"time"

	"kvikk/api/secret"
	"kvikk/api/webhook"
)

// vector is one entry of testdata/vectors.json: the sample that the provider
// has published, and three that were computed with other programs.
type vector struct {
	Title, Secret, URL, Date, Body, SHA256, Signed, Signature string
}

func vectors(t testing.TB) []vector {
	t.Helper()
	raw, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 4 {
		t.Fatalf("there are %d vectors, want 4", len(all))
	}
	return all
}

const authorizationPrefix = "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="

func TestSignMakesThePublishedSignatures(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		t.Run(v.Title, func(t *testing.T) {
			t.Parallel()
			date, err := http.ParseTime(v.Date)
			if err != nil {
				t.Fatal(err)
			}
			got, err := webhook.Sign(secret.New(v.Secret), v.URL, date, []byte(v.Body))
			want := webhook.Signed{Date: v.Date, ContentSHA256: v.SHA256, Authorization: authorizationPrefix + v.Signature}
			if err != nil || got != want {
				t.Errorf("Sign() = %+v, %v\nwant %+v", got, err, want)
			}
		})
	}
}

func TestTheHostThatIsSigned(t *testing.T) {
	t.Parallel()
	date := time.Date(2026, 11, 22, 6, 40, 0, 0, time.UTC)
	sign := func(url string) string {
		s, err := webhook.Sign(secret.New("key"), url, date, nil)
		if err != nil {
			t.Fatal(err)
		}
		return s.Authorization
	}
	for name, c := range map[string]struct {
		url, same string
		differs   bool
	}{
		"443 of https is left out":              {url: "https://shop.example:443/v", same: "https://shop.example/v"},
		"80 of http is left out":                {url: "http://127.0.0.1:80/v", same: "http://127.0.0.1/v"},
		"80 of https stays":                     {url: "https://shop.example:80/v", same: "https://shop.example/v", differs: true},
		"another port stays":                    {url: "https://shop.example:8443/v", same: "https://shop.example/v", differs: true},
		"a colon without a port is left out":    {url: "https://shop.example:/v", same: "https://shop.example/v"},
		"upper case is made lower case":         {url: "https://Shop.Example/v", same: "https://shop.example/v"},
		"an IPv6 host keeps its brackets":       {url: "http://[::1]:80/v", same: "http://[::1]/v"},
		"an empty path is a slash":              {url: "https://shop.example", same: "https://shop.example/"},
		"a fragment is left out":                {url: "https://shop.example/v#top", same: "https://shop.example/v"},
		"a lone question mark is left out":      {url: "https://shop.example/v?", same: "https://shop.example/v"},
		"a slash at the end of the path counts": {url: "https://shop.example/v/", same: "https://shop.example/v", differs: true},
		"the case of the path counts":           {url: "https://shop.example/V", same: "https://shop.example/v", differs: true},
		"the order of the query counts":         {url: "https://shop.example/v?b=1&a=1", same: "https://shop.example/v?a=1&b=1", differs: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if equal := sign(c.url) == sign(c.same); equal == c.differs {
				t.Errorf("signatures for %s and %s are equal: %v", c.url, c.same, equal)
			}
		})
	}
}

func TestSignRefusesWhatCannotBeSigned(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ key, url string }{
		"no secret":             {"", "https://shop.example/v"},
		"no URL":                {"key", ""},
		"a path alone":          {"key", "/hooks/vipps"},
		"another scheme":        {"key", "ftp://shop.example/v"},
		"no host":               {"key", "https:///v"},
		"a port that is a word": {"key", "https://shop.example:web/v"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := webhook.Sign(secret.New(c.key), c.url, time.Now(), nil); err == nil {
				t.Errorf("Sign() = %+v, want an error", got)
			}
		})
	}
}

func TestSetFillsAllFourHeaders(t *testing.T) {
	t.Parallel()
	h := http.Header{}
	webhook.Signed{Date: "d", ContentSHA256: "c", Authorization: "a"}.Set(h)
	for name, want := range map[string]string{
		"x-ms-date": "d", "x-ms-content-sha256": "c", "authorization": "a", "x-vipps-authorization": "a",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
