package profile

import (
	"fmt"
	"os"
	"testing"

	"github.com/zalando/go-keyring"
	"go.uber.org/goleak"

	"kvikk/api/secret"
)

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) == "" {
		// No test of this package can reach a person's keyring.
		keyring.MockInit()
	}
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// acme is a complete sales unit.
func acme() (Profile, Secrets) {
	p := Profile{
		Name: "acme", APIURL: "https://apitest.vipps.no", ClientID: "fb492b5e-7907-4d83-ba20-c7fb60ca35de",
		MSN: "123456", Phone: "4748059528", Currency: "NOK", Tunnel: Tunnel{Kind: "ngrok", Domain: "acme.ngrok.app"},
	}
	s := Secrets{
		ClientSecret: secret.New("Y8Kteew6GE2ZmeycEt6egg=="), SubscriptionKey: secret.New("0f14ebcab0ec4b29ae0cb90d91b4a84a"),
		Authtoken: secret.New("2abcDEF_secretauthtoken"),
	}
	return p, s
}

func isolated(t *testing.T) Dirs {
	t.Helper()
	return FindDirs(t.TempDir())
}

func opened(t *testing.T, d Dirs) *Store {
	t.Helper()
	s, err := Open(d)
	must(t, err)
	return s
}

func saved(t *testing.T, d Dirs, p Profile, secrets Secrets) *Store {
	t.Helper()
	s := opened(t, d)
	_, err := s.Save(t.Context(), p, secrets)
	must(t, err)
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(text), 0o600))
}

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	return string(text)
}
