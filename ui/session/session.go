// Package session is one run of kvikk without a screen: it holds the client,
// the tunnel and the inbox together, registers the callback URL with the
// provider and takes the registration away again at the end. The terminal
// program and the commands for scripts both stand on it.
//
// A [Session] goes through [Session.Open] (the inbox), [Session.Configure]
// (which sales unit), [Session.Connect] (the callback URL) and
// [Session.Register], and ends with [Session.Close]. It is safe for concurrent
// use: the screen reads [Session.Snapshot] while commands are under way.
package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"kvikk/api"
	"kvikk/api/control"
	"kvikk/api/secret"
	"kvikk/tunnel/inbox"
	"kvikk/ui/profile"
)

// CleanupLimit is the longest that [Session.Close] tries to delete
// registrations at the provider.
const CleanupLimit = 3 * time.Second

// Sandbox is the embedded stand-in for the test environment, as a session
// needs it.
type Sandbox interface {
	URL() string
	Keys() api.Keys
	// AllowTunnel lets the sandbox call this process's own public URL.
	AllowTunnel(publicURL string)
	// TestPhone is a made-up test user's number, digits only.
	TestPhone() string
	Close() error
}

// Options are the parts that a session is made of.
type Options struct {
	// InboxPath is the SQLite file that webhooks are kept in.
	InboxPath string
	// Store keeps webhook secrets. Nil keeps them for this run only.
	Store SecretStore
	// StartSandbox starts the embedded sandbox; its life ends with ctx.
	StartSandbox func(ctx context.Context) (Sandbox, error)
	System       api.System
	// Record gets every exchange with the provider. It must not block.
	Record func(api.Exchange)
	Logger *slog.Logger
	Now    func() time.Time
	// Guard is deferred first in every goroutine that the session and its
	// parts start. It recovers a panic there, so that the program can end in
	// good order. Nil lets a panic end the process.
	Guard func()
}

// Session is one run. Make one with [New].
type Session struct {
	o Options
	// life bounds the goroutines that outlast a call: serving the callback
	// URL, watching the tunnel, the sandbox.
	life context.Context
	stop context.CancelFunc
	// owned are the session's own goroutines.
	owned sync.WaitGroup

	// calls ends when the session is being closed, and with it every call that
	// is under way.
	calls    context.Context
	endCalls context.CancelFunc
	closing  sync.Once
	// configuring makes sales units and callback URLs one after the other;
	// registering does so with registrations, since each one replaces the one
	// before. Who needs both takes configuring first.
	configuring, registering turn
	// playing does so with scenarios, steers with calls that steer the sandbox.
	playing, steers turn

	mu       sync.Mutex
	box      *inbox.Inbox
	asked    profile.Settings // as configured, before the sandbox's keys
	settings profile.Settings
	sandbox  Sandbox
	client   *api.Client
	steering *control.Client // nil unless the API is a kvikk sandbox
	callback *callback
	planned  string // token of the next registration
	active   Registered
	secrets  map[string]secret.Value // by token, of this run
	stored   []string                // tokens of the secrets in the store
	attempts map[*attempt]struct{}   // register calls without an answer
	lasting  []string                // notices that hold until the end
	notice   string
	doing    string
	changed  chan struct{}
	// pause is how long after a failure the URL of a rebuilt tunnel is
	// registered again.
	pause time.Duration
}

// New returns a session that lives until it is closed. The end of ctx does not
// end it.
func New(ctx context.Context, o Options) *Session {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Guard == nil {
		o.Guard = func() {}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	// Close still needs tunnel and sandbox for cleaning up after ctx has ended.
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	calls, endCalls := context.WithCancel(life)
	return &Session{
		o: o, life: life, stop: stop, calls: calls, endCalls: endCalls,
		configuring: newTurn(), registering: newTurn(), playing: newTurn(), steers: newTurn(), pause: firstPause,
		secrets: make(map[string]secret.Value), attempts: make(map[*attempt]struct{}),
		changed: make(chan struct{}, 1),
	}
}

// Format prints the session by the API that it speaks to alone, for every verb:
// fmt reads the fields of a struct past the methods that would hide a secret in
// them.
func (s *Session) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "session.Session("+s.Settings().Profile.APIURL+")")
}

// Changed has a value when the snapshot may differ from the last one read.
func (s *Session) Changed() <-chan struct{} { return s.changed }

func (s *Session) signal() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// Open opens the inbox, so that what came earlier can be read before anything
// is set up.
func (s *Session) Open(ctx context.Context) error {
	ctx, done, err := s.begin(ctx, s.configuring)
	if err != nil {
		return err
	}
	defer done()
	if s.Inbox() != nil {
		return errors.New("the inbox is open already")
	}
	box, err := inbox.Open(ctx, inbox.Options{
		Path: s.o.InboxPath, Now: s.o.Now, Logger: s.o.Logger, Guard: s.o.Guard,
	})
	if err != nil {
		return fmt.Errorf("open the inbox: %w", err)
	}
	s.mu.Lock()
	s.box = box
	s.mu.Unlock()
	if notice := box.Notice(); notice != "" {
		s.tellForGood(notice)
	}
	s.owned.Go(func() {
		defer s.o.Guard()
		s.forward(box.Changed())
	})
	return nil
}

// forward makes one flag of the inbox's and the session's own, so that who
// follows the session need not wait for the inbox to be opened.
func (s *Session) forward(arrived <-chan struct{}) {
	for {
		select {
		case <-s.life.Done():
			return
		case <-arrived:
			s.signal()
		}
	}
}

// Inbox returns the inbox, or nil before [Session.Open].
func (s *Session) Inbox() *inbox.Inbox {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.box
}

// Client returns the client of the configured sales unit, or nil.
func (s *Session) Client() *api.Client {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.client
}

// Settings returns the settings in force, the sandbox's made-up keys included.
func (s *Session) Settings() profile.Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settings
}
