package sandbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

func TestTheDeliveryLogHasEveryAttempt(t *testing.T) {
	t.Parallel()
	c := newClock()
	var tries atomic.Int32
	r := receive(t, func(d delivery) int {
		if d.event(t).Reference == "logged-001" && tries.Add(1) == 1 {
			return http.StatusTeapot
		}
		return http.StatusAccepted
	})
	m := start(t, sandbox.Options{Now: c.now, Schedule: atOnce})
	id, _ := m.register(r.URL+"/hooks?a=1", "created", "authorized")
	m.create("logged-001").want(t, http.StatusCreated)
	m.approve("logged-001").want(t, http.StatusOK)
	m.create("logged-002").want(t, http.StatusCreated)
	m.settled()
	done, still := m.deliveries("?reference=logged-001")
	if len(still) != 0 || len(done) != 3 {
		t.Fatalf("%d attempts and %d pending: %+v", len(done), len(still), done)
	}
	for i, want := range []struct {
		event           string
		attempt, status int
		err             string
	}{
		{"epayments.payment.created.v1", 1, 418, "the receiver answered 418"},
		{"epayments.payment.created.v1", 2, 202, ""},
		{"epayments.payment.authorized.v1", 1, 202, ""},
	} {
		got := done[i]
		if got.Event != want.event || got.Attempt != want.attempt || got.Status != want.status || got.Error != want.err {
			t.Errorf("attempt %d: %+v, want %+v", i, got, want)
		}
		if got.WebhookID != id || got.URL != r.URL+"/hooks?a=1" || got.MSN != m.s.Keys().MSN || got.Reference != "logged-001" ||
			!got.At.Equal(c.now()) || got.TookMS <= 0 || got.Faults == nil || len(got.Faults) != 0 {
			t.Errorf("attempt %d: %+v", i, got)
		}
	}
	all, _ := m.deliveries("")
	if len(all) != 4 || all[0].Seq != 1 || all[3].Seq != 4 {
		t.Errorf("all attempts: %+v", all)
	}
	if rest, _ := m.deliveries("?after=3"); len(rest) != 1 || rest[0].Seq != 4 {
		t.Errorf("after 3: %+v", rest)
	}
	if rest, _ := m.deliveries("?after=9223372036854775807"); len(rest) != 0 {
		t.Errorf("after everything: %+v", rest)
	}
}

func TestAReceiverThatIsNotThereIsLoggedWithoutAStatus(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	r.Close()
	m := start(t, sandbox.Options{Schedule: func(int) time.Duration { return -1 }})
	m.register(r.URL, "created")
	m.create("nobody-001").want(t, http.StatusCreated)
	m.settled()
	done, _ := m.deliveries("")
	if len(done) != 1 || done[0].Status != 0 || !strings.Contains(done[0].Error, "refused") {
		t.Errorf("attempts %+v", done)
	}
}

func TestPendingDeliveriesStandInTheirOrder(t *testing.T) {
	t.Parallel()
	entered, release := make(chan struct{}, 10), make(chan struct{})
	r := receive(t, func(delivery) int {
		entered <- struct{}{}
		<-release
		return 0
	})
	m := start(t, sandbox.Options{})
	m.register(r.URL, "created", "authorized", "captured")
	m.create("pending-01").want(t, http.StatusCreated)
	m.approve("pending-01").want(t, http.StatusOK)
	m.modify("capture", "pending-01", 100, "a").want(t, http.StatusOK)
	<-entered
	_, still := m.deliveries("")
	if len(still) != 3 {
		t.Fatalf("pending %+v", still)
	}
	for i, name := range []string{"created", "authorized", "captured"} {
		if still[i].Event != "epayments.payment."+name+".v1" || still[i].Attempt != 1 || still[i].Reference != "pending-01" {
			t.Errorf("pending %d: %+v", i, still[i])
		}
	}
	close(release)
	m.settled()
}

func TestResetForgetsEverythingButKeysAndTokens(t *testing.T) {
	t.Parallel()
	c := newClock()
	entered := make(chan struct{}, 1)
	hang := make(chan struct{})
	defer close(hang)
	r := receive(t, func(delivery) int {
		entered <- struct{}{}
		<-hang
		return 0
	})
	m := start(t, sandbox.Options{Now: c.now})
	m.register(r.URL, "created")
	m.create("forgotten1").want(t, http.StatusCreated)
	<-entered // a delivery is under way
	m.s.Advance(time.Minute)
	keys := m.s.Keys()
	m.admin("POST", "/reset", "").want(t, http.StatusNoContent)
	a := m.admin("GET", "/status", "")
	for path, want := range map[string]string{"clock_offset": "0s", "pending_deliveries": "0", "fired": "0"} {
		if got := a.text(t, path); got != want {
			t.Errorf("%s %s, want %s", path, got, want)
		}
	}
	if got := m.call("GET", webhooksPath, "").text(t, "webhooks"); got != "[]" {
		t.Errorf("registrations %s", got)
	}
	m.call("GET", paymentsPath+"/forgotten1", "").want(t, http.StatusNotFound)
	if done, still := m.deliveries(""); len(done) != 0 || len(still) != 0 {
		t.Errorf("log %+v, pending %+v", done, still)
	}
	m.create("forgotten1", "amount", `{"currency":"NOK","value":200}`).want(t, http.StatusCreated) // its key too
	if m.s.Keys() != keys {
		t.Error("the keys have changed")
	}
}

func TestTheNumbersOfTheLogGoOnAfterAReset(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	m := start(t, sandbox.Options{})
	for i := range int64(3) {
		m.register(r.URL, "created")
		m.create(fmt.Sprintf("numbers-%d", i)).want(t, http.StatusCreated)
		m.settled()
		done, _ := m.deliveries("")
		if len(done) != 1 || done[0].Seq != i+1 {
			t.Errorf("after %d resets: %+v", i, done)
		}
		m.admin("POST", "/reset", "").want(t, http.StatusNoContent)
	}
}
