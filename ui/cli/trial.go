package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kvikk/api"
	"kvikk/api/control"
	"kvikk/api/sandbox"
	"kvikk/api/scenario"
	"kvikk/ui/profile"
)

// cleanUpLimit bounds deleting a trial's registration.
const cleanUpLimit = 3 * time.Second

// trialFlags are the flags of the commands that try a receiver.
type trialFlags struct {
	callback, secret, callbackCA string
	remote                       bool
	timeout                      time.Duration
}

func (f *trialFlags) bind(c *cobra.Command) {
	set := c.Flags()
	set.StringVar(&f.callback, "callback", "", "address of your receiver, such as http://127.0.0.1:3000/webhooks")
	set.StringVar(&f.secret, "secret", "", "secret that signs the webhooks (default: a made-up one, which is printed)")
	set.StringVar(&f.callbackCA, "callback-ca", "", "file with a CA (PEM) that an https callback may use")
	set.BoolVar(&f.remote, "allow-remote-callbacks", false, "let webhooks go to another machine")
	set.DurationVar(&f.timeout, "timeout", scenario.DefaultTimeout, "how long to wait for webhooks after the last step")
}

// check refuses flags that cannot work, and those that would not do what they
// are given for.
func (f *trialFlags) check(cmd *cobra.Command, apiURL string) error {
	if err := f.complete(cmd.Flags().Changed); err != nil {
		return err
	}
	if apiURL != "" {
		if err := f.fitRunning(cmd.Flags().Changed); err != nil {
			return err
		}
	}
	if err := unheeded(cmd, "profile", "tunnel", "callback-url", "listen-addr"); err != nil {
		return err
	}
	return notEmpty(cmd, "api-url", "callback-ca")
}

// complete refuses what is missing or cannot be; given says which flags stand
// on the command line.
func (f *trialFlags) complete(given func(name string) bool) error {
	u, err := url.Parse(f.callback)
	switch {
	case f.callback == "" && given("callback-url"):
		return errors.New("--callback is missing: the address of your receiver; --callback-url is the base of a tunnel")
	case f.callback == "":
		return errors.New("--callback is missing: the address of your receiver, such as http://127.0.0.1:3000/webhooks")
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("--callback: %q is no URL; use one such as http://127.0.0.1:3000/webhooks", f.callback)
	case given("secret") && strings.TrimSpace(f.secret) == "":
		// An empty variable of a script must not become a secret that nobody knows.
		return errors.New("--secret is empty; give a made-up one, or leave the flag out")
	case f.timeout <= 0:
		return fmt.Errorf("--timeout: %v is no time to wait; use a duration such as 30s", f.timeout)
	}
	return nil
}

// fitRunning refuses what a sandbox that runs already has settled.
func (f *trialFlags) fitRunning(given func(name string) bool) error {
	for _, own := range [][2]string{
		{"secret", "makes the secret itself; read it from the first lines, or start that sandbox with --webhook-secret"},
		{"callback-ca", "knows its callbacks' CAs already; start that sandbox with --callback-ca"},
		{"allow-remote-callbacks", "decides where webhooks may go; start that sandbox with --allow-remote-callbacks"},
	} {
		if given(own[0]) {
			return fmt.Errorf("--%s does not go with --api-url: the sandbox that runs there %s", own[0], own[1])
		}
	}
	return nil
}

// trial is a sandbox with the receiver's registration.
type trial struct {
	*Parts
	flags  trialFlags
	people io.Writer
	// own is nil when the sandbox runs elsewhere.
	own     *sandbox.Server
	client  *api.Client
	control *control.Client
	hook    api.RegisteredWebhook
}

// openTrial finds or starts the sandbox and registers the callback URL.
func (p *Parts) openTrial(ctx context.Context, f trialFlags, events []string) (t *trial, err error) {
	t = &trial{Parts: p, flags: f, people: p.people()}
	defer func() {
		if err != nil {
			err = t.end(ctx, err)
		}
	}()
	base, keys, err := t.find(ctx)
	if err != nil {
		return t, err
	}
	if t.client, err = api.New(api.Options{BaseURL: base, Keys: keys, System: System(p.Version), Now: p.Now, Guard: p.Guard}); err != nil {
		return t, err
	}
	t.control = control.New(base, nil).For(keys.MSN)
	if t.own == nil {
		if _, err := t.control.Status(ctx); err != nil {
			return t, err // before anything is left behind
		}
	}
	t.hook, err = t.client.RegisterWebhook(ctx, api.RegisterWebhookRequest{URL: f.callback, Events: events})
	if reason := blamesCallback(err); reason != "" {
		return t, &UsageError{Err: errors.New("--callback: " + reason)}
	}
	return t, err
}

// blamesCallback returns what is wrong with a callback URL when that is why it
// could not be registered.
func blamesCallback(err error) string {
	if e, ok := errors.AsType[*api.ValidationError](err); ok {
		return e.Field("url")
	}
	if e, ok := errors.AsType[*api.Error](err); ok && e.Status == 400 {
		for _, f := range e.Fields {
			if strings.EqualFold(f.Name, "url") {
				return f.Reason
			}
		}
	}
	return ""
}

// find returns the sandbox that --api-url names, or else starts one.
func (t *trial) find(ctx context.Context) (base string, keys api.Keys, err error) {
	if t.Flags.APIURL != "" {
		return t.running(ctx)
	}
	o := sandbox.Options{
		WebhookSecret: t.flags.secret, AllowRemoteCallbacks: t.flags.remote, Now: t.Now, Guard: t.Guard,
	}
	if o.CallbackCAs, err = callbackCAs(t.flags.callbackCA); err != nil {
		return "", api.Keys{}, &UsageError{Err: err}
	}
	if t.own, err = sandbox.Start(ctx, o); err != nil {
		return "", api.Keys{}, err
	}
	return t.own.URL(), embedded{t.own}.Keys(), nil
}

// running returns the sandbox that --api-url names, with the keys of the
// environment: saved profiles are for the provider.
func (t *trial) running(ctx context.Context) (string, api.Keys, error) {
	base, err := api.CheckBaseURL(t.Flags.APIURL)
	if err != nil {
		return "", api.Keys{}, &UsageError{Err: fmt.Errorf("--api-url: %w", err)}
	}
	if strings.HasPrefix(base, api.TestURL) {
		return "", api.Keys{}, &UsageError{Err: errors.New("--api-url: scenarios are played in a kvikk sandbox, " +
			"where the payer can be played too; leave the flag out, or name the address of a sandbox")}
	}
	settings, err := profile.Resolve(ctx, profile.Flags{APIURL: base}, t.Getenv, nil)
	if err != nil {
		return "", api.Keys{}, err
	}
	if len(settings.Missing) > 0 {
		var names []string
		for _, m := range settings.Missing {
			names = append(names, profile.Field(m).Variable())
		}
		return "", api.Keys{}, &UsageError{Err: fmt.Errorf("the sandbox at %s wants its keys, and %s missing; "+
			"export the lines that kvikk sandbox prints", base, isAre(names))}
	}
	return base, settings.Keys(), nil
}

func isAre(names []string) string {
	if len(names) == 1 {
		return names[0] + " is"
	}
	return strings.Join(names, ", ") + " are"
}

// end closes the trial and returns how it ended. What came before an error of
// closing is more to the point.
func (t *trial) end(ctx context.Context, err error) error {
	closing := t.close(ctx)
	if err == nil {
		return closing
	}
	warn(t.people, closing)
	return err
}

// close deletes the registration, at the end of ctx too, and ends a sandbox of
// the trial's own.
func (t *trial) close(ctx context.Context) (err error) {
	if t.hook.ID != "" && t.own == nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUpLimit)
		defer cancel()
		if err = t.client.DeleteWebhook(ctx, t.hook.ID); err != nil {
			err = fmt.Errorf("delete the registration of %s (id %s): %w", t.flags.callback, t.hook.ID, err)
		}
	}
	if t.control != nil {
		t.control.Close()
	}
	if t.client != nil {
		t.client.Close()
	}
	if t.own != nil {
		err = errors.Join(err, t.own.Close())
	}
	return err
}

// runner plays scenarios of that name on the trial's sandbox.
func (t *trial) runner(name string) scenario.Runner {
	r := scenario.Runner{
		API: t.client, Control: t.control, WebhookID: t.hook.ID, Timeout: t.flags.timeout,
		NewReference: func() string { return name + "-" + strings.ToLower(rand.Text()[:8]) },
		Report: func(p scenario.Progress) {
			if p.Step != "" {
				fmt.Fprintln(t.people, p.Step)
			}
		},
	}
	if t.own != nil {
		r.Phone = t.own.TestPhone()
	}
	return r
}
