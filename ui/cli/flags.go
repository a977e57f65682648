// Package cli is kvikk without a screen: the commands for scripts and
// pipelines, and the flags that they share with the terminal program.
//
// What scripts rely on goes to standard output; what people read goes to
// standard error, free of control characters. The exit status is 0 for done, 1
// for failed and 2 for wrong usage.
package cli

import (
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"kvikk/ui/profile"
)

// Flags are the flags that all commands share.
type Flags struct {
	profile.Flags
	// DataDir moves every file, secrets included, into one directory.
	DataDir string
	// JSON prints one JSON value a line.
	JSON bool
	// LogLevel is debug, info, warn or error.
	LogLevel string
}

// Bind declares the common flags in a flag set.
func (f *Flags) Bind(set *pflag.FlagSet) {
	set.StringVar(&f.Profile, "profile", "", "saved sales unit to use")
	set.StringVar(&f.APIURL, "api-url", "", "base URL of the API: https://apitest.vipps.no, or one on this machine")
	set.StringVar(&f.Tunnel, "tunnel", "", "how webhooks get here: ngrok, local or own")
	set.StringVar(&f.CallbackURL, "callback-url", "", "public base URL of your own tunnel")
	set.StringVar(&f.ListenAddr, "listen-addr", "", "loopback host:port to listen on (local, own)")
	set.StringVar(&f.DataDir, "data-dir", "", "directory for all files, secrets included")
	set.BoolVar(&f.JSON, "json", false, "one JSON value a line on standard output")
	set.StringVar(&f.LogLevel, "log-level", "info", "debug, info, warn or error")
}

// BindSandbox declares --sandbox, which not every command has.
func (f *Flags) BindSandbox(set *pflag.FlagSet) {
	set.BoolVar(&f.Sandbox, "sandbox", false, "use the embedded sandbox: no keys, no network")
}

// unheeded refuses common flags that a command does not look at: whoever gives
// one expects something that would not happen.
func unheeded(cmd *cobra.Command, names ...string) error {
	for _, name := range names {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s has no effect on %s; leave it out", name, cmd.CommandPath())
		}
	}
	return nil
}

// notEmpty refuses flags that are given without a value, as an unset variable
// of a script gives them: what they ask for would silently not be done.
func notEmpty(cmd *cobra.Command, names ...string) error {
	for _, name := range names {
		if f := cmd.Flags().Lookup(name); f.Changed && f.Value.String() == "" {
			return fmt.Errorf("--%s is empty; give it a value, or leave it out", name)
		}
	}
	return nil
}
