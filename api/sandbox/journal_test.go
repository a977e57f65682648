package sandbox_test

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

// stop ends a sandbox in the middle of a test.
func (m *merchant) stop() {
	m.t.Helper()
	m.http.CloseIdleConnections()
	if err := m.s.Close(); err != nil {
		m.t.Fatal(err)
	}
}

func TestAStateDirectoryKeepsEverythingForTheNextStart(t *testing.T) {
	t.Parallel()
	c, r := newClock(), receive(t, nil)
	o := sandbox.Options{StateDir: filepath.Join(t.TempDir(), "state"), Now: c.now, More: []sandbox.Keys{{MSN: "222222"}}}
	first := start(t, o)
	id, secret := first.register(r.URL, "created", "captured")
	created := first.create("kept-payment", "metadata", `{"a":"b"}`)
	first.approve("kept-payment").want(t, http.StatusOK)
	captured := first.modify("capture", "kept-payment", 500, "capture-key")
	before := first.call("GET", paymentsPath+"/kept-payment", "").body
	log := first.call("GET", paymentsPath+"/kept-payment/events", "").body
	r.next(t)
	r.next(t)
	first.settled()
	first.s.Advance(20 * time.Minute)
	first.stop()

	o.Addr = strings.TrimPrefix(first.s.URL(), "http://") // redirectUrl names the port
	o.More = nil
	second := start(t, o)
	if a, b := first.s.SalesUnits(), second.s.SalesUnits(); len(b) != 2 || a[0] != b[0] || a[1] != b[1] {
		t.Fatalf("the keys were %v and are %v", a, b)
	}
	second.token = first.token // it is good for an hour
	if got := second.call("GET", paymentsPath+"/kept-payment", "").body; !bytes.Equal(got, before) {
		t.Errorf("the payment was %s and is %s", before, got)
	}
	if got := second.call("GET", paymentsPath+"/kept-payment/events", "").body; !bytes.Equal(got, log) {
		t.Errorf("its log was %s and is %s", log, got)
	}
	if got := second.create("kept-payment", "metadata", `{"a":"b"}`); !bytes.Equal(got.body, created.body) {
		t.Errorf("the create call answered %s and answers %s", created.body, got.body)
	}
	if got := second.modify("capture", "kept-payment", 500, "capture-key"); !bytes.Equal(got.body, captured.body) {
		t.Errorf("the capture answered %s and answers %s", captured.body, got.body)
	}
	if got := string(second.call("GET", webhooksPath, "").body); !strings.Contains(got, id) {
		t.Errorf("the registrations are %s", got)
	}
	second.modify("capture", "kept-payment", 100, "later").want(t, http.StatusOK)
	d := r.next(t)
	d.verify(t, secret)
	if at := d.event(t).Timestamp; !strings.HasPrefix(at, "2026-11-22T07:00") {
		t.Errorf("the clock that was moved by 20 minutes says %s", at)
	}
	r.none(t)
}

func TestWebhooksThatHaveNotArrivedAreDeliveredByTheNextStartInOrder(t *testing.T) {
	t.Parallel()
	o := sandbox.Options{StateDir: t.TempDir(), Schedule: func(int) time.Duration { return time.Hour }}
	up := make(chan struct{})
	r := receive(t, func(delivery) int {
		select {
		case <-up:
			return http.StatusOK
		default:
			return http.StatusServiceUnavailable
		}
	})
	first := start(t, o)
	_, secret := first.register(r.URL, "created", "authorized", "captured")
	first.create("late-payment")
	first.approve("late-payment")
	first.modify("capture", "late-payment", 100, "k")
	r.next(t) // refused
	first.stop()
	close(up)
	second := start(t, o)
	for _, name := range []string{"CREATED", "AUTHORIZED", "CAPTURED"} {
		d := r.next(t)
		d.verify(t, secret)
		if got := d.event(t).Name; got != name {
			t.Errorf("got %s, want %s", got, name)
		}
	}
	second.settled()
	second.stop()
	third := start(t, o)
	third.create("another-one").want(t, http.StatusCreated)
	if got := r.next(t).event(t); got.Reference != "another-one" {
		t.Errorf("what had arrived was delivered again: %+v", got)
	}
}

func TestWhatIsDeletedOrResetStaysSo(t *testing.T) {
	t.Parallel()
	o := sandbox.Options{StateDir: t.TempDir()}
	m := start(t, o)
	id, _ := m.register("http://127.0.0.1:9/x", "created")
	m.register("http://127.0.0.1:9/y", "expired")
	m.call("DELETE", webhooksPath+"/"+id, "").want(t, http.StatusNoContent)
	m.stop()
	m = start(t, o)
	if got := string(m.call("GET", webhooksPath, "").body); strings.Contains(got, id) || !strings.Contains(got, "9/y") {
		t.Errorf("the registrations are %s", got)
	}
	m.create("soon-forgotten").want(t, http.StatusCreated)
	m.admin("POST", "/reset", "").want(t, http.StatusNoContent)
	m.stop()
	m = start(t, o)
	m.call("GET", paymentsPath+"/soon-forgotten", "").want(t, http.StatusNotFound)
	if got := string(m.call("GET", webhooksPath, "").body); got != `{"webhooks":[]}` {
		t.Errorf("the registrations are %s", got)
	}
}

// killed is a state directory as a process leaves it that is killed now, with
// cut bytes of the file missing.
func killed(t *testing.T, dir string, cut int) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "state.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	copied := t.TempDir()
	if err := os.WriteFile(filepath.Join(copied, "state.jsonl"), text[:len(text)-cut], 0o600); err != nil {
		t.Fatal(err)
	}
	return copied
}

func TestWhatWasAnsweredSurvivesAKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := start(t, sandbox.Options{StateDir: dir})
	m.create("first-payment").want(t, http.StatusCreated)
	m.create("second-payment").want(t, http.StatusCreated)
	m.approve("second-payment").want(t, http.StatusOK)
	after := start(t, sandbox.Options{StateDir: killed(t, dir, 0)})
	for reference, state := range map[string]string{"first-payment": "CREATED", "second-payment": "AUTHORIZED"} {
		if got := after.call("GET", paymentsPath+"/"+reference, "").text(t, "state"); got != state {
			t.Errorf("%s is %s, want %s", reference, got, state)
		}
	}
	for cut := 1; cut < 400; cut += 7 { // in the middle of the last line, or at the end of the one before
		torn := start(t, sandbox.Options{StateDir: killed(t, dir, cut)})
		if got := torn.call("GET", paymentsPath+"/second-payment", "").text(t, "state"); got != "CREATED" && got != "AUTHORIZED" {
			t.Errorf("cut by %d bytes the payment is %q", cut, got)
		}
		torn.stop()
	}
}

func TestAStateDirectoryIsForOneSandboxAndForItAlone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	m := start(t, sandbox.Options{StateDir: dir})
	if s, err := sandbox.Start(context.Background(), sandbox.Options{StateDir: dir}); err == nil {
		_ = s.Close()
		t.Error("two sandboxes use one directory")
	} else if !strings.Contains(err.Error(), "another sandbox") {
		t.Errorf("the second one says %v", err)
	}
	for _, path := range []string{"", "lock", "state.jsonl"} {
		info, err := os.Stat(filepath.Join(dir, path))
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%q is %v, %v", path, info.Mode(), err)
		}
	}
	m.stop()
	start(t, sandbox.Options{StateDir: dir})
}

func TestAStateThatCannotBeReadIsLeftAlone(t *testing.T) {
	t.Parallel()
	good := killed(t, func() string {
		dir := t.TempDir()
		start(t, sandbox.Options{StateDir: dir}).stop()
		return dir
	}(), 0)
	line, err := os.ReadFile(filepath.Join(good, "state.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ text, says string }{
		"something else":          {"my diary\n", "line 1 is damaged"},
		"JSON of something else":  {"{\"a\":1}\n", "does not begin"},
		"a newer format":          {`{"version":99}` + "\n", "newer kvikk"},
		"a damaged line":          {string(line) + "{\"msn\":\n{}\n", "is damaged"},
		"a URL that is none":      {string(line) + `{"msn":"1234","registered":[{"id":"x","url":"http://a b\u0000"}]}` + "\n", "registration x"},
		"a line of another shape": {string(line) + "[]\n", "is damaged"},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "state.jsonl")
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := sandbox.Start(context.Background(), sandbox.Options{StateDir: dir})
		if err == nil {
			_ = s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", name, err)
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != tt.text {
			t.Errorf("%s: the file is now %q, %v", name, now, err)
		}
	}
}

func TestAskedInAnotherOrderSalesUnitsStayApart(t *testing.T) {
	t.Parallel()
	o := sandbox.Options{StateDir: t.TempDir(), Keys: sandbox.Keys{MSN: "111111"}, More: []sandbox.Keys{{MSN: "222222"}}}
	first := start(t, o)
	before := first.s.SalesUnits()
	first.stop()
	o.Keys, o.More = before[1], []sandbox.Keys{{}}
	got := start(t, o).s.SalesUnits()
	if len(got) != 3 || got[0] != before[1] || got[2] != before[0] {
		t.Errorf("asked for %v and a new one it serves %v, before it served %v", before[1], got, before)
	}
}

func TestAStartThatWasKilledLeavesNothingBehindTheNext(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "state.jsonl.new"), []byte(`{"version":1,"ser`), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, sandbox.Options{StateDir: dir}).stop()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 2 || files[0].Name() != "lock" || files[1].Name() != "state.jsonl" {
		t.Errorf("the directory holds %v", files)
	}
}
