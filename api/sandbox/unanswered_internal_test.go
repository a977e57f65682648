package sandbox

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// named is a receiver that tells which events came, by payment and name.
func named(t *testing.T) (*httptest.Server, <-chan string) {
	t.Helper()
	got := make(chan string, 100)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var e struct{ Reference, Name string }
		_ = json.NewDecoder(r.Body).Decode(&e)
		got <- e.Reference + " " + e.Name
	}))
	t.Cleanup(receiver.Close)
	return receiver, got
}

func wants(t *testing.T, got <-chan string, all ...string) {
	t.Helper()
	for _, want := range all {
		select {
		case name := <-got:
			if name != want {
				t.Fatalf("got %s, want %s", name, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s has not come", want)
		}
	}
}

func TestAnEventWaitsForTheAnswerToItsOwnRequest(t *testing.T) {
	t.Parallel()
	receiver, got := named(t)
	s, err := Start(context.Background(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	u := s.posts(t, receiver.URL, "answered-1", eventTypes()...)
	s.Wake()
	wants(t, got, "answered-1 CREATED")
	approve := func() (answered func()) {
		p := u.payments["answered-1"]
		return s.during(u, func() { u.publish(p, p.authorize(s.now())) })
	}
	capture := func() (answered func()) {
		p := u.payments["answered-1"]
		return s.during(u, func() {
			e, f := p.capture(s.now(), money{"NOK", 100}, "k")
			if f != nil {
				t.Error(f)
			}
			u.publish(p, e)
		})
	}
	create := func(reference string) (answered func()) {
		q := createRequest{reference: reference, amount: money{"NOK", 100}}
		return s.during(u, func() { u.add(newPayment(q, "k", s.now(), u.ids)) })
	}
	approved, captured := approve(), capture()
	create("answered-2")() // sets its registration going, and yet not what has no answer
	wants(t, got, "answered-2 CREATED")
	captured() // before its turn
	create("answered-3")()
	wants(t, got, "answered-3 CREATED")
	approved()
	wants(t, got, "answered-1 AUTHORIZED", "answered-1 CAPTURED")
}

// during is a request that does fn and is answered later.
func (s *Server) during(u *unit, fn func()) (answered func()) {
	led := u.do(s.now(), fn)
	return func() {
		for _, events := range led {
			events.deliver()
		}
	}
}
