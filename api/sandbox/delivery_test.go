package sandbox_test

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

// atOnce retries without waiting.
func atOnce(int) time.Duration { return 0 }

func TestADeliveryHasTheProvidersHeadersAndBytes(t *testing.T) {
	t.Parallel()
	c := newClock()
	r := receive(t, nil)
	m := start(t, sandbox.Options{Now: c.now})
	id, secret := m.register(r.URL+"/hooks/vipps?store=7&env=test", "created", "authorized")
	m.create("mugshop-2026-0001").want(t, http.StatusCreated)
	d := r.next(t)
	d.verify(t, secret)
	psp := m.call("GET", paymentsPath+"/mugshop-2026-0001", "").text(t, "pspReference")
	want := `{"msn":"` + m.s.Keys().MSN + `","reference":"mugshop-2026-0001","pspReference":"` + psp + `","name":"CREATED",` +
		`"amount":{"currency":"NOK","value":49900},"timestamp":"2026-11-22T06:40:00.412Z","idempotencyKey":"create-mugshop-2026-0001","success":true}`
	if string(d.body) != want {
		t.Errorf("body %s\nwant %s", d.body, want)
	}
	if d.method != "POST" || d.uri != "/hooks/vipps?store=7&env=test" || "http://"+d.host != r.URL || d.length != int64(len(want)) {
		t.Errorf("%s %s to %s, length %d", d.method, d.uri, d.host, d.length)
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json; charset=utf-8",
		"User-Agent":   "Vipps MobilePay/1.0 Webhooks/1.0",
		"Webhook-Id":   id,
		"x-ms-date":    "Sun, 22 Nov 2026 06:40:00 GMT",
	} {
		if got := d.header.Get(name); got != value {
			t.Errorf("%s: %q, want %q", name, got, value)
		}
	}
	m.approve("mugshop-2026-0001").want(t, http.StatusOK)
	d = r.next(t)
	d.verify(t, secret)
	if e := d.event(t); e.Name != "AUTHORIZED" || e.PSPReference == psp || !regexp.MustCompile(`^[0-9]{16}$`).MatchString(e.PSPReference) {
		t.Errorf("event %+v", e)
	}
}

func TestEveryEventOfAPaymentIsDeliveredInItsOrder(t *testing.T) {
	t.Parallel()
	var failures atomic.Int32
	r := receive(t, func(delivery) int {
		if failures.Add(1)%3 != 0 {
			return http.StatusInternalServerError
		}
		return 0
	})
	m := start(t, sandbox.Options{Schedule: atOnce})
	m.register(r.URL, "created", "authorized", "captured", "refunded", "cancelled")
	m.create("ordered-1").want(t, http.StatusCreated)
	m.approve("ordered-1").want(t, http.StatusOK)
	m.modify("capture", "ordered-1", 300, "a").want(t, http.StatusOK)
	m.modify("refund", "ordered-1", 100, "b").want(t, http.StatusOK)
	m.call("POST", paymentsPath+"/ordered-1/cancel", "").want(t, http.StatusOK)
	for _, want := range []string{"CREATED", "AUTHORIZED", "CAPTURED", "REFUNDED", "CANCELLED"} {
		for attempt := 1; attempt <= 3; attempt++ {
			if got := r.next(t).event(t).Name; got != want {
				t.Fatalf("attempt %d: %s, want %s", attempt, got, want)
			}
		}
	}
}

func TestARetryIsDatedAndSignedAnew(t *testing.T) {
	t.Parallel()
	c := newClock()
	var tries atomic.Int32
	r := receive(t, func(delivery) int {
		c.forward(time.Second)
		return []int{http.StatusUnauthorized, http.StatusFound, http.StatusNoContent}[tries.Add(1)-1]
	})
	schedule := make(chan int, 10)
	m := start(t, sandbox.Options{Now: c.now, Schedule: func(attempt int) time.Duration {
		schedule <- attempt
		return 0
	}})
	id, secret := m.register(r.URL, "created")
	m.create("retried-1").want(t, http.StatusCreated)
	for i := range 3 {
		d := r.next(t)
		d.verify(t, secret)
		if want := fmt.Sprintf("Sun, 22 Nov 2026 06:40:%02d GMT", i); d.header.Get("x-ms-date") != want {
			t.Errorf("attempt %d dated %s, want %s", i+1, d.header.Get("x-ms-date"), want)
		}
		if d.header.Get("Webhook-Id") != id || d.uri != "/" {
			t.Errorf("attempt %d: id %s at %s, want no redirect followed", i+1, d.header.Get("Webhook-Id"), d.uri)
		}
	}
	if first, second := <-schedule, <-schedule; first != 2 || second != 3 {
		t.Errorf("waits asked for attempts %d and %d, want 2 and 3", first, second)
	}
}

func TestARetryFallsDueWhenTheClockIsMoved(t *testing.T) {
	t.Parallel()
	c := newClock()
	var tries atomic.Int32
	r := receive(t, func(delivery) int {
		if tries.Add(1) == 1 {
			return http.StatusBadGateway
		}
		return 0
	})
	asked := make(chan struct{}, 1)
	m := start(t, sandbox.Options{Now: c.now, Schedule: func(int) time.Duration {
		asked <- struct{}{}
		return time.Hour
	}})
	m.register(r.URL, "created")
	m.create("patient-1").want(t, http.StatusCreated)
	r.next(t)
	<-asked
	m.s.Wake() // waits until the failed attempt is put aside
	r.none(t)
	c.forward(time.Hour)
	m.s.Wake()
	if got := r.next(t).event(t).Reference; got != "patient-1" {
		t.Errorf("retried %s", got)
	}
}

func TestAFailingPaymentHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	r := receive(t, func(d delivery) int {
		if d.event(t).Reference == "stuck-001" {
			<-release
		}
		return 0
	})
	defer close(release)
	m := start(t, sandbox.Options{})
	m.register(r.URL, "created", "authorized")
	m.create("stuck-001").want(t, http.StatusCreated)
	m.approve("stuck-001").want(t, http.StatusOK)
	for i := range 20 {
		reference := fmt.Sprintf("free-%04d", i)
		m.create(reference).want(t, http.StatusCreated)
		if got := r.next(t).event(t).Reference; got != reference {
			t.Fatalf("delivered %s, want %s", got, reference)
		}
	}
}

func TestEveryRegistrationSignsWithItsOwnSecret(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	m := start(t, sandbox.Options{})
	secrets := map[string]string{}
	for range 3 {
		id, secret := m.register(r.URL+"/same", "created")
		secrets[id] = secret
	}
	m.register(r.URL+"/other", "refunded")
	m.create("several-1").want(t, http.StatusCreated)
	for range 3 {
		d := r.next(t)
		id := d.header.Get("Webhook-Id")
		d.verify(t, secrets[id])
		delete(secrets, id)
	}
	if len(secrets) != 0 {
		t.Errorf("%d registrations got nothing", len(secrets))
	}
	r.none(t)
}

func TestADeletedRegistrationDeliversNoMore(t *testing.T) {
	t.Parallel()
	entered := make(chan struct{}, 1)
	release := make(chan struct{})
	r := receive(t, func(delivery) int {
		entered <- struct{}{}
		<-release
		return http.StatusInternalServerError
	})
	defer close(release)
	m := start(t, sandbox.Options{Schedule: atOnce})
	id, _ := m.register(r.URL, "created", "authorized")
	m.create("deleted-1").want(t, http.StatusCreated)
	m.approve("deleted-1").want(t, http.StatusOK)
	<-entered // an attempt is under way and more are queued behind it
	m.call("DELETE", webhooksPath+"/"+id, "").want(t, http.StatusNoContent)
	m.create("deleted-2").want(t, http.StatusCreated)
	if err := m.s.Close(); err != nil { // every delivery there is has ended
		t.Fatal(err)
	}
	select {
	case <-entered:
		t.Error("an attempt came after the registration was gone")
	default:
	}
}

func TestAReceiverThatHangsTimesOutAndAnEventIsGivenUp(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	defer close(release)
	var hang atomic.Bool
	hang.Store(true)
	r := receive(t, func(delivery) int {
		if hang.Swap(false) {
			<-release
		}
		return 0
	})
	m := start(t, sandbox.Options{
		DeliveryTimeout: 20 * time.Millisecond,
		Schedule:        func(int) time.Duration { return -1 },
	})
	m.register(r.URL, "created", "authorized")
	m.create("hanging-1").want(t, http.StatusCreated)
	m.approve("hanging-1").want(t, http.StatusOK)
	if got := r.next(t).event(t).Name; got != "AUTHORIZED" {
		t.Errorf("delivered %s, want the next event after one was given up", got)
	}
}

func TestCallbacksOverTLSWantATrustedCertificate(t *testing.T) {
	t.Parallel()
	r := &receiver{got: make(chan delivery, 10), t: t}
	r.Server = httptest.NewTLSServer(r.handler(nil))
	t.Cleanup(r.Close)
	r.Config.ErrorLog = nil
	pool := x509.NewCertPool()
	pool.AddCert(r.Certificate())
	m := start(t, sandbox.Options{CallbackCAs: pool})
	_, secret := m.register(r.URL+"/tls", "created")
	m.create("over-tls-1").want(t, http.StatusCreated)
	r.next(t).verify(t, secret)
}

func TestTheCreateCallDoesNotWaitForItsWebhook(t *testing.T) {
	t.Parallel()
	answered := make(chan struct{})
	r := receive(t, func(delivery) int {
		select {
		case <-answered:
			return 0
		case <-time.After(5 * time.Second):
			t.Error("the create call waits for its webhook")
			return 0
		}
	})
	m := start(t, sandbox.Options{})
	m.register(r.URL, "created")
	m.create("answer-first").want(t, http.StatusCreated)
	close(answered)
	r.next(t)
}

func TestAPanicInADeliveryReachesTheGuard(t *testing.T) {
	t.Parallel()
	caught := make(chan any, 1)
	r := receive(t, func(delivery) int { return http.StatusInternalServerError })
	m := start(t, sandbox.Options{
		Schedule: func(int) time.Duration { panic("the schedule broke") },
		Guard: func() {
			if p := recover(); p != nil {
				caught <- p
			}
		},
	})
	m.register(r.URL, "created")
	m.create("panicking-1").want(t, http.StatusCreated)
	select {
	case p := <-caught:
		if p != "the schedule broke" {
			t.Errorf("caught %v", p)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the panic was not caught")
	}
}
