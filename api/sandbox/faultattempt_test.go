package sandbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"kvikk/api/sandbox"
)

func TestAForgedAttemptIsFollowedByAGoodOne(t *testing.T) {
	t.Parallel()
	tests := []struct {
		fault, kind string
		wrong       string // what a receiver finds wrong
	}{
		{"wrong-signature=1", "wrong-signature", "Authorization"},
		{"altered-body=1,event=captured", "altered-body", "x-ms-content-sha256"},
	}
	for _, tt := range tests {
		t.Run(tt.kind, func(t *testing.T) {
			t.Parallel()
			secrets := make(chan string, 1)
			var secret string
			r := receive(t, func(d delivery) int {
				if secret == "" {
					secret = <-secrets
				}
				if len(d.forgeries(secret)) > 0 {
					return http.StatusUnauthorized
				}
				return 0
			})
			m := start(t, sandbox.Options{Schedule: atOnce, Faults: faulty(t, tt.fault)})
			_, s := m.register(r.URL, "captured")
			secrets <- s
			m.create("forged-001").want(t, http.StatusCreated)
			m.approve("forged-001").want(t, http.StatusOK)
			m.modify("capture", "forged-001", 100, "a").want(t, http.StatusOK)
			bad, good := r.next(t), r.next(t)
			if wrong := bad.forgeries(s); len(wrong) == 0 || !strings.HasPrefix(wrong[0], tt.wrong) {
				t.Errorf("found wrong: %q, want %s", wrong, tt.wrong)
			}
			good.verify(t, s)
			if bad.event(t).Reference != good.event(t).Reference || bad.length != good.length {
				t.Errorf("forged %s of %s", bad.body, good.body)
			}
			if same := string(bad.body) == string(good.body); same != (tt.kind == "wrong-signature") {
				t.Errorf("forged %s of %s", bad.body, good.body)
			}
			m.settled()
			done, _ := m.deliveries("")
			if len(done) != 2 || done[0].Status != 401 || strings.Join(done[0].Faults, " ") != tt.kind || len(done[1].Faults) != 0 {
				t.Errorf("attempts %+v", done)
			}
		})
	}
}

func TestAnOldDateIsSignedCorrectly(t *testing.T) {
	t.Parallel()
	c := newClock()
	r := receive(t, nil)
	m := start(t, sandbox.Options{Now: c.now, Faults: faulty(t, "old-date=1,by=10m")})
	_, secret := m.register(r.URL, "created", "authorized")
	m.create("old-date-1").want(t, http.StatusCreated)
	m.approve("old-date-1").want(t, http.StatusOK)
	for _, want := range []string{"Sun, 22 Nov 2026 06:30:00 GMT", "Sun, 22 Nov 2026 06:40:00 GMT"} {
		d := r.next(t)
		d.verify(t, secret)
		if got := d.header.Get("x-ms-date"); got != want {
			t.Errorf("dated %s, want %s", got, want)
		}
	}
}

func TestARetryIsNotMarkedWithWhatHitTheFirstAttempt(t *testing.T) {
	t.Parallel()
	var tries atomic.Int32
	r := receive(t, func(delivery) int {
		if tries.Add(1)%2 == 1 {
			return http.StatusBadGateway
		}
		return 0
	})
	m := start(t, sandbox.Options{Schedule: atOnce, Faults: faulty(t, "delay,by=1ms", "duplicate")})
	m.register(r.URL, "created")
	m.create("retried-01").want(t, http.StatusCreated)
	for range 4 {
		r.next(t)
	}
	m.settled()
	done, _ := m.deliveries("")
	var log []string
	for _, a := range done {
		log = append(log, fmt.Sprint(a.Attempt, a.Faults))
	}
	if got, want := strings.Join(log, "; "), "1 [delay]; 2 []; 1 [duplicate]; 2 [duplicate]"; got != want {
		t.Errorf("attempts %s, want %s", got, want)
	}
}
