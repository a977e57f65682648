package sandbox

import "testing"

func TestARingKeepsTheLatestEntriesInOrder(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                    string
		added                   int
		after                   int64
		wantFirst               int64
		wantCount               int
		clearedBefore, clearEnd bool
	}{
		{name: "empty", wantFirst: 1},
		{name: "a few", added: 3, wantFirst: 1, wantCount: 3},
		{name: "after the second", added: 3, after: 2, wantFirst: 3, wantCount: 1},
		{name: "after the last", added: 3, after: 3, wantFirst: 4},
		{name: "exactly full", added: ringSize, wantFirst: 1, wantCount: ringSize},
		{name: "one more than it holds", added: ringSize + 1, wantFirst: 2, wantCount: ringSize},
		{name: "round and round", added: 3*ringSize + 7, after: 3*ringSize + 5, wantFirst: 3*ringSize + 6, wantCount: 2},
		{name: "cleared", added: 5, clearEnd: true, wantFirst: 6},
		{name: "filled again", added: 5, clearedBefore: true, wantFirst: 3, wantCount: 5},
	}
	for _, tt := range tests {
		var r ring[int64]
		if tt.clearedBefore {
			r.add(1)
			r.add(2)
			r.clear()
		}
		for range tt.added {
			r.add(r.last + 1) // each entry is its own number
		}
		if tt.clearEnd {
			r.clear()
		}
		next, count := tt.wantFirst, 0
		r.each(tt.after, func(seq, v int64) {
			if seq != next || v != seq {
				t.Fatalf("%s: entry %d numbered %d, want %d", tt.name, v, seq, next)
			}
			next++
			count++
		})
		if count != tt.wantCount {
			t.Errorf("%s: %d entries, want %d", tt.name, count, tt.wantCount)
		}
	}
}
