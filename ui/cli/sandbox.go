package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"kvikk/api/curl"
	"kvikk/api/sandbox"
)

// sandboxReady is the first line that scripts get. Its keys are made up for
// the run, so there is nothing to hide.
type sandboxReady struct {
	Ready           bool   `json:"ready"`
	URL             string `json:"url"`
	ClientID        string `json:"client_id"`
	ClientSecret    string `json:"client_secret"`
	SubscriptionKey string `json:"subscription_key"`
	MSN             string `json:"msn"`
}

func (p *Parts) sandboxCommand() *cobra.Command {
	var o sandbox.Options
	c := newCommand(&cobra.Command{
		Use:   "sandbox",
		Short: "Serve the embedded sandbox, for tests and CI",
		Long: `Sandbox serves a stand-in for https://apitest.vipps.no on this machine until it
is stopped: access token, webhooks and payments, with signed webhooks. It asks
for keys as the provider does; the ones not given are made up.

Never give it real keys: command lines can be read by others on the machine.`,
		Example: `kvikk sandbox --addr 127.0.0.1:8976
kvikk sandbox --addr 127.0.0.1:0 --json`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usageOf(cmd, readByAll(p.serveSandbox(cmd.Context(), o)))
		},
	})
	c.Flags().StringVar(&o.Addr, "addr", "127.0.0.1:0", "loopback host:port to listen on; port 0 takes a free one")
	c.Flags().StringVar(&o.Keys.ClientID, "client-id", "", "made-up client_id")
	c.Flags().StringVar(&o.Keys.ClientSecret, "client-secret", "", "made-up client_secret")
	c.Flags().StringVar(&o.Keys.SubscriptionKey, "subscription-key", "", "made-up Ocp-Apim-Subscription-Key")
	c.Flags().StringVar(&o.Keys.MSN, "msn", "", "made-up merchant serial number, 4 to 10 digits")
	return c
}

// serveSandbox serves until ctx ends, which is no failure, or until the sandbox
// can serve no longer, which is one.
func (p *Parts) serveSandbox(ctx context.Context, o sandbox.Options) error {
	level, err := p.logLevel()
	if err != nil {
		return err
	}
	o.Logger = slog.New(slog.NewTextHandler(p.people(), &slog.HandlerOptions{Level: level}))
	o.Now, o.Guard = p.Now, p.Guard
	server, err := sandbox.Start(ctx, o)
	switch _, system := errors.AsType[syscall.Errno](err); {
	case err != nil && ctx.Err() != nil:
		return nil
	case err != nil && !system:
		return &UsageError{Err: err} // the machine has no part in it: a flag is wrong
	case err != nil:
		return err
	}
	if err := p.announce(server); err != nil {
		return errors.Join(err, server.Close())
	}
	<-server.Done()
	return server.Close()
}

// announce prints where the sandbox is and which keys it takes.
func (p *Parts) announce(s *sandbox.Server) error {
	k := s.Keys()
	r := sandboxReady{true, s.URL(), k.ClientID, k.ClientSecret, k.SubscriptionKey, k.MSN}
	if p.Flags.JSON {
		return p.printJSON(r)
	}
	return printed(fmt.Fprintf(p.Stdout, `The sandbox answers at %s until you stop it with ctrl+c.
It takes these keys, made up for this run; the lines can be pasted into a shell
or kept as a .env file:

%s
Use it from another terminal, with the lines exported there:
  kvikk            the five steps, on this sandbox
  kvikk listen     one line per webhook
Webhooks go to addresses on this machine only. The test user's phone number is %s.
`, r.URL, r.variables(), s.TestPhone()))
}

// variables returns the lines that make the sandbox and its keys known to a
// shell, to kvikk, and to the curl commands that kvikk shows.
func (r sandboxReady) variables() string {
	var b strings.Builder
	for _, v := range [][2]string{
		{"KVIKK_API_URL", r.URL},
		{"VIPPS_CLIENT_ID", r.ClientID},
		{"VIPPS_CLIENT_SECRET", r.ClientSecret},
		{"VIPPS_SUBSCRIPTION_KEY", r.SubscriptionKey},
		{"VIPPS_MSN", r.MSN},
	} {
		b.WriteString(v[0] + "=" + shellWord(v[1]) + "\n")
	}
	return b.String()
}

// shellWord quotes a value where a shell would take it for more than a word.
func shellWord(s string) string {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_+/=.:[]", r) {
			return curl.Quote(s)
		}
	}
	return s
}

// presentSandbox tells how to cause a webhook: by itself the sandbox creates
// no payment. Its keys are worth nothing elsewhere or later.
func (l *listener) presentSandbox() {
	s := l.session.Settings()
	r := sandboxReady{
		URL: s.Profile.APIURL, ClientID: s.Profile.ClientID, ClientSecret: s.Secrets.ClientSecret.Reveal(),
		SubscriptionKey: s.Secrets.SubscriptionKey.Reveal(), MSN: s.Profile.MSN,
	}
	fmt.Fprintf(l.people, "The sandbox answers at %s. Create a payment there with these keys, made up for this run:\n%s", r.URL, r.variables())
}
