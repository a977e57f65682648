package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

func TestAPaymentExpires(t *testing.T) {
	t.Parallel()
	c := newClock()
	r := receive(t, nil)
	m := start(t, sandbox.Options{Now: c.now})
	m.register(r.URL, "expired")
	m.create("expiring-1").want(t, http.StatusCreated)
	m.create("expiring-2").want(t, http.StatusCreated)
	m.approve("expiring-2").want(t, http.StatusOK)
	c.forward(11 * time.Minute)
	m.s.Wake() // nobody asks for the payment
	e := r.next(t).event(t)
	if e.Name != "EXPIRED" || e.Reference != "expiring-1" || e.Timestamp != "2026-11-22T06:50:00.412Z" {
		t.Errorf("event %+v", e)
	}
	if got := m.approve("expiring-1").problem(t).field("ErrorCode"); got != "10020" {
		t.Errorf("approve after the end: code %s", got)
	}
	if got := m.call("GET", paymentsPath+"/expiring-2", "").text(t, "state"); got != "AUTHORIZED" {
		t.Errorf("the approved one is %s", got)
	}
	r.none(t)
}

func TestReservationsAndCapturesGrowOld(t *testing.T) {
	t.Parallel()
	c := newClock()
	m := start(t, sandbox.Options{Now: c.now})
	relogin := func() { m.token = m.login().text(t, "access_token") }
	m.create("old-00001").want(t, http.StatusCreated)
	m.approve("old-00001").want(t, http.StatusOK)
	m.modify("capture", "old-00001", 100, "a").want(t, http.StatusOK)
	c.forward(181 * 24 * time.Hour)
	relogin()
	m.take("old-00001", 1, step{"capture", 100, "6100"})
	m.take("old-00001", 4, step{"cancel", 0, "6030"})
	m.take("old-00001", 2, step{"refund", 50, "200"})
	c.forward(185 * 24 * time.Hour)
	relogin()
	m.take("old-00001", 3, step{"refund", 50, "6220"})
}
