package ui

import (
	"sync"

	"kvikk/api"
)

// recorded is how many exchanges are kept: more than anybody goes through with
// the bracket keys.
const recorded = 64

// recorder keeps the latest exchanges with the provider. The client calls
// Record from its own goroutines; the screen reads.
type recorder struct {
	mu        sync.Mutex
	exchanges []api.Exchange
	changed   chan struct{}
}

func newRecorder() *recorder { return &recorder{changed: make(chan struct{}, 1)} }

// Record keeps an exchange. It never blocks.
func (r *recorder) Record(e api.Exchange) {
	r.mu.Lock()
	r.exchanges = append(r.exchanges, e)
	if len(r.exchanges) > recorded {
		r.exchanges = append(r.exchanges[:0], r.exchanges[len(r.exchanges)-recorded:]...)
	}
	r.mu.Unlock()
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

// Clear forgets all exchanges.
func (r *recorder) Clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.exchanges = nil
}

// All returns the exchanges, oldest first.
func (r *recorder) All() []api.Exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]api.Exchange(nil), r.exchanges...)
}
