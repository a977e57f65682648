package scenario_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"kvikk/api"
	"kvikk/api/sandbox"
	"kvikk/api/scenario"
	"kvikk/api/webhook"
)

func TestAGoodReceiverPassesEveryScenario(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"pay-and-capture":             "CREATED AUTHORIZED CAPTURED",
		"partial-captures-and-refund": "CREATED AUTHORIZED CAPTURED CAPTURED REFUNDED",
		"user-declines":               "CREATED ABORTED",
		"expires":                     "CREATED EXPIRED",
		"cancel-after-authorization":  "CREATED AUTHORIZED CANCELLED",
		"insufficient-funds":          "CREATED AUTHORIZED ABORTED",
		"duplicate-and-late":          "CREATED AUTHORIZED CAPTURED CAPTURED",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, r := start(t, sandbox.Options{}), receive(t, nil)
			b.register(t, r.URL+"/hooks?shop=1", name)
			v := b.run(t, name)
			for _, c := range v.Checks {
				if !c.Passed || c.Reason == "" {
					t.Errorf("%+v", c)
				}
			}
			if !v.Passed() || v.Scenario != name || v.Failures() != 0 || v.Took <= 0 {
				t.Errorf("the verdict is %+v", v)
			}
			if got := r.accepted(); got != want {
				t.Errorf("the receiver took %s, want %s", got, want)
			}
			if p, err := b.client.Payment(t.Context(), v.Reference); err != nil || p.Reference != v.Reference {
				t.Errorf("the payment is %+v, %v", p, err)
			}
		})
	}
}

func TestEveryScenarioIsInTheTests(t *testing.T) {
	t.Parallel()
	names := scenario.Names()
	if len(names) != 7 || len(slices.Compact(slices.Sorted(slices.Values(names)))) != 7 {
		t.Errorf("the names are %q", names)
	}
	for _, s := range scenario.All() {
		if s.Title == "" || s.About == "" || len(s.Expected()) != len(s.Events())+1 {
			t.Errorf("%+v", s)
		}
		for _, e := range s.Events() {
			if info, ok := webhook.Lookup(e); !ok || info.API != webhook.EPayment {
				t.Errorf("%s expects %s", s.Name, e)
			}
		}
	}
	if _, ok := scenario.Find("pay"); ok {
		t.Error("a part of a name finds a scenario")
	}
}

func TestStepsAndChecksAreReportedAsTheyCome(t *testing.T) {
	t.Parallel()
	b, receiver := start(t, sandbox.Options{}), receive(t, nil)
	b.register(t, receiver.URL, "partial-captures-and-refund")
	var steps []string
	var checks []scenario.Check
	r := b.runner()
	r.Report = func(p scenario.Progress) {
		if p.Step != "" {
			steps = append(steps, p.Step)
		}
		if p.Check != nil {
			checks = append(checks, *p.Check)
		}
	}
	s := find(t, "partial-captures-and-refund")
	v, err := r.Run(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{
		"Create a payment of 499.00 NOK", "The payer approves", "Capture 300.00 NOK", "Capture 199.00 NOK", "Refund 100.00 NOK",
	}; !slices.Equal(steps, want) {
		t.Errorf("the steps are %q, want %q", steps, want)
	}
	if !slices.Equal(checks, v.Checks) {
		t.Errorf("reported are %+v, the verdict has %+v", checks, v.Checks)
	}
	for i, c := range s.Expected() {
		if v.Checks[i].Event != c.Event || v.Checks[i].Expect != c.Expect || c.Passed {
			t.Errorf("expected is %+v, and came %+v", c, v.Checks[i])
		}
	}
}

func TestARunNeedsARegistrationThatIsMeant(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		urls []string
		id   string
		want string
	}{
		"none":          {nil, "", "no webhook is registered"},
		"two":           {[]string{"/a", "/b"}, "", "2 webhooks are registered"},
		"one that went": {[]string{"/a"}, "8a3d1a5e-6d9c-4b6e-9b39-0b1f5f1f7a11", "does not exist any more"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, receiver := start(t, sandbox.Options{}), receive(t, nil)
			for _, path := range tt.urls {
				b.register(t, receiver.URL+path, "pay-and-capture")
			}
			r := b.runner()
			r.WebhookID = tt.id
			if _, err := r.Run(t.Context(), find(t, "pay-and-capture")); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("the error is %v, want %q", err, tt.want)
			}
			if got := receiver.accepted(); got != "" {
				t.Errorf("%s was delivered all the same", got)
			}
		})
	}
}

func TestOnlyTheRegistrationThatIsMeantIsJudged(t *testing.T) {
	t.Parallel()
	b, good, bad := start(t, sandbox.Options{}), receive(t, nil), receive(t, func(string, int) int { return http.StatusInternalServerError })
	b.register(t, bad.URL, "duplicate-and-late")
	hook := b.register(t, good.URL, "duplicate-and-late")
	r := b.runner()
	r.WebhookID = hook.ID
	v, err := r.Run(t.Context(), find(t, "duplicate-and-late"))
	if err != nil || !v.Passed() {
		t.Errorf("the verdict is %+v, %v", v, err)
	}
}

func TestAStepThatCannotBeDoneIsAnErrorAndNoVerdict(t *testing.T) {
	t.Parallel()
	b, receiver := start(t, sandbox.Options{}), receive(t, nil)
	b.register(t, receiver.URL, "pay-and-capture")
	r := b.runner()
	r.NewReference = func() string { return "the-same-twice" }
	if _, err := r.Run(t.Context(), find(t, "pay-and-capture")); err != nil {
		t.Fatal(err)
	}
	_, err := r.Run(t.Context(), find(t, "pay-and-capture"))
	if e, ok := errors.AsType[*api.Error](err); !ok || e.Code != "4150" || !strings.HasPrefix(err.Error(), "create a payment of 499.00 NOK: ") {
		t.Errorf("the error is %v", err)
	}
}

func TestSomebodyElsesRefundShowsInThePayment(t *testing.T) {
	t.Parallel()
	b, receiver := start(t, sandbox.Options{}), receive(t, nil)
	b.register(t, receiver.URL, "pay-and-capture")
	r, refunded := b.runner(), false
	r.NewReference = func() string { return "shared-with-another" }
	r.Report = func(p scenario.Progress) {
		if p.Check != nil && !refunded {
			refunded = true
			if _, err := b.client.RefundPayment(t.Context(), "shared-with-another", api.Amount{Currency: "NOK", Value: 100}); err != nil {
				t.Error(err)
			}
		}
	}
	v, err := r.Run(t.Context(), find(t, "pay-and-capture"))
	if err != nil {
		t.Fatal(err)
	}
	if c := check(t, v, scenario.Payment); c.Passed || v.Failures() != 1 || !strings.Contains(c.Reason, "1.00 NOK refunded; did something else") {
		t.Errorf("%+v", c)
	}
}

func TestTheEndOfTheContextEndsARun(t *testing.T) {
	t.Parallel()
	b := start(t, sandbox.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	receiver := receive(t, func(string, int) int { cancel(); return http.StatusInternalServerError })
	b.register(t, receiver.URL, "duplicate-and-late")
	former := []string{"drop=3,event=epayments.payment.refunded.v1"}
	former, err := b.control.SetFaults(t.Context(), former)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.runner().Run(ctx, find(t, "duplicate-and-late")); !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	if now, err := b.control.Faults(t.Context()); err != nil || !slices.Equal(now, former) {
		t.Errorf("the faults are %q, %v, and were %q", now, err, former)
	}
}

func TestAScenarioCanBePlayedAgainAndAgain(t *testing.T) {
	t.Parallel()
	b, receiver := start(t, sandbox.Options{}), receive(t, nil)
	b.register(t, receiver.URL, "expires")
	for range 8 { // more than the access token's hour
		if v := b.run(t, "expires"); !v.Passed() {
			t.Fatalf("%+v", v.Checks)
		}
	}
}
