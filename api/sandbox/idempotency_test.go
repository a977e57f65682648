package sandbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

func TestTheSameKeyAndBodyIsAReplayAndNothingElse(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	m := start(t, sandbox.Options{})
	m.register(r.URL, "created")
	first := m.create("replay-0001")
	first.want(t, http.StatusCreated)
	spaced := strings.ReplaceAll(paymentBody("replay-0001"), ",", " ,\n ")
	again := m.call("POST", paymentsPath, spaced, header{"Idempotency-Key": "create-replay-0001"})
	if again.status != http.StatusCreated || string(again.body) != string(first.body) {
		t.Errorf("replay answered %d %s, first %s", again.status, again.body, first.body)
	}
	m.create("replay-0002").want(t, http.StatusCreated)
	for range 2 {
		r.next(t)
	}
	r.none(t)
}

func TestAKeyWithAnotherBodyIsAConflict(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	m.create("conflict-1").want(t, http.StatusCreated)
	a := m.create("conflict-1", "paymentDescription", `"Two mugs"`)
	a.want(t, http.StatusConflict)
	if got := a.problem(t).field("ErrorCode"); got != "4020" {
		t.Errorf("code %s, want 4020", got)
	}
	a = m.call("POST", paymentsPath, paymentBody("conflict-1"), header{"Idempotency-Key": "another"})
	a.want(t, http.StatusConflict)
	if got := a.problem(t).field("ErrorCode"); got != "4150" {
		t.Errorf("code %s, want 4150", got)
	}
}

func TestARefusalStaysForItsKey(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	refused := m.create("refusal-1", "amount", `{"currency":"NOK","value":1}`)
	refused.want(t, http.StatusBadRequest)
	again := m.create("refusal-1", "amount", `{"currency":"NOK","value":1}`)
	if string(again.body) != string(refused.body) {
		t.Errorf("replay %s, first %s", again.body, refused.body)
	}
	m.create("refusal-1").want(t, http.StatusConflict) // corrected under the old key
	m.call("POST", paymentsPath, paymentBody("refusal-1"), header{"Idempotency-Key": "new"}).want(t, http.StatusCreated)
}

func TestAKeyCountsForOneOperationOnOneReference(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	key := header{"Idempotency-Key": "one-for-all"}
	for _, ref := range []string{"scope-001", "scope-002"} {
		m.call("POST", paymentsPath, paymentBody(ref), key).want(t, http.StatusCreated)
		m.approve(ref).want(t, http.StatusOK)
		m.modify("capture", ref, 100, "one-for-all").want(t, http.StatusOK)
		m.modify("capture", ref, 100, "one-for-all").want(t, http.StatusOK)
		m.modify("refund", ref, 100, "one-for-all").want(t, http.StatusOK)
		a := m.call("POST", paymentsPath+"/"+ref+"/cancel", "", key)
		a.want(t, http.StatusOK)
		if got := a.text(t, "aggregate.capturedAmount.value"); got != "100" {
			t.Errorf("captured %s, want the replay to count once", got)
		}
	}
	for op, code := range map[string]string{"capture": "4010", "refund": "4150"} {
		a := m.modify(op, "scope-001", 200, "one-for-all")
		a.want(t, http.StatusConflict)
		if got := a.problem(t).field("ErrorCode"); got != code {
			t.Errorf("%s: code %s, want %s", op, got, code)
		}
	}
}

func TestAKeyIsDemandedWhereItIsNeededAndHasAtMost50Characters(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	const p = paymentsPath + "/needs-key"
	amount := `{"modificationAmount":{"currency":"NOK","value":100}}`
	longest := strings.Repeat("ø", 50)
	m.call("POST", paymentsPath, paymentBody("needs-key"), header{"Idempotency-Key": longest}).want(t, http.StatusCreated)
	m.approve("needs-key").want(t, http.StatusOK)
	for _, tt := range []struct {
		method, path, body string
		without, long      int
	}{
		{"POST", paymentsPath, paymentBody("needs-key-2"), 400, 400},
		{"POST", p + "/capture", amount, 400, 400},
		{"POST", p + "/refund", amount, 400, 400},
		{"POST", p + "/cancel", "", 200, 400},
		{"GET", p, "", 200, 200},
		{"GET", p + "/events", "", 200, 200},
		{"GET", webhooksPath, "", 200, 200},
		{"POST", webhooksPath, `{"url":"http://localhost:9/x","events":["epayments.payment.created.v1"]}`, 201, 201},
	} {
		for key, want := range map[string]int{longest + "k": tt.long, "": tt.without} {
			a := m.call(tt.method, tt.path, tt.body, header{"Idempotency-Key": key})
			if a.status != want {
				t.Errorf("%s %s with a key of %d characters: %d, want %d: %s", tt.method, tt.path, len([]rune(key)), a.status, want, a.body)
			}
			if a.status == http.StatusBadRequest && a.problem(t).field("Idempotency-Key") == "" {
				t.Errorf("no field for the key in %s", a.body)
			}
		}
	}
}

func TestCancelsAndRefundsAreReplayedToo(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	m.create("replays-1").want(t, http.StatusCreated)
	m.approve("replays-1").want(t, http.StatusOK)
	m.modify("capture", "replays-1", 1000, "k").want(t, http.StatusOK)
	refund := m.modify("refund", "replays-1", 300, "k")
	m.modify("refund", "replays-1", 200, "k2").want(t, http.StatusOK)
	if again := m.modify("refund", "replays-1", 300, "k"); again.status != http.StatusOK || string(again.body) != string(refund.body) {
		t.Errorf("the refund's replay answers %d %s", again.status, again.body)
	}
	const cancel = paymentsPath + "/replays-1/cancel"
	m.call("POST", cancel, `{"cancelTransactionOnly":true}`).want(t, http.StatusBadRequest)
	m.call("POST", cancel, `{"cancelTransactionOnly":true}`).want(t, http.StatusBadRequest)
	a := m.call("POST", cancel, `{}`)
	a.want(t, http.StatusConflict)
	if got := a.problem(t).field("ErrorCode"); got != "4020" {
		t.Errorf("code %s, want 4020", got)
	}
	first := m.call("POST", cancel, "", header{"Idempotency-Key": "all"})
	first.want(t, http.StatusOK)
	if again := m.call("POST", cancel, "", header{"Idempotency-Key": "all"}); string(again.body) != string(first.body) {
		t.Errorf("the cancel's replay answers %d %s", again.status, again.body)
	}
	if got, want := strings.Join(names(m.log("replays-1")), " "), "CREATED AUTHORIZED CAPTURED REFUNDED REFUNDED CANCELLED"; got != want {
		t.Errorf("log %s, want %s", got, want)
	}
}

func TestReferencesAreCaseSensitive(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	for _, reference := range []string{"case-abcd", "case-ABCD"} {
		m.create(reference).want(t, http.StatusCreated)
	}
	m.call("GET", paymentsPath+"/Case-abcd", "").want(t, http.StatusNotFound)
}

func TestTheSixthChangeInAMinuteIsTooMany(t *testing.T) {
	t.Parallel()
	c := newClock()
	m := start(t, sandbox.Options{Now: c.now})
	m.create("limited-1").want(t, http.StatusCreated)
	m.approve("limited-1").want(t, http.StatusOK)
	for i := range 5 {
		m.modify("capture", "limited-1", 100, fmt.Sprint("key-", i)).want(t, http.StatusOK)
	}
	c.forward(10 * time.Second)
	a := m.modify("capture", "limited-1", 100, "key-6")
	a.want(t, http.StatusTooManyRequests)
	if a.text(t, "statusCode") != "429" || a.header.Get("Retry-After") != "50" {
		t.Errorf("retry after %q, body %s", a.header.Get("Retry-After"), a.body)
	}
	m.modify("refund", "limited-1", 100, "key-1").want(t, http.StatusOK) // counted by itself
	c.forward(50 * time.Second)
	m.modify("capture", "limited-1", 100, "key-6").want(t, http.StatusOK)
	for range 5 {
		m.create("limited-2")
	}
	m.create("limited-2").want(t, http.StatusTooManyRequests)
}
