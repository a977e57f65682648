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
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	// After the first signal the next one ends the process at once.
	context.AfterFunc(ctx, stop)

	parts := newParts(cancel)
	root := newRoot(parts)
	root.SetArgs(args)
	failed := keepErrors(root)
	err := fang.Execute(ctx, root,
		fang.WithoutVersion(),
		fang.WithErrorHandler(func(io.Writer, fang.Styles, error) {}))
	if err == nil {
		err = *failed
	}
	if crash, ok := errors.AsType[*crashError](context.Cause(ctx)); ok {
		err = crash
	}
	return status(text.Sanitizer(os.Stderr), err)
}

// keepErrors keeps the errors of a command and those below it from fang: it
// asks the terminal for its colours before it hands an error on, and waits for
// seconds where there is no answer. What is kept is in the result after the
// run.
func keepErrors(root *cobra.Command) *error {
	var kept error
	keep := func(err error) error {
		kept = err
		return nil
	}
	var wrap func(c *cobra.Command)
	wrap = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			wrap(sub)
		}
		flags, check, run := c.FlagErrorFunc(), c.Args, c.RunE
		c.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return keep(flags(c, err)) })
		if check == nil || run == nil {
			return
		}
		c.Args = cobra.ArbitraryArgs
		c.RunE = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return keep(err)
			}
			return keep(run(c, args))
		}
	}
	wrap(root)
	return &kept
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

// crashError is a panic of any goroutine. It ends the run the ordinary way, so
// that the terminal is put back and registrations are deleted first.
type crashError struct {
	value any
	stack []byte
}

func (e *crashError) Error() string { return fmt.Sprintf("an error in kvikk itself: %v", e.value) }

func newParts(cancel context.CancelCauseFunc) *cli.Parts {
	guard := func() {
		if value := recover(); value != nil {
			cancel(&crashError{value, debug.Stack()})
		}
	}
	return &cli.Parts{
		Flags: &cli.Flags{}, Version: cli.Version(), Getenv: os.Getenv,
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		StartSandbox: cli.StartSandbox(guard), Guard: guard, Now: time.Now,
	}
}

func newRoot(parts *cli.Parts) *cobra.Command {
	root := &cobra.Command{
		Use:   "kvikk",
		Short: "The Vipps MobilePay ePayment quick start, live in your terminal",
		Long: "kvikk guides you through five steps: set up, get an access token, register a webhook,\n" +
			"trigger an event and view the webhook, its signature checked.\n\n" +
			"kvikk --sandbox needs no keys and no network.",
		Example: "  kvikk --sandbox\n  kvikk listen --sandbox --json",
		Args: func(cmd *cobra.Command, args []string) error {
			return usage(cmd, cobra.NoArgs(cmd, args))
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return screen(cmd, parts) },
	}
	parts.Flags.Bind(root.PersistentFlags())
	parts.Flags.BindSandbox(root.Flags())
	root.SetFlagErrorFunc(usage)
	root.AddCommand(parts.Commands()...)
	return root
}

func usage(cmd *cobra.Command, err error) error {
	if err == nil {
		return nil
	}
	return &cli.UsageError{Command: cmd.CommandPath(), Err: err}
}

// screen runs the terminal program.
func screen(cmd *cobra.Command, parts *cli.Parts) error {
	if !term.IsTerminal(os.Stdin.Fd()) || !term.IsTerminal(os.Stdout.Fd()) {
		return usage(cmd, errors.New("the screen needs a terminal; use kvikk listen in scripts"))
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
