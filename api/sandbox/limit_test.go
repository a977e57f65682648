package sandbox_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

func TestCreateCallsCountWhetherTheyMakeAPaymentOrNot(t *testing.T) {
	t.Parallel()
	c := newClock()
	m := start(t, sandbox.Options{Now: c.now})
	for range 3 {
		m.create("tried-001", "userFlow", "").want(t, http.StatusBadRequest)
	}
	create := func(key string) answer {
		return m.call("POST", paymentsPath, paymentBody("tried-001"), header{"Idempotency-Key": key})
	}
	create("a").want(t, http.StatusCreated)
	create("a").want(t, http.StatusCreated)
	create("a").want(t, http.StatusTooManyRequests)
	m.create("tried-002").want(t, http.StatusCreated) // counted by itself
	c.forward(time.Minute)
	create("a").want(t, http.StatusCreated)
}

func TestCreateCallsWithoutAReferenceCountAsOnePayments(t *testing.T) {
	t.Parallel()
	c := newClock()
	m := start(t, sandbox.Options{Now: c.now})
	for _, body := range []string{`{}`, `[]`, `{"Reference":"misspelt-1"}`, paymentBody("", "reference", ""), `no JSON`} {
		m.call("POST", paymentsPath, body).want(t, http.StatusBadRequest)
	}
	a := m.call("POST", paymentsPath, `{}`)
	if a.want(t, http.StatusTooManyRequests); a.header.Get("Retry-After") != "60" {
		t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
	}
	m.create("has-a-name").want(t, http.StatusCreated)
	c.forward(time.Minute)
	m.call("POST", paymentsPath, `{}`).want(t, http.StatusBadRequest)
}

func TestReadingIsLimitedTo120AMinute(t *testing.T) {
	t.Parallel()
	c := newClock()
	m := start(t, sandbox.Options{Now: c.now})
	m.create("polled-01").want(t, http.StatusCreated)
	m.create("polled-02").want(t, http.StatusCreated)
	for _, path := range []string{"/polled-01", "/polled-01/events"} {
		for n := range 120 {
			if a := m.call("GET", paymentsPath+path, ""); a.status != http.StatusOK {
				t.Fatalf("%s: call %d: %d", path, n+1, a.status)
			}
		}
		c.forward(time.Second)
		a := m.call("GET", paymentsPath+path, "")
		if a.want(t, http.StatusTooManyRequests); a.text(t, "statusCode") != "429" || a.header.Get("Retry-After") == "" {
			t.Errorf("%s: Retry-After %q, body %s", path, a.header.Get("Retry-After"), a.body)
		}
	}
	m.call("GET", paymentsPath+"/polled-02", "").want(t, http.StatusOK)
	c.forward(time.Minute)
	m.call("GET", paymentsPath+"/polled-01", "").want(t, http.StatusOK)
}

func TestManyReferencesWithoutAPaymentAreForgottenAgain(t *testing.T) {
	t.Parallel()
	c := newClock()
	m := start(t, sandbox.Options{Now: c.now})
	for i := range 1100 {
		m.create(fmt.Sprintf("stray-%04d", i), "userFlow", "").want(t, http.StatusBadRequest)
		c.forward(time.Second)
	}
	for range 5 {
		m.create("stray-1100", "userFlow", "").want(t, http.StatusBadRequest)
	}
	m.create("stray-1100", "userFlow", "").want(t, http.StatusTooManyRequests)
}
