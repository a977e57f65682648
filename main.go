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
	root := newRoot(parts)
	root.SetArgs(args)
	failed := keepErrors(root)
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
