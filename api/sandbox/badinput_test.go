package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

// bodied are the calls that read a body, on the payment badinput-1.
func bodied() map[string]string {
	const p = paymentsPath + "/badinput-1"
	return map[string]string{
		"register": webhooksPath, "create": paymentsPath, "cancel": p + "/cancel", "capture": p + "/capture", "refund": p + "/refund",
		"approve": "/epayment/v1/test/payments/badinput-1/approve",
	}
}

func TestBodiesThatCannotBeReadChangeNothing(t *testing.T) {
	t.Parallel()
	c := newClock()
	r := receive(t, nil)
	m := start(t, sandbox.Options{Now: c.now})
	m.register(r.URL, "created", "authorized", "terminated")
	m.create("badinput-1").want(t, http.StatusCreated)
	r.next(t)
	for i, tt := range []struct{ name, body, reason string }{
		{"nothing", "", "The body is empty; a JSON object is required."},
		{"white space", " \r\n\t", "The body is empty; a JSON object is required."},
		{"a form", "amount=100&currency=NOK", "The body is not valid JSON."},
		{"half an object", `{"amount":{"value":`, "The body is not valid JSON."},
		{"two objects", `{}{}`, "The body is not valid JSON."},
		{"a comment", `{} // done`, "The body is not valid JSON."},
		{"single quotation marks", `{'a':1}`, "The body is not valid JSON."},
		{"a number that is none", `{"a":NaN}`, "The body is not valid JSON."},
		{"a control character in a string", "{\"a\":\"\x01\"}", "The body is not valid JSON."},
		{"null", `null`, "The body must be a JSON object."},
		{"a list", `[{}]`, "The body must be a JSON object."},
		{"a string", `"{}"`, "The body must be a JSON object."},
		{"a number", `1e400`, "The body must be a JSON object."},
		{"another encoding", "\xff\xfe{\x00}\x00", "The body is not valid UTF-8."},
		{"half a rune", "{\"a\":\"\xc3\"}", "The body is not valid UTF-8."},
		{"objects in objects", strings.Repeat(`{"a":`, 65) + "1" + strings.Repeat("}", 65), "The body nests deeper than 64 levels."},
		{"lists without end", strings.Repeat("[", 500_000), "The body nests deeper than 64 levels."},
	} {
		for op, path := range bodied() {
			if op == "cancel" && strings.TrimSpace(tt.body) == "" {
				continue // which cancels everything
			}
			a := m.call("POST", path, tt.body, header{"Idempotency-Key": fmt.Sprint("key-", i)})
			if a.status != http.StatusBadRequest {
				t.Fatalf("%s as %s: %d %s", tt.name, op, a.status, a.body)
			}
			if p := a.problem(t); p.field("body") != tt.reason || p.Title != "Bad Request" || p.TraceID == "" || p.Instance == "" {
				t.Errorf("%s as %s: %s", tt.name, op, a.body)
			}
		}
		c.forward(30 * time.Second) // not too many a minute, nor so long that the payment expires
	}
	if got := m.state("badinput-1"); got != "CREATED" {
		t.Errorf("the payment is %s", got)
	}
	r.none(t)
}

func TestMembersOfTheWrongTypeAreNamed(t *testing.T) {
	t.Parallel()
	values := map[string]string{"null": `null`, "boolean": `true`, "number": `12.5`, "string": `"x"`, "list": `[]`, "object": `{}`}
	for _, tt := range []struct{ op, member, fits string }{
		{"create", "amount", "object"},
		{"create", "paymentMethod", "object"},
		{"create", "reference", "string"},
		{"create", "userFlow", "string"},
		{"create", "returnUrl", "null string"},
		{"create", "customer", "null object"},
		{"create", "expiresAt", "null string"},
		{"create", "receipt", "null object"},
		{"create", "metadata", "null object"},
		{"create", "profile", "null object"},
		{"create", "shipping", "null object"},
		{"create", "qrFormat", "null object"},
		{"create", "minimumUserAge", "null"},
		{"create", "receiptUrl", "null string"},
		{"create", "industryData", "null object"},
		{"create", "merchantLegalLinks", "null object"},
		{"capture", "modificationAmount", "object"},
		{"refund", "modificationAmount", "object"},
		{"cancel", "cancelTransactionOnly", "null boolean"},
		{"approve", "customer", "object"},
		{"approve", "token", "null string"},
		{"register", "url", "string"},
		{"register", "events", "list"},
	} {
		m := start(t, sandbox.Options{})
		m.create("badinput-1").want(t, http.StatusCreated)
		c := 0
		for kind, value := range values {
			if strings.Contains(tt.fits, kind) {
				continue
			}
			body := fmt.Sprintf(`{%q:%s}`, tt.member, value)
			if tt.op == "create" {
				body = paymentBody(fmt.Sprintf("type-%04d", c), tt.member, value)
			}
			if c++; c > 5 {
				t.Fatal("more than the limit lets through")
			}
			a := m.call("POST", bodied()[tt.op], body, header{"Idempotency-Key": fmt.Sprint("key-", c)})
			if a.status != http.StatusBadRequest {
				t.Errorf("%s with %s as %s: %d %s", tt.op, tt.member, value, a.status, a.body)
				continue
			}
			if a.problem(t).field(tt.member) == "" {
				t.Errorf("%s with %s as %s: not named in %s", tt.op, tt.member, value, a.body)
			}
		}
	}
}

func TestBodiesThatAreTooLongAreRefusedByEveryCall(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	m.create("badinput-1").want(t, http.StatusCreated)
	long := `{"a":"` + strings.Repeat("a", 1<<20) + `"}`
	for op, path := range bodied() {
		a := m.call("POST", path, long)
		if a.status != http.StatusRequestEntityTooLarge || a.problem(t).Status != 413 {
			t.Errorf("%s: %d %s", op, a.status, a.body)
		}
	}
	just := paymentBody("just-short-enough")
	just += strings.Repeat(" ", 1<<20-len(just))
	m.call("POST", paymentsPath, just, header{"Idempotency-Key": "another"}).want(t, http.StatusCreated)
}

func TestEveryContentTypeIsTaken(t *testing.T) {
	t.Parallel()
	for i, kind := range []string{"", "application/json", `application/json; charset="utf-8"`, "application/json;charset=UTF-8", "text/plain", "application/x-www-form-urlencoded", "nonsense"} {
		r := header{"Content-Type": kind}
		m := start(t, sandbox.Options{})
		reference := fmt.Sprintf("content-type-%d", i)
		m.call("POST", webhooksPath, `{"url":"http://localhost:9/x","events":["epayments.payment.refunded.v1"]}`, r).want(t, http.StatusCreated)
		m.call("POST", paymentsPath, paymentBody(reference), r).want(t, http.StatusCreated)
		m.call("POST", "/epayment/v1/test/payments/"+reference+"/approve", `{"customer":{"phoneNumber":"4712345678"}}`, r).want(t, http.StatusOK)
		for _, op := range []string{"capture", "refund"} {
			a := m.call("POST", paymentsPath+"/"+reference+"/"+op, `{"modificationAmount":{"currency":"NOK","value":100}}`, r)
			a.want(t, http.StatusOK)
			if got := a.header.Get("Content-Type"); !strings.HasPrefix(got, "application/json") {
				t.Errorf("%s answers %s", op, got)
			}
		}
		m.call("POST", paymentsPath+"/"+reference+"/cancel", `{}`, r).want(t, http.StatusOK)
	}
}

func TestEveryLayerHasItsOwnNotFoundAndItsOwnJSON(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	for _, path := range []string{
		"/epayment/v1/payments/abcdefgh/approve", "/epayment/v1/test/payments/abcdefgh", "/epayment/v2/payments",
		"/epayment/payments", "/v1/payments", "/webhooks/v1", "/accesstoken", "/accesstoken/get/", "/epayment/v1/payments//cancel",
	} {
		a := m.call("POST", path, "{}")
		if a.status != http.StatusNotFound || a.text(t, "responseInfo.responseCode") != "404" {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	for _, reference := range []string{"short", "a%20b%00c", "%C3%A6%C3%B8%C3%A5-reference", strings.Repeat("a", 300), "..%2F..%2Fetc"} {
		a := m.call("GET", paymentsPath+"/"+reference, "")
		if a.status != http.StatusNotFound || a.problem(t).field("ErrorCode") != "5090" || !json.Valid(a.body) {
			t.Errorf("%s: %d %s", reference, a.status, a.body)
		}
	}
}
