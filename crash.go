package main

import (
	"context"
	"fmt"
	"runtime/debug"
)

// crashError is a panic of any goroutine. It ends the run the ordinary way, so
// that the terminal is put back and registrations are deleted first.
type crashError struct {
	value any
	stack []byte
}

func (e *crashError) Error() string { return fmt.Sprintf("an error in kvikk itself: %v", e.value) }

// crash holds the first panic of a run, also one of the clean-up, when the
// run's context has long had another end.
type crash struct {
	end  context.CancelCauseFunc
	held chan *crashError // one slot
}

func newCrash(end context.CancelCauseFunc) *crash {
	return &crash{end, make(chan *crashError, 1)}
}

// guard is deferred. It recovers a panic and ends the run.
func (c *crash) guard() {
	value := recover()
	if value == nil {
		return
	}
	e := &crashError{value, debug.Stack()}
	select {
	case c.held <- e:
	default:
	}
	c.end(e)
}

// first returns the panic that has come first, or nil.
func (c *crash) first() error {
	select {
	case e := <-c.held:
		return e
	default:
		return nil
	}
}
