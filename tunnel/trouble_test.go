package tunnel

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"unicode"

	"kvikk/api/secret"
)

const testToken = "2edgeTESTtoken_4ktpjtbqNvhQ6oZr7VPxx1"

func testLink() *link {
	o := Options{Kind: Ngrok, Authtoken: secret.New(testToken), ConnectURL: "edge.example.com:443"}
	return &link{o: o, redactor: newRedactor(o.authtoken())}
}

func TestDialTroubleIsExplained(t *testing.T) {
	t.Parallel()
	dial := func(err error) error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", err)}
	}
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"the name is unknown":            {&net.DNSError{Err: "no such host", Name: "edge.example.com", IsNotFound: true}, "looked up"},
		"the port is closed":             {dial(syscall.ECONNREFUSED), "refused"},
		"the network is off":             {dial(syscall.ENETUNREACH), "network is off"},
		"the host cannot be reached":     {dial(syscall.EHOSTUNREACH), "network is off"},
		"nothing answers":                {dial(syscall.ETIMEDOUT), "Nothing answers"},
		"nothing answered in time":       {context.DeadlineExceeded, "Nothing answers"},
		"the proxy refuses":              {&proxyError{"proxy:3128", errors.New("403 Forbidden")}, "proxy:3128"},
		"the proxy cannot be reached":    {&proxyError{"proxy:3128", dial(syscall.ECONNREFUSED)}, "proxy:3128"},
		"the system has its own opinion": {dial(syscall.EPERM), "not permitted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := testLink().explain(progress{err: c.err, dialFailures: 1})
			if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "edge.example.com") {
				t.Errorf("explained as %q", err)
			}
		})
	}
}

func TestLateOpeningsAreExplained(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at   progress
		want string
	}{
		"dialling all the time":        {progress{}, "Nothing answers"},
		"dialling in vain":             {progress{dialFailures: 2, err: syscall.ECONNREFUSED}, "refused"},
		"connected, nothing said":      {progress{stage: loggingIn}, "does not answer"},
		"connected, cut again":         {progress{stage: loggingIn, err: io.ErrUnexpectedEOF}, "unexpected EOF"},
		"logged in, no URL":            {progress{stage: loggedIn}, "does not answer"},
		"logged in, link broken again": {progress{stage: dialing, err: io.EOF}, "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := testLink().explainLate(c.at); !strings.Contains(err.Error(), c.want) {
				t.Errorf("explained as %q", err)
			}
		})
	}
}

type coded struct{ code string }

func (c coded) Error() string     { return "refused" }
func (c coded) ErrorCode() string { return c.code }

type returned struct{ code string }

func (r returned) Error() string { return "refused" }
func (r returned) Code() string  { return r.code }

func TestCodesAreFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"no error":                  {nil, ""},
		"an error without a code":   {io.EOF, ""},
		"an error of a call":        {fmt.Errorf("listen: %w", returned{"ERR_NGROK_334"}), "ERR_NGROK_334"},
		"an error of an event":      {fmt.Errorf("auth: %w", coded{"ERR_NGROK_107"}), "ERR_NGROK_107"},
		"a code in the text alone":  {errors.New("no\r\n\r\nERR_NGROK_108\r\n"), "ERR_NGROK_108"},
		"an event without a code":   {coded{""}, ""},
		"a code of something other": {returned{"E11"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := codeOf(c.err); got != c.want {
				t.Errorf("codeOf = %q, want %q", got, c.want)
			}
		})
	}
}

func TestARefusalShowsNeitherTokenNorPageTwice(t *testing.T) {
	t.Parallel()
	text := "Not known.\nYour authtoken: abc\n\nhttps://ngrok.com/docs/errors/err_ngrok_4711\n\nERR_NGROK_4711"
	err := testLink().explain(progress{err: errors.New(text)})
	if got := err.Error(); strings.Contains(got, "abc") || strings.Count(got, "err_ngrok_4711") != 1 || strings.Count(got, "ERR_NGROK_4711") != 1 {
		t.Errorf("explained as %q", got)
	}
}

// hidden is a value that only reflection sees into.
type hidden struct{ Token string }

func TestTheLoggerHidesTheTokenEverywhere(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	r := newRedactor(secret.New(testToken))
	log := r.logger(slog.New(slog.NewJSONHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug})))
	log = log.With("with", testToken).WithGroup("group").With("inside", hidden{testToken})
	log.Debug("said "+testToken, "text", testToken, "err", errors.New(testToken), "struct", hidden{testToken},
		"pointer", &hidden{testToken}, slog.Group("deep", "text", testToken), "nil", nil, "n", 7,
		"url", "https://x/?t="+url.QueryEscape(testToken), "fields", map[string]string{"token": testToken})
	if text := b.String(); strings.Contains(text, testToken) || strings.Count(text, secret.Mask) < 9 || !strings.Contains(text, `"n":7`) {
		t.Errorf("logged %s", text)
	}
	r.logger(nil).Error("nobody listens")
}

func FuzzOneLine(f *testing.F) {
	for _, s := range []string{"", "plain", "two\nlines", "\x1b[31mred\x07", "\u202ereversed", "\xff\xfe", strings.Repeat("ø", 1000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range oneLine(s) {
			if !unicode.IsPrint(r) {
				t.Fatalf("oneLine(%q) holds %q", s, r)
			}
		}
		if n := len([]rune(oneLine(s))); n > longest*10+1 {
			t.Fatalf("oneLine makes %d runes of %q", n, s)
		}
	})
}

func FuzzPublicBase(f *testing.F) {
	for _, s := range []string{"https://a.example/b", "http://[::1]:80/", "https://a@b/", "https://a/%2e%2e/b", "//x", "https://a:1/?"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		base, bad := publicBase(raw)
		if bad != nil {
			return
		}
		u, err := url.Parse(base + "/hooks/x")
		if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.HasSuffix(base, "/") {
			t.Fatalf("publicBase(%q) = %q", raw, base)
		}
		if u.Scheme != "https" && !isLoopback(u.Hostname()) {
			t.Fatalf("publicBase(%q) = %q: not https", raw, base)
		}
		if again, bad := publicBase(base); bad != nil || again != base {
			t.Fatalf("publicBase(%q) = %q, again %q, %v", raw, base, again, bad)
		}
	})
}

func FuzzRedact(f *testing.F) {
	f.Add("Your authtoken: x", "between")
	f.Add("", "Your authtoken:")
	f.Fuzz(func(t *testing.T, before, after string) {
		got := newRedactor(secret.New(testToken)).text(before + testToken + after)
		if strings.Contains(got, testToken) {
			t.Fatalf("%q is left", got)
		}
	})
}
