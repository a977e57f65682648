package scenario_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"kvikk/api/sandbox"
)

func TestFaultsThatAreSetAreAllowedFor(t *testing.T) {
	t.Parallel()
	lenient := func(string, int) int { return http.StatusOK }
	for name, tt := range map[string]struct {
		fault  string
		answer func(string, int) int
		passed bool
		reason string // of CAPTURED
	}{
		"a duplicate":                       {"duplicate,event=captured", nil, true, "200 in "},
		"a dropped message":                 {"drop,event=captured", nil, false, "not sent: the fault drop,event=captured dropped it, which is no fault of the receiver"},
		"a forgery that is refused":         {"wrong-signature=1,event=captured", nil, true, "after 1 failed attempt (the receiver answered 401, which is right: the attempt was forged by a fault)"},
		"forgeries alone":                   {"wrong-signature,event=captured", nil, false, "which is right: every attempt was forged by a fault (wrong-signature)"},
		"a forgery that is taken":           {"wrong-signature=1,event=captured", lenient, false, "the receiver answered 200 to attempt 1, whose signature was wrong on purpose (wrong-signature); anybody could send it webhooks: check the signature over the raw body"},
		"an altered body that is taken":     {"altered-body=1,event=captured", lenient, false, "whose signature was wrong on purpose (altered-body)"},
		"an altered body that is refused":   {"altered-body=1,event=captured", nil, true, "(the receiver answered 401, which is right"},
		"a message that overtakes another":  {"reorder=1,event=authorized", nil, true, "200 in "},
		"an old date, which is no forgery":  {"old-date=1,event=captured", nil, true, "200 in "},
		"a fault of some other event's":     {"drop,event=refunded", nil, true, "200 in "},
		"a message that comes a bit later":  {"delay=1,by=100ms,event=captured", nil, true, "200 in "},
		"a call that is answered too late":  {"slow=1,by=50ms,call=capture", nil, true, "200 in "},
		"a call whose answer has been lost": {"lost-answer=1,call=capture", nil, true, "200 in "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, r := start(t, sandbox.Options{}), receive(t, tt.answer)
			b.register(t, r.URL, "pay-and-capture")
			if _, err := b.control.SetFaults(t.Context(), []string{tt.fault}); err != nil {
				t.Fatal(err)
			}
			v := b.run(t, "pay-and-capture")
			if c := check(t, v, "CAPTURED"); v.Passed() != tt.passed || c.Passed != tt.passed || !strings.Contains(c.Reason, tt.reason) {
				t.Errorf("%+v\nwant the reason %s", v.Checks, tt.reason)
			}
		})
	}
}

func TestAScenarioPutsTheFormerFaultsBack(t *testing.T) {
	t.Parallel()
	b, r := start(t, sandbox.Options{}), receive(t, nil)
	b.register(t, r.URL, "duplicate-and-late")
	former, err := b.control.SetFaults(t.Context(), []string{"drop=2,event=captured", "old-date=10%,by=2h"})
	if err != nil {
		t.Fatal(err)
	}
	if v := b.run(t, "duplicate-and-late"); !v.Passed() {
		t.Errorf("%+v", v.Checks)
	}
	if now, err := b.control.Faults(t.Context()); err != nil || !slices.Equal(now, former) {
		t.Errorf("the faults are %q, %v, and were %q", now, err, former)
	}
}
