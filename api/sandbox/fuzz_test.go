package sandbox

import (
	"strings"
	"testing"
	"time"
)

func FuzzDecodeCreate(f *testing.F) {
	for _, seed := range []string{
		`{"amount":{"currency":"NOK","value":49900},"paymentMethod":{"type":"WALLET"},"reference":"acme-shop-123","userFlow":"WEB_REDIRECT","returnUrl":"https://example.com"}`,
		`{"amount":{"currency":"EUR","value":1},"paymentMethod":{"type":"WALLET","blockedSources":["COMMERCIAL_CARDS"]},"reference":9223372036854775809,"userFlow":"QR","qrFormat":{"format":"IMAGE/PNG","size":100}}`,
		`{"customer":{"phoneNumber":4712345678},"receipt":{"orderLines":[{"name":null}],"bottomLine":{"currency":"NOK"}},"metadata":{"a":"b"}}`,
		`{"expiresAt":"2026-11-22t07:00:00z","industryData":{"airlineData":{}},"minimumUserAge":-0}`,
		`[]`, `null`, `{"a":` + strings.Repeat("[", 70), "{\"reference\":\"\xff\"}", ``,
	} {
		f.Add([]byte(seed))
	}
	now := time.Date(2026, 11, 22, 6, 40, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, body []byte) {
		q, refused := decodeCreate(body)
		if refused == nil {
			refused = q.check(now)
		}
		if q.reference != "" && !referencePattern.MatchString(q.reference) {
			t.Errorf("unusable reference %q came through", q.reference)
		}
		if refused != nil {
			if refused.status < 400 || refused.title == "" || refused.code == 0 && len(refused.details) == 0 {
				t.Errorf("a refusal that says nothing: %+v", refused)
			}
			return
		}
		if q.reference == "" || q.amount.Value < 1 || q.amount.Value > maxAmount || q.amount.Currency == "" || q.userFlow == "" {
			t.Errorf("accepted %+v", q)
		}
	})
}

// FuzzDecodeOthers holds the small bodies to the same: what is refused says
// why, and what is accepted is fit for use.
func FuzzDecodeOthers(f *testing.F) {
	for _, seed := range []string{
		`{"modificationAmount":{"currency":"NOK","value":100},"modificationReference":7}`, `{"modificationAmount":{"value":1e2}}`,
		`{"cancelTransactionOnly":true}`, ` `, `{"customer":{"phoneNumber":4712345678},"token":"x"}`, `{"customer":{"personalQr":"12345"}}`, `{"token":null}`,
		`{"url":"https://example.com/?a=b","events":["epayments.payment.created.v1","user.checked-in.v1"]}`, `{"url":1,"events":[[]]}`, `{"events":["\u001b[2J"]}`,
		`[]`, `null`, strings.Repeat("[", 70), "{\"url\":\"\xff\"}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		n, refused := decodeModification(body)
		saysWhy(t, refused)
		if refused == nil && (n.Currency == "" || n.Value < 0 || n.Value > maxAmount) {
			t.Errorf("modified by %+v", n)
		}
		_, refused = decodeCancel(body)
		saysWhy(t, refused)
		_, refused = decodeApproval(body)
		saysWhy(t, refused)
		target, events, refused := decodeRegistration(body)
		saysWhy(t, refused)
		if refused == nil && (target == "" || len(events) == 0 || len(unsupported(events)) > 0 || len(distinct(events)) != len(events)) {
			t.Errorf("registered %q for %q", target, events)
		}
	})
}

// saysWhy checks a field validation error.
func saysWhy(t *testing.T, f *failure) {
	t.Helper()
	if f != nil && (f.status != 400 || f.title == "" || len(f.details) == 0) {
		t.Errorf("a refusal that says nothing: %+v", f)
	}
}
