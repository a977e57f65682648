package sandbox_test

import (
	"net/http"
	"strings"
	"testing"

	"kvikk/api/sandbox"
)

func TestFaultsAreSetThroughTheAdminAPI(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{Faults: faulty(t, "drop=2", "slow=50%,call=get,by=1s")})
	list := func(method, body string) string {
		t.Helper()
		a := m.admin(method, "/faults", body)
		a.want(t, http.StatusOK)
		var v struct{ Faults []string }
		a.read(t, &v)
		if v.Faults == nil {
			t.Errorf("%s: %s", method, a.body)
		}
		return strings.Join(v.Faults, " ")
	}
	if got := list("GET", ""); got != "drop=2 slow=50%,call=get,by=1s" {
		t.Errorf("from the start: %s", got)
	}
	if got := list("PUT", `{"faults":["500=2,call=get","duplicate"]}`); got != "500=2,call=get duplicate" {
		t.Errorf("set: %s", got)
	}
	m.call("GET", paymentsPath+"/any-000001", "").want(t, http.StatusInternalServerError)
	if got := list("GET", ""); got != "500=1,call=get duplicate" {
		t.Errorf("what is left: %s", got)
	}
	m.call("GET", paymentsPath+"/any-000001", "").want(t, http.StatusInternalServerError)
	if got := list("GET", ""); got != "duplicate" {
		t.Errorf("used up: %s", got)
	}
	status := m.admin("GET", "/status", "")
	if status.text(t, "fired") != "2" || status.text(t, "faults") != "[duplicate]" {
		t.Errorf("status %s", status.body)
	}
	if got := list("DELETE", ""); got != "" {
		t.Errorf("cleared: %s", got)
	}
	if got := list("PUT", `{"faults":[]}`); got != "" {
		t.Errorf("set to none: %s", got)
	}
	if _, counts := m.fired(""); counts["500"] != 2 {
		t.Errorf("fired %v", counts)
	}
	m.admin("POST", "/reset", "").want(t, http.StatusNoContent)
	if fired, counts := m.fired(""); len(fired) != 0 || len(counts) != 0 {
		t.Errorf("after a reset: %v %v", fired, counts)
	}
}

func TestBadFaultsChangeNothing(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{Faults: faulty(t, "drop=2")})
	many := strings.TrimSuffix(strings.Repeat(`"drop",`, 101), ",")
	for body, says := range map[string]string{
		``:                                   "JSON object",
		`{}`:                                 "faults is missing",
		`{"faults":null}`:                    "faults is missing",
		`{"faults":"drop"}`:                  "faults",
		`{"faults":[1]}`:                     "faults",
		`{"faults":["duplicate","nothing"]}`: "there is no",
		`{"faults":["drop,by=3s"]}`:          "it takes event=TYPE",
		`{"faults":[` + many + `]}`:          "100 at most",
	} {
		a := m.admin("PUT", "/faults", body)
		a.want(t, http.StatusBadRequest)
		if got := a.text(t, "error"); !strings.Contains(got, says) {
			t.Errorf("%.40s: %s, want a word about %q", body, got, says)
		}
	}
	if got := m.admin("GET", "/faults", "").text(t, "faults"); got != "[drop=2]" {
		t.Errorf("faults %s", got)
	}
}
