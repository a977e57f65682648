package cli

import (
	"errors"
	"fmt"
	"io"

	mango "github.com/muesli/mango-cobra"
	"github.com/muesli/roff"
	"github.com/spf13/cobra"
)

// Root returns the command line: the commands of [Parts.Commands], manual page,
// completion and help. Without a command it runs the screen.
func (p *Parts) Root(screen func(*cobra.Command) error) *cobra.Command {
	root := &cobra.Command{
		Use:   "kvikk",
		Short: "The Vipps MobilePay ePayment quick start, live in your terminal",
		Long: "kvikk guides you through five steps: set up, get an access token, register a webhook,\n" +
			"trigger an event and view the webhook, its signature checked.\n\n" +
			"kvikk --sandbox needs no keys and no network.",
		Example: "  kvikk --sandbox\n  kvikk listen --sandbox --json",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return screen(cmd) },
	}
	p.Flags.Bind(root.PersistentFlags())
	p.Flags.BindSandbox(root.Flags())
	root.SetFlagErrorFunc(usage)
	root.AddCommand(p.Commands()...)
	root.AddCommand(p.manCommand())
	root.InitDefaultCompletionCmd()
	root.InitDefaultHelpCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "completion":
			strictCompletion(c)
		case "help":
			strictHelp(c)
		}
	}
	return root
}

// strictCompletion makes wrong usage of cobra's own command an error.
func strictCompletion(c *cobra.Command) {
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return usage(cmd, errors.New("say for which shell: bash, fish, powershell or zsh"))
	}
	for _, c := range append(c.Commands(), c) {
		c.Args = noArgs
	}
}

// strictHelp makes help about what does not exist an error: cobra's own command
// says it on the way and ends as if all were well.
func strictHelp(c *cobra.Command) {
	help := c.Run
	c.Args = func(cmd *cobra.Command, args []string) error {
		about, rest, err := cmd.Root().Find(args)
		if err == nil && len(rest) > 0 {
			err = fmt.Errorf("there is no command %q of %s", rest[0], about.CommandPath())
		}
		return usage(about, err)
	}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		help(cmd, args)
		return nil
	}
}

func (p *Parts) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:                   "man",
		Short:                 "Print the manual page",
		DisableFlagsInUseLine: true,
		Args:                  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			page, err := mango.NewManPage(1, cmd.Root())
			if err != nil {
				return fmt.Errorf("make the manual page: %w", err)
			}
			if _, err := io.WriteString(p.Stdout, page.Build(roff.NewDocument())); err != nil {
				return fmt.Errorf("write to standard output: %w", err)
			}
			return nil
		},
	}
}

func noArgs(cmd *cobra.Command, args []string) error {
	return usage(cmd, cobra.NoArgs(cmd, args))
}

// KeepErrors keeps the errors of a command and those below it from fang: it
// asks the terminal for its colours before it hands an error on, and waits for
// seconds where there is no answer. What is kept is in the result after the
// run.
func KeepErrors(root *cobra.Command) *error {
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
