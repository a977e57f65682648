//go:build unix

package uitest_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestREADMEShowsWhatWorks runs the merchant's tests of README.md as they
// stand, each in a directory of its own with kvikk on the path.
func TestREADMEShowsWhatWorks(t *testing.T) {
	t.Parallel()
	for _, example := range []struct {
		name, language, file string
		run                  []string
		says                 []string // what its output has when it has worked
	}{
		{"curl", "sh", "order.sh", []string{"sh", "-eu", "order.sh"}, []string{`"reference":"order-0001"`, `"redirectUrl":"http://127.0.0.1:`}},
		{"Node", "js", "order.test.mjs", []string{"node", "--test", "--test-reporter=tap", "order.test.mjs"}, []string{"ok 1 - an order leads to a webhook", "# pass 1", "# fail 0"}},
		{"Go", "go", "order_test.go", []string{"go", "test", "-v", "."}, []string{"--- PASS: TestOrderLeadsToWebhook"}},
	} {
		t.Run(example.name, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(example.run[0]); err != nil {
				t.Skipf("%s is not there to run it: %v", example.run[0], err)
			}
			dir := t.TempDir()
			write(t, filepath.Join(dir, example.file), fenced(t, "In a merchant's tests", example.language))
			write(t, filepath.Join(dir, "go.mod"), "module shop\n\ngo 1.26\n")
			got := runIn(t, dir, example.run)
			for _, want := range example.says {
				if !strings.Contains(got, want) {
					t.Errorf("it does not say %s, but:\n%s", want, got)
				}
			}
		})
	}
}

// fenced returns the one code block in a language of a section of README.md.
func fenced(t *testing.T, section, language string) string {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(readme), "\n## "+section+"\n")
	text, _, _ = strings.Cut(text, "\n## ")
	blocks := strings.Split(text, "\n```"+language+"\n")
	if len(blocks) != 2 {
		t.Fatalf("README.md has %d blocks of %s in %q, want 1", len(blocks)-1, language, section)
	}
	code, _, _ := strings.Cut(blocks[1], "\n```\n")
	return code + "\n"
}

// runIn runs a command to its end, with the program under test on the path by
// its name, and returns all that it says.
func runIn(t *testing.T, dir string, command []string) string {
	t.Helper()
	bin := t.TempDir()
	if err := os.Symlink(os.Getenv(programVariable), filepath.Join(bin, "kvikk")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.Dir = dir
	c.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, out)
	}
	if syscall.Kill(-c.Process.Pid, syscall.SIGKILL) == nil {
		t.Errorf("%s has left something running", strings.Join(command, " "))
	}
	return string(out)
}
