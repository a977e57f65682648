// Package browser opens a URL in the person's browser.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
)

// ErrNoDisplay means that there is nothing to show a browser on.
var ErrNoDisplay = errors.New("there is no display here")

// Open hands a URL to the system's own opener and waits for that to end. The
// URL is one argument and never passes through a shell. getenv says whether
// there is a display.
func Open(ctx context.Context, url string, getenv func(string) string) error {
	name, args, err := command(runtime.GOOS, url, getenv)
	if err != nil {
		return err
	}
	if err := exec.CommandContext(ctx, name, args...).Run(); err != nil {
		return fmt.Errorf("run %s: %w", name, err)
	}
	return nil
}

func command(system, url string, getenv func(string) string) (name string, args []string, err error) {
	switch system {
	case "darwin":
		return "open", []string{url}, nil
	case "windows":
		return "rundll32", []string{"url.dll,FileProtocolHandler", url}, nil
	}
	if getenv("DISPLAY") == "" && getenv("WAYLAND_DISPLAY") == "" {
		return "", nil, ErrNoDisplay
	}
	return "xdg-open", []string{url}, nil
}
