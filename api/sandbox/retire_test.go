package sandbox_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

func TestARegistrationThatFailsForTwoWeeksIsRemoved(t *testing.T) {
	t.Parallel()
	c := newClock()
	var up atomic.Bool
	r := receive(t, func(delivery) int {
		if up.Load() {
			return http.StatusOK
		}
		return http.StatusServiceUnavailable
	})
	healthy := receive(t, nil)
	m := start(t, sandbox.Options{Now: c.now, Schedule: func(int) time.Duration { return time.Hour }})
	id, _ := m.register(r.URL, "created")
	other, _ := m.register(healthy.URL, "created")
	listed := func(id string) bool {
		return strings.Contains(string(m.call("GET", webhooksPath, "").body), id)
	}
	later := func(d time.Duration) { // and the retry that is due then
		c.forward(d)
		m.s.Wake()
		m.token = m.login().text(t, "access_token")
		r.next(t)
	}
	failed := func(attempts int) { // and put aside until the next
		m.until("a failed attempt", func() bool {
			_, still := m.deliveries("")
			return len(still) == 1 && still[0].Attempt == attempts+1
		})
	}
	m.create("removed-1").want(t, http.StatusCreated)
	r.next(t)
	failed(1)
	up.Store(true)
	later(15 * 24 * time.Hour) // and it responds again
	m.settled()
	up.Store(false)
	m.create("removed-2").want(t, http.StatusCreated)
	r.next(t)
	failed(1)
	later(14*24*time.Hour - time.Second)
	failed(2)
	if !listed(id) {
		t.Fatal("removed before two weeks are over")
	}
	later(time.Hour)
	m.until("the registration to be removed", func() bool { return !listed(id) })
	if !listed(other) {
		t.Error("the one whose receiver responds is gone as well")
	}
	m.call("DELETE", webhooksPath+"/"+id, "").want(t, http.StatusNotFound)
	m.create("removed-3").want(t, http.StatusCreated)
	for range 3 {
		healthy.next(t)
	}
	m.settled()
	r.none(t)
}
