package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"kvikk/api/curl"
	"kvikk/api/sandbox"
)

// sandboxReady is the first line that scripts get. Its keys are made up for
// the run, so there is nothing to hide.
type sandboxReady struct {
	Ready bool   `json:"ready"`
	URL   string `json:"url"`
	salesUnit
	SalesUnits []salesUnit `json:"sales_units,omitempty"` // all, where there is more than one
	CAFile     string      `json:"ca_file,omitempty"`     // whom to trust, with https
}

// sandboxFlags are the flags of the command.
type sandboxFlags struct {
	sandbox.Options
	units              salesUnits
	callbackCA, caFile string
	faults             []string
}

func (p *Parts) sandboxCommand() *cobra.Command {
	var f sandboxFlags
	c := newCommand(&cobra.Command{
		Use:   "sandbox",
		Short: "Serve the embedded sandbox, for tests and CI",
		Long: `Sandbox serves a stand-in for https://apitest.vipps.no on this machine until it
is stopped: access token, webhooks and payments, with signed webhooks. It asks
for keys as the provider does; the ones not given are made up.

Repeat --msn and the flags of the keys, or name a file with --keys, to serve
several sales units. Never give it real keys: command lines can be read by
others on the machine.

--fault KIND=HOW makes things go wrong on purpose: the next two with 500=2, a
tenth with drop=10%. The kinds are delay, duplicate, reorder, drop,
wrong-signature, old-date and altered-body for webhooks, and token-expiry, 429,
500, slow and lost-answer for calls. While it runs, requests under /_kvikk/ set
faults, move the clock and play the payer; README.md shows them.`,
		Example: `kvikk sandbox --addr 127.0.0.1:8976
kvikk sandbox --addr 127.0.0.1:0 --json
kvikk sandbox --msn 123456 --msn 234567 --seed 1
kvikk sandbox --tls-ca ca.pem
kvikk sandbox --state-dir ./sandbox
kvikk sandbox --fault duplicate=10% --fault delay=2,by=5s,event=captured`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := unheeded(cmd, "profile", "api-url", "tunnel", "callback-url", "listen-addr")
			if err == nil {
				err = notEmpty(cmd, "webhook-secret", "keys", "seed", "state-dir", "tls-ca", "callback-ca")
			}
			if err != nil {
				return usage(cmd, err)
			}
			return usageOf(cmd, readByAll(p.serveSandbox(cmd.Context(), &f)))
		},
	})
	f.bind(c.Flags())
	c.AddCommand(p.runCommand(), p.scenariosCommand(), p.sendCommand())
	return c
}

func (f *sandboxFlags) bind(set *pflag.FlagSet) {
	set.StringVar(&f.Addr, "addr", "127.0.0.1:0", "host:port to listen on; port 0 takes a free one")
	set.StringArrayVar(&f.units.clientIDs, "client-id", nil, "the client_id to accept; made up unless given")
	set.StringArrayVar(&f.units.clientSecrets, "client-secret", nil, "the client_secret to accept; made up unless given")
	set.StringArrayVar(&f.units.subscriptionKeys, "subscription-key", nil, "the Ocp-Apim-Subscription-Key to accept; made up unless given")
	set.StringArrayVar(&f.units.msns, "msn", nil, "the merchant serial number to accept, 4 to 10 digits; made up unless given; repeat for more sales units")
	set.StringVar(&f.units.file, "keys", "", "file with the keys of sales units, as a JSON list")
	set.StringVar(&f.WebhookSecret, "webhook-secret", "", "the secret that every registration gets; each its own unless given")
	set.StringArrayVar(&f.faults, "fault", nil, "what goes wrong on purpose, such as duplicate=10% or 500=2,call=capture; repeat for more")
	set.StringVar(&f.Seed, "seed", "", "a number or text; the ids and secrets that are made up are the same in every run with it")
	set.StringVar(&f.StateDir, "state-dir", "", "directory that keeps keys, payments and registrations for the next start; without it they end with the process")
	set.StringVar(&f.caFile, "tls-ca", "", "serve https, and write the certificate of the CA to trust to this file")
	set.StringArrayVar(&f.AllowHosts, "allow-host", nil, "another name that clients may use for the sandbox; needed for an --addr outside loopback")
	set.BoolVar(&f.AllowRemoteCallbacks, "allow-remote-callbacks", false, "let webhooks go to other machines")
	set.StringVar(&f.callbackCA, "callback-ca", "", "file with a CA (PEM) that https callbacks may use")
}

// options completes the sandbox's options with what flags name: files and keys.
func (f *sandboxFlags) options(now time.Time) (sandbox.Options, error) {
	o := f.Options
	keys, err := f.units.keys()
	if err != nil {
		return o, err
	}
	o.Keys, o.More = keys[0], keys[1:]
	if o.CallbackCAs, err = callbackCAs(f.callbackCA); err != nil {
		return o, err
	}
	if o.Faults, err = parseFaults(f.faults); err != nil {
		return o, err
	}
	if f.caFile != "" {
		o.Authority, err = f.authority(now)
	}
	return o, err
}

func parseFaults(specs []string) ([]sandbox.Fault, error) {
	var faults []sandbox.Fault
	for _, spec := range specs {
		fault, err := sandbox.ParseFault(spec)
		if err != nil {
			return nil, err // it quotes the flag's value
		}
		faults = append(faults, fault)
	}
	return faults, nil
}

// serveSandbox serves until ctx ends, which is no failure, or until the sandbox
// can serve no longer, which is one.
func (p *Parts) serveSandbox(ctx context.Context, f *sandboxFlags) error {
	level, err := p.logLevel()
	if err != nil {
		return err
	}
	o, err := f.options(p.Now())
	if err != nil {
		return &UsageError{Err: err}
	}
	o.Logger = slog.New(slog.NewTextHandler(p.people(), &slog.HandlerOptions{Level: level}))
	o.Now, o.Guard = p.Now, p.Guard
	server, err := sandbox.Start(ctx, o)
	_, system := errors.AsType[syscall.Errno](err)
	_, state := errors.AsType[*sandbox.StateError](err)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil
	case err != nil && !system && !state:
		return &UsageError{Err: err} // the machine has no part in it: a flag is wrong
	case err != nil:
		return err
	}
	if err = f.publish(o.Authority); err == nil {
		err = p.announce(server, f)
	}
	if err != nil {
		return errors.Join(err, server.Close())
	}
	<-server.Done()
	return server.Close()
}

// announce prints where the sandbox is and which keys it takes.
func (p *Parts) announce(s *sandbox.Server, f *sandboxFlags) error {
	r := sandboxReady{Ready: true, URL: s.URL(), salesUnit: salesUnit(s.Keys()), CAFile: f.caFile}
	if all := s.SalesUnits(); len(all) > 1 {
		for _, k := range all {
			r.SalesUnits = append(r.SalesUnits, salesUnit(k))
		}
	}
	if p.Flags.JSON {
		return p.printJSON(r)
	}
	return printed(fmt.Fprintf(p.Stdout, `The sandbox answers at %s until you stop it with ctrl+c.
It takes these keys, made up for this run; the lines can be pasted into a shell
or kept as a .env file:

%s
%s%s The test user's phone number is %s.
`, r.URL, r.variables(), r.others(), f.where(), s.TestPhone()))
}

// where says where webhooks go.
func (f *sandboxFlags) where() string {
	if f.AllowRemoteCallbacks {
		return "Webhooks go to whatever address is registered."
	}
	return "Webhooks go to addresses on this machine only."
}

// others tells of what a .env file has no place for.
func (r sandboxReady) others() string {
	var b strings.Builder
	if len(r.SalesUnits) > 1 {
		b.WriteString("Further sales units:\n")
		for _, u := range r.SalesUnits[1:] {
			fmt.Fprintf(&b, "  MSN %s  client_id %s  client_secret %s  subscription key %s\n",
				u.MSN, shellWord(u.ClientID), shellWord(u.ClientSecret), shellWord(u.SubscriptionKey))
		}
		b.WriteString("\n")
	}
	if r.CAFile != "" {
		fmt.Fprintf(&b, "Clients have to trust the certificate in %s:\n  curl --cacert %s …   NODE_EXTRA_CA_CERTS=%[2]s node …\n\n", r.CAFile, shellWord(r.CAFile))
	}
	if r.CAFile == "" {
		b.WriteString("Use it from another terminal, with the lines exported there (set -a, then paste):\n" +
			"  kvikk            the five steps, on this sandbox\n" +
			"  kvikk listen     one line per webhook\n" +
			"  kvikk sandbox run --all --api-url " + shellWord(r.URL) + " --callback URL\n" +
			"                   a verdict on the receiver at URL\n")
	}
	return b.String()
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
		URL: s.Profile.APIURL,
		salesUnit: salesUnit{
			ClientID: s.Profile.ClientID, ClientSecret: s.Secrets.ClientSecret.Reveal(),
			SubscriptionKey: s.Secrets.SubscriptionKey.Reveal(), MSN: s.Profile.MSN,
		},
	}
	fmt.Fprintf(l.people, "The sandbox answers at %s. Create a payment there with these keys, made up for this run:\n%s", r.URL, r.variables())
}
