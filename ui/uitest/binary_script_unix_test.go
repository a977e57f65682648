//go:build unix

package uitest_test

import (
	"strings"
	"syscall"
	"testing"
)

type listenLine struct {
	Ready          bool     `json:"ready"`
	CallbackURL    string   `json:"callback_url"`
	RegistrationID string   `json:"registration_id"`
	Events         []string `json:"events"`
}

func TestListenProcess(t *testing.T) {
	t.Parallel()
	for name, sig := range map[string]syscall.Signal{
		"SIGTERM": syscall.SIGTERM, "SIGINT": syscall.SIGINT, "SIGHUP": syscall.SIGHUP,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startProvider(t)
			l := run(t, p.environment(t.TempDir()), "listen", "--json")
			var first listenLine
			l.line(&first)
			if !first.Ready || !strings.Contains(first.CallbackURL, "/hooks/") || first.RegistrationID == "" || len(first.Events) != 8 {
				t.Errorf("the first line is %+v", first)
			}
			if n := p.registrations(); n != 1 {
				t.Errorf("the provider lists %d registrations", n)
			}
			if status := l.end(sig); status != 0 {
				t.Errorf("it ends with %d: %s", status, l.stderr.String())
			}
			if n := p.registrations(); n != 0 {
				t.Errorf("the provider still lists %d registrations", n)
			}
			if got := l.stderr.String(); strings.Contains(got, p.first.ClientSecret) || strings.Contains(got, p.first.SubscriptionKey) {
				t.Errorf("standard error has a secret: %s", got)
			}
		})
	}
}

func TestListenOnTheEmbeddedSandbox(t *testing.T) {
	t.Parallel()
	// What the environment says of other sales units does not count.
	l := run(t, environment(t.TempDir(), "VIPPS_CLIENT_ID=half", "KVIKK_API_URL=https://api.vipps.no"), "listen", "--sandbox", "--json")
	var first listenLine
	l.line(&first)
	if !first.Ready || !strings.HasPrefix(first.CallbackURL, "http://127.0.0.1:") {
		t.Errorf("the first line is %+v", first)
	}
	if status := l.end(syscall.SIGTERM); status != 0 {
		t.Errorf("SIGTERM ends it with %d: %s", status, l.stderr.String())
	}
}

func TestSandboxProcessEndsWith(t *testing.T) {
	t.Parallel()
	for name, sig := range map[string]syscall.Signal{"SIGTERM": syscall.SIGTERM, "SIGINT": syscall.SIGINT} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startProvider(t)
			if !p.first.Ready || p.first.ClientID == "" || p.first.ClientSecret == "" || p.first.SubscriptionKey == "" || p.first.MSN == "" {
				t.Errorf("the first line is %+v", p.first)
			}
			if n := p.registrations(); n != 0 {
				t.Errorf("a new sandbox has %d registrations", n)
			}
			if status := p.end(sig); status != 0 {
				t.Errorf("it ends with %d: %s", status, p.stderr.String())
			}
		})
	}
}

func TestRefusedKeysAreNotQuoted(t *testing.T) {
	t.Parallel()
	const wrong = "bm90LXRoZS1zZWNyZXQtb2YtdGhpcy11bml0"
	p := startProvider(t)
	dir := t.TempDir()
	env := append(p.environment(dir), "VIPPS_CLIENT_SECRET="+wrong)
	got := output(t, env, "listen", "--json", "--log-level", "debug")
	if got.status != 1 || got.stdout != "" {
		t.Errorf("listen ends with %d and says %q", got.status, got.stdout)
	}
	says(t, "standard error", got.stderr, "401")
	if strings.Contains(got.stderr, wrong) {
		t.Errorf("standard error has the secret: %s", got.stderr)
	}

	s := start(t, launch{env: env, args: []string{"--log-level", "debug"}})
	s.shows("enter open callback URL")
	s.types("\r")
	s.shows("enter get token")
	s.types("\r")
	s.shows("✗ 2 Access token", "401")
	s.types("q")
	if status := s.status(); status != 0 {
		t.Errorf("q ends with %d", status)
	}
	s.restored()
	if strings.Contains(s.drawn(), wrong) {
		t.Error("the terminal got the secret")
	}
	clean(t, dir, "", wrong, p.first.SubscriptionKey)
}
