package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"kvikk/api/sandbox"
)

// otherTypes are the event types of the APIs that the sandbox does not serve.
func otherTypes() []string {
	return []string{
		"recurring.agreement-activated.v1", "recurring.agreement-rejected.v1", "recurring.agreement-stopped.v1", "recurring.agreement-expired.v1",
		"recurring.charge-reserved.v1", "recurring.charge-captured.v1", "recurring.charge-canceled.v1",
		"recurring.charge-refunded.v1", "recurring.charge-failed.v1", "recurring.charge-creation-failed.v1",
		"login.merchant-initiated.ping.v1", "user.checked-in.v1",
		"donations.agreement.started.v1", "donations.agreement.stopped.v1",
		"donations.agreement.withdrawal-day-changed.v1", "donations.agreement.amount-changed.v1",
	}
}

// registerFor registers url for whole event types.
func (m *merchant) registerFor(url string, types ...string) (id, secret string) {
	m.t.Helper()
	events, err := json.Marshal(types)
	if err != nil {
		m.t.Fatal(err)
	}
	a := m.call("POST", webhooksPath, fmt.Sprintf(`{"url":%q,"events":%s}`, url, events))
	a.want(m.t, http.StatusCreated)
	return a.text(m.t, "id"), a.text(m.t, "secret")
}

// memberNames are the members of a JSON object in their order.
func memberNames(t testing.TB, object []byte) string {
	t.Helper()
	var all []string
	d := json.NewDecoder(strings.NewReader(string(object)))
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprint(name))
	}
	return strings.Join(all, " ")
}

func TestEveryEventOfOtherAPIsCanBeSent(t *testing.T) {
	t.Parallel()
	const agreement = "agreementId agreementExternalId agreementUUID eventType occurred actor msn"
	const charge = "agreementId agreementExternalId agreementUUID chargeId chargeExternalId amount currency chargeType eventType occurred " +
		"amountCaptured amountCanceled amountRefunded transactionId failureCode failureReason msn"
	r := receive(t, nil)
	m := start(t, sandbox.Options{Now: newClock().now})
	_, secret := m.registerFor(r.URL+"/others", otherTypes()...)
	for _, kind := range otherTypes() {
		a := m.admin("POST", "/events", `{"event":"`+kind+`"}`)
		a.want(t, http.StatusAccepted)
		var sent struct {
			Event, Reference string
			Registrations    int
			Payload          json.RawMessage
		}
		a.read(t, &sent)
		d := r.next(t)
		d.verify(t, secret)
		if sent.Event != kind || sent.Registrations != 1 || string(sent.Payload) != string(d.body) || sent.Reference == "" || !strings.Contains(string(d.body), sent.Reference) {
			t.Errorf("%s: answer %s, delivered %s", kind, a.body, d.body)
		}
		want := "agreementId eventType occurred msn"
		switch {
		case strings.HasPrefix(kind, "recurring.agreement"):
			want = agreement
		case strings.HasPrefix(kind, "recurring.charge"):
			want = charge
		case kind == "login.merchant-initiated.ping.v1":
			want = "auth_req_id"
		case kind == "user.checked-in.v1":
			want = "customerToken merchantQrId msn initiatedAt"
		}
		if got := memberNames(t, d.body); got != want {
			t.Errorf("%s has %s, want %s", kind, got, want)
		}
		if strings.Contains(want, "eventType") && !strings.Contains(string(d.body), `"eventType":"`+kind+`"`) {
			t.Errorf("%s calls itself otherwise: %s", kind, d.body)
		}
		if strings.Contains(want, "occurred") && !strings.Contains(string(d.body), `"occurred":"2026-11-22T06:40:00.412Z"`) {
			t.Errorf("%s is dated otherwise: %s", kind, d.body)
		}
	}
	done, _ := m.deliveries("")
	if len(done) == 0 || done[0].Event != otherTypes()[0] {
		t.Errorf("log %+v", done)
	}
}

func TestAChargesAmountsFitItsEvent(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	m := start(t, sandbox.Options{})
	m.registerFor(r.URL, otherTypes()...)
	for kind, want := range map[string]string{
		"reserved": "0 0 0 false", "captured": "49900 0 0 false", "canceled": "0 49900 0 false",
		"refunded": "49900 0 49900 false", "failed": "0 0 0 true", "creation-failed": "0 0 0 true",
	} {
		m.admin("POST", "/events", `{"event":"recurring.charge-`+kind+`.v1"}`).want(t, http.StatusAccepted)
		var e struct {
			Amount, AmountCaptured, AmountCanceled, AmountRefunded int64
			FailureCode, FailureReason, TransactionID              *string
		}
		body := r.next(t).body
		if err := json.Unmarshal(body, &e); err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprint(e.AmountCaptured, e.AmountCanceled, e.AmountRefunded, e.FailureCode != nil && e.FailureReason != nil)
		if got != want || e.Amount != 49900 || (e.TransactionID == nil) != (e.FailureCode != nil) {
			t.Errorf("%s: %s", kind, body)
		}
	}
}

func TestAPayloadReplacesWhatIsMadeUp(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	m := start(t, sandbox.Options{})
	m.registerFor(r.URL, otherTypes()...)
	body := `{"event":"donations.agreement.amount-changed.v1","msn":"` + m.s.Keys().MSN + `","payload":{ "occurred" : null,
		"agreementId":"own-1", "extra": {"b":1.50, "a":12345678901234567890, "ø":"<&>"}, "agreementId":"own-2" }}`
	a := m.admin("POST", "/events", body)
	a.want(t, http.StatusAccepted)
	want := `{"agreementId":"own-2","eventType":"donations.agreement.amount-changed.v1","occurred":null,"msn":"` + m.s.Keys().MSN +
		`","extra":{"b":1.50,"a":12345678901234567890,"ø":"<&>"}}`
	if got := string(r.next(t).body); got != want {
		t.Errorf("delivered %s\nwant %s", got, want)
	}
	if got := a.text(t, "reference"); got != "own-2" {
		t.Errorf("stream %s", got)
	}
	for _, payload := range []string{`null`, `{}`} {
		m.admin("POST", "/events", `{"event":"login.merchant-initiated.ping.v1","payload":`+payload+`}`).want(t, http.StatusAccepted)
		if got := string(r.next(t).body); !regexp.MustCompile(`^{"auth_req_id":"[\w-]{43}"}$`).MatchString(got) {
			t.Errorf("delivered %s", got)
		}
	}
	m.admin("POST", "/events", `{"event":"login.merchant-initiated.ping.v1","payload":{"auth_req_id":["no","string"]}}`).want(t, http.StatusAccepted)
	if got := string(r.next(t).body); got != `{"auth_req_id":["no","string"]}` {
		t.Errorf("delivered %s", got)
	}
}

func TestEventsOfOneAgreementKeepTheirOrder(t *testing.T) {
	t.Parallel()
	var failures atomic.Int32
	r := receive(t, func(delivery) int {
		if failures.Add(1)%3 != 0 {
			return http.StatusInternalServerError
		}
		return 0
	})
	m := start(t, sandbox.Options{Schedule: atOnce})
	m.registerFor(r.URL, otherTypes()...)
	order := []string{"recurring.agreement-activated.v1", "recurring.charge-reserved.v1", "recurring.charge-captured.v1", "recurring.agreement-stopped.v1"}
	for _, kind := range order {
		m.admin("POST", "/events", `{"event":"`+kind+`","payload":{"agreementId":"agr_1"}}`).want(t, http.StatusAccepted)
	}
	for _, kind := range order {
		for range 3 {
			if got := string(r.next(t).body); !strings.Contains(got, kind) {
				t.Fatalf("delivered %s, want %s", got, kind)
			}
		}
	}
	m.settled()
	if done, _ := m.deliveries("?reference=agr_1"); len(done) != 12 {
		t.Errorf("%d attempts", len(done))
	}
}

func TestFaultsHitEventsOfOtherAPIsToo(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	m := start(t, sandbox.Options{Faults: faulty(t, "drop=1,event=user.checked-in.v1")})
	m.registerFor(r.URL, otherTypes()...)
	for range 2 {
		m.admin("POST", "/events", `{"event":"user.checked-in.v1","payload":{"merchantQrId":"till-7"}}`).want(t, http.StatusAccepted)
	}
	r.next(t)
	m.settled()
	r.none(t)
	if fired, _ := m.fired("?reference=till-7"); len(fired) != 1 || fired[0].Event != "user.checked-in.v1" {
		t.Errorf("fired %+v", fired)
	}
}

func TestEventsThatCannotBeSentSayWhy(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	m := start(t, sandbox.Options{})
	m.register(r.URL, "created")
	for body, want := range map[string]struct {
		status int
		says   string
	}{
		`{"event":"epayments.payment.captured.v1"}`: {400, "Create one"},
		`{"event":"epayments.payment.captured"}`:    {400, "Create one"},
		`{"event":"recurring.charge-cancelled.v1"}`: {400, "recurring.charge-canceled.v1"},
		`{}`: {400, "recurring.charge-canceled.v1"},
		`{"event":"user.checked-in.v1","payload":[]}`:                       {400, "JSON object"},
		`{"event":"user.checked-in.v1","payload":"{}"}`:                     {400, "JSON object"},
		`{"event":"user.checked-in.v1","name":"x"}`:                         {400, "name"},
		`{"event":"user.checked-in.v1","msn":"99999999"}`:                   {404, "99999999"},
		`{"event":"user.checked-in.v1"}`:                                    {409, "Register one first"},
		"{\"event\":\"user.checked-in.v1\",\"payload\":{\"msn\":\"\xff\"}}": {400, "UTF-8"},
	} {
		a := m.admin("POST", "/events", body)
		a.want(t, want.status)
		if got := a.text(t, "error"); !strings.Contains(got, want.says) {
			t.Errorf("%s: %s, want a word about %s", body, got, want.says)
		}
	}
	m.settled()
	r.none(t)
}
