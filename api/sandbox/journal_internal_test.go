package sandbox

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestASavedPaymentIsTheSameAgain(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 6, 40, 0, 123, time.UTC)
	p := &payment{
		reference: "a", pspReference: "b", state: stateAuthorized, amount: money{"NOK", 1}, funds: funds{4, 3, 2, 1},
		description: "c", method: "d", userFlow: "e", phone: "o", picture: picture{qrPNG, 200}, returnURL: "f", scope: "g", sub: "h", metadata: map[string]string{"i": "j"},
		express: true, delivery: chosenShipping{"p", "q", 6}, createKey: "k", landing: "l", createdAt: at, authorizedAt: at.Add(1), expiresAt: at.Add(2), settlesAt: at.Add(3),
		asked: true, events: []event{{eventCreated, at, 5, "m", "n", true}},
	}
	kept := func(f reflect.StructField) bool { return !slices.Contains([]string{"place", "used", "ids"}, f.Name) }
	v := reflect.ValueOf(*p)
	for i := range v.NumField() {
		if kept(v.Type().Field(i)) && v.Field(i).IsZero() {
			t.Errorf("the test leaves %s empty", v.Type().Field(i).Name)
		}
	}
	line := entry{Payments: []savedPayment{p.save()}}
	before, err := replay(strings.NewReader(`{"version":1}` + "\n" + strings.Replace(string(encode(line)), "{", `{"msn":"1234",`, 1) + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := before.unit("1234").payments["a"].payment(nil); !reflect.DeepEqual(got, p) {
		t.Errorf("saved\n%+v\nread\n%+v", p, got)
	}
}

func TestWhileTheStateCannotBeSavedNothingIsAcknowledgedAndNothingLost(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := Start(context.Background(), Options{StateDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	readOnly, err := os.Open(filepath.Join(dir, "state.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	s.journal.mu.Lock()
	good := s.journal.file
	s.journal.file = readOnly
	s.journal.mu.Unlock()
	move := func() int {
		req, err := http.NewRequest(http.MethodPost, s.URL()+"/_kvikk/clock", strings.NewReader(`{"advance":"1m"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Kvikk-Admin", "1")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return res.StatusCode
	}
	if got := move(); got != http.StatusInternalServerError {
		t.Errorf("while nothing can be saved it answers %d", got)
	}
	s.journal.mu.Lock()
	s.journal.file = good
	s.journal.mu.Unlock()
	if got := move(); got != http.StatusOK {
		t.Errorf("afterwards it answers %d", got)
	}
	http.DefaultClient.CloseIdleConnections()
	if err := readOnly.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := readJournal(filepath.Join(dir, "state.jsonl"))
	if err != nil || before.offset != 2*time.Minute {
		t.Errorf("the clock is saved as %v ahead, %v", before.offset, err)
	}
}

func FuzzReplay(f *testing.F) {
	f.Add([]byte(`{"version":1,"server":{"starts":1,"keys":[{"MSN":"1234"}]}}` + "\n" + `{"msn":"1234","settled":[3],"queued":[{"id":3,"webhook":"w"}]}` + "\n"))
	f.Add([]byte(`{"version":1}` + "\n" + `{"msn":"1","reset":true,"outcomes":[{"request":"AA=="}],"payments":[{"events":[{}]}]}` + "\n" + `{"msn`))
	f.Fuzz(func(t *testing.T, text []byte) {
		before, err := replay(strings.NewReader(string(text)))
		if err != nil {
			return
		}
		var again []byte
		for _, e := range before.entries() {
			again = append(append(again, encode(e)...), '\n')
		}
		twice, err := replay(strings.NewReader(string(again)))
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, again)
		}
		if len(twice.entries()) != len(before.entries()) {
			t.Fatalf("%d entries became %d", len(before.entries()), len(twice.entries()))
		}
		for _, u := range twice.units {
			for _, s := range u.payments {
				s.payment(nil)
			}
			for _, o := range u.outcomes {
				o.outcome()
			}
		}
	})
}
