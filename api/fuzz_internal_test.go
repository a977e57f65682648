package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"kvikk/api/secret"
)

// FuzzAnswer reads any answer in every way that the client reads answers.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"access_token":"abcdefgh","expires_in":"3599"}`, `{"access_token":"abcdefgh`, `{"id":"x","secret":"abc\"d"}`, `{"webhooks":[{"id":"a","events":null}]}`,
		`{"reference":12345678901234567890,"state":"CREATED"}`, `[{"timestamp":7,"pspReference":null}]`, `{"title":"x","extraDetails":[{"name":"ErrorCode","reason":6080}]}`,
		`{"error":"x","error_description":"AADSTS7: y"}`, `{"responseInfo":{"responseMessage":"x"},"result":[]}`, `{"statusCode":401,"message":"m"}`, `<html>secret=abc</html>`, "",
	} {
		f.Add(200, seed)
		f.Add(400, seed)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		c, err := New(Options{Keys: Keys{"id-of-client", secret.New("the+secret/of=client"), secret.New("0123456789abcdef"), "123456"}})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		resp := &http.Response{StatusCode: 200 + (status&0x7fffffff)%400, Header: http.Header{"Location": {body}, "Retry-After": {body}}}
		echoed := body + " the+secret/of=client"
		for _, out := range []complete{nil, &tokenWire{}, &registeredWire{}, &webhooksWire{}, &createdWire{}, &paymentWire{}, &eventsWire{}, &modificationWire{}} {
			a := answer{"Get payment", resp, []byte(echoed), c.secrets.body([]byte(echoed), nil), nil}
			checkTexts(t, c.decode(a, out))
		}
		if resp.StatusCode >= 300 && c.decode(answer{operation: "Get payment", resp: resp}, nil) == nil {
			t.Errorf("status %d is no error", resp.StatusCode)
		}
	})
}

// checkTexts checks that whatever is said about an answer can be shown.
func checkTexts(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	x := Explain(err)
	if x.What == "" {
		t.Errorf("nothing is said about %v", err)
	}
	for _, text := range []string{err.Error(), x.What, x.Cause, x.Do} {
		if strings.Contains(text, "the+secret/of=client") {
			t.Errorf("a secret in %q", text)
		}
		if i := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("unsafe text %q", text)
		}
	}
	var answer *ResponseError
	if errors.As(err, &answer) && bytes.Contains(answer.Body, []byte("the+secret/of=client")) {
		t.Errorf("a secret in the body %q", answer.Body)
	}
}

// FuzzMask checks that masking takes secrets out of valid JSON and leaves the
// rest as it was.
func FuzzMask(f *testing.F) {
	f.Add(`{"access_token":"`, `","x":[1,{"secret":null}]}`, "abcdefgh")
	f.Add(`[{"secret" : `, `}]`, "a\\\"b")
	f.Fuzz(func(t *testing.T, before, after, token string) {
		literal, _ := json.Marshal(token)
		body := []byte(before + string(literal) + after)
		masked, _ := maskJSON(body)
		if json.Valid(body) && !json.Valid(masked) {
			t.Errorf("%q became %q, which is no JSON", body, masked)
		}
		whole := []byte(`{"a":` + string(literal) + `,"access_token":` + string(literal) + `}`)
		masked, found := maskJSON(whole)
		if want := `{"a":` + string(literal) + `,"access_token":"` + secret.Mask + `"}`; string(masked) != want {
			t.Errorf("got %s, want %s", masked, want)
		}
		if len(token) >= 8 && len(token) < 1000 && len(found) != 1 {
			t.Errorf("found %d secrets", len(found))
		}
	})
}

// FuzzBaseURL checks that no base URL is taken but those of the two kinds.
func FuzzBaseURL(f *testing.F) {
	for _, seed := range []string{TestURL, "http://127.0.0.1:80", "https://api.vipps.no", "http://[::1]/", "https://apitest.vipps.no@evil.example", "https://apitest.vipps.no\\.evil.example"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		base, err := CheckBaseURL(raw)
		if err != nil {
			checkTexts(t, err)
			return
		}
		if again, err := CheckBaseURL(base); err != nil || again != base {
			t.Errorf("%q became %q, which became %q, %v", raw, base, again, err)
		}
		if !strings.HasPrefix(base, TestURL) && !isLoopbackURL(base) {
			t.Errorf("%q was taken as %q", raw, base)
		}
		if rest := strings.TrimPrefix(base, TestURL); rest != base && rest != "" && !strings.HasPrefix(rest, ":") {
			t.Errorf("%q was taken as %q", raw, base)
		}
	})
}
