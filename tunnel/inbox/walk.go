package inbox

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"math"
)

// Bounds of what [Inbox.All] reads before it hands it on. The read has ended by
// then, so that a slow reader keeps neither a connection nor the journal from
// being taken up into the file.
const (
	walkRows  = 500
	walkBytes = 4 << 20
)

// All walks through what a filter lets through, the oldest first, with no more
// than a few megabytes in memory. It ends after the first error, which comes
// with a zero Webhook. What arrives while it walks may or may not be part of it.
func (b *Inbox) All(ctx context.Context, f Filter) iter.Seq2[Webhook, error] {
	return func(yield func(Webhook, error) bool) {
		next := b.upward(f)
		if f.Newest {
			next = b.downward(f)
		}
		for {
			page, more, err := next(ctx)
			for _, w := range page {
				if !yield(w, nil) {
					return
				}
			}
			if err != nil {
				yield(Webhook{}, fmt.Errorf("reading webhooks: %w", err))
				return
			}
			if !more {
				return
			}
		}
	}
}

// step returns the next page of a walk, which may be empty, and whether there
// may be more after it.
type step func(ctx context.Context) (page []Webhook, more bool, err error)

// upward walks from the oldest to the newest.
func (b *Inbox) upward(f Filter) step {
	edge := f.AfterSeq // the last one seen
	return func(ctx context.Context) ([]Webhook, bool, error) {
		low, err := b.oldestAbove(ctx, edge)
		if err != nil || low == 0 {
			return nil, false, err
		}
		high := int64(math.MaxInt64)
		if f.Text != "" {
			high = low + sliceSeqs - 1
		}
		page, full, err := b.wholePage(ctx, f, low, high, "seq")
		edge = high
		if full {
			edge = page[len(page)-1].Seq
		}
		return page, edge < math.MaxInt64, err
	}
}

// downward walks from the newest to the oldest.
func (b *Inbox) downward(f Filter) step {
	edge := int64(0) // the last one seen, 0 before the first
	return func(ctx context.Context) ([]Webhook, bool, error) {
		high, err := b.newestBelow(ctx, edge)
		if err != nil || high <= f.AfterSeq {
			return nil, false, err
		}
		low := f.AfterSeq + 1
		if f.Text != "" {
			low = max(low, high-sliceSeqs+1)
		}
		page, full, err := b.wholePage(ctx, f, low, high, "seq DESC")
		edge = low
		if full {
			edge = page[len(page)-1].Seq
		}
		return page, edge > f.AfterSeq+1, err
	}
}

// wholePage reads webhooks from low to high; full says that it stopped at one of
// the bounds and not at the end.
func (b *Inbox) wholePage(ctx context.Context, f Filter, low, high int64, order string) (page []Webhook, full bool, err error) {
	where := f.condition()
	where.add("seq >= ? AND seq <= ?", low, high)
	rows, err := b.readers.QueryContext(ctx, "SELECT "+allColumns+" FROM webhook"+where.sql()+" ORDER BY "+order, where.args...)
	if err != nil {
		return nil, false, b.readError(err)
	}
	defer rows.Close()
	for size := 0; rows.Next(); {
		var w Webhook
		if err := w.scanWhole(rows); err != nil {
			return page, false, err
		}
		page = append(page, w)
		if size += len(w.Body); len(page) == walkRows || size >= walkBytes {
			return page, true, nil
		}
	}
	return page, false, b.readError(rows.Err())
}

// oldestAbove returns the lowest sequence number above after, 0 if there is none.
func (b *Inbox) oldestAbove(ctx context.Context, after int64) (int64, error) {
	var low sql.NullInt64
	err := b.readers.QueryRowContext(ctx, "SELECT min(seq) FROM webhook WHERE seq > ?", after).Scan(&low)
	return low.Int64, b.readError(err)
}
