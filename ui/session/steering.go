package session

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"time"

	"kvikk/api/control"
	"kvikk/api/scenario"
)

const (
	// findLimit is how long an API on this machine may take to say whether it
	// is a kvikk sandbox.
	findLimit = time.Second
	// steerLimit is how long a call that steers the sandbox may take.
	steerLimit = 5 * time.Second
	// lastFired is how many of the faults that have fired [Controls] names.
	lastFired = 5
)

// errNotSteerable is what a call gets that only a kvikk sandbox can answer.
var errNotSteerable = errors.New("that needs a kvikk sandbox, and the API in use is none")

// Controls are how a kvikk sandbox stands: its clock and its faults.
type Controls struct {
	// Now is the sandbox's time, Offset how far it is ahead of the machine's.
	Now    time.Time
	Offset time.Duration
	// Faults are those that are set, as [control.Client.Faults] returns them.
	Faults []string
	// Fired counts the faults that have fired, Counts does so by kind, and Last
	// are the last five of them, the oldest first.
	Fired  int64
	Counts map[string]int
	Last   []control.Firing
}

// findSandbox finds out whether the sales unit's API is a kvikk sandbox, unless
// that is known. Only one on this machine is asked: the provider's environments
// have no such thing, and are not to be tried.
func (s *Session) findSandbox(ctx context.Context) {
	s.mu.Lock()
	client, msn, known := s.client, s.settings.Profile.MSN, s.steering != nil
	s.mu.Unlock()
	if client == nil || known || !onLoopback(client.BaseURL()) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, findLimit)
	defer cancel()
	c := control.New(client.BaseURL(), nil).For(msn)
	if _, err := c.Status(ctx); err != nil {
		c.Close()
		s.o.Logger.Debug("look for a sandbox", "url", client.BaseURL(), "err", err)
		return
	}
	s.mu.Lock()
	s.steering = c
	s.mu.Unlock()
	s.signal()
}

func onLoopback(base string) bool {
	u, err := url.Parse(base)
	if err != nil {
		return false
	}
	if u.Hostname() == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(u.Hostname())
	return err == nil && addr.IsLoopback()
}

// steer begins a call to the sandbox's admin API. One such call is under way
// at a time, so that what one has read still holds when it writes.
func (s *Session) steer(ctx context.Context) (*control.Client, context.Context, func(), error) {
	ctx, end, err := s.begin(ctx, s.steers)
	if err != nil {
		return nil, nil, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, steerLimit)
	done := func() {
		cancel()
		end()
	}
	s.mu.Lock()
	c := s.steering
	s.mu.Unlock()
	if c == nil {
		done()
		return nil, nil, nil, errNotSteerable
	}
	return c, ctx, done, nil
}

// Controls returns how the sandbox stands. It is an error where the API is no
// kvikk sandbox.
func (s *Session) Controls(ctx context.Context) (Controls, error) {
	c, ctx, done, err := s.steer(ctx)
	if err != nil {
		return Controls{}, err
	}
	defer done()
	return controls(ctx, c)
}

// controls asks for the details of what has fired only where something has.
func controls(ctx context.Context, c *control.Client) (Controls, error) {
	st, err := c.Status(ctx)
	if err != nil {
		return Controls{}, fmt.Errorf("look at the sandbox: %w", err)
	}
	got := Controls{Now: st.Now, Offset: st.ClockOffset, Faults: st.Faults, Fired: st.Fired}
	if st.Fired == 0 {
		return got, nil
	}
	fired, err := c.Fired(ctx, control.Query{After: max(st.Fired-lastFired, 0)})
	if err != nil {
		return Controls{}, fmt.Errorf("look at the faults that have fired: %w", err)
	}
	got.Counts, got.Last = fired.Counts, fired.Fired[max(len(fired.Fired)-lastFired, 0):]
	return got, nil
}

// ChangeFaults puts in place of the faults that are set what edit makes of
// them, and returns how the sandbox stands then.
func (s *Session) ChangeFaults(ctx context.Context, edit func(set []string) []string) (Controls, error) {
	c, ctx, done, err := s.steer(ctx)
	if err != nil {
		return Controls{}, err
	}
	defer done()
	set, err := c.Faults(ctx)
	if err != nil {
		return Controls{}, fmt.Errorf("look at the faults: %w", err)
	}
	if _, err := c.SetFaults(ctx, edit(set)); err != nil {
		return Controls{}, fmt.Errorf("set the faults: %w", err)
	}
	return controls(ctx, c)
}

// MoveClock moves the sandbox's clock forward, by more than 0, and returns how
// the sandbox stands then.
func (s *Session) MoveClock(ctx context.Context, by time.Duration) (Controls, error) {
	c, ctx, done, err := s.steer(ctx)
	if err != nil {
		return Controls{}, err
	}
	defer done()
	if _, err := c.Advance(ctx, by); err != nil {
		return Controls{}, fmt.Errorf("move the sandbox's clock: %w", err)
	}
	return controls(ctx, c)
}

// Play is a scenario and what it is played with.
type Play struct {
	Scenario scenario.Scenario
	// Reference is the payment's, never used before: 8 to 64 letters, digits
	// and hyphens.
	Reference string
	// Phone is the payer's number, digits only; empty leaves it out.
	Phone string
	// Report gets what happens meanwhile, from another goroutine. [Session.Changed]
	// has a value after each.
	Report func(scenario.Progress)
}

// Play plays a scenario in the sandbox. The receiver that is tried is this
// run's registration, so [Session.Register] comes first. One is played at a
// time; [Session.Close] ends it and waits until the sandbox is as it was.
func (s *Session) Play(ctx context.Context, p Play) (scenario.Verdict, error) {
	ctx, done, err := s.begin(ctx, s.playing)
	if err != nil {
		return scenario.Verdict{}, err
	}
	defer done()
	s.mu.Lock()
	client, steering, webhookID := s.client, s.steering, s.active.ID
	s.mu.Unlock()
	switch {
	case client == nil || steering == nil:
		return scenario.Verdict{}, errNotSteerable
	case webhookID == "":
		return scenario.Verdict{}, errors.New("no callback URL is registered, so nothing would be delivered")
	}
	return scenario.Runner{
		API: client, Control: steering, WebhookID: webhookID, Phone: p.Phone,
		NewReference: func() string { return p.Reference },
		Report: func(now scenario.Progress) {
			p.Report(now)
			s.signal()
		},
	}.Run(ctx, p.Scenario)
}
