package sandbox_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

const captured = "epayments.payment.captured.v1"

// firing is an entry of the log of faults that fired, as a client reads it.
type firing struct {
	Seq                                      int64
	At                                       time.Time
	Kind, Fault, MSN, Reference, Event, Call string
	WebhookID                                string `json:"webhook_id"`
}

func (m *merchant) fired(query string) ([]firing, map[string]int) {
	m.t.Helper()
	a := m.admin("GET", "/faults/fired"+query, "")
	a.want(m.t, http.StatusOK)
	var v struct {
		Fired  []firing
		Counts map[string]int
	}
	a.read(m.t, &v)
	return v.Fired, v.Counts
}

// names are the events of the next n deliveries, whose signatures must be good.
func (r *receiver) names(t testing.TB, n int, secret string) string {
	t.Helper()
	var all []string
	for range n {
		d := r.next(t)
		d.verify(t, secret)
		all = append(all, d.event(t).Name)
	}
	return strings.Join(all, " ")
}

func TestADroppedEventIsNeverSentAndHoldsUpNothing(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	m := start(t, sandbox.Options{Faults: faulty(t, "drop=1,event=captured")})
	id, secret := m.register(r.URL, "authorized", "captured", "refunded")
	m.create("dropped-01").want(t, http.StatusCreated)
	m.approve("dropped-01").want(t, http.StatusOK)
	m.modify("capture", "dropped-01", 100, "a").want(t, http.StatusOK)
	m.modify("refund", "dropped-01", 50, "b").want(t, http.StatusOK)
	m.modify("capture", "dropped-01", 200, "c").want(t, http.StatusOK)
	if got := r.names(t, 3, secret); got != "AUTHORIZED REFUNDED CAPTURED" {
		t.Errorf("delivered %s", got)
	}
	m.settled()
	r.none(t)
	done, _ := m.deliveries("")
	if slices.ContainsFunc(done, func(a attempt) bool { return len(a.Faults) > 0 }) || len(done) != 3 {
		t.Errorf("attempts %+v", done)
	}
	fired, counts := m.fired("?reference=dropped-01")
	if len(fired) != 1 || counts["drop"] != 1 || len(counts) != 1 {
		t.Fatalf("fired %+v, %v", fired, counts)
	}
	f := fired[0]
	if f.Seq != 1 || f.Kind != "drop" || f.Fault != "drop=1,event=captured" || f.MSN != m.s.Keys().MSN || f.Reference != "dropped-01" ||
		f.Event != captured || f.Call != "" || f.WebhookID != id || time.Since(f.At).Abs() > time.Minute {
		t.Errorf("fired %+v", f)
	}
}

func TestADuplicateFollowsAcceptance(t *testing.T) {
	t.Parallel()
	first := true
	r := receive(t, func(delivery) int {
		if first {
			first = false
			return http.StatusInternalServerError
		}
		return 0
	})
	m := start(t, sandbox.Options{Schedule: atOnce, Faults: faulty(t, "duplicate=1")})
	_, secret := m.register(r.URL, "created", "authorized")
	m.create("twice-0001").want(t, http.StatusCreated)
	m.approve("twice-0001").want(t, http.StatusOK)
	if got := r.names(t, 4, secret); got != "CREATED CREATED CREATED AUTHORIZED" {
		t.Errorf("delivered %s", got)
	}
	m.settled()
	r.none(t)
	done, _ := m.deliveries("")
	var log []string
	for _, a := range done {
		log = append(log, fmt.Sprint(a.Attempt, a.Status, a.Faults))
	}
	if got, want := strings.Join(log, "; "), "1 500 []; 2 200 []; 1 200 [duplicate]; 1 200 []"; got != want {
		t.Errorf("attempts %s, want %s", got, want)
	}
}

func TestADelayGoesByTheSandboxesClockAndHoldsUpItsPaymentOnly(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	m := start(t, sandbox.Options{Faults: faulty(t, "delay=100,by=1h,event=created")})
	_, secret := m.register(r.URL, "created", "authorized")
	for i := range 100 { // more than a registration has under way at once
		m.create(fmt.Sprintf("delayed-%03d", i)).want(t, http.StatusCreated)
	}
	m.approve("delayed-000").want(t, http.StatusOK)
	m.create("prompt-001").want(t, http.StatusCreated)
	if got := r.next(t).event(t).Reference; got != "prompt-001" {
		t.Errorf("delivered %s first", got)
	}
	m.until("the last message to be put aside", func() bool {
		_, counts := m.fired("")
		return counts["delay"] == 100
	})
	m.s.Advance(59 * time.Minute)
	_, still := m.deliveries("?reference=delayed-000")
	if len(still) != 2 || still[0].Attempt != 1 || !still[0].Due.Equal(still[1].Due) {
		t.Errorf("pending %+v", still)
	}
	r.none(t)
	m.s.Advance(time.Minute)
	var of000 []string
	for range 101 {
		d := r.next(t)
		d.verify(t, secret)
		if e := d.event(t); e.Reference == "delayed-000" {
			of000 = append(of000, e.Name)
		}
	}
	if got := strings.Join(of000, " "); got != "CREATED AUTHORIZED" {
		t.Errorf("delivered %s", got)
	}
	m.settled()
	if done, _ := m.deliveries("?reference=delayed-000"); len(done) != 2 || done[0].Faults[0] != "delay" || len(done[1].Faults) != 0 {
		t.Errorf("attempts %+v", done)
	}
}

func TestReorderingSwapsNeighbours(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	m := start(t, sandbox.Options{Faults: faulty(t, "reorder")})
	_, secret := m.register(r.URL, "created", "authorized", "captured", "refunded")
	m.create("swapped-01").want(t, http.StatusCreated)
	m.approve("swapped-01").want(t, http.StatusOK)
	if got := r.names(t, 2, secret); got != "AUTHORIZED CREATED" {
		t.Errorf("delivered %s", got)
	}
	m.modify("capture", "swapped-01", 100, "a").want(t, http.StatusOK)
	m.modify("refund", "swapped-01", 100, "b").want(t, http.StatusOK)
	if got := r.names(t, 2, secret); got != "REFUNDED CAPTURED" {
		t.Errorf("delivered %s", got)
	}
	m.settled()
	r.none(t)
	if _, counts := m.fired(""); counts["reorder"] != 2 {
		t.Errorf("fired %v, want those that were put back only", counts)
	}
}

func TestAReorderedEventWithoutANextOneGoesAfterFiveSeconds(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	m := start(t, sandbox.Options{Faults: faulty(t, "reorder")})
	m.register(r.URL, "created")
	m.create("lonely-001").want(t, http.StatusCreated)
	m.until("the message to be put aside", func() bool {
		_, counts := m.fired("")
		return counts["reorder"] == 1
	})
	r.none(t)
	m.s.Advance(5 * time.Second)
	if got := r.next(t).event(t).Name; got != "CREATED" {
		t.Errorf("delivered %s", got)
	}
	m.settled()
	if done, _ := m.deliveries(""); len(done) != 1 || strings.Join(done[0].Faults, " ") != "reorder" {
		t.Errorf("attempts %+v", done)
	}
}

func TestEveryRegistrationHasFaultsOfItsOwn(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	m := start(t, sandbox.Options{Faults: faulty(t, "drop=2", "drop=0%")})
	for range 3 {
		m.register(r.URL, "created")
	}
	m.create("several-01").want(t, http.StatusCreated)
	m.settled()
	r.next(t)
	r.none(t)
	fired, _ := m.fired("")
	if len(fired) != 2 || fired[0].WebhookID == fired[1].WebhookID {
		t.Errorf("fired %+v", fired)
	}
}

func TestSeveralFaultsHitOneEvent(t *testing.T) {
	t.Parallel()
	c := newClock()
	r := receive(t, nil)
	m := start(t, sandbox.Options{Now: c.now, Faults: faulty(t, "duplicate,event=created", "delay=1,by=10s", "old-date=1", "reorder=1")})
	_, secret := m.register(r.URL, "created", "authorized")
	m.create("unlucky-01").want(t, http.StatusCreated)
	m.approve("unlucky-01").want(t, http.StatusOK)
	m.until("the delay", func() bool { _, counts := m.fired(""); return counts["delay"] == 1 })
	m.s.Advance(10 * time.Second)
	if got := r.names(t, 3, secret); got != "AUTHORIZED CREATED CREATED" {
		t.Errorf("delivered %s", got)
	}
	m.settled()
	done, _ := m.deliveries("")
	var log []string
	for _, a := range done {
		log = append(log, strings.Join(a.Faults, "+"))
	}
	if got := strings.Join(log, "; "); got != "old-date; delay+reorder; duplicate" {
		t.Errorf("faults by attempt: %s", got)
	}
}

func TestFaultsThatAreTakenAwayHitNoMore(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	m := start(t, sandbox.Options{Faults: faulty(t, "drop")})
	m.register(r.URL, "created")
	m.create("before-001").want(t, http.StatusCreated)
	m.settled()
	if got := fmt.Sprint(m.s.Faults()); got != "[drop]" {
		t.Errorf("faults %s", got)
	}
	m.s.SetFaults()
	if got := m.s.Faults(); len(got) != 0 {
		t.Errorf("faults %v", got)
	}
	m.s.SetFaults(sandbox.Fault{})
	m.create("after-0001").want(t, http.StatusCreated)
	if got := r.next(t).event(t).Reference; got != "after-0001" {
		t.Errorf("delivered %s", got)
	}
}
