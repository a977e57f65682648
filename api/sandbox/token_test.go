package sandbox_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

func TestTokenIsStringsAndLooksLikeTheProviders(t *testing.T) {
	t.Parallel()
	c := newClock()
	m := start(t, sandbox.Options{Now: c.now})
	a := m.login()
	a.want(t, http.StatusOK)
	if got := a.header.Get("Content-Type"); got != "application/json;charset=UTF-8" {
		t.Errorf("content type %q", got)
	}
	var all map[string]string // fails when a value is no string
	if err := json.Unmarshal(a.body, &all); err != nil {
		t.Fatal(err)
	}
	issued := c.now().Unix()
	for name, want := range map[string]string{
		"token_type": "Bearer", "expires_in": "3599", "ext_expires_in": "0",
		"expires_on": strconv.FormatInt(issued+3599, 10), "not_before": strconv.FormatInt(issued-301, 10),
		"resource": "00000002-0000-0000-c000-000000000000",
	} {
		if all[name] != want {
			t.Errorf("%s = %q, want %q", name, all[name], want)
		}
	}
	token := all["access_token"]
	if len(token) < 1000 || strings.Count(token, ".") != 2 || !strings.HasPrefix(token, "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1Ni") {
		t.Errorf("token of %d characters does not look like a JWT: %s", len(token), token)
	}
	if seal, err := base64.RawURLEncoding.DecodeString(token[strings.LastIndex(token, ".")+1:]); err != nil || len(seal) != 256 {
		t.Errorf("signature of %d bytes, %v; want 256", len(seal), err)
	}
}

func TestTokenRefusals(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	tests := []struct {
		name   string
		change header
		status int
		member string
		text   string
	}{
		{"missing subscription key", header{"Ocp-Apim-Subscription-Key": ""}, 401, "message", "Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API."},
		{"wrong subscription key", header{"Ocp-Apim-Subscription-Key": "da7d5b0e18a84aeda961c0c31b75c2a9"}, 401, "message", "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription."},
		{"unknown client", header{"client_id": "fb492b5e-7907-4d83-ba20-c7fb60ca35de"}, 400, "error", "unauthorized_client"},
		{"missing client", header{"client_id": ""}, 400, "error", "invalid_request"},
		{"wrong secret", header{"client_secret": "Y8Kteew6GE2ZmeycEt6egg=="}, 401, "error", "invalid_client"},
		{"missing secret", header{"client_secret": ""}, 401, "error", "invalid_client"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := m.login(tt.change)
			a.want(t, tt.status)
			if got := a.text(t, tt.member); got != tt.text {
				t.Errorf("%s = %q, want %q", tt.member, got, tt.text)
			}
			if tt.member == "message" && a.text(t, "statusCode") != "401" {
				t.Errorf("no statusCode in %s", a.body)
			}
		})
	}
}

func TestUnknownClientIsExplainedAsAzureDoes(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	a := m.login(header{"client_id": "fb492b5e-7907-4d83-ba20-c7fb60ca35de"})
	if got := a.text(t, "error_description"); !strings.HasPrefix(got, "AADSTS700016: Application with identifier 'fb492b5e-7907-4d83-ba20-c7fb60ca35de' was not found in the directory '") {
		t.Errorf("description %q", got)
	}
	if got := a.text(t, "error_codes"); got != "[700016]" {
		t.Errorf("codes %s", got)
	}
	if got := a.text(t, "error_uri"); got != "https://login.windows.net/error?code=700016" {
		t.Errorf("uri %s", got)
	}
	if _, err := time.Parse("2006-01-02 15:04:05Z", a.text(t, "timestamp")); err != nil {
		t.Error(err)
	}
	if a.text(t, "trace_id") == "" || a.text(t, "correlation_id") == "" {
		t.Errorf("no trace or correlation id in %s", a.body)
	}
}

func TestLooseClientsGetATokenToo(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	for name, change := range map[string]header{
		"an empty bearer token":      {"Authorization": "Bearer ", "Idempotency-Key": "x"},
		"a form as content type":     {"Content-Type": "application/x-www-form-urlencoded"},
		"a foreign MSN":              {"Merchant-Serial-Number": "999999"},
		"the client id in capitals":  {"client_id": strings.ToUpper(m.s.Keys().ClientID)},
		"empty system headers":       {"Vipps-System-Name": ""},
		"a content type but no body": {"Content-Type": "application/json"},
	} {
		if a := m.login(change); a.status != http.StatusOK {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	keys := header{"client_id": m.s.Keys().ClientID, "client_secret": m.s.Keys().ClientSecret, "Ocp-Apim-Subscription-Key": m.s.Keys().SubscriptionKey}
	m.send("POST", "/accessToken/get", "not json", keys).want(t, http.StatusOK)
	m.send("POST", "/ACCESSTOKEN/GET", "", keys).want(t, http.StatusOK)
}

func TestTokenEndsWithItsLife(t *testing.T) {
	t.Parallel()
	c := newClock()
	m := start(t, sandbox.Options{Now: c.now})
	m.call("GET", "/webhooks/v1/webhooks", "").want(t, http.StatusOK)
	c.forward(time.Hour - time.Second)
	m.call("GET", "/webhooks/v1/webhooks", "").want(t, http.StatusOK)
	c.forward(2 * time.Second)
	a := m.call("GET", "/webhooks/v1/webhooks", "")
	a.want(t, http.StatusUnauthorized)
	if got := a.text(t, "result.message"); got != "The access token has expired." {
		t.Errorf("message %q", got)
	}
}

func TestEveryLayerRefusesInItsOwnShape(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	other := start(t, sandbox.Options{})
	tests := []struct {
		name           string
		path           string
		change         header
		status         int
		member, prefix string
	}{
		{"no subscription key", "/webhooks/v1/webhooks", header{"Ocp-Apim-Subscription-Key": ""}, 401, "message", "Access denied due to missing"},
		{"no token", "/webhooks/v1/webhooks", header{"Authorization": ""}, 401, "result.message", "The Authorization header is missing"},
		{"no word Bearer", "/webhooks/v1/webhooks", header{"Authorization": m.token}, 401, "result.message", "The Authorization header must be"},
		{"bearer in lower case", "/webhooks/v1/webhooks", header{"Authorization": "bearer " + m.token}, 401, "result.message", "The Authorization header must be"},
		{"a token of another environment", "/webhooks/v1/webhooks", header{"Authorization": "Bearer " + other.token}, 401, "result.message", "The access token was not issued"},
		{"a changed token", "/webhooks/v1/webhooks", header{"Authorization": "Bearer " + m.token[:200] + "x" + m.token[201:]}, 401, "result.message", "The access token was not issued"},
		{"no MSN", "/epayment/v1/payments/abcdefgh", header{"Merchant-Serial-Number": ""}, 400, "title", "Bad Request"},
		{"an MSN that is none", "/epayment/v1/payments/abcdefgh", header{"Merchant-Serial-Number": "12a"}, 400, "title", "Bad Request"},
		{"another sales unit's MSN", "/epayment/v1/payments/abcdefgh", header{"Merchant-Serial-Number": "1" + m.s.Keys().MSN}, 403, "detail", "Invalid MSN: "},
		{"another sales unit's MSN for webhooks", "/webhooks/v1/webhooks", header{"Merchant-Serial-Number": "1" + m.s.Keys().MSN}, 403, "detail", "Invalid MSN: "},
		{"webhooks without MSN", "/webhooks/v1/webhooks", header{"Merchant-Serial-Number": ""}, 200, "webhooks", "[]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := m.call("GET", tt.path, "", tt.change)
			a.want(t, tt.status)
			if got := a.text(t, tt.member); !strings.HasPrefix(got, tt.prefix) {
				t.Errorf("%s = %q, want it to begin %q; body %s", tt.member, got, tt.prefix, a.body)
			}
		})
	}
}
