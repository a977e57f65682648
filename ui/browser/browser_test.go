package browser

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for _, p := range pairs {
			if v, ok := strings.CutPrefix(p, name+"="); ok {
				return v
			}
		}
		return ""
	}
}

func TestEverySystemGetsTheURLAsOneArgument(t *testing.T) {
	t.Parallel()
	const hostile = "https://example.com/?a=1&b=$(touch x);`y`"
	for system, name := range map[string]string{"darwin": "open", "windows": "rundll32", "linux": "xdg-open", "freebsd": "xdg-open"} {
		got, args, err := command(system, hostile, env("DISPLAY=:0"))
		if err != nil || got != name || args[len(args)-1] != hostile {
			t.Errorf("%s: %s %q %v", system, got, args, err)
		}
	}
}

func TestWithoutADisplayNothingIsStarted(t *testing.T) {
	t.Parallel()
	if _, _, err := command("linux", "https://example.com", env()); !errors.Is(err, ErrNoDisplay) {
		t.Errorf("err = %v", err)
	}
	if _, _, err := command("linux", "https://example.com", env("WAYLAND_DISPLAY=w")); err != nil {
		t.Errorf("a Wayland display is a display, but: %v", err)
	}
}

func TestTheOpenerReallyRuns(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the opener of this system opens a window")
	}
	dir := t.TempDir()
	seen := filepath.Join(dir, "seen")
	script := "#!/bin/sh\nprintf '%s\\n' \"$#\" \"$1\" > " + seen + "\n"
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	const url = "https://example.com/?a=1 2"
	if err := Open(context.Background(), url, env("DISPLAY=:0")); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(seen)
	if err != nil || !slices.Equal(strings.Split(strings.TrimSpace(string(got)), "\n"), []string{"1", url}) {
		t.Errorf("the opener got %q, %v", got, err)
	}
}
