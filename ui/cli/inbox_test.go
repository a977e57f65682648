package cli_test

import (
	"io"
	"os"
	"strings"
	"testing"

	"kvikk/api/secret"
	"kvikk/ui/profile"
)

// received is a data directory into which a kvikk that still runs has received
// three webhooks, the last of them forged. lines is what it has printed.
func received(t *testing.T) (s setting, lines []string) {
	t.Helper()
	p := startProvider(t)
	s = p.setting(t)
	k := s.start(t, "listen", "--json")
	url := k.out.object(t)["callback_url"].(string)
	for _, reference := range []string{"acme-shop-1", "acme-shop-2"} {
		pay(t, p.client, reference)
		lines = append(lines, k.out.line(t))
	}
	deliver(t, url, secret.Value{}, []byte(odd))
	return s, append(lines, k.out.line(t))
}

// keyless is a setting that knows the data directory and nothing else.
func (s setting) keyless() setting {
	return setting{env: map[string]string{"KVIKK_DATA_DIR": s.env["KVIKK_DATA_DIR"]}}
}

func TestInboxExportPrintsTheLinesThatListenPrinted(t *testing.T) {
	t.Parallel()
	s, lines := received(t)
	for _, args := range [][]string{{"inbox", "export", "--json"}, {"inbox", "export"}} {
		k, err := s.keyless().run(t, args...)
		if got, want := k.out.String(), strings.Join(lines, "\n")+"\n"; err != nil || got != want {
			t.Errorf("%q printed, %v,\n%s\nwant\n%s", args, err, got, want)
		}
	}
}

func TestInboxLsListsTheNewestFirst(t *testing.T) {
	t.Parallel()
	s, lines := received(t)
	k, err := s.keyless().run(t, "inbox", "ls", "--json", "--limit", "2")
	if got, want := k.out.String(), lines[2]+"\n"+lines[1]+"\n"; err != nil || got != want {
		t.Errorf("it printed, %v,\n%s\nwant\n%s", err, got, want)
	}
	k, err = s.keyless().run(t, "inbox", "ls")
	if err != nil {
		t.Fatal(err)
	}
	checkHarmless(t, k.out.String())
	for _, want := range [][]string{{"     3  ", "✗ CREATED", `\u202e`, "1.00 NOK", "401: "}, {"     2  ", "✓ CREATED", "acme-shop-2", "499.00 NOK"}, {"     1  ", "acme-shop-1"}} {
		line := k.out.line(t)
		for _, part := range want {
			if !strings.Contains(line, part) {
				t.Errorf("no %q in %q", part, line)
			}
		}
	}
}

func TestInboxOfNobodyIsEmptyAndStaysThatWay(t *testing.T) {
	t.Parallel()
	s := setting{env: map[string]string{"KVIKK_DATA_DIR": t.TempDir()}}
	for _, command := range []string{"ls", "export"} {
		k, err := s.run(t, "inbox", command, "--json")
		if err != nil || k.out.String() != "" || !strings.Contains(k.err.String(), "No webhook") {
			t.Errorf("%s printed %q and %q, %v", command, k.out, k.err, err)
		}
	}
	if _, err := os.Stat(profile.FindDirs(s.env["KVIKK_DATA_DIR"]).InboxPath()); err == nil {
		t.Error("an inbox was made")
	}
}

func TestInboxEndsQuietlyWhenNobodyReadsOn(t *testing.T) {
	t.Parallel()
	s, _ := received(t)
	for _, command := range []string{"ls", "export"} {
		r, w := io.Pipe()
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		quiet := s.keyless()
		quiet.stdout = w
		if _, err := quiet.run(t, "inbox", command); err != nil {
			t.Errorf("%s ends with %v", command, err)
		}
	}
}
