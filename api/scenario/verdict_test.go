package scenario_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"kvikk/api/sandbox"
	"kvikk/api/scenario"
)

// aboutAMinute rounds the time to the next attempt: a busy machine looks late.
func aboutAMinute(reason string) string {
	return regexp.MustCompile(`in 5\ds\)`).ReplaceAllString(reason, "in 1m0s)")
}

func TestWhatAReceiverAnswersIsTheReason(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		500: "the receiver answered 500 (3 attempts, the next one in 1m0s); its log should say why",
		503: "the receiver answered 503 (3 attempts, the next one in 1m0s); its log should say why",
		400: "the receiver answered 400 (3 attempts, the next one in 1m0s); its log should say why",
		401: "the receiver answered 401 (3 attempts, the next one in 1m0s); does it use this registration's secret, and the raw body?",
		403: "the receiver answered 403 (3 attempts, the next one in 1m0s); does it use this registration's secret, and the raw body?",
		404: "the receiver answered 404 (3 attempts, the next one in 1m0s); is the path of the callback URL right?",
		405: "the receiver answered 405 (3 attempts, the next one in 1m0s); webhooks come as POST",
		307: "the receiver answered 307, a redirect (3 attempts, the next one in 1m0s); redirects are not followed: register the URL that it leads to",
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			b, r := start(t, sandbox.Options{}), receive(t, func(string, int) int { return status })
			b.register(t, r.URL, "pay-and-capture")
			v := b.run(t, "pay-and-capture")
			if c := check(t, v, "CREATED"); c.Passed || c.Attempts != 3 || c.Status != status || aboutAMinute(c.Reason) != want {
				t.Errorf("%+v\nwant the reason %s", c, want)
			}
			if c := check(t, v, "CAPTURED"); c.Passed || c.Attempts != 0 || c.Reason != "not sent yet: it waits behind CREATED, which the receiver has not accepted" {
				t.Errorf("%+v", c)
			}
			if c := check(t, v, scenario.Payment); !c.Passed || v.Failures() != 3 {
				t.Errorf("%d failures, %+v", v.Failures(), c)
			}
			if v.Took > 15*time.Second {
				t.Errorf("it waits for %v although the next attempt is due in a minute", v.Took)
			}
		})
	}
}

func TestAReceiverThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // until then the end of the connection is not noticed
		<-r.Context().Done()
	}))
	t.Cleanup(hanging.Close)
	rude := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(rude.Close)
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains that it is not trusted
	secure.StartTLS()
	t.Cleanup(secure.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for name, tt := range map[string]struct{ url, want string }{
		"nobody listens":             {gone.URL + "/hooks", "connection refused at " + gone.URL + "/hooks (3 attempts, the next one in 1m0s); is your server running?"},
		"it hangs":                   {hanging.URL, "(3 attempts, the next one in 1m0s); answer first, and do the work afterwards"},
		"it closes the connection":   {rude.URL, "the connection was closed without an answer at " + rude.URL + " (3 attempts, the next one in 1m0s); did your server crash, or does it want TLS?"},
		"its certificate is its own": {secure.URL, "the certificate is not trusted at " + secure.URL},
		"it speaks no TLS":           {strings.Replace(hanging.URL, "http:", "https:", 1), "at https:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := start(t, sandbox.Options{})
			b.register(t, tt.url, "user-declines")
			v := b.run(t, "user-declines")
			if c := check(t, v, "CREATED"); c.Passed || c.Status != 0 || !strings.Contains(aboutAMinute(c.Reason), tt.want) {
				t.Errorf("%+v\nwant the reason %s", c, tt.want)
			}
		})
	}
}

func TestAReceiverThatFailsAtFirstPassesAndIsToldSo(t *testing.T) {
	t.Parallel()
	b := start(t, sandbox.Options{})
	failed := false
	r := receive(t, func(name string, _ int) int {
		if name == "AUTHORIZED" && !failed {
			failed = true
			return http.StatusInternalServerError
		}
		return 0
	})
	b.register(t, r.URL, "pay-and-capture")
	var steps []string
	runner := b.runner()
	runner.Report = func(p scenario.Progress) { steps = append(steps, p.Step) }
	v, err := runner.Run(t.Context(), find(t, "pay-and-capture"))
	if err != nil {
		t.Fatal(err)
	}
	c := check(t, v, "AUTHORIZED")
	if !v.Passed() || c.Attempts != 2 || c.Status != 200 || !strings.HasSuffix(c.Reason, ", after 1 failed attempt (the receiver answered 500)") {
		t.Errorf("%+v", c)
	}
	if all := strings.Join(steps, "\n"); !strings.Contains(all, "AUTHORIZED, attempt 1: the receiver answered 500") {
		t.Errorf("reported is\n%s", all)
	}
}

func TestAReceiverThatFailsWhileTheClockMovesPasses(t *testing.T) {
	t.Parallel()
	b := start(t, sandbox.Options{Schedule: func(int) time.Duration { return 300 * time.Millisecond }})
	r := receive(t, func(_ string, n int) int {
		for n == 1 {
			if s, err := b.control.Status(t.Context()); err != nil || s.ClockOffset > 0 {
				return http.StatusInternalServerError
			}
		}
		return 0
	})
	b.register(t, r.URL, "expires")
	v := b.run(t, "expires")
	if c := check(t, v, "CREATED"); !v.Passed() || c.Attempts < 2 {
		t.Errorf("%+v", v.Checks)
	}
}

func TestAnEventThatIsNotRegisteredFailsItsCheck(t *testing.T) {
	t.Parallel()
	b, r := start(t, sandbox.Options{}), receive(t, nil)
	b.register(t, r.URL, "", "epayments.payment.created.v1", "epayments.payment.captured.v1")
	v := b.run(t, "pay-and-capture")
	c := check(t, v, "AUTHORIZED")
	if c.Passed || c.Attempts != 0 || v.Failures() != 1 || c.Reason != "the registration does not ask for it; register the callback URL for epayments.payment.authorized.v1 too" {
		t.Errorf("%+v", v.Checks)
	}
}

func TestATimeLimitThatIsOverEndsTheWait(t *testing.T) {
	t.Parallel()
	b := start(t, sandbox.Options{})
	r := receive(t, nil)
	b.register(t, r.URL, "duplicate-and-late")
	runner := b.runner()
	runner.Timeout = 200 * time.Millisecond
	v, err := runner.Run(t.Context(), find(t, "duplicate-and-late"))
	if err != nil {
		t.Fatal(err)
	}
	if c := check(t, v, "AUTHORIZED"); c.Passed || c.Reason != "it was still on its way when the time was up; allow for more" {
		t.Errorf("%+v", c)
	}
	if c := check(t, v, "CAPTURED"); c.Passed || c.Reason != "not sent yet: it waits behind AUTHORIZED, which was still on its way when the time was up" {
		t.Errorf("%+v", c)
	}
}
