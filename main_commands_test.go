package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"kvikk/ui/cli"
)

// execution is a command line that has run in this process.
type execution struct {
	stdout, stderr bytes.Buffer
	status         int
	err            error
}

// perform runs a command line with an environment of its own.
func perform(t *testing.T, change func(*cli.Parts), args ...string) *execution {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	c, x, dir := newCrash(cancel), &execution{}, t.TempDir()
	parts := &cli.Parts{
		Flags: &cli.Flags{}, Version: "1.2.3", Stdin: strings.NewReader(""), Stdout: &x.stdout, Stderr: &x.stderr,
		StartSandbox: cli.StartSandbox(c.guard), Guard: c.guard, Now: time.Now,
		Getenv: func(name string) string { return map[string]string{"KVIKK_DATA_DIR": dir}[name] },
	}
	if change != nil {
		change(parts)
	}
	x.err = execute(ctx, parts, c, args)
	x.status = status(&x.stderr, x.err)
	return x
}

func TestWrongUsageIsExitStatus2(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"nope":                           `unknown command "nope"`,
		"--nope":                         "--nope",
		"completion":                     "bash, fish, powershell or zsh",
		"completion foo":                 `unknown command "foo"`,
		"completion bash extra":          `unknown command "extra"`,
		"completion fish --nope":         "--nope",
		"help nonsense":                  `"nonsense"`,
		"help inbox nonsense":            `"nonsense" of kvikk inbox`,
		"man extra":                      `unknown command "extra"`,
		"man --nope":                     "--nope",
		"inbox":                          "inbox ls",
		"listen --callback-url http://a": "https only",
		"listen --listen-addr 0.0.0.0:1": "0.0.0.0:1",
		"sandbox run nope":               "user-declines",
		"sandbox run expires":            "--callback",
		"sandbox --addr 0.0.0.0:1":       "loopback",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			x := perform(t, nil, strings.Fields(line)...)
			said := x.stderr.String()
			if x.status != 2 || !strings.Contains(said, want) || !strings.Contains(said, "\nhint: ") || x.stdout.Len() > 0 {
				t.Errorf("status %d, stdout %q, stderr %q without %q", x.status, x.stdout.String(), said, want)
			}
		})
	}
}

func TestTheManualPageHasEveryCommand(t *testing.T) {
	t.Parallel()
	x := perform(t, nil, "man")
	if x.status != 0 || !strings.HasPrefix(x.stdout.String(), ".TH KVIKK 1") {
		t.Errorf("status %d, %.40q, %s", x.status, x.stdout.String(), x.stderr.String())
	}
	for _, name := range []string{"listen", "sandbox", "run", "scenarios", "send", "inbox", "ls", "export", "version", "completion", "man"} {
		if !strings.Contains(x.stdout.String(), name) {
			t.Errorf("no %s in it", name)
		}
	}
}

func TestTheManualPageSaysThatItCannotBeWritten(t *testing.T) {
	t.Parallel()
	full, end := io.Pipe()
	if err := full.Close(); err != nil {
		t.Fatal(err)
	}
	x := perform(t, func(p *cli.Parts) { p.Stdout = end }, "man")
	if x.status != 1 || !errors.Is(x.err, io.ErrClosedPipe) {
		t.Errorf("status %d, %v", x.status, x.err)
	}
}

func TestAPanicOfACommandIsExitStatus1AndSaysWhere(t *testing.T) {
	t.Parallel()
	x := perform(t, func(p *cli.Parts) {
		p.Getenv = func(string) string { panic("no environment\x1b[2J") }
	}, "inbox", "ls")
	said := x.stderr.String()
	if x.status != 1 || !strings.HasPrefix(said, `kvikk: an error in kvikk itself: no environment\x1b[2J`) || !strings.Contains(said, "ui/cli.(*Parts).Open") {
		t.Errorf("status %d, stderr %q", x.status, said)
	}
}

func TestAPanicAfterTheEndIsStillSaid(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	c := newCrash(cancel)
	cancel(context.Canceled) // as a signal does
	for _, value := range []string{"in the clean-up", "as a consequence"} {
		func() {
			defer c.guard()
			panic(value)
		}()
	}
	if err := c.first(); err == nil || !strings.HasSuffix(err.Error(), "in the clean-up") || context.Cause(ctx) != context.Canceled {
		t.Errorf("the panic is %v, the cause %v", err, context.Cause(ctx))
	}
	if err := c.first(); err != nil {
		t.Errorf("there is a second one: %v", err)
	}
}
