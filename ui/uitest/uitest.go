// Package uitest runs the whole terminal program in a test: real keys go in,
// and what comes out is read from an emulated terminal, so that a test sees
// the screen and not the bytes that drew it.
//
// A [Terminal] waits on the screen itself: every write of the program wakes
// [Terminal.Wait], which fails with the screen when its condition does not
// come true in time. Nothing sleeps.
package uitest

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/hinshun/vt10x"

	"kvikk/ui"
)

// patience is how long a condition may take, on a machine that is busy.
const patience = 20 * time.Second

// Terminal is a running program and the terminal that it draws on.
type Terminal struct {
	t      testing.TB
	screen vt10x.Terminal
	keys   *io.PipeWriter
	cancel context.CancelFunc
	ended  chan struct{}
	err    error
	// program is set before the program draws for the first time.
	program *tea.Program

	mu     sync.Mutex
	cond   *sync.Cond
	writes int
	all    strings.Builder
}

// Run runs the program with the given options on a terminal of width times
// height cells. At the end of the test it is ended and waited for.
func Run(t testing.TB, width, height int, o ui.Options) *Terminal {
	t.Helper()
	in, keys := io.Pipe()
	term := &Terminal{
		t: t, screen: vt10x.New(vt10x.WithSize(width, height)), keys: keys, ended: make(chan struct{}),
	}
	term.cond = sync.NewCond(&term.mu)
	ctx, cancel := context.WithCancel(context.Background())
	term.cancel = cancel
	o.Terminal = append(o.Terminal,
		tea.WithInput(in), tea.WithOutput(term), tea.WithWindowSize(width, height),
		tea.WithColorProfile(colorprofile.TrueColor), tea.WithEnvironment([]string{"TERM=xterm-256color"}),
		func(p *tea.Program) { term.program = p },
	)
	o.Guard = func() {}
	go func() {
		defer close(term.ended)
		term.err = ui.Run(ctx, o)
		_ = in.Close()
		term.wake()
	}()
	t.Cleanup(func() { term.End() })
	return term
}

// Write takes what the program draws.
func (t *Terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	t.all.Write(p)
	t.mu.Unlock()
	// The program is told of no terminal in raw mode, so it leaves it to the
	// line discipline to bring the cursor back at a new line.
	raw := bytes.ReplaceAll(bytes.ReplaceAll(p, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
	if _, err := t.screen.Write(raw); err != nil {
		return 0, err
	}
	t.wake()
	return len(p), nil
}

func (t *Terminal) wake() {
	t.mu.Lock()
	t.writes++
	t.mu.Unlock()
	t.cond.Broadcast()
}

// Screen returns the rows of the screen as they are now, without the spaces at
// their ends.
func (t *Terminal) Screen() string {
	rows := strings.Split(t.screen.String(), "\n")
	for i, r := range rows {
		rows[i] = strings.TrimRight(r, " ")
	}
	return strings.TrimRight(strings.Join(rows, "\n"), "\n")
}

// Output returns every byte that was drawn so far.
func (t *Terminal) Output() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all.String()
}

// Wait waits until the screen has all the given texts and returns it.
func (t *Terminal) Wait(texts ...string) string {
	t.t.Helper()
	return t.Until(strings.Join(texts, " and "), func(screen string) bool {
		for _, s := range texts {
			if !strings.Contains(screen, s) {
				return false
			}
		}
		return true
	})
}

// Gone waits until the screen no longer has a text.
func (t *Terminal) Gone(s string) string {
	t.t.Helper()
	return t.Until("no "+s, func(screen string) bool { return !strings.Contains(screen, s) })
}

// Until waits until a condition holds for the screen, which is looked at after
// every write.
func (t *Terminal) Until(what string, holds func(screen string) bool) string {
	t.t.Helper()
	screen, held := t.Try(holds)
	if !held {
		t.t.Fatalf("waited in vain for %s; the screen:\n%s", what, screen)
	}
	return screen
}

// Try is [Terminal.Until] for a test that has more to say when its condition
// does not come true: it returns the last screen, and whether it did.
func (t *Terminal) Try(holds func(screen string) bool) (string, bool) {
	late := time.AfterFunc(patience, t.wake)
	defer late.Stop()
	deadline := time.Now().Add(patience)
	for {
		t.mu.Lock()
		seen := t.writes
		t.mu.Unlock()
		screen := t.Screen()
		if holds(screen) {
			return screen, true
		}
		if t.over() || !time.Now().Before(deadline) {
			return screen, false
		}
		t.mu.Lock()
		for t.writes == seen {
			t.cond.Wait()
		}
		t.mu.Unlock()
	}
}

func (t *Terminal) over() bool {
	select {
	case <-t.ended:
		return true
	default:
		return false
	}
}

// Resize gives the terminal another size, as a person does who drags its
// window. It may be called once something is on the screen.
func (t *Terminal) Resize(width, height int) {
	t.screen.Resize(width, height)
	t.program.Send(tea.WindowSizeMsg{Width: width, Height: height})
}

// Press presses keys one after the other: a name such as enter, tab, esc, up
// or ctrl+c, or else the text itself.
func (t *Terminal) Press(keys ...string) {
	t.t.Helper()
	for _, k := range keys {
		t.Type(sequence(k))
	}
}

// Type types text, as it is.
func (t *Terminal) Type(s string) {
	t.t.Helper()
	if _, err := io.WriteString(t.keys, s); err != nil {
		t.t.Fatalf("type %q: %v", s, err)
	}
}

// Paste pastes text the way terminals do.
func (t *Terminal) Paste(s string) { t.Type("\x1b[200~" + s + "\x1b[201~") }

func sequence(key string) string {
	switch key {
	case "enter":
		return "\r"
	case "tab":
		return "\t"
	case "shift+tab":
		return "\x1b[Z"
	case "up":
		return "\x1b[A"
	case "down":
		return "\x1b[B"
	case "right":
		return "\x1b[C"
	case "left":
		return "\x1b[D"
	case "home":
		return "\x1b[H"
	case "end":
		return "\x1b[F"
	case "pgup":
		return "\x1b[5~"
	case "pgdown":
		return "\x1b[6~"
	case "space":
		return " "
	case "backspace":
		return "\x7f"
	case "ctrl+c":
		return "\x03"
	case "esc":
		// Alone, so that it is not taken for the begin of a sequence.
		return "\x1b"
	}
	return key
}

// Ended waits until the program has ended by itself and returns its error.
func (t *Terminal) Ended() error {
	t.t.Helper()
	select {
	case <-t.ended:
		return t.err
	case <-time.After(patience):
		t.t.Fatalf("the program does not end; the screen:\n%s", t.Screen())
		return nil
	}
}

// End ends the program from outside, as a signal does, and waits for it.
func (t *Terminal) End() error {
	t.cancel()
	<-t.ended
	_ = t.keys.Close()
	return t.err
}
