package profile

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"kvikk/api/secret"
)

// Both places of secrets are held to the same suite: a real file, and the real
// go-keyring with its provider in memory.
func TestVaults(t *testing.T) {
	for place, fresh := range map[string]func(t *testing.T) vault{
		"file":    func(t *testing.T) vault { return fileVault{isolated(t)} },
		"keyring": func(*testing.T) vault { keyring.MockInit(); return newKeyringVault(systemRing{}, keyringLimit) },
	} {
		for name, test := range map[string]func(*testing.T, vault){
			"what was never kept is empty":                   readsNothing,
			"what is kept comes back byte for byte":          keepsBytes,
			"writing replaces all that was kept":             replaces,
			"removing leaves other accounts alone":           removesOne,
			"removing what was never kept is no error":       removesNothing,
			"many at a time all arrive":                      keepsMany,
			"a place that is named is somewhere to look for": namesItself,
		} {
			t.Run(place+": "+name, func(t *testing.T) { test(t, fresh(t)) })
		}
	}
}

func reads(t *testing.T, v vault, account, name, want string) {
	t.Helper()
	b, err := v.read(t.Context(), account)
	must(t, err)
	if got := b[name].Reveal(); got != want {
		t.Errorf("%s of %s = %q, want %q", name, account, got, want)
	}
}

func readsNothing(t *testing.T, v vault) {
	if b, err := v.read(t.Context(), "profile/none"); err != nil || len(b) > 0 {
		t.Errorf("read = %v, %v", b, err)
	}
}

func keepsBytes(t *testing.T, v vault) {
	for _, text := range []string{"plain", `"quoted" 'both' \n $HOME #no`, "line\nline\ttab", "Ærø €", strings.Repeat("x", 2000)} {
		must(t, v.write(t.Context(), "profile/Ærø 2.b", bundle{"client_secret": secret.New(text)}))
		reads(t, v, "profile/Ærø 2.b", "client_secret", text)
	}
}

func replaces(t *testing.T, v vault) {
	must(t, v.write(t.Context(), "a", bundle{"one": secret.New("1"), "two": secret.New("2")}))
	must(t, v.write(t.Context(), "a", bundle{"two": secret.New("3")}))
	reads(t, v, "a", "one", "")
	reads(t, v, "a", "two", "3")
}

func removesOne(t *testing.T, v vault) {
	for _, account := range []string{"a", "b"} {
		must(t, v.write(t.Context(), account, bundle{"k": secret.New(account)}))
	}
	must(t, v.remove(t.Context(), "a"))
	reads(t, v, "a", "k", "")
	reads(t, v, "b", "k", "b")
}

func removesNothing(t *testing.T, v vault) { must(t, v.remove(t.Context(), "none")) }

func keepsMany(t *testing.T, v vault) {
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			account := "webhook/" + strconv.Itoa(i)
			if err := v.write(t.Context(), account, bundle{"secret": secret.New(account)}); err != nil {
				t.Errorf("write %s: %v", account, err)
			}
		})
	}
	wg.Wait()
	for i := range 12 {
		account := "webhook/" + strconv.Itoa(i)
		reads(t, v, account, "secret", account)
	}
}

func namesItself(t *testing.T, v vault) {
	if !strings.Contains(v.where(), "kvikk") && !strings.Contains(v.where(), credentialsName) {
		t.Errorf("where() = %q", v.where())
	}
}

func TestFilesOfSecretsArePrivate(t *testing.T) {
	t.Parallel()
	d := isolated(t)
	v := fileVault{d}
	must(t, v.write(t.Context(), "a", bundle{"k": secret.New("1")}))
	must(t, os.Chmod(d.CredentialsPath(), 0o644))
	reads(t, v, "a", "k", "1")
	entries, err := os.ReadDir(d.Config)
	must(t, err)
	for _, e := range entries {
		info, err := e.Info()
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o, want 600", e.Name(), info.Mode().Perm())
		}
		if strings.HasSuffix(e.Name(), "-") || len(entries) > 2 {
			t.Errorf("something was left behind: %s", e.Name())
		}
	}
}

func TestALinkToAFileStaysALink(t *testing.T) {
	t.Parallel()
	d := isolated(t)
	target := filepath.Join(t.TempDir(), "dotfiles.toml")
	write(t, target, "")
	must(t, os.Symlink(target, d.ConfigPath()))
	saved(t, d, Profile{Name: "acme"}, Secrets{})
	if info, err := os.Lstat(d.ConfigPath()); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link became %v (%v)", info.Mode(), err)
	}
	if text := content(t, target); !strings.Contains(text, "[profiles.acme]") {
		t.Errorf("the link's target holds %q", text)
	}
}

func TestAnEntryThatIsNotKvikksIsNotRepeated(t *testing.T) {
	keyring.MockInit()
	must(t, keyring.Set(service, "a", `{"k": hunter2`))
	_, err := newKeyringVault(systemRing{}, keyringLimit).read(t.Context(), "a")
	if !errors.Is(err, errKeyring) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("read = %v", err)
	}
}

// failing is a keyring whose tools repeat what they were given.
type failing struct{ ring }

func (failing) Set(_, _, password string) error { return errors.New("bad arguments: " + password) }

func TestAKeyringsErrorDoesNotRepeatTheSecret(t *testing.T) {
	t.Parallel()
	b := bundle{"k": secret.New("hunter2hunter2"), "quoted": secret.New(`a"b\c<d>`)}
	err := newKeyringVault(failing{}, keyringLimit).write(t.Context(), "a", b)
	if !errors.Is(err, errKeyring) || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), `a"b`) {
		t.Errorf("write = %v", err)
	}
	if encoded, _ := json.Marshal(b["quoted"].Reveal()); strings.Contains(err.Error(), string(encoded)) {
		t.Errorf("write = %v", err)
	}
}

// panicking is a keyring whose library fails in the hardest way.
type panicking struct{ ring }

func (panicking) Get(string, string) (string, error) { panic("nil map") }

func TestAPanicOfTheKeyringsLibraryIsAnError(t *testing.T) {
	t.Parallel()
	v := newKeyringVault(panicking{}, keyringLimit)
	if _, err := v.read(t.Context(), "a"); !errors.Is(err, errKeyring) {
		t.Errorf("read = %v", err)
	}
	must(t, v.wait(t.Context()))
}

func TestACallerThatGivesUpIsNotAKeyringThatFails(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	r := hanging{make(chan struct{}), make(chan struct{}, 1)}
	v := newKeyringVault(r, time.Hour)
	go func() { <-r.asked; cancel() }()
	if _, err := v.read(ctx, "a"); !errors.Is(err, context.Canceled) || errors.Is(err, errKeyring) {
		t.Errorf("read = %v", err)
	}
	close(r.release)
	must(t, v.wait(t.Context()))
}

func TestACallerThatGaveUpBeforehandAsksNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := hanging{make(chan struct{}), make(chan struct{}, 99)}
	close(r.release)
	v := newKeyringVault(r, time.Hour)
	for range 50 {
		if _, err := v.read(ctx, "a"); !errors.Is(err, context.Canceled) {
			t.Fatalf("read = %v", err)
		}
	}
	must(t, v.wait(t.Context()))
	if n := len(r.asked); n > 0 {
		t.Errorf("the keyring was asked %d times", n)
	}
}
