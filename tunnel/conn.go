package tunnel

import (
	"net"
	"sync"
	"time"
)

// proxied is a connection that came through ngrok: one stream of the link.
// It makes up for what such a stream (muxado v2) does differently from a
// socket.
type proxied struct {
	net.Conn
	answers *answers

	mu      sync.Mutex
	writing int
	failed  bool // a write has failed
	closing bool
	owing   bool // something was read since the last write
}

// Read notes that an answer is owed.
func (c *proxied) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.owe(!c.closing)
	}
	return n, err
}

// owe records whether an answer is owed. The lock is held.
func (c *proxied) owe(owing bool) {
	if owing == c.owing {
		return
	}
	c.owing = owing
	if owing {
		c.answers.add(1)
	} else {
		c.answers.add(-1)
	}
}

// Write copies b: a write that fails because the link dies returns while the
// link's writer may still be reading it.
func (c *proxied) Write(b []byte) (int, error) {
	c.mu.Lock()
	if c.closing {
		c.mu.Unlock()
		return 0, net.ErrClosed
	}
	c.writing++
	c.mu.Unlock()

	n, err := c.Conn.Write(append([]byte(nil), b...))

	c.mu.Lock()
	c.writing--
	c.failed = c.failed || err != nil
	c.owe(false)
	last := c.closing && c.writing == 0 && !c.failed
	c.mu.Unlock()
	if last {
		_ = c.Conn.Close()
	}
	return n, err
}

// Close does not wait for a write that is under way, as the stream's own
// would: such a write may wait for a client that does not read, and closes the
// stream when it is through. After a failed write nothing is left to close,
// and the stream's own would touch a frame that may still be in use.
func (c *proxied) Close() error {
	c.mu.Lock()
	first := !c.closing
	c.closing = true
	c.owe(false)
	idle := c.writing == 0 && !c.failed
	c.mu.Unlock()
	switch {
	case !first:
		return net.ErrClosed
	case idle:
		return c.Conn.Close()
	default:
		return c.Conn.SetReadDeadline(time.Unix(1, 0))
	}
}

// SetDeadline sets the deadline of reads. See SetWriteDeadline.
func (c *proxied) SetDeadline(t time.Time) error { return c.Conn.SetReadDeadline(t) }

// SetWriteDeadline does nothing: after an expired one, the stream's next frame
// can corrupt the whole link. A write ends with the link at the latest, and a
// link that has died is noticed by its heartbeats.
func (c *proxied) SetWriteDeadline(time.Time) error { return nil }

// answers counts the connections on which something was asked and nothing
// answered yet, so that closing the link can wait for them a moment.
type answers struct {
	mu   sync.Mutex
	owed int
	none chan struct{} // closed when owed falls to zero; nil while nobody waits
}

func (a *answers) add(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.owed += n
	if a.owed == 0 && a.none != nil {
		close(a.none)
		a.none = nil
	}
}

// wait returns when every answer is given, or after the limit.
func (a *answers) wait(limit time.Duration) {
	a.mu.Lock()
	if a.owed == 0 {
		a.mu.Unlock()
		return
	}
	if a.none == nil {
		a.none = make(chan struct{})
	}
	none := a.none
	a.mu.Unlock()
	within(limit, none)
}
