// The tests of the built program: what it says, how it ends, and what it
// leaves behind on the terminal, on the disk and at the provider.
package uitest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long anything may take, on a machine that is busy.
const patience = 30 * time.Second

// These variables name programs that TestMain has built. The first can be set
// to test a program that was built elsewhere.
const (
	programVariable  = "KVIKK_TEST_PROGRAM"
	crashingVariable = "KVIKK_TEST_CRASHING_PROGRAM"
)

func TestMain(m *testing.M) {
	os.Exit(runTests(m))
}

// runTests builds the program the way it is released, and a second one that
// panics when told to, runs the tests on them and removes both.
func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "kvikk-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "make a directory for the program:", err)
		return 1
	}
	defer os.RemoveAll(dir)
	if err := errors.Join(buildProgram(dir), buildCrashing(dir)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	// A program started under nohup would leave SIGHUP ignored, and with it
	// what these tests start. Caught here, it is as usual there.
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	return m.Run()
}

func buildProgram(dir string) error {
	if os.Getenv(programVariable) != "" {
		return nil
	}
	return build(programVariable, filepath.Join(dir, "kvikk"), "kvikk")
}

// buildCrashing builds the program with the parts of testdata/crashing, which
// panic when told to.
func buildCrashing(dir string) error {
	top, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		return fmt.Errorf("find the top of the module: %w", err)
	}
	parts := filepath.Join(top, "ui", "uitest", "testdata", "crashing")
	update := filepath.Join(top, "ui", "update.go")
	replaced := map[string]string{
		filepath.Join(top, "ui", "cli", "embedded.go"): filepath.Join(parts, "embedded.go"),
		filepath.Join(top, "ui", "crash.go"):           filepath.Join(parts, "crash.go"),
		update:                                         filepath.Join(dir, "update.go"),
	}
	if err := callCrash(update, replaced[update]); err != nil {
		return err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		return fmt.Errorf("make the overlay: %w", err)
	}
	path := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(path, overlay, 0o600); err != nil {
		return fmt.Errorf("write the overlay: %w", err)
	}
	return build(crashingVariable, filepath.Join(dir, "crashing"), "-overlay", path, "kvikk")
}

// callCrash copies the file with Update, which first calls crash in the copy.
func callCrash(from, to string) error {
	source, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("read the file with Update: %w", err)
	}
	const head = "func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {\n"
	before, after, found := strings.Cut(strings.ReplaceAll(string(source), "\r\n", "\n"), head)
	if !found {
		return fmt.Errorf("%s has no %q", from, head)
	}
	if err := os.WriteFile(to, []byte(before+head+"\tm.crash(msg)\n"+after), 0o600); err != nil {
		return fmt.Errorf("write the file with Update: %w", err)
	}
	return nil
}

// build builds a program, stripped and without cgo, and puts its path into an
// environment variable.
func build(variable, path string, args ...string) error {
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	args = append([]string{"build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", path}, args...)
	c := exec.Command("go", args...)
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return os.Setenv(variable, path)
}

// environment is all that a started program knows of the one that started it:
// no keys, no settings, a home and a data directory of its own.
func environment(dir string, more ...string) []string {
	env := []string{
		"HOME=" + dir, "KVIKK_DATA_DIR=" + filepath.Join(dir, "data"),
		"TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8",
	}
	for _, name := range []string{"PATH", "SYSTEMROOT", "TMP", "TEMP"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return append(env, more...)
}

// outcome is how a program ended that had no terminal.
type outcome struct {
	status         int
	stdout, stderr string
}

// output runs the program to its end, without a terminal.
func output(t *testing.T, env []string, args ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, os.Getenv(programVariable), args...)
	var stdout, stderr bytes.Buffer
	c.Env, c.Stdout, c.Stderr = env, &stdout, &stderr
	if err := c.Run(); err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	if ctx.Err() != nil {
		t.Fatalf("kvikk %s does not end", strings.Join(args, " "))
	}
	return outcome{c.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

func TestProgramWithoutATerminal(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args   []string
		status int
		stdout string // what it has to have; empty means nothing at all
		stderr string
	}{
		"help lists the commands":             {[]string{"--help"}, 0, "listen", ""},
		"the manual is a manual page":         {[]string{"man"}, 0, ".TH KVIKK 1", ""},
		"bash gets its completion":            {[]string{"completion", "bash"}, 0, "bash completion V2 for kvikk", ""},
		"the version is for people":           {[]string{"version"}, 0, "kvikk ", ""},
		"the version is for scripts too":      {[]string{"version", "--json"}, 0, `"version":`, ""},
		"an unknown flag is wrong usage":      {[]string{"--nope"}, 2, "", "unknown flag: --nope"},
		"an unknown command is wrong usage":   {[]string{"nope"}, 2, "", `unknown command "nope"`},
		"a wrong level is wrong usage":        {[]string{"listen", "--sandbox", "--log-level", "loud"}, 2, "", "debug, info, warn or error"},
		"a flag of a command is wrong usage":  {[]string{"sandbox", "--nope"}, 2, "", "kvikk sandbox --help"},
		"the screen refers scripts to listen": {[]string{"--sandbox"}, 2, "", "use kvikk listen"},
		"kvikk alone does so too":             {nil, 2, "", "use kvikk listen"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := output(t, environment(t.TempDir()), tt.args...)
			if got.status != tt.status {
				t.Errorf("exit status %d, want %d", got.status, tt.status)
			}
			says(t, "standard output", got.stdout, tt.stdout)
			says(t, "standard error", got.stderr, tt.stderr)
		})
	}
}

// says checks that a text has a part, or is empty where there is to be none.
func says(t *testing.T, what, got, want string) {
	t.Helper()
	if want == "" && got != "" || !strings.Contains(got, want) {
		t.Errorf("%s says %q, want %q", what, got, want)
	}
}

func TestProgramStaysSmall(t *testing.T) {
	t.Parallel()
	info, err := os.Stat(os.Getenv(programVariable))
	if err != nil {
		t.Fatal(err)
	}
	const limit = 30 << 20
	if t.Logf("%.1f MiB", float64(info.Size())/(1<<20)); info.Size() > limit {
		t.Errorf("the program has %d bytes, more than %d", info.Size(), limit)
	}
}
