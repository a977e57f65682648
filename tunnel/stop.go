package tunnel

import "time"

// Limits of the parts of stop; together they stay under closeLimit.
const (
	settleStep      = 20 * time.Millisecond
	settleQuiet     = 3  // steps in a row without a connection
	settleSteps     = 12 // at most
	disconnectLimit = 500 * time.Millisecond
	cutLimit        = 500 * time.Millisecond
	pumpGrace       = 200 * time.Millisecond
	pumpLimit       = 300 * time.Millisecond
)

// stop ends a session that has started.
//
// What may outlive it, because the SDK has no way to wait for it: its
// reconnect loop, asleep between two attempts (30 seconds at most), and the
// heartbeats of a dead link (one interval and tolerance, 25 seconds). Should
// the SDK lock up in spite of settle, its endpoint and our pump stay behind.
func (s *session) stop() {
	defer s.cancel()
	defer s.transport.cut()
	s.settle()
	disconnected := make(chan struct{})
	go func() {
		defer s.guard()
		defer close(disconnected)
		_ = s.agent.Disconnect() // also after the SDK has given up by itself
	}()
	if !within(disconnectLimit, disconnected) {
		s.transport.cut()
		within(cutLimit, disconnected)
	}
	s.transport.cut()
	if s.listener == nil || within(pumpGrace, s.ended) {
		return
	}
	// The SDK is between two connections and does not look. Closing its
	// listener is safe now: nothing is delivered any more.
	go func() {
		defer s.guard()
		_ = s.listener.Close()
	}()
	within(pumpLimit, s.ended)
}

// settle stops reading from the link and lets the connections that were on
// their way reach the pump. In the SDK, delivering a connection while the
// endpoint is being closed can lock both up for ever. Quiet is measured in
// several steps, since the first may pass while the whole process stands still.
func (s *session) settle() {
	s.transport.pause()
	for step, quiet := 0, 0; step < settleSteps && quiet < settleQuiet; step++ {
		before := s.accepted.Load()
		if within(settleStep, s.ended) {
			return
		}
		quiet++
		if s.accepted.Load() != before {
			quiet = 0
		}
	}
}

// abandon ends a session whose start is still under way.
func (s *session) abandon(started <-chan struct{}) {
	s.cancel()
	s.transport.cut()
	if within(cutLimit, started) {
		s.stop()
	}
}

// within waits for a channel to be closed, for as long as the limit, and
// reports whether it was.
func within(limit time.Duration, closed <-chan struct{}) bool {
	t := time.NewTimer(limit)
	defer t.Stop()
	select {
	case <-closed:
		return true
	case <-t.C:
		return false
	}
}
