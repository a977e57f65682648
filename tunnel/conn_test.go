package tunnel

import (
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

// stalled is a stream whose writes wait for the test, and whose Close tells.
type stalled struct {
	net.Conn
	writing, release, closed chan struct{}
	err                      error
}

func newStalled(err error) *stalled {
	return &stalled{writing: make(chan struct{}), release: make(chan struct{}), closed: make(chan struct{}), err: err}
}

func (s *stalled) Write(b []byte) (int, error) {
	close(s.writing)
	<-s.release
	return len(b), s.err
}

func (s *stalled) Close() error {
	close(s.closed)
	return nil
}

func (s *stalled) SetReadDeadline(time.Time) error { return nil }

// writeWhileClosing closes a connection during a write and returns its stream
// after the write has ended.
func writeWhileClosing(t *testing.T, writeErr error) *stalled {
	t.Helper()
	s := newStalled(writeErr)
	c := &proxied{Conn: s, answers: new(answers)}
	written := make(chan error, 1)
	go func() {
		_, err := c.Write([]byte("answer"))
		written <- err
	}()
	<-s.writing
	if err := c.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	select {
	case <-s.closed:
		t.Error("the stream is closed under the write")
	default:
	}
	close(s.release)
	if err := <-written; !errors.Is(err, writeErr) {
		t.Errorf("Write: %v, want %v", err, writeErr)
	}
	if _, err := c.Write([]byte("more")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Write after Close: %v", err)
	}
	if err := c.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("second Close: %v", err)
	}
	return s
}

func TestCloseDuringAWriteClosesAfterIt(t *testing.T) {
	t.Parallel()
	<-writeWhileClosing(t, nil).closed
}

func TestAStreamWhoseWriteFailedIsLeftAlone(t *testing.T) {
	t.Parallel()
	select {
	case <-writeWhileClosing(t, io.ErrClosedPipe).closed:
		t.Error("the stream is closed after a failed write")
	default:
	}
}

func TestAnswersThatAreOwed(t *testing.T) {
	t.Parallel()
	var owed answers
	near, far := net.Pipe()
	defer far.Close()
	c := &proxied{Conn: near, answers: &owed}
	check := func(when string, want int) {
		t.Helper()
		owed.mu.Lock()
		defer owed.mu.Unlock()
		if owed.owed != want {
			t.Errorf("%s %d answers are owed, want %d", when, owed.owed, want)
		}
	}
	asked := func() {
		go func() { _, _ = far.Write([]byte("?")) }()
		if _, err := c.Read(make([]byte, 1)); err != nil {
			t.Errorf("Read: %v", err)
		}
	}
	asked()
	check("after a question", 1)
	go func() { _, _ = io.ReadFull(far, make([]byte, 1)) }()
	if _, err := c.Write([]byte("!")); err != nil {
		t.Errorf("Write: %v", err)
	}
	check("after the answer", 0)
	asked()
	waited := make(chan struct{})
	go func() {
		owed.wait(time.Minute)
		close(waited)
	}()
	if err := c.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	<-waited
	check("after the end", 0)
}
