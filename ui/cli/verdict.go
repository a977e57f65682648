package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"kvikk/api/scenario"
	"kvikk/api/webhook"
	"kvikk/ui/text"
)

// errFailed ends a command whose verdict is on standard output already.
var errFailed = errors.New("the receiver has not passed")

// trialReady is the first line that scripts get of a trial. The keys are there
// when they are made up for it.
type trialReady struct {
	Ready           bool   `json:"ready"`
	URL             string `json:"url"`
	ClientID        string `json:"client_id,omitempty"`
	ClientSecret    string `json:"client_secret,omitempty"`
	SubscriptionKey string `json:"subscription_key,omitempty"`
	MSN             string `json:"msn,omitempty"`
	CallbackURL     string `json:"callback_url"`
	WebhookID       string `json:"webhook_id"`
	WebhookSecret   string `json:"webhook_secret"`
}

// announce says which secret signs the webhooks, before there is one.
func (t *trial) announce() error {
	r := trialReady{
		Ready: true, URL: t.client.BaseURL(), CallbackURL: t.flags.callback,
		WebhookID: t.hook.ID, WebhookSecret: t.hook.Secret.Reveal(),
	}
	if t.own != nil {
		k := t.own.Keys()
		r.ClientID, r.ClientSecret, r.SubscriptionKey, r.MSN = k.ClientID, k.ClientSecret, k.SubscriptionKey, k.MSN
	}
	if t.Flags.JSON {
		return t.printJSON(r)
	}
	return printed(fmt.Fprintf(t.Stdout, "Webhooks go to %s, signed with this secret:\n%s\n", text.Visible(r.CallbackURL), text.Visible(r.WebhookSecret)))
}

// checkLine is what scripts get of a check. Names and order are a promise.
type checkLine struct {
	Scenario string `json:"scenario"`
	Event    string `json:"event"`
	Expect   string `json:"expect"`
	Passed   bool   `json:"passed"`
	Reason   string `json:"reason"`
	Attempts int    `json:"attempts"`
	Status   int    `json:"status"`
}

// verdictLine is what scripts get of a whole scenario, and last of all of them.
type verdictLine struct {
	Verdict   string  `json:"verdict"`
	Scenario  string  `json:"scenario"`
	Reference string  `json:"reference,omitempty"`
	Passed    bool    `json:"passed"`
	Checks    int     `json:"checks"`
	Failed    int     `json:"failed"`
	TookMS    float64 `json:"took_ms"`
}

// print prints a verdict: a line a check, and one for all of them.
func (t *trial) print(v scenario.Verdict) error {
	if t.Flags.JSON {
		for _, c := range v.Checks {
			if err := t.printJSON(checkLine{v.Scenario, c.Event, c.Expect, c.Passed, c.Reason, c.Attempts, c.Status}); err != nil {
				return err
			}
		}
		return t.printJSON(verdictLine{
			mark(v.Passed()), v.Scenario, v.Reference, v.Passed(), len(v.Checks), v.Failures(), milliseconds(v.Took),
		})
	}
	_, err := fmt.Fprint(t.Stdout, describeChecks(v.Checks), describeVerdict(v))
	return printed(0, err)
}

// expectWidth is the widest expectation that the reasons are aligned to, in
// cells; what a payment shows in the end is often longer.
const expectWidth = 40

func describeChecks(checks []scenario.Check) string {
	events, expects := 0, 0
	for _, c := range checks {
		events = max(events, text.Width(shortName(c)))
		if w := text.Width(c.Expect); w <= expectWidth {
			expects = max(expects, w)
		}
	}
	var b strings.Builder
	for _, c := range checks {
		line := mark(c.Passed) + "  " + pad(shortName(c), events) + "  " + pad(c.Expect, expects) + "  " + c.Reason
		b.WriteString(text.Visible(strings.TrimRight(line, " ")) + "\n")
	}
	return b.String()
}

func shortName(c scenario.Check) string {
	if c.Event == scenario.Payment {
		return c.Event
	}
	return webhook.Type(c.Event).Name()
}

func describeVerdict(v scenario.Verdict) string {
	if v.Passed() {
		return fmt.Sprintf("PASS  %s: %s, %s\n", v.Scenario, checksOf(len(v.Checks)), seconds(v.Took))
	}
	return fmt.Sprintf("FAIL  %s: %d of %s failed, %s. %s\n", v.Scenario, v.Failures(), checksOf(len(v.Checks)), seconds(v.Took), nextStep)
}

// nextStep is what to do about a verdict that is none to be proud of.
const nextStep = "Mend what the first FAIL line says, then run it again."

func mark(passed bool) string {
	if passed {
		return "PASS"
	}
	return "FAIL"
}

func checksOf(n int) string {
	if n == 1 {
		return "1 check"
	}
	return fmt.Sprintf("%d checks", n)
}

func seconds(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// tally adds verdicts up.
type tally struct {
	scenarios, checks, failures int
	failed                      []string
	took                        time.Duration
}

func (a *tally) add(v scenario.Verdict) {
	a.scenarios++
	a.checks += len(v.Checks)
	a.failures += v.Failures()
	a.took += v.Took
	if !v.Passed() {
		a.failed = append(a.failed, v.Scenario)
	}
}

// err is errFailed when a scenario has failed.
func (a *tally) err() error {
	if len(a.failed) > 0 {
		return errFailed
	}
	return nil
}

// printTotal prints the verdict on several scenarios.
func (t *trial) printTotal(a tally) error {
	passed := len(a.failed) == 0
	if t.Flags.JSON {
		return t.printJSON(verdictLine{mark(passed), "all", "", passed, a.checks, a.failures, milliseconds(a.took)})
	}
	if passed {
		return printed(fmt.Fprintf(t.Stdout, "\nPASS  all %d scenarios: %s, %s\n", a.scenarios, checksOf(a.checks), seconds(a.took)))
	}
	return printed(fmt.Fprintf(t.Stdout, "\nFAIL  %d of %d scenarios: %s. %s\n", len(a.failed), a.scenarios, strings.Join(a.failed, ", "), nextStep))
}
