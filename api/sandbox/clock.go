package sandbox

import (
	"sync"
	"time"
)

// maxOffset is how far the clock can be moved in all: 10 years.
const maxOffset = 3652 * day

// clock is the sandbox's time: that of Options.Now, moved forward on request.
type clock struct {
	real func() time.Time

	mu     sync.RWMutex
	offset time.Duration
}

func newClock(real func() time.Time) *clock {
	if real == nil {
		real = time.Now
	}
	return &clock{real: real}
}

// now is the time that everything but the date of a delivery goes by.
func (c *clock) now() time.Time { return c.real().Add(c.moved()) }

// moved is how far the clock is ahead.
func (c *clock) moved() time.Duration {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.offset
}

// advance moves the clock forward; false when d is not positive or leads too
// far ahead, and then the clock stays as it is.
func (c *clock) advance(d time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d <= 0 || d > maxOffset-c.offset {
		return false
	}
	c.offset += d
	return true
}

// set moves the clock to an offset: of another run, or 0, which is the time of
// Options.Now.
func (c *clock) set(offset time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset = offset
}

// Advance moves the sandbox's clock forward by d and returns the new time.
// Everything ages with it at once: tokens, payments, rate limits and retries.
// The clock only goes forward, at most 10 years in all; a d that is not
// positive or leads beyond that changes nothing. The x-ms-date of deliveries
// stays that of Options.Now, as receivers hold it against their own clock.
func (s *Server) Advance(d time.Duration) time.Time {
	if s.advance(d) {
		s.Wake()
		_ = s.journal.flush() // kept, logged and tried again with the next
	}
	return s.now()
}

func (s *Server) advance(d time.Duration) bool {
	if !s.clock.advance(d) {
		return false
	}
	s.noteOffset()
	return true
}

func (s *Server) noteOffset() {
	if s.journal != nil {
		offset := s.clock.moved()
		s.journal.note(entry{Offset: &offset})
	}
}
