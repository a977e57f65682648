package profile

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"kvikk/api"
	"kvikk/api/secret"
)

// ErrNoSecret is returned when no webhook secret is kept for a registration.
var ErrNoSecret = errors.New("no secret is kept for this registration")

// UnknownProfileError says that no profile has the name that was asked for.
type UnknownProfileError struct {
	// Name was asked for.
	Name string
	// Known are the names that there are, sorted.
	Known []string
}

// Error returns one line that lists the known names.
func (e *UnknownProfileError) Error() string {
	if len(e.Known) == 0 {
		return fmt.Sprintf("there is no profile %s: none has been saved yet; "+
			"save one in step 1 of kvikk", quote(e.Name))
	}
	return fmt.Sprintf("there is no profile %s; saved are: %s", quote(e.Name), strings.Join(e.Known, ", "))
}

// Store keeps profiles and secrets. It is safe for concurrent use, and several
// kvikks may have one on the same directory.
type Store struct {
	dirs Dirs
	file fileVault
	ring *keyringVault // nil: the keyring is not to be touched

	mu     sync.Mutex
	config config
}

// Open reads config.toml and nothing else: neither the keyring nor a file with
// secrets. A missing file is an empty one, and none is made. A file that does
// not parse is a [*ParseError].
func Open(d Dirs) (*Store, error) { return open(d, systemRing{}) }

func open(d Dirs, r ring) (*Store, error) {
	s := &Store{dirs: d, file: fileVault{d}}
	if !d.Isolated {
		s.ring = newKeyringVault(r, keyringLimit)
	}
	text, err := readOwn(d.ConfigPath())
	if err == nil {
		s.config, err = parseConfig(d.ConfigPath(), text)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Close waits until no call to the keyring is under way or ctx ends. Only a
// call that outlived its limit of 3 s can still be.
func (s *Store) Close(ctx context.Context) error {
	if s.ring == nil {
		return nil
	}
	return s.ring.wait(ctx)
}

// List returns the profiles, sorted by name, as of the last read or change.
func (s *Store) List() []Profile {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Profile(nil), s.config.profiles...)
}

// Last returns the name of the profile that was saved or used last.
func (s *Store) Last() (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, found := s.config.find(s.config.last)
	return s.config.last, found
}

// find returns the public part of a profile or an [*UnknownProfileError].
func (s *Store) find(name string) (Profile, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, found := s.config.find(name)
	if !found {
		return Profile{}, &UnknownProfileError{name, s.config.names()}
	}
	return p, nil
}

// Load returns a profile and its secrets. Secrets that were never kept are
// absent and no error. When the place of the secrets cannot be read, the error
// comes with the profile. An unknown name is an [*UnknownProfileError].
func (s *Store) Load(ctx context.Context, name string) (Profile, Secrets, error) {
	p, err := s.find(name)
	if err != nil {
		return Profile{}, Secrets{}, err
	}
	b, err := s.recall(ctx, profileAccount(name))
	if err != nil {
		err = fmt.Errorf("read the secrets of profile %s: %w", quote(name), err)
	}
	return p, b.secrets(), err
}

// Save keeps a profile and its secrets, replacing one of the same name, makes
// it the last one, and returns a person's description of where the secrets went
// (empty when there are none). An empty APIURL means the test environment; hosts
// that [api.CheckBaseURL] refuses are refused here.
func (s *Store) Save(ctx context.Context, p Profile, secrets Secrets) (where string, err error) {
	if p, err = checked(p); err != nil {
		return "", err
	}
	// A file that does not parse is found before a secret moves.
	if err := s.change(ctx, func(config) []change { return nil }); err != nil {
		return "", err
	}
	if b := secrets.bundle(); len(b) > 0 {
		where, err = s.keep(ctx, profileAccount(p.Name), b)
	} else if err = s.forget(ctx, profileAccount(p.Name)); errors.Is(err, errKeyring) {
		// Where there is no keyring, there is nothing to forget in it.
		err = nil
	}
	if err != nil {
		return "", fmt.Errorf("keep the secrets of profile %s: %w", quote(p.Name), err)
	}
	return where, s.change(ctx, func(c config) []change { return saving(c, p) })
}

// checked returns p as it is saved.
func checked(p Profile) (Profile, error) {
	if err := CheckName(p.Name); err != nil {
		return p, err
	}
	if p.APIURL == "" {
		p.APIURL = api.TestURL
	}
	var err error
	if p.APIURL, err = api.CheckBaseURL(p.APIURL); err != nil {
		return p, err
	}
	for _, s := range p.settings() {
		if !utf8.ValidString(s.value) {
			return p, fmt.Errorf("%s is not text in UTF-8", strings.Join(s.key, "."))
		}
	}
	return p, nil
}

// saving lists the changes that make the file say what p says.
func saving(c config, p Profile) []change {
	old, _ := c.find(p.Name)
	before := old.settings()
	var changes []change
	for i, s := range p.settings() {
		path := append([]string{"profiles", p.Name}, s.key...)
		switch {
		case s.value == before[i].value:
		case s.value == "":
			changes = append(changes, change{path: path, act: unset})
		default:
			changes = append(changes, change{path: path, value: s.value})
		}
	}
	return append(changes, using(c, p.Name)...)
}

// using lists the changes that make name the last profile.
func using(c config, name string) []change {
	if c.last == name {
		return nil
	}
	return []change{{path: []string{"last"}, value: name}}
}

// Use makes name the last profile, which a run without flags and keys in the
// environment takes. It writes only when another one was the last.
func (s *Store) Use(ctx context.Context, name string) error {
	if _, err := s.find(name); err != nil {
		return err
	}
	if last, _ := s.Last(); last == name {
		return nil
	}
	return s.change(ctx, func(c config) []change { return using(c, name) })
}

// Remove removes a profile and its secrets. When the secrets cannot be reached,
// the profile goes and the error says that they may still be there.
func (s *Store) Remove(ctx context.Context, name string) error {
	if _, err := s.find(name); err != nil {
		return err
	}
	err := s.change(ctx, func(c config) []change {
		changes := []change{{path: []string{"profiles", name}, act: drop}}
		if c.last == name {
			changes = append(changes, change{path: []string{"last"}, act: unset})
		}
		return changes
	})
	if err != nil {
		return err
	}
	if err := s.forget(ctx, profileAccount(name)); err != nil {
		return fmt.Errorf("profile %s is removed, but its secrets may still be kept: %w", quote(name), err)
	}
	return nil
}

// WebhookSecret returns the secret of the registration with that token, or
// [ErrNoSecret].
func (s *Store) WebhookSecret(ctx context.Context, token string) (secret.Value, error) {
	b, err := s.recall(ctx, webhookAccount(token))
	if err != nil {
		return secret.Value{}, fmt.Errorf("read a webhook secret: %w", err)
	}
	if b[keyWebhookSecret].IsZero() {
		return secret.Value{}, ErrNoSecret
	}
	return b[keyWebhookSecret], nil
}

// SetWebhookSecret keeps the secret of the registration with that token.
func (s *Store) SetWebhookSecret(ctx context.Context, token string, v secret.Value) error {
	if token == "" || v.IsZero() {
		return errors.New("keep a webhook secret: token and secret must not be empty")
	}
	if _, err := s.keep(ctx, webhookAccount(token), bundle{keyWebhookSecret: v}); err != nil {
		return fmt.Errorf("keep a webhook secret: %w", err)
	}
	return nil
}

// RemoveWebhookSecret forgets the secret of the registration with that token.
// One that was never kept is no error.
func (s *Store) RemoveWebhookSecret(ctx context.Context, token string) error {
	if err := s.forget(ctx, webhookAccount(token)); err != nil {
		return fmt.Errorf("remove a webhook secret: %w", err)
	}
	return nil
}
