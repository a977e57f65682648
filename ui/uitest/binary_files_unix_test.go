//go:build unix

package uitest_test

import (
	"context"
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"kvikk/api/secret"
	"kvikk/ui/profile"
)

func TestDataDirectoryThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{"the screen": {"--sandbox"}, "listen": {"listen", "--sandbox"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, filepath.Join(dir, "data"), "not a directory")
			s := start(t, launch{args: args, env: environment(dir)})
			if status := s.status(); status != 1 {
				t.Errorf("it ends with %d", status)
			}
			if got := s.drawn(); got != "" {
				t.Errorf("the terminal got %q", got)
			}
			for _, want := range []string{"cannot write in " + filepath.Join(dir, "data"), "a file stands where a directory has to be", "KVIKK_DATA_DIR"} {
				says(t, "standard error", s.stderr.String(), want)
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestConfigurationThatDoesNotParse(t *testing.T) {
	t.Parallel()
	const broken = "last = \"shop\"\n[profiles.shop\n"
	dir := t.TempDir()
	config := filepath.Join(dir, "data", "config.toml")
	write(t, config, broken)

	s := start(t, launch{env: environment(dir)})
	s.shows("config.toml, line 2", "q quit")
	s.types("q")
	if status := s.status(); status != 0 {
		t.Errorf("q ends with %d", status)
	}
	s.restored()

	got := output(t, environment(dir), "listen", "--json")
	if got.status != 1 || got.stdout != "" {
		t.Errorf("listen ends with %d and says %q", got.status, got.stdout)
	}
	says(t, "standard error", got.stderr, "config.toml")

	s = start(t, launch{args: []string{"--sandbox"}, env: environment(dir)})
	s.fourEnters()
	s.types("q")
	s.restored()

	if text, err := os.ReadFile(config); err != nil || string(text) != broken {
		t.Errorf("the file is now %q, %v", text, err)
	}
}

func TestDatabaseOfANewerKvikk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := run(t, environment(dir), "listen", "--sandbox", "--json")
	l.line(&listenLine{})
	l.end(syscall.SIGTERM)
	before := fromTheFuture(t, filepath.Join(dir, "data", "inbox.db"))

	s := start(t, launch{args: []string{"--sandbox"}, env: environment(dir)})
	s.shows("newer", "q quit")
	s.types("q")
	if status := s.status(); status != 0 {
		t.Errorf("q ends with %d", status)
	}
	s.restored()

	got := output(t, environment(dir), "listen", "--sandbox", "--json")
	if got.status != 1 || got.stdout != "" {
		t.Errorf("listen ends with %d and says %q", got.status, got.stdout)
	}
	says(t, "standard error", got.stderr, "newer")
	if after, err := os.ReadFile(filepath.Join(dir, "data", "inbox.db")); err != nil || string(after) != before {
		t.Errorf("the file was changed, %v", err)
	}
}

// fromTheFuture gives a database the format of a version to come and returns
// its bytes. Where the number is: https://www.sqlite.org/fileformat.html#user_version_number.
func fromTheFuture(t *testing.T, path string) string {
	t.Helper()
	const userVersion = 60
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	binary.BigEndian.PutUint32(file[userVersion:], 4711)
	write(t, path, string(file))
	return string(file)
}

// saved saves a sales unit of a provider, as step 1 does, and returns the
// variables to run with.
func saved(t *testing.T, p *provider, dir string) []string {
	t.Helper()
	dirs := profile.FindDirs(filepath.Join(dir, "data"))
	if err := dirs.Create(); err != nil {
		t.Fatal(err)
	}
	store, err := profile.Open(dirs)
	if err != nil {
		t.Fatal(err)
	}
	unit := profile.Profile{
		Name: "shop", APIURL: p.first.URL, ClientID: p.first.ClientID, MSN: p.first.MSN,
		Currency: "NOK", Tunnel: profile.Tunnel{Kind: "local"},
	}
	_, err = store.Save(t.Context(), unit, profile.Secrets{
		ClientSecret: secret.New(p.first.ClientSecret), SubscriptionKey: secret.New(p.first.SubscriptionKey),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	return environment(dir)
}

// permissive runs the program with a umask that takes nothing away.
func permissive(env []string, args ...string) launch {
	return launch{
		program: "sh", args: append([]string{"-c", `umask 000; exec "$0" "$@"`, os.Getenv(programVariable)}, args...),
		env: env,
	}
}

func TestFilesAreTheirOwnersAlone(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	dir := t.TempDir()
	s := start(t, permissive(saved(t, p, dir), "--log-level", "debug"))
	s.fourEnters()
	modes(t, filepath.Join(dir, "data"), "credentials.toml", "inbox.db", "kvikk.log")
	s.types("q")
	s.status()
	modes(t, filepath.Join(dir, "data"), "config.toml", "credentials.toml", "inbox.db", "kvikk.log")
}

// modes checks that a directory and all in it are their owner's alone, and
// that the named files are there.
func modes(t *testing.T, dir string, names ...string) {
	t.Helper()
	found := make(map[string]bool)
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		found[entry.Name()] = true
		info, err := entry.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if entry.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode().Perm(), want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if !found[name] {
			t.Errorf("%s is not there", name)
		}
	}
}

// accessToken is how the sandbox's access tokens begin: a JWT's type and
// algorithm.
const accessToken = "eyJ0eXAiOiJKV1Qi"

func TestSecretsAreInTheCredentialsFileAlone(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	dir := t.TempDir()
	s := start(t, launch{args: []string{"--log-level", "debug"}, env: saved(t, p, dir)})
	s.fourEnters()
	s.types("q")
	s.status()
	credentials, err := os.ReadFile(filepath.Join(dir, "data", "credentials.toml"))
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{accessToken}
	for _, m := range regexp.MustCompile(`= ['"]([^'"]{16,})['"]`).FindAllSubmatch(credentials, -1) {
		secrets = append(secrets, string(m[1]))
	}
	// The sales unit's two, the webhook's one.
	for _, want := range []string{p.first.ClientSecret, p.first.SubscriptionKey} {
		if !strings.Contains(strings.Join(secrets, " "), want) || len(secrets) != 4 {
			t.Errorf("the credentials have %d secrets", len(secrets)-1)
		}
	}
	clean(t, dir, "credentials.toml", secrets...)
	for _, out := range []string{s.drawn(), s.stderr.String()} {
		for _, secret := range secrets {
			if strings.Contains(out, secret) {
				t.Errorf("the terminal got a secret: %s", secret)
			}
		}
	}
}

// clean checks that no file below a directory has one of the secrets, but for
// those of one name.
func clean(t *testing.T, dir, but string, secrets ...string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == but {
			return err
		}
		text, err := os.ReadFile(path)
		for _, s := range secrets {
			if strings.Contains(string(text), s) {
				t.Errorf("%s has the secret %s", path, s)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEmbeddedSandboxLeavesNothingOnDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := run(t, environment(dir), "listen", "--sandbox", "--json", "--log-level", "debug")
	l.line(&listenLine{})
	l.end(syscall.SIGTERM)
	keys := regexp.MustCompile(`(?m)^VIPPS_(?:CLIENT_ID|CLIENT_SECRET|SUBSCRIPTION_KEY)='?([^'\n]+)`).FindAllStringSubmatch(l.stderr.String(), -1)
	if len(keys) != 3 {
		t.Fatalf("listen presents %d keys: %s", len(keys), l.stderr.String())
	}
	for _, k := range keys {
		clean(t, dir, "", k[1], accessToken)
	}

	s := start(t, launch{args: []string{"--sandbox", "--log-level", "debug"}, env: environment(dir)})
	s.fourEnters()
	s.types("q")
	s.status()
	clean(t, dir, "", accessToken, "subscription_key", "client_secret")
	for _, name := range []string{"credentials.toml", "config.toml"} {
		if _, err := os.Stat(filepath.Join(dir, "data", name)); err == nil {
			t.Errorf("there is a %s", name)
		}
	}
}
