// Package ui is kvikk's terminal program: five steps in panes, a live list of
// the webhooks that arrive, and every exchange with the provider as the curl
// command that one would have typed.
//
// [Run] is the whole of it. It owns the session, the relay that turns what
// happens elsewhere into messages, and the clean-up at the end. The model
// itself never blocks and never writes to the terminal; what takes time is a
// command whose context ends with the program.
package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"kvikk/api"
	"kvikk/ui/profile"
	"kvikk/ui/session"
	"kvikk/ui/theme"
)

// Store saves a sales unit and keeps webhook secrets.
type Store interface {
	session.SecretStore
	Save(ctx context.Context, p profile.Profile, s profile.Secrets) (where string, err error)
}

// Options are the parts that the program is made of.
type Options struct {
	// Sandbox says that the embedded sandbox was asked for, so that the first
	// frame can show it.
	Sandbox bool
	// Resolve finds out which sales unit is wanted. It may ask a keyring, so
	// it runs after the first frame.
	Resolve func(ctx context.Context) (profile.Settings, error)
	// Store saves what step 1 asks for.
	Store Store
	// InboxPath is the file that webhooks are kept in.
	InboxPath string
	// StartSandbox starts the embedded sandbox.
	StartSandbox func(ctx context.Context) (session.Sandbox, error)
	// OpenURL opens a browser. It returns an error where there is none.
	OpenURL func(ctx context.Context, url string) error
	System  api.System
	Logger  *slog.Logger
	// Background is what the terminal is taken to draw on until it has said.
	Background theme.Background
	// Now is the clock; NewKey makes idempotency keys and NewReference payment
	// references.
	Now          func() time.Time
	NewKey       func() string
	NewReference func() string
	// Guard is deferred in every goroutine; see [session.Options].
	Guard func()
	// Report gets the lines that are written after the screen is gone.
	Report io.Writer
	// Terminal are options for the Bubble Tea program: input and output in
	// tests.
	Terminal []tea.ProgramOption
}

// Run runs the terminal program until the person quits or ctx ends. Before it
// returns the terminal is as it was, this run's registrations are deleted and
// everything it started has ended, also after a panic, which it returns as an
// error.
func Run(ctx context.Context, o Options) error {
	life, cancel := context.WithCancel(ctx)
	defer cancel()
	rec := newRecorder()
	s := session.New(life, session.Options{
		InboxPath: o.InboxPath, Store: o.Store, StartSandbox: o.StartSandbox,
		System: o.System, Record: rec.Record, Logger: o.Logger, Now: o.Now, Guard: o.Guard,
	})
	// The end of ctx ends the program the ordinary way, so that it puts the
	// terminal back; its own signal handler would not know SIGHUP.
	// The frame rate bounds how long the first frame waits to be drawn.
	options := append([]tea.ProgramOption{tea.WithoutSignalHandler(), tea.WithFPS(frameRate)}, o.Terminal...)
	p := tea.NewProgram(New(life, o, s, rec), options...)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer o.Guard()
		relay(life, p, s, rec)
	})
	wg.Go(func() {
		defer o.Guard()
		<-life.Done()
		p.Quit()
	})
	_, err := p.Run()
	cancel()
	wg.Wait()
	slow := time.AfterFunc(noticeable, func() {
		fmt.Fprintln(o.Report, "kvikk: deleting what was registered, for 3 seconds at most …")
	})
	done := s.Close(ctx)
	slow.Stop()
	report(o.Report, done)
	if err != nil && !errors.Is(err, tea.ErrInterrupted) {
		return fmt.Errorf("run the screen: %w", err)
	}
	return nil
}

// frameRate is how often the screen is drawn at most, a second.
const frameRate = 120

// noticeable is how long the end may take before it says what it is at.
const noticeable = 300 * time.Millisecond

// relayTime is the shortest time between two messages of the relay: about 30
// a second, however many webhooks arrive.
const relayTime = 33 * time.Millisecond

// relay tells the program that there is something new, in the inbox, the
// session or the exchanges. It alone sends messages from outside, and only
// here may a send wait for the program.
func relay(ctx context.Context, p *tea.Program, s *session.Session, rec *recorder) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.Changed():
		case <-rec.changed:
		}
		p.Send(changedMsg{})
		select {
		case <-ctx.Done():
			return
		case <-time.After(relayTime):
		}
	}
}

// report says after the end what became of this run's registrations.
func report(w io.Writer, done session.Cleanup) {
	if n := len(done.Deleted); n > 0 {
		fmt.Fprintf(w, "kvikk: deleted %d %s at the provider\n", n, plural(n, "registration"))
	}
	for _, l := range done.Left {
		fmt.Fprintf(w, "kvikk: this registration stays: %s (%v)\n", l.URL, l.Err)
	}
	if len(done.Left) > 0 {
		fmt.Fprintln(w, "hint: the next kvikk for this sales unit offers to delete it")
	}
}
