package cli_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kvikk/api/webhook"
	"kvikk/ui/cli"
)

// taking starts a receiver that takes everything and shows the bodies.
func taking(t *testing.T) (url string, bodies <-chan string) {
	t.Helper()
	came := make(chan string, 10)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		came <- string(body)
	}))
	t.Cleanup(s.Close)
	return s.URL, came
}

func TestEveryEventOfTheOtherAPIsIsSent(t *testing.T) {
	t.Parallel()
	for _, info := range webhook.Types() {
		if info.API == webhook.EPayment {
			continue
		}
		t.Run(string(info.Type), func(t *testing.T) {
			t.Parallel()
			r := answering(t, http.StatusOK, "made-up")
			k, err := setting{}.run(t, "sandbox", "send", info.Name, "--callback", r.URL, "--secret", "made-up", "--json")
			if err != nil {
				t.Fatalf("it ends with %v and says\n%s%s", err, k.out, k.err)
			}
			k.out.line(t)
			if c := k.out.object(t); c["scenario"] != "send" || c["event"] != string(info.Type) || c["expect"] != "accepted once" || c["passed"] != true {
				t.Errorf("the check is %v", c)
			}
			if v := k.out.object(t); v["verdict"] != "PASS" || v["scenario"] != "send" || v["checks"] != 1.0 {
				t.Errorf("the verdict is %v", v)
			}
		})
	}
}

func TestMembersOfThePayloadAreSentAsTheyStand(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "charge.json")
	if err := os.WriteFile(file, []byte(`{"amount":100,"chargeId":"chr-7"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, payload := range []string{`{"amount":100,"chargeId":"chr-7"}`, "@" + file} {
		url, bodies := taking(t)
		k, err := setting{}.run(t, "sandbox", "send", "charge-captured", "--callback", url, "--payload", payload)
		if err != nil {
			t.Fatalf("it ends with %v and says\n%s%s", err, k.out, k.err)
		}
		body := <-bodies
		if !strings.Contains(body, `"chargeId":"chr-7"`) || !strings.Contains(body, `"amount":100,`) || !strings.Contains(body, `"eventType":"recurring.charge-captured.v1"`) {
			t.Errorf("sent is %s", body)
		}
		if !strings.Contains(k.err.String(), body) || !strings.Contains(k.out.String(), "PASS  charge-captured  accepted once  200 in ") {
			t.Errorf("it says\n%s%s", k.out, k.err)
		}
	}
}

func TestAnEventThatIsNotAcceptedIsExitStatus1(t *testing.T) {
	t.Parallel()
	r := answering(t, http.StatusOK, "another")
	k, err := setting{}.run(t, "sandbox", "send", "user.checked-in.v1", "--callback", r.URL, "--timeout", "1s")
	if _, wrong := errors.AsType[*cli.UsageError](err); err == nil || wrong {
		t.Errorf("it ends with %v", err)
	}
	if !strings.Contains(unhurried(k.out.String()), "FAIL  checked-in  accepted once  the receiver answered 401 (1 attempt, the next one in 2s); does it use this registration's secret, and the raw body?\nFAIL  send: 1 of 1 check failed, ") {
		t.Errorf("it says\n%s", k.out)
	}
}

func TestSendRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	large := filepath.Join(t.TempDir(), "large.json")
	if err := os.WriteFile(large, []byte(`{"a":"`+strings.Repeat("x", 600<<10)+`"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "name the event to send, such as charge-captured; there are recurring.agreement-activated.v1, "},
		{[]string{"nope"}, `there is no event "nope"; there are recurring.agreement-activated.v1, `},
		{[]string{"captured"}, "epayments.payment.captured.v1 comes of a payment; kvikk sandbox run plays one"},
		{[]string{"ping", "started"}, `"started" is one too many`},
		{[]string{"ping", "--payload", "[1]"}, `--payload: it is no JSON object such as {"amount":49900}`},
		{[]string{"ping", "--payload", "null"}, "--payload: it is no JSON object"},
		{[]string{"ping", "--payload", "{} {}"}, "--payload: it is no JSON object"},
		{[]string{"ping", "--payload", "@/no/such/file"}, "--payload: open the file: "},
		{[]string{"ping", "--payload", "@" + large}, "is longer than 512 KiB"},
		{[]string{"ping", "--callback", "nowhere"}, "--callback: "},
	} {
		t.Run(tt.want, func(t *testing.T) {
			t.Parallel()
			k, err := setting{}.run(t, append([]string{"sandbox", "send", "--callback", "http://127.0.0.1:1"}, tt.args...)...)
			e, wrong := errors.AsType[*cli.UsageError](err)
			if !wrong || !strings.Contains(err.Error(), tt.want) || e.Command != "kvikk sandbox send" || k.out.String() != "" {
				t.Errorf("it ends with %v, want %q", err, tt.want)
			}
		})
	}
}

func TestEventsAreCompleted(t *testing.T) {
	t.Parallel()
	k, err := setting{}.run(t, "__complete", "sandbox", "send", "")
	if err != nil {
		t.Fatal(err)
	}
	said := k.out.String() + k.err.String()
	if !strings.Contains(said, "user.checked-in.v1\tA user has scanned") || strings.Contains(said, "epayments") || !strings.Contains(said, ":4\n") {
		t.Errorf("completed is\n%s", said)
	}
}
