package profile

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zalando/go-keyring"

	"kvikk/api"
	"kvikk/api/secret"
)

func TestWhatIsSavedIsThereAfterARestart(t *testing.T) {
	for place, isolatedDirs := range map[string]bool{"in a file": true, "in the keyring": false} {
		t.Run(place, func(t *testing.T) {
			keyring.MockInit()
			d := isolated(t)
			d.Isolated = isolatedDirs
			p, secrets := acme()
			where, err := opened(t, d).Save(t.Context(), p, secrets)
			must(t, err)
			if isolatedDirs != strings.Contains(where, d.CredentialsPath()) {
				t.Errorf("Save says %q", where)
			}
			s := opened(t, d)
			got, gotSecrets, err := s.Load(t.Context(), "acme")
			must(t, err)
			if diff := cmp.Diff(p, got); diff != "" || gotSecrets != secrets {
				t.Errorf("Load: %s", diff)
			}
			if last, ok := s.Last(); last != "acme" || !ok {
				t.Errorf("Last() = %q, %v", last, ok)
			}
		})
	}
}

func TestConfigHoldsNoSecretAndTheKeyringNothingOfAnIsolatedDirectory(t *testing.T) {
	keyring.MockInit()
	d := isolated(t)
	p, secrets := acme()
	s := saved(t, d, p, secrets)
	must(t, s.SetWebhookSecret(t.Context(), "token", secret.New("webhook-secret-1")))
	config := content(t, d.ConfigPath())
	for _, v := range append(slices.Collect(mapValues(secrets.bundle())), secret.New("webhook-secret-1")) {
		if strings.Contains(config, v.Reveal()) {
			t.Errorf("a secret is in config.toml:\n%s", config)
		}
	}
	for _, account := range []string{"profile/acme", "webhook/token"} {
		if _, err := keyring.Get(service, account); !errors.Is(err, keyring.ErrNotFound) {
			t.Errorf("the keyring has %s (%v)", account, err)
		}
	}
}

func mapValues(b bundle) func(func(secret.Value) bool) {
	return func(yield func(secret.Value) bool) {
		for _, v := range b {
			if !yield(v) {
				return
			}
		}
	}
}

func TestOpenAsksNeitherKeyringNorFileOfSecrets(t *testing.T) {
	t.Parallel()
	d := isolated(t)
	saved(t, d, Profile{Name: "acme"}, Secrets{})
	must(t, os.Mkdir(d.CredentialsPath(), 0o700)) // reading it would fail
	d.Isolated = false
	r := hanging{make(chan struct{}), make(chan struct{}, 9)}
	s, err := open(d, r)
	must(t, err)
	s.List()
	s.Last()
	must(t, s.Use(t.Context(), "acme"))
	if len(r.asked) > 0 {
		t.Error("the keyring was asked")
	}
}

func TestSavingKeepsWhatOthersWroteInTheFile(t *testing.T) {
	t.Parallel()
	d := isolated(t)
	write(t, d.ConfigPath(), `# mine
last = "acme" # the shop

[profiles.acme] # keep
msn = 123456 # no quotes
api_url = "https://apitest.vipps.no"
colour = "red"

# the other one
[profiles.other]
phone = "4748059528"
`)
	s := opened(t, d)
	p, _, err := s.Load(t.Context(), "acme")
	must(t, err)
	p.ClientID, p.Tunnel.Kind = "id", "own"
	_, err = s.Save(t.Context(), p, Secrets{})
	must(t, err)
	want := `# mine
last = "acme" # the shop

[profiles.acme] # keep
msn = 123456 # no quotes
api_url = "https://apitest.vipps.no"
colour = "red"
client_id = "id"

# the other one
[profiles.other]
phone = "4748059528"

[profiles.acme.tunnel]
kind = "own"
`
	if diff := cmp.Diff(want, content(t, d.ConfigPath())); diff != "" {
		t.Error(diff)
	}
}

func TestAProfileWithAFieldEmptiedLosesIt(t *testing.T) {
	t.Parallel()
	d := isolated(t)
	p, secrets := acme()
	s := saved(t, d, p, secrets)
	p.Phone, p.Tunnel.Domain, secrets.Authtoken = "", "", secret.Value{}
	_, err := s.Save(t.Context(), p, secrets)
	must(t, err)
	got, gotSecrets, err := opened(t, d).Load(t.Context(), "acme")
	must(t, err)
	if diff := cmp.Diff(p, got); diff != "" || gotSecrets != secrets {
		t.Errorf("Load: %s", diff)
	}
}

func TestRemoveTakesTheSecretsToo(t *testing.T) {
	t.Parallel()
	d := isolated(t)
	p, secrets := acme()
	s := saved(t, d, p, secrets)
	p.Name = "other"
	saved(t, d, p, secrets)
	must(t, opened(t, d).Use(t.Context(), "acme"))
	must(t, s.Remove(t.Context(), "acme"))
	s = opened(t, d)
	if _, ok := s.Last(); ok || len(s.List()) != 1 || s.List()[0].Name != "other" {
		t.Errorf("left: %v, last %v", s.List(), ok)
	}
	if text := content(t, d.CredentialsPath()); strings.Contains(text, "acme") || !strings.Contains(text, "profile/other") {
		t.Errorf("left: %s", text)
	}
	var unknown *UnknownProfileError
	if err := s.Remove(t.Context(), "acme"); !errors.As(err, &unknown) || !strings.Contains(err.Error(), "saved are: other") {
		t.Errorf("Remove again = %v", err)
	}
}

func TestRemoveSaysWhenSecretsMayStay(t *testing.T) {
	d := isolated(t)
	d.Isolated = false
	keyring.MockInit()
	p, secrets := acme()
	s := saved(t, d, p, secrets)
	keyring.MockInitWithError(errors.New("locked"))
	err := s.Remove(t.Context(), "acme")
	if err == nil || !strings.Contains(err.Error(), "may still be kept") || len(s.List()) != 0 {
		t.Errorf("Remove = %v, left: %v", err, s.List())
	}
}

func TestSaveRefusesWhatCannotBeSaved(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]Profile{
		"no name":                           {},
		"a name with a control character":   {Name: "a\x1b[2J"},
		"a name that steps out":             {Name: "../a"},
		"a name that is too long":           {Name: strings.Repeat("a", 41)},
		"the production host":               {Name: "a", APIURL: "https://api.vipps.no"},
		"a value that is not UTF-8":         {Name: "a", ClientID: "\xff"},
		"a host that is not the provider's": {Name: "a", APIURL: "https://example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := isolated(t)
			_, err := opened(t, d).Save(t.Context(), p, Secrets{ClientSecret: secret.New("hunter2")})
			if err == nil || strings.ContainsRune(err.Error(), 0x1b) {
				t.Errorf("Save = %v", err)
			}
			if entries, _ := os.ReadDir(d.Config); len(entries) > 0 {
				t.Errorf("files were made: %v", entries)
			}
		})
	}
}

func TestTwoKvikksLoseNothingOfEachOther(t *testing.T) {
	t.Parallel()
	d := isolated(t)
	stores := []*Store{opened(t, d), opened(t, d)}
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			n, s := strconv.Itoa(i), stores[i%2]
			if _, err := s.Save(t.Context(), Profile{Name: "p" + n, MSN: n}, Secrets{ClientSecret: secret.New(n)}); err != nil {
				t.Errorf("Save %s: %v", n, err)
			}
			if err := s.SetWebhookSecret(t.Context(), "t"+n, secret.New(n)); err != nil {
				t.Errorf("SetWebhookSecret %s: %v", n, err)
			}
		})
	}
	wg.Wait()
	s := opened(t, d)
	for i := range 16 {
		n := strconv.Itoa(i)
		p, secrets, err := s.Load(t.Context(), "p"+n)
		if err != nil || p.MSN != n || secrets.ClientSecret.Reveal() != n || p.APIURL != api.TestURL {
			t.Errorf("profile %s: %+v, %v", n, p, err)
		}
		if v, err := s.WebhookSecret(t.Context(), "t"+n); err != nil || v.Reveal() != n {
			t.Errorf("webhook secret %s: %v", n, err)
		}
	}
}

func TestWebhookSecretsLastAsLongAsTheirWebhooks(t *testing.T) {
	for place, isolatedDirs := range map[string]bool{"in a file": true, "in the keyring": false} {
		t.Run(place, func(t *testing.T) {
			keyring.MockInit()
			d := isolated(t)
			d.Isolated = isolatedDirs
			s := opened(t, d)
			if _, err := s.WebhookSecret(t.Context(), "a"); !errors.Is(err, ErrNoSecret) {
				t.Errorf("before: %v", err)
			}
			must(t, s.SetWebhookSecret(t.Context(), "a", secret.New("first")))
			must(t, s.SetWebhookSecret(t.Context(), "a", secret.New("second")))
			if v, err := opened(t, d).WebhookSecret(t.Context(), "a"); err != nil || v.Reveal() != "second" {
				t.Errorf("kept: %q, %v", v.Reveal(), err)
			}
			must(t, s.RemoveWebhookSecret(t.Context(), "a"))
			must(t, s.RemoveWebhookSecret(t.Context(), "a"))
			if _, err := s.WebhookSecret(t.Context(), "a"); !errors.Is(err, ErrNoSecret) {
				t.Errorf("after: %v", err)
			}
			if s.SetWebhookSecret(t.Context(), "", secret.New("x")) == nil || s.SetWebhookSecret(t.Context(), "a", secret.Value{}) == nil {
				t.Error("an empty token or secret was kept")
			}
		})
	}
}
