package cli

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"kvikk/api"
	"kvikk/tunnel"
	"kvikk/ui/profile"
	"kvikk/ui/text"
)

// Explain puts an error into words for standard error: one line that says what
// happened and why, with the provider's or ngrok's code, and one that says what
// to do. Both are safe to print; the hint may be empty. There is nothing to say
// about nil, about what was canceled, and about a verdict that is printed.
func Explain(err error) (line, hint string) {
	if err == nil || errors.Is(err, errFailed) || errors.Is(err, context.Canceled) {
		return "", ""
	}
	line, hint = explain(err)
	return text.Visible(line), text.Visible(hint)
}

func explain(err error) (line, hint string) {
	if e, ok := errors.AsType[*UsageError](err); ok {
		return explainUsage(e)
	}
	if e, ok := errors.AsType[*tunnel.Error](err); ok {
		return explainTunnel(e)
	}
	if do := remedy(err); do != "" {
		return without(err.Error(), do), do
	}
	if e, ok := errors.AsType[*profile.MissingError](err); ok {
		return explainMissing(e)
	}
	if e, ok := errors.AsType[*api.HostError](err); ok {
		return err.Error(), api.Explain(e).Do // the error has the cause, and the setting's name
	}
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Op == "listen" {
		return err.Error(), otherAddress(e)
	}
	return explainAPI(err)
}

// windowsInUse is WSAEADDRINUSE, which package syscall does not name.
const windowsInUse syscall.Errno = 10048

// otherAddress says what to do about an address that the sandbox cannot listen
// on.
func otherAddress(err error) string {
	switch {
	case errors.Is(err, syscall.EADDRINUSE), errors.Is(err, windowsInUse):
		return "Another program, perhaps another sandbox, listens there. Stop it, or choose another port with --addr; port 0 takes a free one."
	case errors.Is(err, os.ErrPermission):
		return "The system keeps that port for administrators. Choose one above 1023 with --addr."
	}
	return "Choose an address of this machine with --addr, such as 127.0.0.1:0."
}

func explainUsage(e *UsageError) (line, hint string) {
	if do := remedy(e.Err); do != "" {
		return without(e.Error(), do), do
	}
	if host, ok := errors.AsType[*api.HostError](e.Err); ok {
		return e.Error(), api.Explain(host).Do
	}
	if t, ok := errors.AsType[*tunnel.Error](e.Err); ok {
		return explainTunnel(t)
	}
	if e.Command == "" {
		return e.Error(), "kvikk --help lists the flags."
	}
	return e.Error(), e.Command + " --help lists what it takes."
}

func explainTunnel(e *tunnel.Error) (line, hint string) {
	line = strings.TrimSuffix(e.What, ".")
	if e.Code != "" && !strings.Contains(line, e.Code) {
		line += " (" + e.Code + ")"
	}
	if e.Cause != "" {
		line += ": " + e.Cause
	}
	return line, e.Do
}

// remedy returns what the errors of package profile say to do.
func remedy(err error) string {
	if e, ok := errors.AsType[*profile.SettingError](err); ok {
		return e.Do
	}
	if e, ok := errors.AsType[*profile.DirError](err); ok {
		return e.Do
	}
	if e, ok := errors.AsType[*profile.ParseError](err); ok {
		return e.Do
	}
	if e, ok := errors.AsType[*profile.ImportError](err); ok {
		return e.Do
	}
	return ""
}

// without takes the remedy out of a text that ends with it.
func without(line, do string) string {
	return strings.TrimRight(strings.TrimSuffix(line, do), "; ")
}

func explainMissing(e *profile.MissingError) (line, hint string) {
	line, hint, found := strings.Cut(e.Error(), "; ")
	if !found {
		hint = "kvikk --sandbox needs neither keys nor a network."
	}
	return line, hint
}

// explainAPI joins the words of package api with the error's own, which carry
// operation, status and code.
func explainAPI(err error) (line, hint string) {
	e := api.Explain(err)
	line = err.Error()
	if e.Cause == "" && e.Do == "" {
		return line, "" // no more is known than the error says itself
	}
	return strings.TrimSuffix(e.What, ".") + ": " + line, strings.TrimSpace(e.Cause + " " + e.Do)
}

// readerGone reports whether an error means that nobody reads the output any
// more, as when it was piped into head.
func readerGone(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}
