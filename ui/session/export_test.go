package session

import "time"

// SetPause makes the repetitions after a failure quick.
func (s *Session) SetPause(d time.Duration) { s.pause = d }
