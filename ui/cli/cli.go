package cli

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/spf13/cobra"

	"kvikk/api"
	"kvikk/ui/session"
	"kvikk/ui/text"
)

// Parts are what the commands are made of. The context that a command runs
// with ends when the program is to end: SIGINT, SIGTERM, SIGHUP, or a panic
// that Guard has recovered.
type Parts struct {
	// Flags are the common flags, bound and parsed by whoever owns the root
	// command.
	Flags *Flags
	// Version is the program's version; empty means the one in the build
	// information.
	Version string
	// Getenv looks environment variables up.
	Getenv func(string) string
	Stdin  io.Reader
	// Stdout takes what scripts read, Stderr what people read.
	Stdout, Stderr io.Writer
	// StartSandbox starts the embedded sandbox for listen; its life ends with
	// ctx.
	StartSandbox func(ctx context.Context) (session.Sandbox, error)
	// Guard is deferred first in every goroutine. It recovers a panic and ends
	// the commands' context with it as the cause. Nil lets a panic end the
	// process.
	Guard func()
	// Now is the clock; nil means [time.Now].
	Now func() time.Time
}

// Commands returns the commands without a screen: sandbox, listen, inbox and
// version. Their errors are a [*UsageError] for wrong usage, and others for
// what failed; [Explain] puts both into words.
func (p *Parts) Commands() []*cobra.Command {
	if p.Guard == nil {
		p.Guard = func() {}
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	return []*cobra.Command{p.listenCommand(), p.sandboxCommand(), p.inboxCommand(), p.versionCommand()}
}

// System is how kvikk introduces itself to the provider.
func System(version string) api.System {
	return api.System{Name: "kvikk", Version: version, PluginName: "kvikk", PluginVersion: version}
}

// UsageError says that a command was called in a way that cannot work. It is
// meant to become exit status 2.
type UsageError struct {
	// Command is what was called, such as "kvikk listen"; empty for flags that
	// all commands share.
	Command string
	// Err is what is wrong.
	Err error
}

// Error returns what is wrong.
func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong.
func (e *UsageError) Unwrap() error { return e.Err }

// usage makes a UsageError of a command; nil stays nil.
func usage(cmd *cobra.Command, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*UsageError](err); ok {
		return e
	}
	return &UsageError{Command: cmd.CommandPath(), Err: err}
}

// newCommand completes a command: it takes no arguments, and whatever is wrong
// with its flags is wrong usage.
func newCommand(c *cobra.Command) *cobra.Command {
	c.Args = func(cmd *cobra.Command, args []string) error {
		return usage(cmd, cobra.NoArgs(cmd, args))
	}
	c.SetFlagErrorFunc(usage)
	return c
}

// people returns standard error for texts that may quote the world outside.
func (p *Parts) people() io.Writer { return text.Sanitizer(p.Stderr) }
