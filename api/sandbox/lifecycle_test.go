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

// step is one call on a payment: an operation with an amount, and the status
// or code that it must lead to.
type step struct {
	op    string
	value int
	want  string // "200", or an error code
}

func (m *merchant) take(reference string, i int, s step) {
	m.t.Helper()
	var a answer
	switch s.op {
	case "approve":
		a = m.approve(reference)
	case "cancel":
		a = m.call("POST", paymentsPath+"/"+reference+"/cancel", "", header{"Idempotency-Key": fmt.Sprint("step-", i)})
	case "cancel transaction only":
		a = m.call("POST", paymentsPath+"/"+reference+"/cancel", `{"cancelTransactionOnly":true}`, header{"Idempotency-Key": fmt.Sprint("step-", i)})
	default:
		a = m.modify(s.op, reference, s.value, fmt.Sprint("step-", i))
	}
	got := fmt.Sprint(a.status)
	if a.status != http.StatusOK {
		got = a.problem(m.t).field("ErrorCode")
	}
	if got != s.want {
		m.t.Fatalf("step %d, %s %d: %s, want %s; body %s", i, s.op, s.value, got, s.want, a.body)
	}
}

// lifecycle is a payment's way and where it ends.
type lifecycle struct {
	name   string
	steps  []step
	state  string
	funds  string // authorized, cancelled, captured, refunded
	events string
}

func lifecycles() []lifecycle {
	return []lifecycle{
		{"is created", nil, "CREATED", "0 0 0 0", "CREATED"},
		{"is approved", []step{{"approve", 0, "200"}, {"approve", 0, "6230"}}, "AUTHORIZED", "49900 0 0 0", "CREATED AUTHORIZED"},
		{
			"is cancelled before it is approved",
			[]step{{"cancel", 0, "200"}, {"approve", 0, "10020"}, {"cancel", 0, "6190"}, {"capture", 1, "6200"}, {"refund", 1, "6210"}},
			"TERMINATED", "0 49900 0 0", "CREATED TERMINATED",
		},
		{
			"cannot be moved before it is approved",
			[]step{{"capture", 100, "6080"}, {"refund", 100, "6020"}},
			"CREATED", "0 0 0 0", "CREATED",
		},
		{
			"is captured in parts, the rest cancelled",
			[]step{{"approve", 0, "200"}, {"capture", 10000, "200"}, {"capture", 40000, "6090"}, {"capture", 9900, "200"}, {"cancel", 0, "200"}, {"capture", 1, "6070"}, {"cancel", 0, "6190"}},
			"AUTHORIZED", "49900 30000 19900 0", "CREATED AUTHORIZED CAPTURED CAPTURED CANCELLED",
		},
		{
			"is captured whole and refunded in parts",
			[]step{
				{"approve", 0, "200"},
				{"refund", 100, "6150"},
				{"capture", 49900, "200"},
				{"capture", 1, "6170"},
				{"cancel", 0, "6040"},
				{"refund", 900, "200"},
				{"refund", 49001, "6150"},
				{"refund", 49000, "200"},
				{"refund", 1, "6180"},
			},
			"AUTHORIZED", "49900 0 49900 49900", "CREATED AUTHORIZED CAPTURED REFUNDED REFUNDED",
		},
		{
			"keeps its reservation when only the transaction is to be cancelled",
			[]step{{"approve", 0, "200"}, {"cancel transaction only", 0, "6060"}, {"capture", 0, "4040"}},
			"AUTHORIZED", "49900 0 0 0", "CREATED AUTHORIZED",
		},
		{"may be cancelled transaction only while it is open", []step{{"cancel transaction only", 0, "200"}}, "TERMINATED", "0 49900 0 0", "CREATED TERMINATED"},
	}
}

func TestThePaymentsStateMachine(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	for i, tt := range lifecycles() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := &merchant{t, m.s, m.http, m.token}
			reference := fmt.Sprintf("lifecycle-%d", i)
			m.create(reference).want(t, http.StatusCreated)
			for n, s := range tt.steps {
				m.take(reference, n, s)
			}
			a := m.call("GET", paymentsPath+"/"+reference, "")
			if got := a.text(t, "state"); got != tt.state {
				t.Errorf("state %s, want %s", got, tt.state)
			}
			if got := funds(t, a); got != tt.funds {
				t.Errorf("funds %s, want %s", got, tt.funds)
			}
			if got := strings.Join(names(m.log(reference)), " "); got != tt.events {
				t.Errorf("events %s, want %s", got, tt.events)
			}
		})
	}
}

func funds(t *testing.T, a answer) string {
	t.Helper()
	var all []string
	for _, name := range []string{"authorized", "cancelled", "captured", "refunded"} {
		all = append(all, a.text(t, "aggregate."+name+"Amount.value"))
	}
	return strings.Join(all, " ")
}

type logEntry struct {
	Reference, PSPReference, Name, Timestamp string
	IdempotencyKey                           *string
	Amount                                   struct{ Value int }
	Success                                  bool
	MSN                                      *string
}

func (m *merchant) log(reference string) []logEntry {
	m.t.Helper()
	a := m.call("GET", paymentsPath+"/"+reference+"/events", "")
	a.want(m.t, http.StatusOK)
	var list []logEntry
	if err := json.Unmarshal(a.body, &list); err != nil {
		m.t.Fatal(err)
	}
	return list
}

func names(list []logEntry) []string {
	var out []string
	for _, e := range list {
		out = append(out, e.Name)
	}
	return out
}

func TestTheEventLogFollowsTheProvidersReferencesKeysAndTimes(t *testing.T) {
	t.Parallel()
	c := newClock()
	m := start(t, sandbox.Options{Now: c.now})
	m.create("eventlog-1").want(t, http.StatusCreated)
	c.forward(time.Second)
	m.approve("eventlog-1").want(t, http.StatusOK)
	m.modify("capture", "eventlog-1", 12900, "the-capture").want(t, http.StatusOK)
	m.call("POST", paymentsPath+"/eventlog-1/cancel", "", header{"Idempotency-Key": ""}).want(t, http.StatusOK)
	psp := m.call("GET", paymentsPath+"/eventlog-1", "").text(t, "pspReference")
	list := m.log("eventlog-1")
	key := func(s string) *string { return &s }
	want := []struct {
		name, at string
		value    int
		key      *string
	}{
		{"CREATED", "2026-11-22T06:40:00.4123456Z", 49900, key("create-eventlog-1")},
		{"AUTHORIZED", "2026-11-22T06:40:01.412Z", 49900, key("create-eventlog-1")},
		{"CAPTURED", "2026-11-22T06:40:01.412Z", 12900, key("the-capture")},
		{"CANCELLED", "2026-11-22T06:40:01.412Z", 37000, nil},
	}
	seen := map[string]bool{}
	for i, w := range want {
		e := list[i]
		if e.Name != w.name || e.Timestamp != w.at || e.Amount.Value != w.value || !e.Success || e.Reference != "eventlog-1" || e.MSN != nil {
			t.Errorf("event %d: %+v, want %+v", i, e, w)
		}
		if (e.IdempotencyKey == nil) != (w.key == nil) || w.key != nil && *e.IdempotencyKey != *w.key {
			t.Errorf("event %s: key %v, want %v", e.Name, e.IdempotencyKey, w.key)
		}
		if seen[e.PSPReference] {
			t.Errorf("event %s repeats pspReference %s", e.Name, e.PSPReference)
		}
		seen[e.PSPReference] = true
	}
	if list[0].PSPReference != psp {
		t.Errorf("CREATED has pspReference %s, the payment %s", list[0].PSPReference, psp)
	}
}

func TestAnAdjustmentAnswersWithThePaymentsOwnAmountAndReference(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	m.create("adjust-01", "profile", `{"scope":"name"}`).want(t, http.StatusCreated)
	m.approve("adjust-01").want(t, http.StatusOK)
	a := m.modify("capture", "adjust-01", 900, "k")
	payment := m.call("GET", paymentsPath+"/adjust-01", "")
	if a.text(t, "amount.value") != "49900" || a.text(t, "pspReference") != payment.text(t, "pspReference") {
		t.Errorf("adjustment %s, payment %s", a.body, payment.body)
	}
	if got := a.header.Get("Content-Type"); !strings.HasPrefix(got, "application/json") {
		t.Errorf("content type %s", got)
	}
	if payment.text(t, "profile.sub") == "" {
		t.Errorf("no sub although a scope was asked for: %s", payment.body)
	}
}

func TestUnknownReferencesAnswer5090(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	for _, c := range [][2]string{
		{"GET", paymentsPath + "/nobody-01"},
		{"GET", paymentsPath + "/nobody-01/events"},
		{"POST", paymentsPath + "/nobody-01/cancel"},
		{"POST", paymentsPath + "/nobody-01/capture"},
		{"POST", "/epayment/v1/test/payments/nobody-01/approve"},
	} {
		a := m.call(c[0], c[1], "")
		a.want(t, http.StatusNotFound)
		p := a.problem(t)
		if p.Title != "Reference not found" || p.field("ErrorCode") != "5090" || p.Instance != strings.TrimPrefix(c[1], "/epayment") {
			t.Errorf("%s %s: %s", c[0], c[1], a.body)
		}
	}
}

func TestForceApproveChecksItsBody(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	redirect := m.create("approve-1").text(t, "redirectUrl")
	_, token, _ := strings.Cut(redirect, "token=")
	path := "/epayment/v1/test/payments/approve-1/approve"
	for body, field := range map[string]string{
		``:                                     "body",
		`{}`:                                   "customer",
		`{"customer":{"phoneNumber":"+47 1"}}`: "customer.phoneNumber",
		`{"token":"nonsense"}`:                 "ErrorCode",
		`{"phoneNumber":"4712345678"}`:         "phoneNumber",
	} {
		a := m.call("POST", path, body)
		a.want(t, http.StatusBadRequest)
		if a.problem(t).field(field) == "" {
			t.Errorf("%s: no field %s in %s", body, field, a.body)
		}
	}
	a := m.call("POST", path, `{"token":"`+token+`"}`)
	if a.want(t, http.StatusOK); len(a.body) != 0 {
		t.Errorf("body %q, want none", a.body)
	}
	m.create("express-1", "shipping", shipping(option("mail", 100, ""), ""), "profile", expressScope).want(t, http.StatusCreated)
	if got := m.approve("express-1").problem(t).field("ErrorCode"); got != "10060" {
		t.Errorf("express: code %s, want 10060", got)
	}
}
