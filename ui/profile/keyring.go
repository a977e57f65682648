package profile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/zalando/go-keyring"
)

// service is the name under which kvikk's entries stand in the keyring.
const service = "kvikk"

// keyringLimit is how long one call to the keyring may take.
const keyringLimit = 3 * time.Second

// errKeyring marks every error that says that the keyring cannot be used, as
// opposed to a caller that gave up.
var errKeyring = errors.New("the keyring cannot be used")

// ring is the keyring of the operating system, as go-keyring offers it. None of
// its calls can be cancelled.
type ring interface {
	Get(service, user string) (string, error)
	Set(service, user, password string) error
	Delete(service, user string) error
}

// systemRing is go-keyring: Secret Service, macOS Keychain, Windows Credential
// Manager.
type systemRing struct{}

func (systemRing) Get(service, user string) (string, error) { return keyring.Get(service, user) }
func (systemRing) Set(service, user, pass string) error     { return keyring.Set(service, user, pass) }
func (systemRing) Delete(service, user string) error        { return keyring.Delete(service, user) }

// keyringVault keeps secrets in the keyring, one entry an account, so that a
// locked keyring asks once.
//
// A call that hangs cannot be ended. It goes on in a goroutine that the vault
// owns: there is never more than one, since the slot stays taken until it
// returns, and meanwhile every other call fails at once. [keyringVault.wait]
// waits for it; the end of the process ends it in any case.
type keyringVault struct {
	ring  ring
	limit time.Duration
	slot  chan struct{} // capacity 1
	hung  atomic.Pointer[pending]
}

// pending is a call that has been given up.
type pending struct{ returned chan struct{} }

func newKeyringVault(r ring, limit time.Duration) *keyringVault {
	return &keyringVault{ring: r, limit: limit, slot: make(chan struct{}, 1)}
}

func (v *keyringVault) where() string { return "the system's keyring, as " + service }

func (v *keyringVault) read(ctx context.Context, account string) (bundle, error) {
	text, err := v.call(ctx, func() (string, error) { return v.ring.Get(service, account) })
	if errors.Is(err, keyring.ErrNotFound) {
		return bundle{}, nil
	}
	if err != nil {
		return nil, err
	}
	var texts map[string]string
	if err := json.Unmarshal([]byte(text), &texts); err != nil {
		// The error would repeat a part of the secret.
		return nil, fmt.Errorf("%w: its entry %s of %s is not as kvikk writes it; delete the entry and save anew",
			errKeyring, quote(account), service)
	}
	return conceal(texts), nil
}

func (v *keyringVault) write(ctx context.Context, account string, b bundle) error {
	text, err := json.Marshal(b.reveal())
	if err != nil {
		return fmt.Errorf("encode the secrets of %s: %w", quote(account), err)
	}
	_, err = v.call(ctx, func() (string, error) {
		err := v.ring.Set(service, account, string(text))
		if err != nil {
			// Tools that a keyring runs may repeat what they were given.
			err = errors.New(b.redactor(string(text)).Redact(err.Error()))
		}
		return "", err
	})
	return err
}

func (v *keyringVault) remove(ctx context.Context, account string) error {
	_, err := v.call(ctx, func() (string, error) { return "", v.ring.Delete(service, account) })
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return err
}

type answer struct {
	text string
	err  error
}

// call makes one call to the keyring and gives up on it after the limit.
func (v *keyringVault) call(ctx context.Context, ask func() (string, error)) (string, error) {
	// A select between a free slot and an ended context would take either.
	if ctx.Err() != nil {
		return "", v.gaveUp(ctx)
	}
	if v.isHung() {
		return "", fmt.Errorf("%w: it has not answered an earlier call", errKeyring)
	}
	limited, cancel := context.WithTimeout(ctx, v.limit)
	defer cancel()
	select {
	case v.slot <- struct{}{}:
	case <-limited.Done():
		return "", v.gaveUp(ctx)
	}
	answered := make(chan answer, 1)
	p := &pending{make(chan struct{})}
	go func() {
		answered <- safely(ask)
		close(p.returned)
		<-v.slot
	}()
	select {
	case a := <-answered:
		if a.err != nil && !errors.Is(a.err, keyring.ErrNotFound) {
			a.err = fmt.Errorf("%w: %s", errKeyring, plain(a.err.Error()))
		}
		return a.text, a.err
	case <-limited.Done():
		v.hung.Store(p)
		return "", v.gaveUp(ctx)
	}
}

// safely makes the call; a panic in a keyring's library is an error like any
// other.
func safely(ask func() (string, error)) (a answer) {
	defer func() {
		if r := recover(); r != nil {
			a = answer{err: errors.New("its library panicked")}
		}
	}()
	text, err := ask()
	return answer{text, err}
}

// isHung reports whether a call that was given up is still under way.
func (v *keyringVault) isHung() bool {
	p := v.hung.Load()
	if p == nil {
		return false
	}
	select {
	case <-p.returned:
		return false
	default:
		return true
	}
}

// gaveUp tells a keyring that does not answer from a caller that gave up.
func (v *keyringVault) gaveUp(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("ask the keyring: %w", err)
	}
	return fmt.Errorf("%w: it has not answered within %s", errKeyring, v.limit)
}

// wait returns when no call is under way or ctx ends.
func (v *keyringVault) wait(ctx context.Context) error {
	select {
	case v.slot <- struct{}{}:
		<-v.slot
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for the keyring: %w", ctx.Err())
	}
}
