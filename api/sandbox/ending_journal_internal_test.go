package sandbox

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"
)

// posts puts a payment into the first sales unit, and a registration for its
// event types that is kept at receiver.
func (s *Server) posts(t *testing.T, receiver, reference string, kinds ...string) *unit {
	t.Helper()
	target, err := url.Parse(receiver)
	if err != nil {
		t.Fatal(err)
	}
	u := s.units[0]
	q := createRequest{reference: reference, amount: money{"NOK", 49900}, method: "WALLET", userFlow: "WEB_REDIRECT"}
	answered := s.during(u, func() {
		r := s.newRegistration(u, address{msn: u.keys.MSN, id: u.ids.uuid("webhook"), url: target, secret: "made-up"}, receiver, kinds)
		u.registrations = append(u.registrations, r)
		u.unsaved.Registered = append(u.unsaved.Registered, r.save())
		u.add(newPayment(q, "key", s.now(), u.ids))
	})
	answered()
	return u
}

func TestAPaymentThatExpiresWhileTheSandboxEndsIsToldOfByTheNextStart(t *testing.T) {
	t.Parallel()
	got := make(chan struct{}, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got <- struct{}{} }))
	defer receiver.Close()
	o := Options{StateDir: t.TempDir()}
	s, err := Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	u := s.posts(t, receiver.URL, "ending-001", eventTypes()[2])
	u.stopDeliveries() // as at the end of the sandbox's life,
	s.Advance(lifetime + time.Second)
	if err := s.Close(); err != nil { // which comes just then
		t.Fatal(err)
	}
	if s, err = Start(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if p := s.units[0].payments["ending-001"]; p == nil || p.state != stateExpired {
		t.Fatalf("the payment is %+v", p)
	}
	select {
	case <-got:
	case <-time.After(10 * time.Second):
		t.Error("nobody is told that it has expired")
	}
}

func TestWhatHappensAfterTheEndIsNoErrorOfTheState(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer // read when nothing writes to it any more
	s, err := Start(context.Background(), Options{StateDir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s.Advance(time.Minute)
	s.Wake()
	if log.Len() > 0 {
		t.Errorf("the log says %s", log.String())
	}
}
