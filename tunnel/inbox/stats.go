package inbox

import (
	"sync"
	"time"
)

// Stats counts what has happened since the inbox was opened, by this process.
type Stats struct {
	// Kept is how many webhooks are on disk: Verified and Rejected together.
	Kept, Verified, Rejected int64
	// Strangers is how many requests were addressed to nobody, or were no POST.
	Strangers int64
	// Unkept is how many were answered with 503, since they could not be kept or
	// their registration was not ready.
	Unkept int64
	// Fault says why the last webhook could not be kept; empty as soon as one
	// has been again.
	Fault string
	// Last and LastStranger are when the newest of each arrived; zero if none.
	Last, LastStranger time.Time
}

// Stats returns the counts of this run. It does not touch the file.
func (b *Inbox) Stats() Stats {
	b.counts.mu.Lock()
	defer b.counts.mu.Unlock()
	return b.counts.now
}

type counters struct {
	mu  sync.Mutex
	now Stats
}

func (c *counters) change(f func(*Stats)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(&c.now)
}

func (c *counters) keep(r *record) {
	c.change(func(s *Stats) {
		s.Kept++
		if r.Verified {
			s.Verified++
		} else {
			s.Rejected++
		}
		s.Fault = ""
		if r.ReceivedAt.After(s.Last) {
			s.Last = r.ReceivedAt
		}
	})
}

func (c *counters) unkept(fault string) {
	c.change(func(s *Stats) {
		s.Unkept++
		if fault != "" {
			s.Fault = fault
		}
	})
}
