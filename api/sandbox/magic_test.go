package sandbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

// ask creates a payment of an amount and opens its page.
func (m *merchant) ask(reference, currency string, value int) page {
	m.t.Helper()
	a := m.create(reference, "amount", fmt.Sprintf(`{"currency":%q,"value":%d}`, currency, value))
	a.want(m.t, http.StatusCreated)
	return m.open(a.text(m.t, "redirectUrl"))
}

func (m *merchant) state(reference string) string {
	m.t.Helper()
	return m.call("GET", paymentsPath+"/"+reference, "").text(m.t, "state")
}

func TestAmountsThatThePaymentSourceRefuses(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	m := start(t, sandbox.Options{})
	m.register(r.URL, "authorized", "aborted")
	for value, why := range map[int]string{
		151: "not enough money", 182: "the bank that issued", 183: "suspects fraud", 184: "withdrawal limit",
		186: "has expired", 187: "not valid", 197: "3-D Secure",
	} {
		reference := fmt.Sprint("refused-", value)
		p := m.ask(reference, "NOK", value)
		a := m.press(p, "approve")
		if a.status != http.StatusOK || !strings.Contains(string(a.body), why) || !strings.Contains(string(a.body), ">Approve<") {
			t.Errorf("%d: the page answers %d without %q or the way to try again: %s", value, a.status, why, a.body)
		}
		e := r.next(t).event(t)
		if e.Name != "AUTHORIZED" || e.Success || e.Reference != reference || e.Amount.Value != int64(value) {
			t.Errorf("%d: webhook %+v", value, e)
		}
		got := m.call("GET", paymentsPath+"/"+reference, "")
		if got.text(t, "state") != "CREATED" || funds(t, got) != "0 0 0 0" {
			t.Errorf("%d: the payment is %s", value, got.body)
		}
		list := m.log(reference)
		if len(list) != 2 || list[1].Name != "AUTHORIZED" || list[1].Success || list[1].PSPReference != e.PSPReference || e.PSPReference == list[0].PSPReference {
			t.Errorf("%d: log %+v", value, list)
		}
		forced := m.approve(reference)
		forced.want(t, http.StatusBadRequest)
		if prob := forced.problem(t); prob.field("ErrorCode") != "10040" || !strings.Contains(prob.Detail, why) {
			t.Errorf("%d: force approve answers %s", value, forced.body)
		}
		if again := r.next(t).event(t); again.Success || again.PSPReference == e.PSPReference {
			t.Errorf("%d: force approve's webhook %+v", value, again)
		}
		m.press(p, "decline").want(t, http.StatusSeeOther)
		if last := r.next(t).event(t); last.Name != "ABORTED" || !last.Success {
			t.Errorf("%d: the last webhook is %+v", value, last)
		}
	}
	r.none(t)
}

func TestMagicAmountsOfOneCurrencyAreOrdinaryInAnother(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	for _, value := range []int{197, 202} {
		reference := fmt.Sprint("euro-cent-", value)
		m.press(m.ask(reference, "EUR", value), "approve").want(t, http.StatusSeeOther)
		if got := m.state(reference); got != "AUTHORIZED" {
			t.Errorf("%d euro cents: %s", value, got)
		}
	}
	m.press(m.ask("euro-cent-151", "EUR", 151), "approve").want(t, http.StatusOK)
}

func TestAnUnknownOutcomeIsKnownAfterAnHour(t *testing.T) {
	t.Parallel()
	c := newClock()
	r := receive(t, nil)
	m := start(t, sandbox.Options{Now: c.now})
	m.register(r.URL, "authorized", "expired")
	p := m.ask("pending-1", "DKK", 201)
	m.create("ordinary-1").want(t, http.StatusCreated)
	c.forward(time.Minute)
	if a := m.press(p, "approve"); a.header.Get("Location") != "https://example.com/return" {
		t.Errorf("answered %d to %q", a.status, a.header.Get("Location"))
	}
	if page := m.open(p.path); !strings.Contains(string(page.body), "has not answered yet") || strings.Contains(string(page.body), "<form") {
		t.Errorf("while nobody knows: %s", page.body)
	}
	m.press(p, "decline").want(t, http.StatusSeeOther) // to the page as it is
	m.take("pending-1", 1, step{"cancel", 0, "6250"})
	m.take("pending-1", 1, step{"cancel", 0, "6250"}) // the same key
	m.take("pending-1", 2, step{"cancel transaction only", 0, "6250"})
	m.take("pending-1", 3, step{"capture", 201, "6080"})
	again := m.approve("pending-1")
	again.want(t, http.StatusLocked)
	if got := again.problem(t).field("ErrorCode"); got != "6160" {
		t.Errorf("approved again: code %s, want 6160", got)
	}
	c.forward(time.Hour - time.Second)
	m.token = m.login().text(t, "access_token")
	if got := m.state("pending-1"); got != "CREATED" {
		t.Errorf("after 59:59 minutes: %s", got)
	}
	if e := r.next(t).event(t); e.Name != "EXPIRED" || e.Reference != "ordinary-1" {
		t.Errorf("webhook %+v, want the other payment's end", e)
	}
	c.forward(time.Second)
	m.s.Wake() // nobody asks
	if e := r.next(t).event(t); e.Name != "AUTHORIZED" || !e.Success || e.Timestamp != "2026-11-22T07:41:00.412Z" {
		t.Errorf("webhook %+v", e)
	}
	m.modify("capture", "pending-1", 201, "k").want(t, http.StatusBadRequest) // in kroner, not NOK
	m.take("pending-1", 1, step{"cancel", 0, "200"})                          // a key that was told to try again
	r.none(t)
}

func TestAnUnknownOutcomeMayComeBeforeTheEndOfALongLivingPayment(t *testing.T) {
	t.Parallel()
	c := newClock()
	m := start(t, sandbox.Options{Now: c.now})
	receipt := `{"orderLines":[{"name":"Mug","id":"1","totalAmount":1,"totalAmountExcludingTax":1,"totalTaxAmount":0,"taxRate":0}],"bottomLine":{"currency":"NOK"}}`
	expires := `"` + c.now().Add(30*24*time.Hour).Format(time.RFC3339) + `"`
	m.create("pending-2", "amount", `{"currency":"NOK","value":201}`, "expiresAt", expires, "receipt", receipt).want(t, http.StatusCreated)
	for i := range 5 { // others that fall due before and after
		m.create(fmt.Sprint("bystander-", i)).want(t, http.StatusCreated)
	}
	m.approve("pending-2").want(t, http.StatusOK)
	c.forward(time.Hour)
	m.token = m.login().text(t, "access_token")
	if got := m.state("pending-2"); got != "AUTHORIZED" {
		t.Errorf("after an hour: %s", got)
	}
	if got := m.state("bystander-3"); got != "EXPIRED" {
		t.Errorf("the other one: %s", got)
	}
}

func TestAnAmountThatThePayerConfirmsTwice(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	p := m.ask("confirm-1", "NOK", 202)
	for range 2 {
		a := m.approve("confirm-1")
		a.want(t, http.StatusBadRequest)
		if got := a.problem(t).field("ErrorCode"); got != "10030" {
			t.Errorf("force approve: code %s, want 10030", got)
		}
	}
	a := m.press(p, "approve")
	if a.status != http.StatusOK || !strings.Contains(string(a.body), "Approve once more") || m.state("confirm-1") != "CREATED" || len(m.log("confirm-1")) != 1 {
		t.Errorf("the first approval answers %d %s", a.status, a.body)
	}
	if again := m.open(p.path); !strings.Contains(string(again.body), "Approve once more") {
		t.Errorf("opened again: %s", again.body)
	}
	m.press(p, "approve").want(t, http.StatusSeeOther)
	if got := m.state("confirm-1"); got != "AUTHORIZED" {
		t.Errorf("after the second approval: %s", got)
	}
}

func TestRefundAmountsThatFail(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	m.create("refunded-1").want(t, http.StatusCreated)
	m.approve("refunded-1").want(t, http.StatusOK)
	for i, s := range []step{{"refund", 123, "6150"}, {"capture", 123, "200"}, {"refund", 123, "5100"}, {"capture", 124, "200"}, {"refund", 124, "6220"}, {"refund", 125, "200"}} {
		m.take("refunded-1", i, s)
	}
	if got := funds(t, m.call("GET", paymentsPath+"/refunded-1", "")); got != "49900 0 247 125" {
		t.Errorf("funds %s", got)
	}
}

func TestEventsOfOneInstantKeepTheirOrder(t *testing.T) {
	t.Parallel()
	c := newClock()
	m := start(t, sandbox.Options{Now: c.now})
	m.create("instant-1").want(t, http.StatusCreated)
	m.approve("instant-1").want(t, http.StatusOK)
	c.forward(-time.Second) // a clock may be set back
	m.modify("capture", "instant-1", 100, "k").want(t, http.StatusOK)
	var stamps []string
	for _, e := range m.log("instant-1") {
		stamps = append(stamps, e.Timestamp)
	}
	if got, want := strings.Join(stamps, " "), "2026-11-22T06:40:00.4123456Z 2026-11-22T06:40:00.413Z 2026-11-22T06:40:00.413Z"; got != want {
		t.Errorf("times %s, want %s", got, want)
	}
}
