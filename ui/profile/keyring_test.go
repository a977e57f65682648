package profile

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"kvikk/api/secret"
)

// hanging is a keyring that answers when it is released.
type hanging struct {
	release chan struct{}
	asked   chan struct{}
}

func (h hanging) wait() error { h.asked <- struct{}{}; <-h.release; return keyring.ErrNotFound }

func (h hanging) Get(string, string) (string, error) { return "", h.wait() }
func (h hanging) Set(string, string, string) error   { return h.wait() }
func (h hanging) Delete(string, string) error        { return h.wait() }

func TestAKeyringThatHangsIsAskedOnceAndLeftAlone(t *testing.T) {
	t.Parallel()
	r := hanging{make(chan struct{}), make(chan struct{}, 9)}
	v := newKeyringVault(r, 20*time.Millisecond)
	if _, err := v.read(t.Context(), "a"); !errors.Is(err, errKeyring) || !strings.Contains(err.Error(), "within 20ms") {
		t.Fatalf("the first call = %v", err)
	}
	v.limit = 5 * time.Second // from here on nothing may wait
	for what, err := range map[string]error{
		"write": v.write(t.Context(), "a", bundle{}), "remove": v.remove(t.Context(), "a"),
	} {
		if !errors.Is(err, errKeyring) || !strings.Contains(err.Error(), "earlier call") {
			t.Errorf("%s = %v", what, err)
		}
	}
	if n := len(r.asked); n != 1 {
		t.Errorf("the keyring was asked %d times", n)
	}
	soon, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := v.wait(soon); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("wait = %v", err)
	}
	close(r.release)
	must(t, v.wait(t.Context()))
	if _, err := v.read(t.Context(), "a"); err != nil {
		t.Errorf("after it has answered, read = %v", err)
	}
}

func TestAKeyringThatHangsHoldsUpNeitherSaveNorLoad(t *testing.T) {
	t.Parallel()
	r := hanging{make(chan struct{}), make(chan struct{}, 9)}
	d := isolated(t)
	d.Isolated = false
	s, err := open(d, r)
	must(t, err)
	s.ring.limit = 20 * time.Millisecond
	p, secrets := acme()
	where, err := s.Save(t.Context(), p, secrets)
	must(t, err)
	if !strings.Contains(where, d.CredentialsPath()) || !strings.Contains(where, "not answered within") {
		t.Errorf("Save says %q", where)
	}
	if _, got, err := s.Load(t.Context(), "acme"); err != nil || got != secrets {
		t.Errorf("Load = %v", err)
	}
	close(r.release)
	must(t, s.Close(t.Context()))
}

func TestSecretsMoveFromTheFileToTheKeyringWhenThereIsOne(t *testing.T) {
	d := isolated(t)
	d.Isolated = false
	p, secrets := acme()
	keyring.MockInitWithError(errors.New("no such bus"))
	if where, err := opened(t, d).Save(t.Context(), p, secrets); err != nil || !strings.Contains(where, "no such bus") {
		t.Errorf("Save = %q, %v", where, err)
	}
	keyring.MockInit()
	s := opened(t, d)
	if _, got, err := s.Load(t.Context(), "acme"); err != nil || got != secrets {
		t.Errorf("Load from the file = %v", err)
	}
	where, err := s.Save(t.Context(), p, secrets)
	if err != nil || !strings.Contains(where, "keyring") {
		t.Errorf("Save = %q, %v", where, err)
	}
	if text := content(t, d.CredentialsPath()); strings.Contains(text, secrets.ClientSecret.Reveal()) {
		t.Errorf("the file still has the secret: %s", text)
	}
	if _, got, err := s.Load(t.Context(), "acme"); err != nil || got != secrets {
		t.Errorf("Load from the keyring = %v", err)
	}
	must(t, s.Remove(t.Context(), "acme"))
	if _, err := keyring.Get(service, "profile/acme"); !errors.Is(err, keyring.ErrNotFound) {
		t.Errorf("after Remove the keyring has %v", err)
	}
}

// childVariable makes this test binary the child below, which runs the real
// go-keyring against the bus that the environment names.
const childVariable = "KVIKK_PROFILE_TEST_CHILD"

func TestChildSavesThroughTheRealKeyring(t *testing.T) {
	if os.Getenv(childVariable) == "" {
		t.Skip("runs as a child only")
	}
	d := isolated(t)
	d.Isolated = false
	s := opened(t, d)
	s.ring.limit = 300 * time.Millisecond
	started := time.Now()
	must(t, s.SetWebhookSecret(t.Context(), "token", secret.New("hunter2hunter2")))
	got, err := s.WebhookSecret(t.Context(), "token")
	must(t, err)
	p, secrets := acme()
	where, err := s.Save(t.Context(), p, secrets)
	must(t, err)
	fmt.Printf("came back: %t\nin time: %t\nwhere: %s\n",
		got.Reveal() == "hunter2hunter2", time.Since(started) < 2*time.Second, where)
	// A call to a silent bus never ends; no check for leaks can pass here.
	os.Exit(0)
}

func TestTheRealKeyringOnBussesThatFail(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("the Secret Service is reached over D-Bus on Linux only")
	}
	dir, err := os.MkdirTemp("", "kvikk") // a socket's path has to be short
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	silent, err := net.Listen("unix", filepath.Join(dir, "bus"))
	must(t, err)
	t.Cleanup(func() { _ = silent.Close() })
	for name, c := range map[string]struct{ bus, want string }{
		"there is none":        {filepath.Join(dir, "none"), "the keyring cannot be used"},
		"it accepts and hangs": {filepath.Join(dir, "bus"), "it has not answered"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChildSavesThroughTheRealKeyring$")
			child.Env = append(os.Environ(), childVariable+"=1", "DBUS_SESSION_BUS_ADDRESS=unix:path="+c.bus)
			out, err := child.CombinedOutput()
			must(t, err)
			for _, want := range []string{"came back: true", "in time: true", credentialsName, c.want} {
				if !strings.Contains(string(out), want) {
					t.Errorf("no %q in: %s", want, out)
				}
			}
		})
	}
}
