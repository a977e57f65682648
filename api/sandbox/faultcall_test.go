package sandbox_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

func TestARefusingFaultLeavesNoTrace(t *testing.T) {
	t.Parallel()
	tests := []struct {
		fault  string
		status int
		check  func(*testing.T, answer)
	}{
		{"token-expiry=7", 401, func(t *testing.T, a answer) {
			if got := a.text(t, "result.message"); got != "The access token has expired." {
				t.Errorf("message %s", got)
			}
		}},
		{"429=7", 429, func(t *testing.T, a answer) {
			if a.header.Get("Retry-After") != "1" || a.text(t, "statusCode") != "429" {
				t.Errorf("Retry-After %q, body %s", a.header.Get("Retry-After"), a.body)
			}
		}},
		{"500=7", 500, func(t *testing.T, a answer) {
			if p := a.problem(t); p.field("ErrorCode") != "3010" || p.Status != 500 {
				t.Errorf("problem %+v", p)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.fault, func(t *testing.T) {
			t.Parallel()
			r := receive(t, nil)
			m := start(t, sandbox.Options{})
			m.register(r.URL, "created", "captured")
			set := func() { m.s.SetFaults(faulty(t, tt.fault)...) }
			set()
			for range 7 { // more than the rate limit allows
				a := m.create("traceless1")
				a.want(t, tt.status)
				tt.check(t, a)
			}
			m.create("traceless1").want(t, http.StatusCreated) // under the same key
			m.approve("traceless1").want(t, http.StatusOK)
			set()
			for range 7 {
				m.modify("capture", "traceless1", 100, "a").want(t, tt.status)
			}
			for _, key := range []string{"a", "b", "c", "d", "e"} {
				m.modify("capture", "traceless1", 100, key).want(t, http.StatusOK)
			}
			if got := m.call("GET", paymentsPath+"/traceless1", "").text(t, "aggregate.capturedAmount.value"); got != "500" {
				t.Errorf("captured %s", got)
			}
			m.settled()
			m.checkFourteenFired(t, tt.fault)
		})
	}
}

// checkFourteenFired looks for the fault in the log: seven times at create, then
// seven times at capture.
func (m *merchant) checkFourteenFired(t *testing.T, fault string) {
	t.Helper()
	fired, counts := m.fired("?after=7&reference=traceless1")
	kind, _, _ := strings.Cut(fault, "=")
	if len(fired) != 7 || counts[kind] != 14 {
		t.Fatalf("fired %+v, %v", fired, counts)
	}
	if f := fired[6]; f.Kind != kind || f.Call != "capture" || f.MSN != m.s.Keys().MSN || f.Event != "" || f.Fault != fault {
		t.Errorf("fired %+v", f)
	}
	if first, _ := m.fired(""); first[0].Call != "create" || first[0].Reference != "traceless1" {
		t.Errorf("fired first %+v", first[0])
	}
}

func TestEveryCallCanFail(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	m.create("failing-01").want(t, http.StatusCreated)
	path := paymentsPath + "/failing-01"
	calls := map[string]func() answer{
		"token":    func() answer { return m.login() },
		"register": func() answer { return m.call("POST", webhooksPath, `{}`) },
		"list":     func() answer { return m.call("GET", webhooksPath, "") },
		"delete":   func() answer { return m.call("DELETE", webhooksPath+"/some-id", "") },
		"create":   func() answer { return m.call("POST", paymentsPath, `{"reference":1}`) },
		"get":      func() answer { return m.call("GET", path, "") },
		"events":   func() answer { return m.call("GET", path+"/events", "") },
		"cancel":   func() answer { return m.call("POST", path+"/cancel", "") },
		"capture":  func() answer { return m.modify("capture", "failing-01", 100, "a") },
		"refund":   func() answer { return m.modify("refund", "failing-01", 100, "a") },
		"approve":  func() answer { return m.approve("failing-01") },
	}
	for name := range calls {
		m.s.SetFaults(faulty(t, "500=1,call="+name)...)
		for other, call := range calls {
			if a := call(); a.status == 500 != (other == name) {
				t.Errorf("with %s failing, %s answers %d", name, other, a.status)
			}
		}
		if left := m.s.Faults(); len(left) != 0 {
			t.Errorf("%s: left %v", name, left)
		}
	}
}

func TestFaultsOfCallsSpareWhatIsNoCall(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	landing := strings.TrimPrefix(m.create("spared-001").text(t, "redirectUrl"), m.s.URL())
	m.s.SetFaults(faulty(t, "500=1", "lost-answer=1")...)
	m.send("GET", landing, "", nil).want(t, http.StatusOK)
	m.admin("GET", "/status", "").want(t, http.StatusOK)
	m.call("GET", "/nothing", "").want(t, http.StatusNotFound)
	m.call("GET", webhooksPath, "", header{"Authorization": "Bearer wrong"}).want(t, http.StatusUnauthorized)
	m.call("GET", webhooksPath, "", header{"Ocp-Apim-Subscription-Key": "wrong"}).want(t, http.StatusUnauthorized)
	if got := len(m.s.Faults()); got != 2 {
		t.Errorf("%d faults are left of 2", got)
	}
}

func TestALostAnswerIsFoundAgainUnderItsKey(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	m := start(t, sandbox.Options{})
	_, secret := m.register(r.URL, "created")
	m.s.SetFaults(faulty(t, "lost-answer=1,call=create")...)
	if a, err := m.try(t.Context(), "POST", paymentsPath, paymentBody("lost-00001")); err == nil {
		t.Fatalf("answered %d", a)
	}
	d := r.next(t)
	d.verify(t, secret)
	if e := d.event(t); e.Reference != "lost-00001" || e.Name != "CREATED" {
		t.Errorf("delivered %+v", e)
	}
	m.call("POST", paymentsPath, paymentBody("lost-00001")).want(t, http.StatusCreated)
	m.settled()
	r.none(t)
}

// try makes a call on a connection of its own, so that net/http does not
// repeat it by itself.
func (m *merchant) try(ctx context.Context, method, path, body string) (int, error) {
	m.t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, m.s.URL()+path, strings.NewReader(body))
	if err != nil {
		m.t.Fatal(err)
	}
	req.Header = http.Header{
		"Authorization": {"Bearer " + m.token}, "Ocp-Apim-Subscription-Key": {m.s.Keys().SubscriptionKey},
		"Merchant-Serial-Number": {m.s.Keys().MSN}, "Idempotency-Key": {"key-1"},
	}
	transport := &http.Transport{DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	res, err := transport.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}

func TestASlowAnswerHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	m := start(t, sandbox.Options{Faults: faulty(t, "slow=1,call=create,by=10m")})
	m.register(r.URL, "created")
	ctx, give := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := m.try(ctx, "POST", paymentsPath, paymentBody("slow-00001"))
		ended <- err
	}()
	// The payment is made and its webhook comes, only the answer does not.
	if got := r.next(t).event(t).Reference; got != "slow-00001" {
		t.Errorf("delivered %s", got)
	}
	m.call("GET", paymentsPath+"/slow-00001", "").want(t, http.StatusOK)
	m.create("quick-0001").want(t, http.StatusCreated)
	select {
	case err := <-ended:
		t.Fatalf("the slow call has ended: %v", err)
	default:
	}
	give()
	if err := <-ended; err == nil {
		t.Error("the client that gave up was answered")
	}
	m.call("POST", paymentsPath, paymentBody("slow-00001")).want(t, http.StatusCreated)
}

func TestASlowAnswerComesInTheEnd(t *testing.T) {
	t.Parallel()
	const by = 30 * time.Millisecond
	m := start(t, sandbox.Options{})
	m.s.SetFaults(faulty(t, "slow,by="+by.String())...)
	for name, call := range map[string]func() answer{
		"get": func() answer { return m.call("GET", webhooksPath, "") },
		"token": func() answer {
			return m.send("POST", "/accesstoken/get", `{"ignored":true}`, header{
				"client_id": m.s.Keys().ClientID, "client_secret": m.s.Keys().ClientSecret,
				"Ocp-Apim-Subscription-Key": m.s.Keys().SubscriptionKey,
			})
		},
	} {
		began := time.Now()
		call().want(t, http.StatusOK)
		if took := time.Since(began); took < by {
			t.Errorf("%s was answered in %s", name, took)
		}
	}
}

func TestASlowAnswerEndsWithTheSandbox(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{Faults: faulty(t, "slow,call=list,by=10m")})
	ended := make(chan error, 1)
	go func() {
		_, err := m.try(t.Context(), "GET", webhooksPath, "")
		ended <- err
	}()
	m.until("the call to be held back", func() bool {
		_, counts := m.fired("")
		return counts["slow"] == 1
	})
	if err := m.s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the call was cut off where it could be answered: %v", err)
	}
}

func TestAnswersGoMissingAndComeLateOverHTTP2Too(t *testing.T) {
	t.Parallel()
	authority, err := sandbox.NewAuthority(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s, err := sandbox.Start(t.Context(), sandbox.Options{Authority: authority})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	client := trusting(t, authority)
	client.Transport.(*http.Transport).ForceAttemptHTTP2 = true
	m := &merchant{t: t, s: s, http: client}
	m.token = m.login().text(t, "access_token")
	s.SetFaults(faulty(t, "lost-answer=1,call=list", "slow=1,call=get,by=20ms")...)
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.URL()+webhooksPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Authorization": {"Bearer " + m.token}, "Ocp-Apim-Subscription-Key": {s.Keys().SubscriptionKey}}
	if res, err := client.Do(req); err == nil {
		_ = res.Body.Close()
		t.Errorf("answered %s", res.Status)
	}
	m.call("GET", webhooksPath, "").want(t, http.StatusOK)
	m.call("GET", paymentsPath+"/unknown-01", "").want(t, http.StatusNotFound)
	if fired, _ := m.fired(""); len(fired) != 2 || fired[1].Kind != "slow" {
		t.Errorf("fired %+v", fired)
	}
}
