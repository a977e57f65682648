package profile

import (
	"context"
	"fmt"

	"github.com/pelletier/go-toml/v2"

	"kvikk/api/secret"
)

// bundle is what is kept under one account: a profile's secrets by name, or one
// webhook secret. Secrets that belong together are kept and lost together.
type bundle map[string]secret.Value

// The names in a bundle, as both places of storage write them.
const (
	keyClientSecret    = "client_secret"
	keySubscriptionKey = "subscription_key"
	keyAuthtoken       = "ngrok_authtoken"
	keyWebhookSecret   = "secret"
)

// bundle returns the secrets that are there.
func (s Secrets) bundle() bundle {
	b := bundle{}
	for name, v := range map[string]secret.Value{
		keyClientSecret: s.ClientSecret, keySubscriptionKey: s.SubscriptionKey, keyAuthtoken: s.Authtoken,
	} {
		if !v.IsZero() {
			b[name] = v
		}
	}
	return b
}

// secrets is the way back from [Secrets.bundle].
func (b bundle) secrets() Secrets {
	return Secrets{
		ClientSecret: b[keyClientSecret], SubscriptionKey: b[keySubscriptionKey], Authtoken: b[keyAuthtoken],
	}
}

// reveal returns the texts, for the place of storage alone.
func (b bundle) reveal() map[string]string {
	texts := make(map[string]string, len(b))
	for name, v := range b {
		texts[name] = v.Reveal()
	}
	return texts
}

// conceal is the way back from [bundle.reveal].
func conceal(texts map[string]string) bundle {
	b := make(bundle, len(texts))
	for name, text := range texts {
		b[name] = secret.New(text)
	}
	return b
}

// redactor hides the secrets of the bundle and more texts that hold them.
func (b bundle) redactor(more ...string) secret.Redactor {
	var values []secret.Value
	for _, v := range b {
		values = append(values, v)
	}
	for _, text := range more {
		values = append(values, secret.New(text))
	}
	return secret.NewRedactor(values...)
}

// vault is a place where secrets are kept by account name.
type vault interface {
	// read returns an empty bundle when nothing is kept under account.
	read(ctx context.Context, account string) (bundle, error)
	// write replaces what is kept under account.
	write(ctx context.Context, account string, b bundle) error
	// remove is no error when nothing is kept under account.
	remove(ctx context.Context, account string) error
	// where says to a person where that is.
	where() string
}

// fileVault keeps secrets in credentials.toml, one table an account.
type fileVault struct{ dirs Dirs }

// credentialsHead opens the file.
const credentialsHead = "# Secrets of kvikk's sales units and webhooks, written by kvikk.\n" +
	"# Only this user can read the file; do not share it or put it under version control.\n\n"

func (v fileVault) where() string {
	return v.dirs.CredentialsPath() + " (readable by this user only)"
}

func (v fileVault) read(_ context.Context, account string) (bundle, error) {
	accounts, err := v.load()
	return conceal(accounts[account]), err
}

func (v fileVault) write(ctx context.Context, account string, b bundle) error {
	return v.change(ctx, func(accounts map[string]map[string]string) bool {
		accounts[account] = b.reveal()
		return true
	})
}

func (v fileVault) remove(ctx context.Context, account string) error {
	if accounts, err := v.load(); err == nil && accounts[account] == nil {
		// Nothing to remove makes no file and takes no lock.
		return nil
	}
	return v.change(ctx, func(accounts map[string]map[string]string) bool {
		_, found := accounts[account]
		delete(accounts, account)
		return found
	})
}

// load reads the file. The TOML reader's message is not passed on, since it may
// repeat what it read.
func (v fileVault) load() (map[string]map[string]string, error) {
	path := v.dirs.CredentialsPath()
	text, err := readOwn(path)
	if err != nil {
		return nil, err
	}
	accounts := map[string]map[string]string{}
	if err := toml.Unmarshal(text, &accounts); err != nil {
		e := parseError(path, err)
		e.Reason = "this is not as kvikk writes it"
		return nil, e
	}
	return accounts, nil
}

// change edits the file, under the lock, unless act reports that nothing
// changed.
func (v fileVault) change(ctx context.Context, act func(map[string]map[string]string) bool) error {
	if err := v.dirs.create(v.dirs.Config); err != nil {
		return err
	}
	return locked(ctx, v.dirs.Config, func() error {
		accounts, err := v.load()
		if err != nil || !act(accounts) {
			return err
		}
		text, err := toml.Marshal(accounts)
		if err != nil {
			return fmt.Errorf("write %s: %w", v.dirs.CredentialsPath(), err)
		}
		return writeOwn(v.dirs.CredentialsPath(), append([]byte(credentialsHead), text...))
	})
}
