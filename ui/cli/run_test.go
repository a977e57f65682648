package cli_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"kvikk/api/sandbox"
	"kvikk/api/scenario"
	"kvikk/api/secret"
	"kvikk/api/webhook"
	"kvikk/ui/cli"
)

// answering starts a receiver that refuses what does not verify with the
// secret, and answers the rest with a status.
func answering(t *testing.T, status int, key string) *httptest.Server {
	t.Helper()
	var s *httptest.Server
	s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil && webhook.Verify(webhook.FromRequest(r, body), secret.New(key), s.URL+r.RequestURI) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(s.Close)
	return s
}

// unhurried rounds the time to the next attempt: a busy machine looks late.
func unhurried(said string) string { return strings.ReplaceAll(said, "in 1s)", "in 2s)") }

func TestRunTellsPeopleOfEveryCheckAndOfTheVerdict(t *testing.T) {
	t.Parallel()
	r := answering(t, http.StatusOK, "made-up")
	k, err := setting{}.run(t, "sandbox", "run", "pay-and-capture", "--callback", r.URL+"/hooks?shop=1", "--secret", "made-up")
	if err != nil {
		t.Fatalf("it ends with %v and says\n%s%s", err, k.out, k.err)
	}
	lines := strings.Split(strings.TrimSuffix(k.out.String(), "\n"), "\n")
	for i, want := range []string{
		"Webhooks go to " + r.URL + "/hooks?shop=1, signed with this secret:",
		"made-up",
		"PASS  CREATED     accepted once  200 in ",
		"PASS  AUTHORIZED  accepted once  200 in ",
		"PASS  CAPTURED    accepted once  200 in ",
		"PASS  payment     AUTHORIZED, 499.00 NOK authorized, 499.00 NOK captured  as it should be",
		"PASS  pay-and-capture: 4 checks, ",
	} {
		if i >= len(lines) || !strings.HasPrefix(lines[i], want) {
			t.Errorf("line %d of\n%s\nwant %s", i+1, k.out, want)
		}
	}
	if said := k.err.String(); !strings.Contains(said, "Create a payment of 499.00 NOK\nThe payer approves\nCapture 499.00 NOK\n") {
		t.Errorf("the steps are told as\n%s", said)
	}
}

func TestRunAllEndsWithOneVerdict(t *testing.T) {
	t.Parallel()
	r := answering(t, http.StatusNoContent, "made-up")
	k, err := setting{}.run(t, "sandbox", "run", "--all", "--callback", r.URL, "--secret", "made-up", "--json")
	if err != nil {
		t.Fatalf("it ends with %v and says\n%s%s", err, k.out, k.err)
	}
	line := k.out.line(t)
	want := []string{
		"ready", "url", "client_id", "client_secret", "subscription_key", "msn", "callback_url", "webhook_id", "webhook_secret",
	}
	if got := members(t, line); !slices.Equal(got, want) {
		t.Errorf("the first line has %q, want %q", got, want)
	}
	var played []string
	checks := 0
	for len(played) <= len(scenario.Names()) {
		v := k.out.object(t)
		if v["verdict"] == nil {
			checks++
		} else if played = append(played, v["scenario"].(string)); v["verdict"] != "PASS" || v["passed"] != true {
			t.Errorf("%v", v)
		}
		if v["scenario"] == "all" && v["checks"] != float64(checks) {
			t.Errorf("%v, and there were %d checks", v, checks)
		}
	}
	if want := append(scenario.Names(), "all"); !slices.Equal(played, want) {
		t.Errorf("the verdicts are on %q, want %q", played, want)
	}
}

func TestRunAllNamesTheScenariosThatFailed(t *testing.T) {
	t.Parallel()
	r := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); strings.Contains(string(body), `"name":"REFUNDED"`) {
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	t.Cleanup(r.Close)
	k, err := setting{}.run(t, "sandbox", "run", "--all", "--callback", r.URL, "--timeout", "3s")
	want := "\nFAIL  1 of 7 scenarios: partial-captures-and-refund. Mend what the first FAIL line says, then run it again.\n"
	if err == nil || !strings.HasSuffix(k.out.String(), want) || !strings.Contains(k.out.String(), "PASS  duplicate-and-late: 4 checks, 2.") {
		t.Errorf("it ends with %v after\n%s", err, k.out)
	}
}

func TestAFailedScenarioIsExitStatus1AndSaysWhatToDo(t *testing.T) {
	t.Parallel()
	r := answering(t, http.StatusInternalServerError, "made-up")
	args := []string{"sandbox", "run", "user-declines", "--callback", r.URL, "--secret", "made-up", "--timeout", "1s"}
	k, err := setting{}.run(t, append(args, "--json")...)
	line, hint := cli.Explain(err)
	if _, wrong := errors.AsType[*cli.UsageError](err); err == nil || wrong || line != "" || hint != "" {
		t.Errorf("it ends with %v, explained as %q, %q", err, line, hint)
	}
	k.out.line(t)
	first := k.out.line(t)
	if got, want := members(t, first), []string{"scenario", "event", "expect", "passed", "reason", "attempts", "status"}; !slices.Equal(got, want) {
		t.Errorf("a check has %q, want %q", got, want)
	}
	if !strings.Contains(unhurried(first), `"event":"epayments.payment.created.v1","expect":"accepted once","passed":false,"reason":"the receiver answered 500 (1 attempt, the next one in 2s); its log should say why","attempts":1,"status":500`) {
		t.Errorf("the first check is %s", first)
	}
	k, _ = setting{}.run(t, args...)
	last := k.out.String()[strings.LastIndex(strings.TrimSpace(k.out.String()), "\n")+1:]
	if !strings.HasPrefix(last, "FAIL  user-declines: 2 of 4 checks failed, ") || !strings.HasSuffix(last, ". Mend what the first FAIL line says, then run it again.\n") {
		t.Errorf("the last line is %s", last)
	}
}

func TestRunUsesASandboxThatRunsAndLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	r := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(r.Close)
	k, err := p.setting(t).run(t, "sandbox", "run", "pay-and-capture", "--callback", r.URL, "--api-url", p.URL(), "--json")
	if err != nil {
		t.Fatalf("it ends with %v and says\n%s%s", err, k.out, k.err)
	}
	first := k.out.object(t)
	if first["client_secret"] != nil || first["url"] != p.URL() || len(first["webhook_secret"].(string)) != 88 {
		t.Errorf("the first line is %v", first)
	}
	if left := p.registrations(t); len(left) > 0 {
		t.Errorf("left behind is %v", left)
	}
	for range 4 {
		k.out.line(t)
	}
	if _, err := p.client.Payment(t.Context(), k.out.object(t)["reference"].(string)); err != nil {
		t.Errorf("the payment of the verdict: %v", err)
	}
}

func TestRunThatIsStoppedFailsAndCleansUp(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	r := answering(t, http.StatusOK, "another")
	k := p.setting(t).start(t, "sandbox", "run", "pay-and-capture", "--callback", r.URL, "--api-url", p.URL())
	k.err.await(t, "CREATED, attempt 1: the receiver answered 401")
	if err := k.stop(t); err == nil {
		t.Error("it ends as if it had passed")
	}
	if left := p.registrations(t); len(left) > 0 {
		t.Errorf("left behind is %v", left)
	}
}

func TestRunOfTheSecondSalesUnit(t *testing.T) {
	t.Parallel()
	s, err := sandbox.Start(t.Context(), sandbox.Options{Keys: sandbox.Keys{MSN: "123456"}, More: []sandbox.Keys{{MSN: "234567"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	r := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(r.Close)
	keys := s.SalesUnits()[1]
	set := setting{env: map[string]string{
		"VIPPS_CLIENT_ID": keys.ClientID, "VIPPS_CLIENT_SECRET": keys.ClientSecret,
		"VIPPS_SUBSCRIPTION_KEY": keys.SubscriptionKey, "VIPPS_MSN": keys.MSN,
	}}
	if k, err := set.run(t, "sandbox", "run", "user-declines", "--callback", r.URL, "--api-url", s.URL()); err != nil {
		t.Errorf("it ends with %v and says\n%s%s", err, k.out, k.err)
	}
}

func TestRunRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	for line, want := range map[string]string{
		"run --callback http://127.0.0.1:1":               "there are pay-and-capture, partial-captures-and-refund, user-declines, expires, cancel-after-authorization, insufficient-funds, duplicate-and-late",
		"run nope --callback http://127.0.0.1:1":          `there is no scenario "nope"; there are pay-and-capture, `,
		"run expires user-declines --callback http://a":   `"user-declines" is one too many`,
		"run expires --all --callback http://127.0.0.1:1": `leave out "expires", or --all`,
		"run expires": "--callback is missing",
		"run expires --callback-url http://127.0.0.1:1":                                "--callback-url is the base of a tunnel",
		"run expires --callback http://127.0.0.1:1 --tunnel ngrok":                     "--tunnel has no effect on kvikk sandbox run; leave it out",
		"run expires --callback http://127.0.0.1:1 --callback-url http://127.0.0.1:1":  "--callback-url has no effect on kvikk sandbox run; leave it out",
		"run expires --callback http://127.0.0.1:1 --profile shop":                     "--profile has no effect",
		"run expires --callback http://127.0.0.1:1 --api-url=":                         "--api-url is empty; give it a value, or leave it out",
		"run expires --callback 127.0.0.1:3000":                                        "is no URL; use one such as http://127.0.0.1:3000/webhooks",
		"run expires --callback ftp://127.0.0.1":                                       "is no URL",
		"run expires --callback http://192.0.2.1/hooks":                                "--callback: The URL must start with https://",
		"run expires --callback https://192.0.2.1/hooks":                               "--callback: ",
		"run expires --callback http://127.0.0.1:1 --secret=":                          "--secret is empty",
		"run expires --callback http://127.0.0.1:1 --timeout 0s":                       "0s is no time to wait",
		"run expires --callback http://127.0.0.1:1 --callback-ca /no/such":             "no such file",
		"run expires --callback http://127.0.0.1:1 --api-url https://apitest.vipps.no": "leave the flag out, or name the address of a sandbox",
		"run expires --callback http://127.0.0.1:1 --api-url http://example.com":       "--api-url: ",
		"run expires --callback http://127.0.0.1:1 --secret x --api-url " + p.URL():    "--secret does not go with --api-url: the sandbox that runs there makes the secret itself",
		"run expires --callback http://127.0.0.1:1 --api-url " + p.URL():               "VIPPS_CLIENT_ID, VIPPS_CLIENT_SECRET, VIPPS_SUBSCRIPTION_KEY, VIPPS_MSN are missing; export the lines that kvikk sandbox prints",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			k, err := setting{}.run(t, append([]string{"sandbox"}, strings.Fields(line)...)...)
			e, wrong := errors.AsType[*cli.UsageError](err)
			if !wrong || !strings.Contains(err.Error(), want) || !strings.HasPrefix(e.Command, "kvikk sandbox run") || k.out.String() != "" {
				t.Errorf("it ends with %v after %q, want %q", err, k.out, want)
			}
		})
	}
}

func TestRunSaysThatNoSandboxAnswers(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(other.Close)
	p := startProvider(t)
	_, err := p.setting(t).run(t, "sandbox", "run", "expires", "--callback", "http://127.0.0.1:1", "--api-url", other.URL)
	if err == nil || !strings.Contains(err.Error(), "answers 404 where a kvikk sandbox has its admin API") {
		t.Errorf("it ends with %v", err)
	}
}

func TestScenariosAreListed(t *testing.T) {
	t.Parallel()
	k, err := setting{}.run(t, "sandbox", "scenarios", "--json")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scenario.All() {
		v := k.out.object(t)
		if v["scenario"] != s.Name || v["title"] != s.Title || v["about"] != s.About || len(v["events"].([]any)) != len(s.Events()) {
			t.Errorf("%s is listed as %v", s.Name, v)
		}
	}
	k, err = setting{}.run(t, "sandbox", "scenarios")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"pay-and-capture\n  The payer approves", "\n  CAPTURED    accepted twice, the second a duplicate\n", "\n  payment     EXPIRED, nothing authorized\n"} {
		if !strings.Contains(k.out.String(), want) {
			t.Errorf("no %q in\n%s", want, k.out)
		}
	}
}

func TestScenariosAreCompleted(t *testing.T) {
	t.Parallel()
	k, err := setting{}.run(t, "__complete", "sandbox", "run", "p")
	if err != nil {
		t.Fatal(err)
	}
	said := k.out.String() + k.err.String()
	if !strings.Contains(said, "pay-and-capture\tPay and capture\n") || !strings.Contains(said, ":4\n") {
		t.Errorf("completed is\n%s", said)
	}
}
