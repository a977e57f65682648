package session

import (
	"context"
	"errors"
)

// errClosed is what a call gets that comes after [Session.Close].
var errClosed = errors.New("the session is closed")

// turn lets one call in at a time. Unlike a mutex it can be waited for with a
// limit.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

// take waits for the turn until ctx ends, and reports whether it came.
func (t turn) take(ctx context.Context) bool {
	select {
	case t <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (t turn) give() { <-t }

// begin takes a turn for a call and returns its context, which ends with ctx
// and when the session is being closed.
func (s *Session) begin(ctx context.Context, t turn) (context.Context, func(), error) {
	ctx, cancel := context.WithCancel(ctx)
	forget := context.AfterFunc(s.calls, cancel)
	end := func() {
		forget()
		cancel()
	}
	if !t.take(ctx) {
		defer end()
		if s.calls.Err() != nil {
			return nil, nil, errClosed
		}
		return nil, nil, ctx.Err()
	}
	if s.calls.Err() != nil {
		t.give()
		end()
		return nil, nil, errClosed
	}
	return ctx, func() {
		t.give()
		end()
	}, nil
}
