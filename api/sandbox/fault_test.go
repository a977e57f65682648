package sandbox_test

import (
	"fmt"
	"strings"
	"testing"

	"kvikk/api/sandbox"
)

// faulty reads faults that a test sets.
func faulty(t testing.TB, specs ...string) []sandbox.Fault {
	t.Helper()
	var set []sandbox.Fault
	for _, spec := range specs {
		f, err := sandbox.ParseFault(spec)
		if err != nil {
			t.Fatal(err)
		}
		set = append(set, f)
	}
	return set
}

func TestAFaultIsWrittenAsItWasRead(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"delay", "delay"},
		{"delay=10%", "delay=10%"},
		{"delay=2.50%,by=90s", "delay=2.50%,by=90s"},
		{"duplicate=0%", "duplicate=0%"},
		{"duplicate=100%", "duplicate=100%"},
		{"drop=1,event=captured", "drop=1,event=captured"},
		{"drop=007", "drop=7"},
		{" reorder ", "reorder"},
		{"wrong-signature=3", "wrong-signature=3"},
		{"old-date,by=1h,event=created", "old-date,by=1h,event=created"},
		{"altered-body,event=user.checked-in.v1", "altered-body,event=user.checked-in.v1"},
		{"token-expiry=1,call=capture", "token-expiry=1,call=capture"},
		{"429=50%", "429=50%"},
		{"500=2,call=token", "500=2,call=token"},
		{"slow,call=get,by=500ms", "slow,call=get,by=500ms"},
		{"lost-answer,call=create", "lost-answer,call=create"},
		{"drop,event=epayments.payment.captured.v1", "drop,event=epayments.payment.captured.v1"},
	} {
		spec, want := pair[0], pair[1]
		f, err := sandbox.ParseFault(spec)
		if err != nil {
			t.Errorf("%q: %v", spec, err)
			continue
		}
		if got := f.String(); got != want {
			t.Errorf("%q is written %q, want %q", spec, got, want)
		}
		if again, err := sandbox.ParseFault(f.String()); err != nil || again != f {
			t.Errorf("%q reads back as %v, %v", f, again, err)
		}
	}
}

func TestAFaultThatCannotBeReadSaysWhatToWrite(t *testing.T) {
	t.Parallel()
	for spec, says := range map[string]string{
		"":                                  "the faults are delay, duplicate",
		"lag":                               "the faults are delay, duplicate",
		"Delay":                             "the faults are delay, duplicate",
		"zebra\x1b[31m":                     `zebra\x1b`,
		"drop=":                             "3 for the next three",
		"drop=0":                            "3 for the next three",
		"drop=-1":                           "3 for the next three",
		"drop=1.5":                          "3 for the next three",
		"drop=99999999999999999999":         "3 for the next three",
		"drop=%":                            "0% to 100%",
		"drop=.%":                           "0% to 100%",
		"drop=101%":                         "0% to 100%",
		"drop=-1%":                          "0% to 100%",
		"drop=NaN%":                         "0% to 100%",
		"drop=1e1%":                         "0% to 100%",
		"drop=0x10%":                        "0% to 100%",
		"drop=1=2":                          "3 for the next three",
		"drop,":                             "it takes event=TYPE",
		"drop,by=3s":                        "it takes event=TYPE",
		"drop,call=get":                     "it takes event=TYPE",
		"drop,event=payed":                  "created, authorized",
		"drop,event=":                       "created, authorized",
		"drop,event=created,event=captured": "given twice",
		"delay,by=3":                        "500ms, 3s or 1h",
		"delay,by=0s":                       "more than 0",
		"delay,by=-1s":                      "more than 0",
		"delay,by=9000h":                    "at most",
		"slow,by=11m":                       "at most 10m0s",
		"slow,event=created":                "it takes call=NAME and by=DURATION",
		"500,call=pay":                      "write one of token, register",
		"token-expiry,call=token":           "carries no token",
		"drop, event=created":               "it takes event=TYPE",
	} {
		f, err := sandbox.ParseFault(spec)
		if err == nil {
			t.Errorf("%q was read as %q", spec, f)
			continue
		}
		if !strings.Contains(err.Error(), says) || f != (sandbox.Fault{}) {
			t.Errorf("%q: %v, want a word about %q", spec, err, says)
		}
	}
}

func FuzzParseFault(f *testing.F) {
	for _, seed := range []string{
		"duplicate=10%", "drop=1,event=captured", "slow,call=get,by=2s", "old-date=0.5%,by=1h", "429=3,call=create",
		"delay,by=1ns,event=recurring.charge-failed.v1", "lost-answer,call=approve", "=,=,", "drop=00000000000000000000000001%",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		got, err := sandbox.ParseFault(spec)
		if err != nil {
			if got != (sandbox.Fault{}) || strings.ContainsAny(err.Error(), "\x00\x1b\n") {
				t.Errorf("%q: %v and %q", spec, got, err)
			}
			return
		}
		again, err := sandbox.ParseFault(got.String())
		if err != nil || again != got {
			t.Errorf("%q is written %q and reads back as %q, %v", spec, got, again, err)
		}
	})
}

func ExampleParseFault() {
	f, err := sandbox.ParseFault("drop=1,event=captured")
	fmt.Println(f, err)
	_, err = sandbox.ParseFault("drop=often")
	fmt.Println(err)
	// Output:
	// drop=1,event=captured <nil>
	// fault "drop=often": "often": write how often as 3 for the next three or as 10% for that share, from 0% to 100%
}
