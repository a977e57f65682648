package sandbox_test

import (
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

func TestAHandlerThatPanicsIsAnsweredAndLogged(t *testing.T) {
	t.Parallel()
	out, broken := &sink{}, atomic.Bool{}
	m := start(t, sandbox.Options{
		Logger: slog.New(slog.NewTextHandler(out, nil)),
		Now: func() time.Time {
			if broken.Load() {
				panic("the clock stands still")
			}
			return time.Now()
		},
	})
	broken.Store(true)
	a := m.call("GET", webhooksPath, "")
	broken.Store(false)
	a.want(t, http.StatusInternalServerError)
	if got := a.text(t, "responseInfo.responseCode"); got != "500" {
		t.Errorf("body %s", a.body)
	}
	if err := m.s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	for _, want := range []string{"level=ERROR", "the clock stands still", webhooksPath, "sandbox.(*Server).handle"} {
		if !strings.Contains(out.lines.String(), want) {
			t.Errorf("no %q in the log %s", want, out.lines.String())
		}
	}
	if strings.Contains(out.lines.String(), m.token) {
		t.Error("the log holds the access token")
	}
}

func TestTheSandboxAnswersAgainAfterAPanic(t *testing.T) {
	t.Parallel()
	var once atomic.Bool
	m := start(t, sandbox.Options{Now: func() time.Time {
		if once.CompareAndSwap(true, false) {
			panic("only once")
		}
		return time.Now()
	}})
	once.Store(true)
	m.call("GET", webhooksPath, "").want(t, http.StatusInternalServerError)
	m.call("GET", webhooksPath, "").want(t, http.StatusOK)
}
