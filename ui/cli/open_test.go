package cli_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kvikk/api"
	"kvikk/tunnel"
	"kvikk/ui/cli"
	"kvikk/ui/profile"
)

// parts returns parts with a data directory from flag and environment.
func parts(flag, env string) *cli.Parts {
	return &cli.Parts{Flags: &cli.Flags{DataDir: flag}, Getenv: func(name string) string {
		return map[string]string{"KVIKK_DATA_DIR": env}[name]
	}}
}

func TestOpenKeepsItsFilesToThisUser(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	h, err := parts("", dir).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.Logger.Info("a line", "of", "\x1b]0;owned\a")
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(h.Dirs.LogPath())
	if err != nil || !strings.Contains(string(log), "a line") {
		t.Errorf("the log is %q, %v", log, err)
	}
	checkHarmless(t, string(log))
}

func TestOpenTakesTheDirectoryOfTheFlagFirst(t *testing.T) {
	t.Parallel()
	flag, env := t.TempDir(), t.TempDir()
	h, err := parts(flag, env).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if h.Dirs.Data != flag || !h.Dirs.Isolated {
		t.Errorf("the directories are %+v", h.Dirs)
	}
	if left, err := os.ReadDir(env); err != nil || len(left) > 0 {
		t.Errorf("the other directory holds %v, %v", left, err)
	}
}

func TestADirectoryThatIsAFileIsExplained(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := setting{}.run(t, "listen", "--sandbox", "--data-dir", file)
	line, hint := cli.Explain(err)
	if !strings.Contains(line, file) || !strings.Contains(hint, "--data-dir") {
		t.Errorf("it says %q, hint %q", line, hint)
	}
}

func TestAConfigurationThatDoesNotParseLeavesTheSandboxUsable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := profile.FindDirs(dir).ConfigPath()
	const broken = "last = \n[profile"
	if err := os.WriteFile(config, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := setting{}.run(t, "listen", "--data-dir", dir)
	line, hint := cli.Explain(err)
	if !strings.Contains(line, config+":1") || hint == "" {
		t.Errorf("it says %q, hint %q", line, hint)
	}
	k := setting{}.start(t, "listen", "--sandbox", "--json", "--data-dir", dir)
	k.out.object(t)
	if err := k.stop(t); err != nil {
		t.Errorf("the sandbox ends with %v", err)
	}
	if left, err := os.ReadFile(config); err != nil || string(left) != broken {
		t.Errorf("the file became %q, %v", left, err)
	}
}

func TestExplainSaysWhatHappenedAndWhatToDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err        error
		line, hint string
	}{
		"nothing":              {nil, "", ""},
		"what was canceled":    {fmt.Errorf("listen: %w", context.Canceled), "", ""},
		"an error of a tunnel": {&tunnel.Error{Code: "ERR_NGROK_1", What: "It broke.", Cause: "Age.", Do: "Mend it."}, "It broke (ERR_NGROK_1): Age.", "Mend it."},
		"an error of a setting": {
			fmt.Errorf("read: %w", &profile.SettingError{Setting: "KVIKK_TUNNEL", Reason: "it is odd", Do: "change it"}),
			"read: KVIKK_TUNNEL: it is odd", "change it",
		},
		"an unknown error with a control character": {errors.New("a\x1bb"), `a\x1bb`, ""},
		"wrong usage":                  {&cli.UsageError{Command: "kvikk listen", Err: errors.New("no")}, "no", "kvikk listen --help lists what it takes."},
		"wrong usage of a common flag": {&cli.UsageError{Err: errors.New("no")}, "no", "kvikk --help lists the flags."},
		"an answer of the provider": {
			&api.Error{Operation: api.OperationRegister, Status: 503},
			"The API failed (503): register a webhook: HTTP 503",
			"The fault is most likely on the provider's side. Look for the URL in the list of registrations before you register again.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if line, hint := cli.Explain(c.err); line != c.line || hint != c.hint {
				t.Errorf("it says %q, hint %q", line, hint)
			}
		})
	}
}
