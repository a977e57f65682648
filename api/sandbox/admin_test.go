package sandbox_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

// admin calls the admin API; an empty body sends none.
func (m *merchant) admin(method, path, body string, changes ...header) answer {
	m.t.Helper()
	h := header{"Kvikk-Admin": "1"}
	for _, c := range changes {
		for name, value := range c {
			h[name] = value
		}
	}
	return m.send(method, "/_kvikk"+path, body, h)
}

// attempt is an entry of the delivery log as a client reads it.
type attempt struct {
	Seq       int64
	At        time.Time
	MSN       string
	WebhookID string `json:"webhook_id"`
	URL       string
	Event     string
	Reference string
	Attempt   int
	Status    int
	Error     string
	Faults    []string
	TookMS    float64 `json:"took_ms"`
}

// pending is an event that is still to be delivered.
type pending struct {
	WebhookID        string `json:"webhook_id"`
	Event, Reference string
	Attempt          int
	Due              time.Time
}

func (m *merchant) deliveries(query string) (done []attempt, still []pending) {
	m.t.Helper()
	a := m.admin("GET", "/deliveries"+query, "")
	a.want(m.t, http.StatusOK)
	var v struct {
		Deliveries []attempt
		Pending    []pending
	}
	a.read(m.t, &v)
	return v.Deliveries, v.Pending
}

// read decodes an answer whose every member v must know.
func (a answer) read(t testing.TB, v any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(a.body)))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
}

// settled waits until nothing is left to deliver.
func (m *merchant) settled() {
	m.t.Helper()
	m.until("every delivery to be settled", func() bool {
		return m.admin("GET", "/status", "").text(m.t, "pending_deliveries") == "0"
	})
}

// until polls what no channel tells.
func (m *merchant) until(what string, reached func() bool) {
	m.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !reached() {
		if time.Now().After(deadline) {
			m.t.Fatalf("waited 10 seconds in vain for %s", what)
		}
	}
}

func TestTheAdminAPIRefusesInItsOwnShape(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	m.create("admin-0001").want(t, http.StatusCreated)
	tests := []struct {
		name, method, path, body string
		h                        header
		status                   int
		says                     string
	}{
		{"no header", "GET", "/status", "", header{"Kvikk-Admin": ""}, 403, "Kvikk-Admin: 1"},
		{"another header value", "POST", "/reset", "", header{"Kvikk-Admin": "yes"}, 403, "Kvikk-Admin: 1"},
		{"no header and no such path", "GET", "/nothing", "", header{"Kvikk-Admin": ""}, 403, "Kvikk-Admin: 1"},
		{"a foreign origin", "GET", "/status", "", header{"Origin": "https://evil.example"}, 403, "another origin"},
		{"a page of another site", "GET", "/status", "", header{"Sec-Fetch-Site": "cross-site"}, 403, "another site"},
		{"a host that was rebound", "GET", "/status", "", header{"Host": "evil.example"}, 421, "localhost"},
		{"no such path", "GET", "/nothing", "", nil, 404, "/_kvikk/nothing"},
		{"the bare prefix", "GET", "", "", nil, 404, "/_kvikk"},
		{"a method that it does not have", "PUT", "/clock", "{}", nil, 405, "PUT"},
		{"a body that is too long", "POST", "/clock", `{"advance":"` + strings.Repeat("1", 1<<20) + `s"}`, nil, 413, "longer"},
		{"no body", "POST", "/clock", "", nil, 400, `{"advance":"10m"}`},
		{"a body that is no object", "POST", "/clock", `["10m"]`, nil, 400, "object"},
		{"a body of null", "POST", "/clock", `null`, nil, 400, "object"},
		{"a body that is no JSON", "POST", "/clock", `{"advance"`, nil, 400, "not valid JSON"},
		{"two bodies", "POST", "/clock", `{"advance":"1m"}{"advance":"1m"}`, nil, 400, "nothing else"},
		{"an unknown member", "POST", "/clock", `{"advance":"1m","to":"1"}`, nil, 400, `"to"`},
		{"a number for a duration", "POST", "/clock", `{"advance":600}`, nil, 400, "advance"},
		{"a duration without a unit", "POST", "/clock", `{"advance":"600"}`, nil, 400, "duration"},
		{"a step back", "POST", "/clock", `{"advance":"-1m"}`, nil, 400, "forward only"},
		{"no step", "POST", "/clock", `{"advance":"0s"}`, nil, 400, "forward only"},
		{"11 years", "POST", "/clock", `{"advance":"96360h"}`, nil, 400, "10 years"},
		{"a sequence number of letters", "GET", "/deliveries?after=x", "", nil, 400, "after"},
		{"a negative sequence number", "GET", "/deliveries?after=-1", "", nil, 400, "after"},
		{"an unknown query", "GET", "/deliveries?since=1", "", nil, 400, "since"},
		{"a query given twice", "GET", "/deliveries?after=1&after=2", "", nil, 400, "after"},
		{"a malformed query", "GET", "/deliveries?reference=%zz", "", nil, 400, "Percent-encode"},
		{"a decision that is none", "POST", "/payments/admin-0001/payer", `{"decision":"maybe"}`, nil, 400, "approve or decline"},
		{"no decision", "POST", "/payments/admin-0001/payer", `{}`, nil, 400, "approve or decline"},
		{"an unknown payment", "POST", "/payments/unknown-1/payer", `{"decision":"approve"}`, nil, 404, "unknown-1"},
		{"an unknown sales unit", "POST", "/payments/admin-0001/payer", `{"decision":"approve","msn":"99999999"}`, nil, 404, "99999999"},
	}
	for _, tt := range tests {
		a := m.admin(tt.method, tt.path, tt.body, tt.h)
		var v struct{ Error string }
		a.read(t, &v)
		if a.status != tt.status || !strings.Contains(v.Error, tt.says) {
			t.Errorf("%s: %d %q, want %d and a word about %s", tt.name, a.status, v.Error, tt.status, tt.says)
		}
	}
	if got := m.admin("PUT", "/clock", "{}").header.Get("Allow"); got != "POST" {
		t.Errorf("Allow: %q", got)
	}
	if got := m.admin("GET", "/status", "").text(t, "clock_offset"); got != "0s" {
		t.Errorf("a refused request has moved the clock by %s", got)
	}
}

func TestARefusedCardIsNoDecision(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	m.create("refused-01", "amount", `{"currency":"NOK","value":151}`).want(t, http.StatusCreated)
	for range 2 { // the payer may try again
		a := m.admin("POST", "/payments/refused-01/payer", `{"decision":"approve"}`)
		a.want(t, http.StatusOK)
		if a.text(t, "state") != "CREATED" || a.text(t, "outcome") == "" {
			t.Errorf("refused: %s", a.body)
		}
	}
	m.admin("POST", "/payments/refused-01/payer", `{"decision":"decline"}`).want(t, http.StatusOK)
}

func TestStatusCountsWhatThereIs(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	r := receive(t, func(delivery) int {
		<-release
		return 0
	})
	m := start(t, sandbox.Options{})
	m.register(r.URL, "created", "authorized")
	m.create("status-001").want(t, http.StatusCreated)
	m.create("status-002").want(t, http.StatusCreated)
	m.approve("status-001").want(t, http.StatusOK)
	a := m.admin("GET", "/status", "")
	a.want(t, http.StatusOK)
	var v struct {
		Now         time.Time
		ClockOffset string `json:"clock_offset"`
		SalesUnits  []struct {
			MSN                     string
			ClientID                string `json:"client_id"`
			Payments, Registrations int
		} `json:"sales_units"`
		Pending int `json:"pending_deliveries"`
		Fired   int
		Faults  []string
	}
	a.read(t, &v)
	if len(v.SalesUnits) != 1 || v.SalesUnits[0].MSN != m.s.Keys().MSN || v.SalesUnits[0].ClientID != m.s.Keys().ClientID ||
		v.SalesUnits[0].Payments != 2 || v.SalesUnits[0].Registrations != 1 {
		t.Errorf("sales units %+v", v.SalesUnits)
	}
	if v.Pending != 3 || v.Fired != 0 || v.Faults == nil || len(v.Faults) != 0 || time.Since(v.Now).Abs() > time.Minute {
		t.Errorf("status %s", a.body)
	}
	close(release)
	m.settled()
}

func TestThePayerDecidesThroughTheAdminAPI(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	m := start(t, sandbox.Options{})
	m.register(r.URL, "authorized", "aborted")
	for decision, want := range map[string][2]string{"approve": {"AUTHORIZED", "AUTHORIZED"}, "decline": {"ABORTED", "ABORTED"}} {
		reference := "payer-" + decision
		m.create(reference).want(t, http.StatusCreated)
		a := m.admin("POST", "/payments/"+reference+"/payer", `{"decision":"`+decision+`","msn":"`+m.s.Keys().MSN+`"}`)
		a.want(t, http.StatusOK)
		if a.text(t, "reference") != reference || a.text(t, "state") != want[0] || a.text(t, "outcome") == "" {
			t.Errorf("%s: %s", decision, a.body)
		}
		if e := r.next(t).event(t); e.Name != want[1] || e.Reference != reference {
			t.Errorf("%s: delivered %s of %s", decision, e.Name, e.Reference)
		}
		again := m.admin("POST", "/payments/"+reference+"/payer", `{"decision":"approve"}`)
		again.want(t, http.StatusConflict)
		if again.text(t, "error") == "" {
			t.Errorf("%s again: %s", decision, again.body)
		}
	}
}
