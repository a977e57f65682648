package sandbox_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

func TestMovingTheClockAgesEverythingButTheDateOfADelivery(t *testing.T) {
	t.Parallel()
	c := newClock()
	r := receive(t, nil)
	m := start(t, sandbox.Options{Now: c.now})
	_, secret := m.register(r.URL, "expired")
	m.create("ageing-001").want(t, http.StatusCreated)
	a := m.admin("POST", "/clock", `{"advance":"11m"}`)
	a.want(t, http.StatusOK)
	if a.text(t, "now") != "2026-11-22T06:51:00.4123456Z" || a.text(t, "clock_offset") != "11m0s" {
		t.Errorf("clock %s", a.body)
	}
	d := r.next(t)
	d.verify(t, secret)
	if e := d.event(t); e.Name != "EXPIRED" || e.Timestamp != "2026-11-22T06:50:00.412Z" {
		t.Errorf("event %+v", e)
	}
	if got := d.header.Get("x-ms-date"); got != "Sun, 22 Nov 2026 06:40:00 GMT" {
		t.Errorf("delivery dated %s, want the receiver's own time", got)
	}
	m.call("GET", webhooksPath, "").want(t, http.StatusOK)
	if got, want := m.s.Advance(49*time.Minute+time.Second), c.now().Add(time.Hour+time.Second); !got.Equal(want) {
		t.Errorf("advanced to %s, want %s", got, want)
	}
	m.call("GET", webhooksPath, "").want(t, http.StatusUnauthorized) // the token is an hour old
	if got := m.login().text(t, "expires_on"); got != strconv.FormatInt(c.now().Add(time.Hour+time.Second).Unix()+3599, 10) {
		t.Errorf("a new token expires on %s", got)
	}
}

func TestTheClockOnlyGoesForwardAndTenYearsAtMost(t *testing.T) {
	t.Parallel()
	c := newClock()
	m := start(t, sandbox.Options{Now: c.now})
	for _, d := range []time.Duration{-time.Hour, 0, 1<<63 - 1, -1 << 63} {
		if got := m.s.Advance(d); !got.Equal(c.now()) {
			t.Errorf("advanced by %s to %s", d, got)
		}
	}
	year := 365 * 24 * time.Hour
	if got, want := m.s.Advance(9*year), c.now().Add(9*year); !got.Equal(want) {
		t.Errorf("advanced to %s, want %s", got, want)
	}
	if got, want := m.s.Advance(2*year), c.now().Add(9*year); !got.Equal(want) {
		t.Errorf("advanced beyond ten years to %s", got)
	}
}

func TestRateLimitsFollowTheClock(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{Now: newClock().now})
	m.create("limited-01").want(t, http.StatusCreated)
	m.approve("limited-01").want(t, http.StatusOK)
	for i := range 5 {
		m.modify("capture", "limited-01", 100, strconv.Itoa(i)).want(t, http.StatusOK)
	}
	m.modify("capture", "limited-01", 100, "6").want(t, http.StatusTooManyRequests)
	m.s.Advance(time.Minute)
	m.modify("capture", "limited-01", 100, "7").want(t, http.StatusOK)
}

func TestRetriesGoByTheMovedClockInSteps(t *testing.T) {
	t.Parallel()
	failed := make(chan struct{}, 1)
	r := receive(t, func(delivery) int { return http.StatusServiceUnavailable })
	m := start(t, sandbox.Options{Schedule: func(int) time.Duration {
		failed <- struct{}{}
		return time.Hour
	}})
	m.register(r.URL, "created")
	m.create("stepping-1").want(t, http.StatusCreated)
	r.next(t)
	<-failed
	m.s.Advance(30 * time.Minute)
	_, still := m.deliveries("?reference=stepping-1")
	if len(still) != 1 || still[0].Attempt != 2 || still[0].Event != "epayments.payment.created.v1" {
		t.Fatalf("pending %+v", still)
	}
	now, err := time.Parse(time.RFC3339Nano, m.admin("GET", "/status", "").text(t, "now"))
	if err != nil {
		t.Fatal(err)
	}
	if left := still[0].Due.Sub(now); left < 29*time.Minute || left > 30*time.Minute {
		t.Errorf("half an hour later the retry is due in %s", left)
	}
	r.none(t)
	m.s.Advance(30 * time.Minute)
	r.next(t)
	<-failed
}
