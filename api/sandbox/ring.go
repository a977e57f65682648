package sandbox

import "sync"

// ringSize is how many entries a ring keeps.
const ringSize = 10_000

// ring keeps the latest entries of a log. Each has a number; numbers start at
// 1, rise by 1 and never return, so that who read up to one can ask for more.
type ring[T any] struct {
	mu      sync.Mutex
	entries []T   // a circle once it is full
	last    int64 // the number of the newest entry
	from    int64 // the number of the oldest entry that is not forgotten
}

// add appends an entry in place of the oldest one, if there is no room.
func (r *ring[T]) add(v T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := int(r.last % ringSize)
	r.last++
	if at == len(r.entries) {
		r.entries = append(r.entries, v)
		return
	}
	r.entries[at] = v
}

// each calls fn with every entry after the given number, oldest first, and its
// number. It works on a copy, so fn may take its time.
func (r *ring[T]) each(after int64, fn func(seq int64, v T)) {
	first, copied := r.since(after)
	for i, v := range copied {
		fn(first+int64(i), v)
	}
}

// since copies the entries after the given number; first is the number of the
// first of them.
func (r *ring[T]) since(after int64) (first int64, copied []T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if after >= r.last {
		return r.last + 1, nil
	}
	first = max(after+1, r.from, r.last-ringSize+1, 1)
	for seq := first; seq <= r.last; seq++ {
		copied = append(copied, r.entries[(seq-1)%ringSize])
	}
	return first, copied
}

// clear forgets every entry; the numbers go on.
func (r *ring[T]) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.from = r.last + 1
	clear(r.entries)
}
