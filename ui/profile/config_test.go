package profile

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAConfigThatPeopleWroteIsUnderstood(t *testing.T) {
	t.Parallel()
	d := isolated(t)
	write(t, d.ConfigPath(), `last = "oslo"
[profiles.oslo]
msn = 123456
phone = "4748059528"
future = "kept"
[profiles."Ærø 2".tunnel]
kind = "own"
callback_url = "https://hooks.example.com"
`)
	s := opened(t, d)
	want := []Profile{
		{Name: "oslo", MSN: "123456", Phone: "4748059528"},
		{Name: "Ærø 2", Tunnel: Tunnel{Kind: "own", CallbackURL: "https://hooks.example.com"}},
	}
	if diff := cmp.Diff(want, s.List()); diff != "" {
		t.Error(diff)
	}
	if last, ok := s.Last(); last != "oslo" || !ok {
		t.Errorf("Last() = %q, %v", last, ok)
	}
}

func TestAConfigThatDoesNotParseSaysWhereAndStaysAsItIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text         string
		line, column int
	}{
		"a quote that is not closed":        {"last = \"oslo\n", 1, 13},
		"a key without a value":             {"[profiles.a]\nmsn = \n", 2, 7},
		"a table where text has to be":      {"[profiles.a.api_url]\n", 1, 2},
		"a number that is no serial number": {"[profiles.a]\n\nmsn = 1.5\n", 3, 1},
		"a name that no profile can have":   {"\n[profiles.\"a\\u001b[31m\"]\n", 2, 2},
		"bytes that are no text":            {"last = \"\xff\"\n", 1, 9},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := isolated(t)
			good := opened(t, d)
			write(t, d.ConfigPath(), c.text)
			_, openErr := Open(d)
			_, saveErr := good.Save(t.Context(), Profile{Name: "new"}, Secrets{})
			for what, err := range map[string]error{"Open": openErr, "Save": saveErr} {
				var e *ParseError
				if !errors.As(err, &e) || e.Path != d.ConfigPath() || e.Line != c.line || e.Column != c.column {
					t.Errorf("%s = %v, want line %d, column %d", what, err, c.line, c.column)
				} else if text := err.Error(); !strings.Contains(text, "move the file away") || strings.ContainsRune(text, 0x1b) {
					t.Errorf("%s says %q", what, text)
				}
			}
			if got := content(t, d.ConfigPath()); got != c.text {
				t.Errorf("the file changed to %q", got)
			}
			if _, err := os.Stat(d.CredentialsPath()); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("a secret was written although the profile cannot be: %v", err)
			}
		})
	}
}

func TestCredentialsThatDoNotParseAreNeitherRepeatedNorOverwritten(t *testing.T) {
	t.Parallel()
	d := isolated(t)
	p, secrets := acme()
	s := saved(t, d, p, secrets)
	broken := "[\"profile/acme\"]\nclient_secret = hunter2hunter2\n"
	write(t, d.CredentialsPath(), broken)
	_, _, loadErr := s.Load(t.Context(), "acme")
	_, saveErr := s.Save(t.Context(), p, secrets)
	for what, err := range map[string]error{"Load": loadErr, "Save": saveErr} {
		var e *ParseError
		if !errors.As(err, &e) || e.Path != d.CredentialsPath() || e.Line != 2 {
			t.Errorf("%s = %v", what, err)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s repeats the secret: %v", what, err)
		}
	}
	if got := content(t, d.CredentialsPath()); got != broken {
		t.Errorf("the file changed to %q", got)
	}
}

func TestANameHasFortyCharactersAtMost(t *testing.T) {
	t.Parallel()
	for name, good := range map[string]bool{
		"": false, "ø": true, strings.Repeat("ø", 40): true, strings.Repeat("ø", 41): false, "-a": false, "a-": true, "a\n": false,
	} {
		if err := CheckName(name); (err == nil) != good {
			t.Errorf("CheckName(%q) = %v", name, err)
		}
	}
}
