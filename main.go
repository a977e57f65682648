// kvikk is the Vipps MobilePay ePayment quick start, live in a terminal.
//
// This file puts the parts together: flags and environment become the parts of
// a run, and how a run ended becomes the exit status, 0 for done, 1 for failed
// and 2 for wrong usage.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"charm.land/fang/v2"
	"github.com/charmbracelet/x/term"
	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"kvikk/ui"
	"kvikk/ui/browser"
	"kvikk/ui/cli"
	"kvikk/ui/profile"
	"kvikk/ui/text"
	"kvikk/ui/theme"
)

func main() {
	os.Exit(run(os.Args[1:]))
}

// run is the program: what it returns is the exit status.
func run(args []string) int {
	// A reader that goes away (kvikk listen | head) is an error of the write,
	// which ends the command the ordinary way, and not the end of the process.
	signal.Ignore(syscall.SIGPIPE)
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	defer endBySignal(cancel)()
	c := newCrash(cancel)
	return status(text.Sanitizer(os.Stderr), execute(ctx, newParts(c), c, args))
}

// execute runs a command line and returns how it ended. A panic, of a command
// or of any goroutine of its parts, goes before what came of it.
func execute(ctx context.Context, parts *cli.Parts, c *crash, args []string) error {
	root := parts.Root(func(cmd *cobra.Command) error { return screen(cmd, parts) })
	root.SetArgs(args)
	failed := cli.KeepErrors(root)
	func() {
		defer c.guard()
		if err := fang.Execute(ctx, root,
			fang.WithoutVersion(), fang.WithoutManpage(),
			fang.WithErrorHandler(func(io.Writer, fang.Styles, error) {})); err != nil {
			*failed = err
		}
	}()
	if err := c.first(); err != nil {
		return err
	}
	return *failed
}

// status says on standard error what went wrong and returns the exit status.
func status(w io.Writer, err error) int {
	if err == nil {
		return 0
	}
	if line, hint := cli.Explain(err); line != "" {
		fmt.Fprintf(w, "kvikk: %s\n", line)
		if hint != "" {
			fmt.Fprintf(w, "hint: %s\n", hint)
		}
	}
	if crash, ok := errors.AsType[*crashError](err); ok {
		fmt.Fprintf(w, "%s\n", crash.stack)
	}
	if _, ok := errors.AsType[*cli.UsageError](err); ok {
		return 2
	}
	return 1
}

func newParts(c *crash) *cli.Parts {
	return &cli.Parts{
		Flags: &cli.Flags{}, Version: cli.Version(), Getenv: os.Getenv,
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		StartSandbox: cli.StartSandbox(c.guard), Guard: c.guard, Now: time.Now,
	}
}

// screen runs the terminal program.
func screen(cmd *cobra.Command, parts *cli.Parts) error {
	if !term.IsTerminal(os.Stdin.Fd()) || !term.IsTerminal(os.Stdout.Fd()) {
		return &cli.UsageError{
			Command: cmd.CommandPath(), Err: errors.New("the screen needs a terminal; use kvikk listen in scripts"),
		}
	}
	ctx := cmd.Context()
	home, err := parts.Open(ctx)
	if err != nil {
		return err
	}
	err = ui.Run(ctx, screenOptions(parts, home))
	return errors.Join(err, home.Close())
}

func screenOptions(parts *cli.Parts, home *cli.Home) ui.Options {
	o := ui.Options{
		Sandbox:      parts.Flags.Sandbox,
		Resolve:      func(ctx context.Context) (profile.Settings, error) { return parts.Resolve(ctx, home) },
		InboxPath:    home.Dirs.InboxPath(),
		StartSandbox: parts.StartSandbox,
		OpenURL:      func(ctx context.Context, url string) error { return browser.Open(ctx, url, os.Getenv) },
		System:       cli.System(parts.Version),
		Logger:       home.Logger,
		Background:   theme.Guess(os.Getenv("COLORFGBG")),
		Now:          parts.Now,
		NewKey:       uuid.NewString,
		NewReference: newReference,
		Guard:        parts.Guard,
		Report:       text.Sanitizer(os.Stderr),
	}
	if home.Store != nil {
		o.Store = home.Store
	}
	return o
}

// newReference makes up a payment reference: 8 to 64 letters, digits and
// hyphens, unique for the sales unit.
func newReference() string {
	return "kvikk-" + strings.ToLower(rand.Text()[:10])
}

// crashError is a panic of any goroutine. It ends the run the ordinary way, so
// that the terminal is put back and registrations are deleted first.
type crashError struct {
	value any
	stack []byte
}

func (e *crashError) Error() string { return fmt.Sprintf("an error in kvikk itself: %v", e.value) }

// crash holds the first panic of a run, also one of the clean-up, when the
// run's context has long had another end.
type crash struct {
	end  context.CancelCauseFunc
	held chan *crashError // one slot
}

func newCrash(end context.CancelCauseFunc) *crash {
	return &crash{end, make(chan *crashError, 1)}
}

// guard is deferred. It recovers a panic and ends the run.
func (c *crash) guard() {
	value := recover()
	if value == nil {
		return
	}
	e := &crashError{value, debug.Stack()}
	select {
	case c.held <- e:
	default:
	}
	c.end(e)
}

// first returns the panic that has come first, or nil.
func (c *crash) first() error {
	select {
	case e := <-c.held:
		return e
	default:
		return nil
	}
}

// screenTime is how long after the first signal a second one waits. The screen
// is put back within it; a process that ended before would leave a terminal in
// which nothing typed can be seen.
const screenTime = 500 * time.Millisecond

// endBySignal ends the run at the first signal, and the process at the second,
// for when the end takes too long. What it returns gives the signals up.
func endBySignal(end context.CancelCauseFunc) (release func()) {
	signals, over, done := make(chan os.Signal, 2), make(chan struct{}), make(chan struct{})
	signal.Notify(signals, endings()...)
	go func() {
		defer close(done)
		select {
		case <-signals:
		case <-over:
			return
		}
		end(context.Canceled)
		screen := time.After(screenTime)
		select {
		case second := <-signals:
			endProcess(second, screen, over)
		case <-over:
		}
	}()
	return func() {
		signal.Stop(signals)
		close(over)
		<-done
	}
}

// endings are the signals that end a run. SIGHUP is left alone where it is
// ignored, which is what nohup does for programs that outlive their terminal.
func endings() []os.Signal {
	list := []os.Signal{syscall.SIGINT, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	return list
}

// endProcess ends the process as the signal does by itself, once there was time
// for the screen, unless the run is over first.
func endProcess(s os.Signal, screen <-chan time.Time, over <-chan struct{}) {
	select {
	case <-screen:
	case <-over:
		return
	}
	signal.Reset(s)
	if p, err := os.FindProcess(os.Getpid()); err != nil || p.Signal(s) != nil {
		os.Exit(1) // a system without signals between processes
	}
}
