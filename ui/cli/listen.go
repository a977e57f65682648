package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kvikk/api/webhook"
	"kvikk/tunnel/inbox"
	"kvikk/ui/profile"
	"kvikk/ui/session"
)

// listenFlags are the flags of listen as they were given.
type listenFlags struct {
	events, waitFor, forwardTo string
	timeout                    time.Duration
}

// listening is what listen is asked to do.
type listening struct {
	events  []webhook.Type
	wait    wait
	forward *url.URL // nil: nowhere
}

func (p *Parts) listenCommand() *cobra.Command {
	var f listenFlags
	c := newCommand(&cobra.Command{
		Use:   "listen",
		Short: "Open a callback URL, register it and print a line per webhook",
		Long: `Listen opens a callback URL, registers it for the events of the sales unit and
prints a line for every webhook that arrives, rejected ones included. When it
is stopped it deletes its registration and exits with status 0.

With --json the first line says that it is ready and which URL is registered.`,
		Example: `kvikk listen --sandbox --json
kvikk listen --events created,captured --forward-to http://127.0.0.1:3000/webhooks
kvikk listen --json --wait-for captured --timeout 2m`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			asked, err := f.parse(cmd.Flags().Changed)
			if err != nil {
				return usage(cmd, err)
			}
			return usageOf(cmd, p.listen(cmd.Context(), asked))
		},
	})
	p.Flags.BindSandbox(c.Flags())
	c.Flags().StringVar(&f.events, "events", "", "event types, with commas between them (default: all of ePayment)")
	c.Flags().StringVar(&f.waitFor, "wait-for", "", "end with status 0 when this event has come verified")
	c.Flags().DurationVar(&f.timeout, "timeout", 0, "how long --wait-for waits before status 1 (default: until it comes)")
	c.Flags().StringVar(&f.forwardTo, "forward-to", "", "URL to pass verified webhooks on to, one attempt each")
	return c
}

// parse reads the flags; given says which of them stand on the command line.
func (f listenFlags) parse(given func(name string) bool) (asked listening, err error) {
	if asked.events, err = parseEvents(f.events); err != nil {
		return listening{}, err
	}
	if given("wait-for") && strings.TrimSpace(f.waitFor) == "" {
		// An empty variable of a script must not become a wait without end.
		return listening{}, errors.New("--wait-for: name the event to wait for, such as captured")
	}
	if asked.wait, err = parseWait(f.waitFor, f.timeout, given("timeout"), asked.events); err != nil {
		return listening{}, err
	}
	asked.forward, err = parseTarget(f.forwardTo)
	return asked, err
}

// listen runs until ctx ends, the awaited webhook has come, or something
// fails. Being stopped is no failure, unless a webhook was waited for.
func (p *Parts) listen(ctx context.Context, asked listening) error {
	home, err := p.Open(ctx)
	if err != nil {
		return stopped(ctx, asked.wait, err)
	}
	people := p.people()
	defer func() { warn(people, home.Close()) }()
	settings, err := p.Resolve(ctx, home)
	if err == nil {
		err = p.usable(settings)
	}
	if err != nil {
		return stopped(ctx, asked.wait, err)
	}
	l := &listener{Parts: p, asked: asked, home: home, people: people, own: make(map[string]bool)}
	l.session = session.New(ctx, session.Options{
		InboxPath: home.Dirs.InboxPath(), Store: home.Secrets(), StartSandbox: p.StartSandbox,
		System: System(p.Version), Logger: home.Logger, Now: p.Now, Guard: p.Guard,
	})
	defer l.cleanUp(ctx)
	if err := l.setUp(ctx, settings); err != nil {
		return stopped(ctx, asked.wait, err)
	}
	return l.follow(ctx)
}

// usable refuses settings that cannot work, before anything is sent or opened.
func (p *Parts) usable(settings profile.Settings) error {
	o := settings.TunnelOptions()
	if err := p.checkTunnelFlags(o); err != nil {
		return err
	}
	if err := settings.Err(); err != nil {
		return err
	}
	return o.Validate()
}

// stopped replaces the error of what was under way when the program was told
// to end, or when nobody reads its output any more.
func stopped(ctx context.Context, w wait, err error) error {
	if ctx.Err() == nil && !readerGone(err) {
		return err
	}
	return w.unmet("before the end", 0)
}

// listener is one run of listen.
type listener struct {
	*Parts
	asked   listening
	home    *Home
	people  io.Writer
	session *session.Session
	box     *inbox.Inbox // the session's, which it has no more once it is closed
	forward *forwarder   // nil: nowhere
	// own are the tokens of this run's registrations, replaced ones included:
	// several kvikks may share one inbox, and webhooks of a registration may
	// still be on their way when it is replaced.
	own map[string]bool
	// after is the number of the last webhook that was looked at.
	after int64
	told  told
}

// ready is the first line that scripts get.
type ready struct {
	Ready          bool     `json:"ready"`
	CallbackURL    string   `json:"callback_url"`
	RegistrationID string   `json:"registration_id"`
	Events         []string `json:"events"`
}

// setUp goes from nothing to a registered callback URL. The keys are tried
// first, since that is quick to fail.
func (l *listener) setUp(ctx context.Context, settings profile.Settings) error {
	for _, notice := range settings.Notices {
		fmt.Fprintln(l.people, notice)
	}
	var registered session.Registered
	err := l.reporting(func() (err error) {
		registered, err = l.register(ctx, settings)
		return err
	})
	if err != nil {
		return err
	}
	l.remember(registered)
	if l.asked.forward != nil {
		l.forward = l.Parts.forward(ctx, l.asked.forward, l.box, l.people)
	}
	fmt.Fprintf(l.people, "Receiving webhooks at %s\n", registered.URL)
	if !l.Flags.JSON {
		return nil
	}
	return l.printJSON(ready{true, registered.URL, registered.ID, registered.Events})
}

func (l *listener) register(ctx context.Context, settings profile.Settings) (session.Registered, error) {
	var none session.Registered
	if err := l.session.Open(ctx); err != nil {
		return none, err
	}
	l.box = l.session.Inbox()
	l.after = l.box.RunStart()
	if err := l.session.Configure(ctx, settings); err != nil {
		return none, err
	}
	if _, err := l.session.Client().Token(ctx); err != nil {
		return none, err
	}
	l.nameLeftovers(ctx)
	base, err := l.session.Connect(ctx)
	if err != nil {
		return none, err
	}
	if leadsTo(l.asked.forward, base) {
		return none, errors.New("--forward-to leads back to the callback URL, where every webhook would come in again")
	}
	var events []string
	for _, t := range l.asked.events {
		events = append(events, string(t))
	}
	registered, err := l.session.Register(ctx, events)
	if err == nil && settings.Source == profile.Sandbox {
		l.presentSandbox()
	}
	return registered, err
}

// leadsTo reports whether a target is on the host of the callback URL.
func leadsTo(target *url.URL, base string) bool {
	callback, err := url.Parse(base)
	return target != nil && err == nil && strings.EqualFold(target.Host, callback.Host)
}

// cleanUp deletes the registration and names what stays.
func (l *listener) cleanUp(ctx context.Context) {
	if l.session.Snapshot().Registered.ID != "" {
		fmt.Fprintln(l.people, "Deleting the registration …")
	}
	done := l.session.Close(ctx)
	for _, left := range done.Left {
		line, _ := Explain(left.Err)
		fmt.Fprintf(l.people, "A registration stays at the provider: %s (id %s): %s\n", left.URL, left.ID, line)
	}
	if len(done.Left) > 0 {
		fmt.Fprintln(l.people, "The next kvikk offers to delete it.")
	}
}

// warn tells of an error that changes nothing about the outcome.
func warn(people io.Writer, err error) {
	if err != nil {
		fmt.Fprintln(people, err)
	}
}

// usageOf names the command in an error that is about its flags.
func usageOf(cmd *cobra.Command, err error) error {
	if e, ok := errors.AsType[*UsageError](err); ok && e.Command == "" {
		return &UsageError{Command: cmd.CommandPath(), Err: e.Err}
	}
	return err
}
