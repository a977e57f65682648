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
