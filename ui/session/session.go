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
	"log/slog"
	"sync"
	"time"

	"kvikk/api"
	"kvikk/api/secret"
	"kvikk/tunnel"
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

// SecretStore keeps webhook secrets beyond the run, by registration token.
type SecretStore interface {
	WebhookSecret(ctx context.Context, token string) (secret.Value, error)
	SetWebhookSecret(ctx context.Context, token string, s secret.Value) error
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

	// registering makes registrations one after the other, since each one
	// replaces the one before.
	registering sync.Mutex
	// configuring makes a second call wait for a first one that is under way.
	configuring sync.Mutex

	mu       sync.Mutex
	box      *inbox.Inbox
	asked    profile.Settings // as configured, before the sandbox's keys
	settings profile.Settings
	sandbox  Sandbox
	client   *api.Client
	callback *callback
	planned  string // token of the next registration
	active   Registered
	secrets  map[string]secret.Value // by token, of this run
	notice   string
	doing    string
	changed  chan struct{}
}

// New returns a session whose goroutines end when ctx does or when it is
// closed.
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
	// The session's own end comes from Close, which still needs its tunnel
	// and sandbox for cleaning up after ctx has ended.
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	return &Session{
		o: o, life: life, stop: stop,
		secrets: make(map[string]secret.Value),
		changed: make(chan struct{}, 1),
	}
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
	box, err := inbox.Open(ctx, inbox.Options{
		Path: s.o.InboxPath, Now: s.o.Now, Logger: s.o.Logger, Guard: s.o.Guard,
	})
	if err != nil {
		return fmt.Errorf("open the inbox: %w", err)
	}
	s.mu.Lock()
	s.box, s.notice = box, box.Notice()
	s.mu.Unlock()
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

// Configure chooses the sales unit: the embedded sandbox, started afresh, or
// the one that the settings describe. An own registration at another sales
// unit is deleted first.
func (s *Session) Configure(ctx context.Context, settings profile.Settings) error {
	s.configuring.Lock()
	defer s.configuring.Unlock()
	return s.configure(ctx, settings)
}

func (s *Session) configure(ctx context.Context, settings profile.Settings) error {
	err := s.target(ctx, settings)
	if err == nil {
		s.mu.Lock()
		s.asked = settings
		s.mu.Unlock()
	}
	return err
}

// target points the session at the sales unit of the settings.
func (s *Session) target(ctx context.Context, settings profile.Settings) error {
	if settings.Source == profile.Sandbox {
		return s.configureSandbox(ctx, settings)
	}
	client, err := s.newClient(settings.Profile.APIURL, settings.Keys())
	if err != nil {
		return err
	}
	s.replaceClient(ctx, client, settings, nil)
	return nil
}

// Prepare configures the session unless it is configured for these settings
// already.
func (s *Session) Prepare(ctx context.Context, settings profile.Settings) error {
	s.configuring.Lock()
	defer s.configuring.Unlock()
	s.mu.Lock()
	ready := s.client != nil && sameTarget(s.asked, settings)
	if ready {
		// The way to be reached may have changed all the same.
		s.settings.Profile.Tunnel, s.settings.Secrets.Authtoken = settings.Profile.Tunnel, settings.Secrets.Authtoken
	}
	s.mu.Unlock()
	if ready {
		return nil
	}
	return s.configure(ctx, settings)
}

// sameTarget reports whether two settings mean the same sales unit with the
// same keys.
func sameTarget(a, b profile.Settings) bool {
	return a.Source == b.Source && a.Profile.APIURL == b.Profile.APIURL && a.Keys() == b.Keys()
}

func (s *Session) configureSandbox(ctx context.Context, settings profile.Settings) error {
	if s.o.StartSandbox == nil {
		return errors.New("this build has no embedded sandbox")
	}
	box, err := s.o.StartSandbox(s.life)
	if err != nil {
		return fmt.Errorf("start the sandbox: %w", err)
	}
	keys := box.Keys()
	client, err := s.newClient(box.URL(), keys)
	if err != nil {
		return errors.Join(err, box.Close())
	}
	p := &settings.Profile
	p.APIURL, p.ClientID, p.MSN, p.Phone = box.URL(), keys.ClientID, keys.MSN, box.TestPhone()
	settings.Secrets.ClientSecret, settings.Secrets.SubscriptionKey = keys.ClientSecret, keys.SubscriptionKey
	s.replaceClient(ctx, client, settings, box)
	return nil
}

func (s *Session) newClient(baseURL string, keys api.Keys) (*api.Client, error) {
	return api.New(api.Options{
		BaseURL: baseURL, Keys: keys, System: s.o.System, Record: s.o.Record, Now: s.o.Now,
	})
}

// replaceClient puts a new client in place of the old one, whose registration
// and sandbox are taken away when it spoke for another sales unit.
func (s *Session) replaceClient(ctx context.Context, c *api.Client, settings profile.Settings, box Sandbox) {
	s.mu.Lock()
	old, oldBox, before := s.client, s.sandbox, s.settings
	s.mu.Unlock()
	moved := before.Profile.APIURL != settings.Profile.APIURL || before.Profile.MSN != settings.Profile.MSN
	if old != nil && moved {
		s.forget(ctx)
	}
	s.mu.Lock()
	s.client, s.sandbox, s.settings = c, box, settings
	if box != nil && s.callback != nil {
		box.AllowTunnel(s.callback.tunnel.URL())
	}
	s.mu.Unlock()
	if old != nil {
		old.Close()
	}
	if oldBox != nil {
		if err := oldBox.Close(); err != nil {
			s.o.Logger.Warn("close the sandbox", "err", err)
		}
	}
	s.signal()
}

// forget deletes this run's registrations at the sales unit that is being
// left.
func (s *Session) forget(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, CleanupLimit)
	defer cancel()
	for _, left := range s.deleteMine(ctx).Left {
		s.o.Logger.Warn("a registration stays", "url", left.URL, "err", left.Err)
	}
	s.mu.Lock()
	s.active = Registered{}
	s.mu.Unlock()
}

// Settings returns the settings in force, the sandbox's made-up keys included.
func (s *Session) Settings() profile.Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settings
}

// Snapshot is what the header shows.
type Snapshot struct {
	Sandbox bool
	APIURL  string
	MSN     string
	Profile string
	// Tunnel is the callback URL's state; its zero value means that none was
	// opened yet.
	Tunnel     tunnel.Status
	TunnelKind tunnel.Kind
	Connected  bool
	Token      api.Token
	HasToken   bool
	Registered Registered
	// Notice is something that happened by itself and that a person should
	// know, such as a new registration after the public URL changed.
	Notice string
	// Stage says what opening the callback URL is at, while that is under way.
	Stage string
}

// Snapshot returns the present state. It does no I/O.
func (s *Session) Snapshot() Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.settings.Profile
	snap := Snapshot{
		Sandbox: s.sandbox != nil, APIURL: p.APIURL, MSN: p.MSN, Profile: p.Name,
		Registered: s.active, Notice: s.notice, Stage: s.doing,
	}
	if s.callback != nil {
		snap.Connected = true
		snap.Tunnel, snap.TunnelKind = s.callback.tunnel.Status(), s.callback.tunnel.Kind()
	}
	if s.client != nil {
		snap.Token, snap.HasToken = s.client.CachedToken()
	}
	return snap
}
