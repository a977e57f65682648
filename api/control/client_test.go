package control_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kvikk/api/control"
	"kvikk/api/sandbox"
)

// refused checks that a call is refused with a status and with words.
func refused(t *testing.T, status int, call func() error) {
	t.Helper()
	err := call()
	if e, ok := errors.AsType[*control.Error](err); !ok || e.Status != status || e.Message == "" || e.Error() != e.Message {
		t.Errorf("the error is %v, want one with status %d", err, status)
	}
}

func TestARefusalIsInTheSandboxsWords(t *testing.T) {
	t.Parallel()
	b := start(t, sandbox.Options{})
	_, err := b.control.Advance(t.Context(), -time.Minute)
	if e, ok := errors.AsType[*control.Error](err); !ok || e.Status != 400 || !strings.Contains(e.Message, "forward only") {
		t.Errorf("the error is %v", err)
	}
}

func TestWhatIsNoSandboxIsNamed(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"a page":                {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, "is it a kvikk sandbox"},
		"no such path":          {http.NotFound, "answers 404 where a kvikk sandbox has its admin API"},
		"a redirect":            {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, "answers 302"},
		"JSON of another shape": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"clock_offset":7}`) }, "is it a kvikk sandbox"},
		"no duration":           {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"clock_offset":"soon"}`) }, "clock_offset"},
		"control characters":    {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, `{"error":"a\u001b[2Jb"}`, 400) }, "a\ufffd[2Jb"},
		"a text without end": {func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, `{"error":"`+strings.Repeat("x", 5000)+`"}`, 400)
		}, "x…"},
		"an answer without end":      {endless, "longer than 32 MiB"},
		"an answer that breaks off":  {brokenOff, "unexpected EOF"},
		"no answer":                  {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
		"an error that is no object": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, `"no"`, 500) }, "answers 500"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(tt.answer)
			defer s.Close()
			c := control.New(s.URL, nil)
			defer c.Close()
			_, err := c.Status(t.Context())
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("the error is %.200v, want %q", err, tt.want)
			}
		})
	}
}

func endless(w http.ResponseWriter, _ *http.Request) {
	for part := strings.Repeat(" ", 1<<20); ; {
		if _, err := io.WriteString(w, part); err != nil {
			return // the client has had enough
		}
	}
}

func brokenOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	_, _ = io.WriteString(w, `{"now":`)
}

func TestOnlyThisMachineIsCalled(t *testing.T) {
	t.Parallel()
	c := control.New("http://192.0.2.1:1", nil) // an address for documentation
	_, err := c.Status(t.Context())
	if err == nil || !strings.Contains(err.Error(), "192.0.2.1:1 is not on this machine") {
		t.Errorf("the error is %v", err)
	}
	if _, err := control.New("http://\x7f", nil).Status(t.Context()); err == nil {
		t.Error("an address that is none is called")
	}
}

func TestAnotherHTTPClientIsUsedAsItIs(t *testing.T) {
	t.Parallel()
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Kvikk-Admin") != "1" || r.URL.Path != "/_kvikk/faults" {
			t.Errorf("the request is %s with %v", r.URL, r.Header)
		}
		_, _ = io.WriteString(w, `{"faults":["drop=1"]}`)
	}))
	defer s.Close()
	got, err := control.New(s.URL, s.Client()).Faults(t.Context())
	if err != nil || len(got) != 1 || got[0] != "drop=1" {
		t.Errorf("the faults are %q, %v", got, err)
	}
}
