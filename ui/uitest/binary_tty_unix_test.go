//go:build unix

package uitest_test

import (
	"bytes"
	"cmp"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
)

// tty is a program that runs in a pseudo-terminal, and the screen it draws.
type tty struct {
	t             testing.TB
	cmd           *exec.Cmd
	master, slave *os.File
	screen        vt10x.Terminal
	stderr        bytes.Buffer // to be read after the end
	// before and after are the modes of the terminal line.
	before, after *term.State
	began         time.Time

	mu      sync.Mutex
	output  []byte
	latest  time.Time     // when the last of it came
	partial []byte        // begin of a rune whose end is still to come
	changed chan struct{} // closed at the next write
	over    bool          // nothing comes any more
	ended   chan struct{} // closed when the program and its output have ended
}

// launch says what to run. Zero values are the program, 120 by 36, and standard
// error kept apart from the screen.
type launch struct {
	program       string
	args          []string
	env           []string
	width, height int
	// onScreen sends standard error to the terminal, as a shell does.
	onScreen bool
	// stdin and stdout, where set, take the terminal's place.
	stdin  io.Reader
	stdout io.Writer
}

// command returns the command on a terminal.
func (l launch) command(slave *os.File, stderr io.Writer) *exec.Cmd {
	c := exec.Command(cmp.Or(l.program, os.Getenv(programVariable)), l.args...)
	c.Env, c.Stdin, c.Stdout, c.Stderr = l.env, slave, slave, stderr
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if l.onScreen {
		c.Stderr = slave
	}
	if l.stdin != nil {
		c.Stdin, c.SysProcAttr.Ctty = l.stdin, 1
	}
	if l.stdout != nil {
		c.Stdout = l.stdout
	}
	return c
}

// start runs a program in a pseudo-terminal. At the end of the test it is
// killed if it still runs.
func start(t testing.TB, l launch) *tty {
	t.Helper()
	if l.width == 0 {
		l.width, l.height = 120, 36
	}
	master, slave, err := open()
	if err != nil {
		t.Fatal(err)
	}
	s := &tty{
		t: t, master: master, slave: slave, screen: vt10x.New(vt10x.WithSize(l.width, l.height)),
		changed: make(chan struct{}), ended: make(chan struct{}),
	}
	s.resize(l.width, l.height)
	if s.before, err = term.GetState(slave.Fd()); err != nil {
		t.Fatal(err)
	}
	s.cmd = l.command(slave, &s.stderr)
	s.began = time.Now()
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go s.read(read)
	go s.wait(read)
	t.Cleanup(s.kill)
	return s
}

// open opens a pseudo-terminal whose master can be closed while it is read, as
// a window is.
func open() (master, slave *os.File, err error) {
	blocking, slave, err := pty.Open()
	if err != nil {
		return nil, nil, err
	}
	defer blocking.Close()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fd, err := syscall.Dup(int(blocking.Fd()))
	if err != nil {
		return nil, nil, err
	}
	syscall.CloseOnExec(fd)
	if err := syscall.SetNonblock(fd, true); err != nil {
		return nil, nil, err
	}
	return os.NewFile(uintptr(fd), blocking.Name()), slave, nil
}

// read takes what the program draws until the terminal is closed.
func (s *tty) read(done chan<- struct{}) {
	defer close(done)
	buffer := make([]byte, 32<<10)
	for {
		n, err := s.master.Read(buffer)
		s.draw(buffer[:n])
		if err != nil {
			return
		}
	}
}

func (s *tty) draw(p []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.output, s.latest = append(s.output, p...), time.Now()
	whole := append(s.partial, p...)
	end := len(whole)
	for i := 1; i < utf8.UTFMax && i <= len(whole); i++ {
		if at := len(whole) - i; utf8.RuneStart(whole[at]) {
			if !utf8.FullRune(whole[at:]) {
				end = at
			}
			break
		}
	}
	_, _ = s.screen.Write(whole[:end]) // it takes everything
	s.partial = bytes.Clone(whole[end:])
	s.wake()
}

func (s *tty) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// wait waits for the program, then for the rest of its output.
func (s *tty) wait(read <-chan struct{}) {
	_ = s.cmd.Wait() // its status is read from the process state
	s.after, _ = term.GetState(s.slave.Fd())
	_ = s.slave.Close()
	<-read
	_ = s.master.Close()
	s.mu.Lock()
	s.over = true
	s.wake()
	s.mu.Unlock()
	close(s.ended)
}

func (s *tty) kill() {
	select {
	case <-s.ended:
		return
	default:
	}
	_ = s.cmd.Process.Kill()
	<-s.ended
}

// text returns the rows of the screen without the spaces at their ends.
func (s *tty) text() string {
	rows := strings.Split(s.screen.String(), "\n")
	for i, r := range rows {
		rows[i] = strings.TrimRight(r, " ")
	}
	return strings.TrimRight(strings.Join(rows, "\n"), "\n")
}

// look returns the screen and what tells that it has changed since, or nil
// when it will not any more.
func (s *tty) look() (string, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return s.text(), nil
	}
	return s.text(), s.changed
}

// until waits until a condition holds for the screen.
func (s *tty) until(what string, holds func(screen string) bool) string {
	s.t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		screen, changed := s.look()
		if holds(screen) {
			return screen
		}
		if changed == nil {
			s.t.Fatalf("the program has ended (%v, %s) before %s; the screen:\n%s", s.cmd.ProcessState, s.stderr.String(), what, screen)
		}
		select {
		case <-changed:
		case <-late.C:
			s.t.Fatalf("waited in vain for %s; the screen:\n%s", what, screen)
		}
	}
}

// shows waits until the screen has all the given texts.
func (s *tty) shows(texts ...string) string {
	s.t.Helper()
	return s.until(strings.Join(texts, " and "), func(screen string) bool { return hasAll(screen, texts) })
}

func hasAll(s string, texts []string) bool {
	for _, text := range texts {
		if !strings.Contains(s, text) {
			return false
		}
	}
	return true
}

// drawn returns every byte that the program has written to the terminal.
func (s *tty) drawn() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.output)
}

// wrote waits until the program has written a sequence to the terminal.
func (s *tty) wrote(sequence string) {
	s.t.Helper()
	s.until("the sequence "+sequence[1:], func(string) bool { return strings.Contains(s.drawn(), sequence) })
}

// types sends keys, as bytes.
func (s *tty) types(keys string) {
	s.t.Helper()
	if _, err := s.master.WriteString(keys); err != nil {
		s.t.Fatalf("type %q: %v", keys, err)
	}
}

func (s *tty) resize(width, height int) {
	s.t.Helper()
	s.screen.Resize(width, height)
	if err := pty.Setsize(s.slave, &pty.Winsize{Rows: uint16(height), Cols: uint16(width)}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *tty) signal(sig os.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// status waits for the end and returns the exit status.
func (s *tty) status() int {
	s.t.Helper()
	select {
	case <-s.ended:
		return s.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		s.t.Fatalf("the program does not end; the screen:\n%s", s.text())
		return -1
	}
}
