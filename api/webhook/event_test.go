package webhook_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kvikk/api/webhook"
)

func TestDecodeAnEPaymentEvent(t *testing.T) {
	t.Parallel()
	got, err := webhook.Decode([]byte(`{"msn":"234567","reference":"mugshop-2026-0001","pspReference":"5b1c9a40","name":"CAPTURED",` +
		`"amount":{"currency":"NOK","value":12900},"timestamp":"2026-11-22T06:39:58.412Z","idempotencyKey":"create-1","success":true,` +
		`"captureGuaranteedUntil":"2027-05-21T00:00:00Z","userDetails":{"name":"A"}}`))
	want := webhook.Event{
		Type: "epayments.payment.captured.v1", API: "ePayment", Name: "CAPTURED", MSN: "234567", Reference: "mugshop-2026-0001",
		PSPReference: "5b1c9a40", Currency: "NOK", Value: 12900, HasAmount: true, IdempotencyKey: "create-1", Success: true, HasSuccess: true,
		Timestamp: time.Date(2026, 11, 22, 6, 39, 58, 412e6, time.UTC),
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("Decode() error %v, -want +got\n%s", err, diff)
	}
}

func TestDecodeIsTolerant(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		want webhook.Event
	}{
		"an empty object":                    {`{}`, webhook.Event{}},
		"a list":                             {`[1,2]`, webhook.Event{}},
		"a text":                             {`"CREATED"`, webhook.Event{}},
		"null":                               {`null`, webhook.Event{}},
		"a reference of 19 digits":           {`{"reference":9007199254740993123}`, webhook.Event{Reference: "9007199254740993123"}},
		"a reference beyond 64 bits":         {`{"reference":123456789012345678901234567890}`, webhook.Event{Reference: "123456789012345678901234567890"}},
		"a number keeps how it was written":  {`{"reference":1.50e2}`, webhook.Event{Reference: "1.50e2"}},
		"a reference of another kind":        {`{"reference":{"a":1},"msn":true}`, webhook.Event{}},
		"null members":                       {`{"idempotencyKey":null,"reference":null,"amount":null,"success":null}`, webhook.Event{}},
		"names are exact":                    {`{"reference":"a","REFERENCE":"b"}`, webhook.Event{Reference: "a"}},
		"of two equal names the last counts": {`{"reference":"a","reference":"b"}`, webhook.Event{Reference: "b"}},
		"escapes in a text":                  {`{"reference":"a\u001b\n\"å"}`, webhook.Event{Reference: "a\x1b\n\"å"}},
		"invalid UTF-8 in a text":            {"{\"reference\":\"a\xffb\"}", webhook.Event{Reference: "a\ufffdb"}},
		"an unknown name":                    {`{"name":"POSTPONED"}`, webhook.Event{Name: "POSTPONED"}},
		"a name in lower case":               {`{"name":"created"}`, webhook.Event{Name: "created"}},
		"an amount with decimals":            {`{"amount":{"currency":"NOK","value":12.5}}`, webhook.Event{Currency: "NOK"}},
		"an amount as a text":                {`{"amount":{"currency":"NOK","value":"1250"}}`, webhook.Event{Currency: "NOK", Value: 1250, HasAmount: true}},
		"an amount without a currency":       {`{"amount":{"value":0}}`, webhook.Event{HasAmount: true}},
		"an amount too large":                {`{"amount":{"value":9223372036854775808,"currency":"EUR"}}`, webhook.Event{Currency: "EUR"}},
		"an operation that failed":           {`{"success":false}`, webhook.Event{HasSuccess: true}},
		"a timestamp that is none":           {`{"timestamp":"yesterday"}`, webhook.Event{}},
		"white space around and within":      {" {\n \"msn\" : \"1\" }\n", webhook.Event{MSN: "1"}},
		"an event type that is no type":      {`{"eventType":"\u001b[31m","name":"X"}`, webhook.Event{Name: "X"}},
		"a login ping":                       {`{"auth_req_id":"VYG"}`, webhook.Event{Type: "login.merchant-initiated.ping.v1", API: "Login", Name: "ping"}},
		"a type of an unknown family":        {`{"eventType":"loyalty.card.v1"}`, webhook.Event{Type: "loyalty.card.v1", Name: "card"}},
		"a type newer than the catalogue":    {`{"eventType":"recurring.charge-paused.v2"}`, webhook.Event{Type: "recurring.charge-paused.v2", API: "Recurring", Name: "charge-paused"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := webhook.Decode([]byte(c.body))
			if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
				t.Errorf("Decode() error %v, -want +got\n%s", err, diff)
			}
		})
	}
}

func TestDecodeOtherAPIs(t *testing.T) {
	t.Parallel()
	occurred := time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		body string
		want webhook.Event
	}{
		"a recurring charge": {
			`{"agreementId":"agr_1","chargeId":"chr_1","amount":49900,"currency":"NOK","eventType":"recurring.charge-captured.v1","occurred":"2026-11-22T07:00:00Z","msn":"234567"}`,
			webhook.Event{Type: "recurring.charge-captured.v1", API: "Recurring", Name: "charge-captured", MSN: "234567", Currency: "NOK", Value: 49900, HasAmount: true, Timestamp: occurred},
		},
		"a scanned QR code": {
			`{"customerToken":"dG9r","merchantQrId":"till-4","msn":"234567","initiatedAt":"2026-11-22T07:00:00Z"}`,
			webhook.Event{Type: "user.checked-in.v1", API: "QR", Name: "checked-in", MSN: "234567", Timestamp: occurred},
		},
		"a donation": {
			`{"eventType":"donations.agreement.amount-changed.v1"}`,
			webhook.Event{Type: "donations.agreement.amount-changed.v1", API: "Donations", Name: "amount-changed"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := webhook.Decode([]byte(c.body))
			if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
				t.Errorf("Decode() error %v, -want +got\n%s", err, diff)
			}
		})
	}
}

func TestDecodeSaysWhatIsNotJSON(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"nothing": "", "spaces": " \n", "half": `{"msn":"1"`, "two values": `{} {}`, "form data": "a=1&b=2",
		"bytes": "\x00\xff", "a byte order mark": "\xef\xbb\xbf{}", "nesting beyond all reason": strings.Repeat("[", 20000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := webhook.Decode([]byte(body)); !errors.Is(err, webhook.ErrNotJSON) || got != (webhook.Event{}) {
				t.Errorf("Decode() = %+v, %v", got, err)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"reference":"a","amount":{"value":1},"name":"CREATED"}`))
	f.Add([]byte(`{"reference":-0,"amount":7,"timestamp":"2026-11-22T06:39:58.412Z","eventType":"a.b.v1"}`))
	f.Add([]byte("{\"msn\":\"\xff\\ud800\"}"))
	f.Add([]byte(` { "a\"}" : [ {"reference":"no"} , "]" ] , "r\u0065ference" : "yes\\" , "success":true}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := webhook.Decode(body)
		if (err == nil) != json.Valid(body) || err != nil && e != (webhook.Event{}) {
			t.Errorf("Decode() = %+v, %v", e, err)
		}
		// encoding/json has to see the same members, if it sees any.
		var slow map[string]any
		if d := json.NewDecoder(bytes.NewReader(body)); json.Unmarshal(body, &slow) == nil {
			d.UseNumber()
			slow = nil
			_ = d.Decode(&slow)
			switch want := slow["reference"].(type) {
			case string:
				if e.Reference != want {
					t.Errorf("the reference is %q, want %q", e.Reference, want)
				}
			case json.Number:
				if e.Reference != want.String() {
					t.Errorf("the reference is %q, want %s", e.Reference, want)
				}
			}
			if want, ok := slow["success"].(bool); ok != e.HasSuccess || want != e.Success {
				t.Errorf("success is %v, %v, want %v, %v", e.Success, e.HasSuccess, want, ok)
			}
		}
		for _, s := range []string{e.MSN, e.Reference, e.PSPReference, e.Name, string(e.Type)} {
			if strings.ToValidUTF8(s, "") != s {
				t.Errorf("invalid UTF-8 came through: %q", s)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	body := []byte(vectors(b)[1].Body)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := webhook.Decode(body); err != nil {
			b.Fatal(err)
		}
	}
}
