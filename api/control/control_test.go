package control_test

import (
	"net/http"
	"testing"
	"time"

	"kvikk/api"
	"kvikk/api/control"
	"kvikk/api/sandbox"
)

const created = "epayments.payment.created.v1"

func TestStatusTellsOfEverySalesUnit(t *testing.T) {
	t.Parallel()
	b := start(t, sandbox.Options{Keys: sandbox.Keys{MSN: "123456"}, More: []sandbox.Keys{{MSN: "234567"}}})
	b.receive(t, http.StatusOK, created)
	b.pay(t, "acme-shop-1")
	b.deliveries(t, control.Query{}, func(d control.Deliveries) bool { return len(d.Pending) == 0 })
	before := time.Now()
	s, err := b.control.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []control.SalesUnit{
		{MSN: "123456", ClientID: b.Keys().ClientID, Payments: 1, Registrations: 1},
		{MSN: "234567", ClientID: b.SalesUnits()[1].ClientID},
	}
	if len(s.SalesUnits) != 2 || s.SalesUnits[0] != want[0] || s.SalesUnits[1] != want[1] {
		t.Errorf("sales units %+v, want %+v", s.SalesUnits, want)
	}
	if s.ClockOffset != 0 || s.Now.Sub(before).Abs() > time.Minute || s.PendingDeliveries != 0 || s.Fired != 0 || len(s.Faults) != 0 {
		t.Errorf("status %+v", s)
	}
}

func TestAdvancingTheClockExpiresAPaymentAndResetTakesItBack(t *testing.T) {
	t.Parallel()
	b := start(t, sandbox.Options{})
	b.pay(t, "acme-shop-1")
	before := time.Now()
	clock, err := b.control.Advance(t.Context(), 10*time.Minute+time.Second)
	if err != nil || clock.Offset != 10*time.Minute+time.Second || clock.Now.Before(before.Add(clock.Offset)) {
		t.Errorf("the clock is %+v, %v", clock, err)
	}
	p, err := b.client.Payment(t.Context(), "acme-shop-1")
	if err != nil || p.State != api.StateExpired {
		t.Errorf("the payment is %s, %v", p.State, err)
	}
	if err := b.control.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := b.control.Status(t.Context())
	if err != nil || s.ClockOffset != 0 || s.SalesUnits[0].Payments != 0 {
		t.Errorf("after the reset %+v, %v", s, err)
	}
}

func TestDeliveriesTellOfAttemptsAndOfWhatWaits(t *testing.T) {
	t.Parallel()
	b := start(t, sandbox.Options{Schedule: func(int) time.Duration { return time.Hour }})
	hook := b.receive(t, http.StatusTeapot, created)
	b.pay(t, "acme-shop-1")
	b.pay(t, "acme-shop-2")
	d := b.deliveries(t, control.Query{}, func(d control.Deliveries) bool { return len(d.Deliveries) == 2 && d.Pending[0].Attempt == 2 })
	first := d.Deliveries[0]
	if first.Seq != 1 || first.Accepted() || first.Status != http.StatusTeapot || first.Error == "" || first.Attempt != 1 ||
		first.WebhookID != hook.ID || first.Event != created || first.MSN != b.Keys().MSN || first.Took() <= 0 || first.Took() > time.Minute {
		t.Errorf("the first attempt is %+v", first)
	}
	if p := d.Pending[0]; p.WebhookID != hook.ID || p.Event != created || p.Due.Sub(first.At) < 59*time.Minute {
		t.Errorf("what waits is %+v", p)
	}
	d = b.deliveries(t, control.Query{After: 1}, func(control.Deliveries) bool { return true })
	if len(d.Deliveries) != 1 || d.Deliveries[0].Seq != 2 {
		t.Errorf("after the first there are %+v", d.Deliveries)
	}
	d = b.deliveries(t, control.Query{Reference: "acme-shop-2"}, func(control.Deliveries) bool { return true })
	if len(d.Deliveries) != 1 || len(d.Pending) != 1 || d.Pending[0].Reference != "acme-shop-2" {
		t.Errorf("of one payment there are %+v", d)
	}
}

func TestThePayerDecides(t *testing.T) {
	t.Parallel()
	b := start(t, sandbox.Options{})
	for reference, decision := range map[string]control.Decision{"acme-shop-1": control.Approve, "acme-shop-2": control.Decline} {
		b.pay(t, reference)
		want := map[control.Decision]string{control.Approve: "AUTHORIZED", control.Decline: "ABORTED"}[decision]
		d, err := b.control.Decide(t.Context(), reference, decision)
		if err != nil || d.State != want || d.Reference != reference || d.Outcome == "" {
			t.Errorf("%s: %+v, %v", decision, d, err)
		}
		refused(t, 409, func() error { _, err := b.control.Decide(t.Context(), reference, control.Approve); return err })
	}
	refused(t, 404, func() error { _, err := b.control.Decide(t.Context(), "../reset", control.Approve); return err })
}

func TestThePayerOfAnotherSalesUnitDecides(t *testing.T) {
	t.Parallel()
	b := start(t, sandbox.Options{Keys: sandbox.Keys{MSN: "123456"}, More: []sandbox.Keys{{MSN: "234567"}}})
	client, err := api.New(api.Options{BaseURL: b.URL(), Keys: keysOf(b.SalesUnits()[1])})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	bench{b.Server, client, b.control}.pay(t, "acme-shop-1")
	refused(t, 404, func() error { _, err := b.control.Decide(t.Context(), "acme-shop-1", control.Approve); return err })
	if d, err := b.control.For("234567").Decide(t.Context(), "acme-shop-1", control.Approve); err != nil || d.State != "AUTHORIZED" {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestFaultsAreSetAndFireAndAreTold(t *testing.T) {
	t.Parallel()
	b := start(t, sandbox.Options{})
	hook := b.receive(t, http.StatusOK, created)
	set, err := b.control.SetFaults(t.Context(), []string{"drop=2,event=created"})
	if err != nil || len(set) != 1 {
		t.Fatalf("%q, %v", set, err)
	}
	b.pay(t, "acme-shop-1")
	b.deliveries(t, control.Query{}, func(d control.Deliveries) bool { return len(d.Pending) == 0 })
	fired, err := b.control.Fired(t.Context(), control.Query{Reference: "acme-shop-1"})
	if err != nil || len(fired.Fired) != 1 || fired.Counts["drop"] != 1 {
		t.Fatalf("%+v, %v", fired, err)
	}
	f := fired.Fired[0]
	if f.Seq != 1 || f.Kind != "drop" || f.Fault != "drop=2,event=created" || f.Event != created || f.WebhookID != hook.ID ||
		f.MSN != b.Keys().MSN || f.Reference != "acme-shop-1" || f.Call != "" || f.At.IsZero() {
		t.Errorf("%+v", f)
	}
	if now, err := b.control.Faults(t.Context()); err != nil || len(now) != 1 || now[0] == set[0] {
		t.Errorf("what is left is %q, %v", now, err)
	}
	s, err := b.control.Status(t.Context())
	if err != nil || s.Fired != 1 || len(s.Faults) != 1 {
		t.Errorf("%+v, %v", s, err)
	}
	if now, err := b.control.SetFaults(t.Context(), nil); err != nil || len(now) != 0 {
		t.Errorf("cleared, there are %q, %v", now, err)
	}
	refused(t, 400, func() error { _, err := b.control.SetFaults(t.Context(), []string{"chaos"}); return err })
}
