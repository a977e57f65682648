package cli_test

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"path"
	"strings"
	"testing"
	"time"
	"unicode"

	"kvikk/api/secret"
	"kvikk/api/webhook"
	"kvikk/ui/profile"
)

// odd is a body with everything that a terminal must not get.
const odd = `{"name":"CREATED","reference":"\u001b]0;owned\u0007` + "\u202e\u200b\u009b" + `31m","amount":{"currency":"NOK","value":100}}`

// deliver posts a body to a callback URL, signed when there is a secret, and
// returns the status of the answer.
func deliver(t *testing.T, url string, key secret.Value, body []byte) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if !key.IsZero() {
		signed, err := webhook.Sign(key, url, time.Now(), body)
		if err != nil {
			t.Fatal(err)
		}
		signed.Set(r.Header)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	http.DefaultClient.CloseIdleConnections()
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode
}

// secretOf returns the stored secret of a registration.
func (s setting) secretOf(t *testing.T, url string) secret.Value {
	t.Helper()
	store, err := profile.Open(profile.FindDirs(s.env["KVIKK_DATA_DIR"]))
	if err != nil {
		t.Fatal(err)
	}
	key, err := store.WebhookSecret(t.Context(), path.Base(url))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// checkHarmless fails the test when a text would make a terminal do anything.
func checkHarmless(t *testing.T, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Errorf("%U stands in %q", r, text)
			return
		}
	}
}

func TestListenPrintsARejectedWebhookToo(t *testing.T) {
	t.Parallel()
	k := startProvider(t).setting(t).start(t, "listen", "--json")
	url := k.out.object(t)["callback_url"].(string)
	if status := deliver(t, url, secret.Value{}, []byte(`{"reference":"acme-shop-9","name":"CAPTURED"}`)); status != 401 {
		t.Errorf("it was answered with %d", status)
	}
	w := k.out.object(t)
	if w["verified"] != false || w["problem"] == "" || w["status"] != 401.0 || w["reference"] != "acme-shop-9" || w["event"] != "epayments.payment.captured.v1" {
		t.Errorf("the line is %v", w)
	}
}

func TestListenKeepsEveryByteOfABody(t *testing.T) {
	t.Parallel()
	s := startProvider(t).setting(t)
	k := s.start(t, "listen", "--json")
	url := k.out.object(t)["callback_url"].(string)
	body := []byte("{\"reference\":\"\xff\xfe\x00\"}\r\n")
	if status := deliver(t, url, s.secretOf(t, url), body); status != 200 {
		t.Errorf("it was answered with %d", status)
	}
	w := k.out.object(t)
	got, err := base64.StdEncoding.DecodeString(w["body_base64"].(string))
	if err != nil || !bytes.Equal(got, body) || w["verified"] != true {
		t.Errorf("the body is %q, %v; the line is %v", got, err, w)
	}
}

func TestListenLetsNothingThroughThatATerminalObeys(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"--json", "--json=false"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			s := startProvider(t).setting(t)
			k := s.start(t, "listen", format)
			k.err.await(t, "Receiving webhooks at ")
			_, url, _ := strings.Cut(k.err.String(), "Receiving webhooks at ")
			url = strings.TrimSpace(url)
			deliver(t, url, s.secretOf(t, url), []byte(odd))
			deliver(t, url, secret.Value{}, []byte(odd))
			k.out.until(t, "two webhooks", func(text string) bool { return strings.Count(text, "31m") >= 2 })
			checkHarmless(t, k.out.String()+k.err.String())
			if format == "--json" {
				k.out.line(t)
				if w := k.out.object(t); w["body"] != odd {
					t.Errorf("the body became %q", w["body"])
				}
			}
		})
	}
}
