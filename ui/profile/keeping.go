package profile

import (
	"context"
	"errors"
	"fmt"
)

// The accounts under which secrets are kept.
func profileAccount(name string) string  { return "profile/" + name }
func webhookAccount(token string) string { return "webhook/" + token }

// keep puts secrets into the keyring or, where that cannot be used, into the
// file. They are in one place only: what the file has is newer than what a
// keyring has that was unusable then.
func (s *Store) keep(ctx context.Context, account string, b bundle) (where string, err error) {
	if s.ring == nil {
		return s.file.where(), s.file.write(ctx, account, b)
	}
	unusable := s.ring.write(ctx, account, b)
	switch {
	case unusable == nil:
		return s.ring.where(), s.file.remove(ctx, account)
	case !errors.Is(unusable, errKeyring):
		return "", unusable
	}
	return fmt.Sprintf("%s, since %v", s.file.where(), unusable), s.file.write(ctx, account, b)
}

// recall returns the secrets of an account, from the file before the keyring.
func (s *Store) recall(ctx context.Context, account string) (bundle, error) {
	b, err := s.file.read(ctx, account)
	if err != nil || len(b) > 0 || s.ring == nil {
		return b, err
	}
	return s.ring.read(ctx, account)
}

// forget removes the secrets of an account from both places. A keyring that
// cannot be used is no error when the file had them.
func (s *Store) forget(ctx context.Context, account string) error {
	b, err := s.file.read(ctx, account)
	if err == nil {
		err = s.file.remove(ctx, account)
	}
	if err != nil || s.ring == nil {
		return err
	}
	err = s.ring.remove(ctx, account)
	if errors.Is(err, errKeyring) && len(b) > 0 {
		return nil
	}
	return err
}

// configHead opens a new config.toml.
const configHead = "# kvikk's saved sales units. Edit as you like; kvikk changes only the lines it has to.\n" +
	"# Secrets are not in here: they are in the keyring or, without one, in " + credentialsName + ".\n\n"

// change edits config.toml under the lock, beginning with what the file says
// now, and takes over the result.
func (s *Store) change(ctx context.Context, changes func(config) []change) error {
	if err := s.dirs.create(s.dirs.Config); err != nil {
		return err
	}
	return locked(ctx, s.dirs.Config, func() error {
		path := s.dirs.ConfigPath()
		text, err := readOwn(path)
		if err != nil {
			return err
		}
		now, err := parseConfig(path, text)
		if err != nil {
			return err
		}
		if todo := changes(now); len(todo) > 0 {
			if now, err = rewrite(path, text, todo); err != nil {
				return err
			}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.config = now
		return nil
	})
}

// rewrite writes the changed text and returns what it says.
func rewrite(path string, text []byte, changes []change) (config, error) {
	if len(text) == 0 {
		text = []byte(configHead)
	}
	text, err := edit(text, changes)
	if err != nil {
		return config{}, fmt.Errorf("edit %s: %w", path, err)
	}
	now, err := parseConfig(path, text)
	if err != nil {
		return config{}, err
	}
	return now, writeOwn(path, text)
}
