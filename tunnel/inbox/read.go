package inbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"kvikk/api/webhook"
)

// ErrNotFound is returned for a webhook that is not, or no longer, in the inbox.
var ErrNotFound = errors.New("there is no such webhook in the inbox")

// Filter chooses webhooks. Its fields are combined; the zero Filter lets all
// through.
type Filter struct {
	// AfterSeq leaves out all up to this sequence number.
	AfterSeq int64
	// Text has to stand in the body, the reference, the event type or the
	// problem. Case does not count for the letters A to Z. A body is searched
	// up to its first NUL byte.
	Text string
	// Registration is the token of a registration.
	Registration string
	// Reference is a payment's reference, to the letter.
	Reference string
	// Type is an event type.
	Type webhook.Type
	// Newest makes [Inbox.All] begin with the newest. Rows always does.
	Newest bool
}

// Query asks for a page of a list, the newest first.
type Query struct {
	Filter
	// Before leaves out this sequence number and all above; zero begins with the
	// newest. The next page is asked for with the last row's Seq.
	Before int64
	// Limit is the largest number of rows: 100 when it is zero, and never more
	// than 1,000.
	Limit int
}

// Counts says how many webhooks a filter lets through.
type Counts struct {
	// Total counts all of them, Rejected those that did not verify.
	Total, Rejected int64
}

const (
	defaultLimit = 100
	largestLimit = 1000
	// wideRange is how many webhooks are too many to be counted in the table
	// itself, bodies and all; the plus sign in front of a column makes SQLite go
	// through a narrow index instead.
	wideRange = 20_000
)

// Rows returns a page, the newest first. A text search ends early with ctx's
// error when ctx ends.
func (b *Inbox) Rows(ctx context.Context, q Query) ([]Row, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	limit = min(limit, largestLimit)
	var found []Row
	err := b.eachSlice(ctx, q.Filter, q.Before, func(where condition) (bool, error) {
		page, err := b.page(ctx, where, limit-len(found))
		found = append(found, page...)
		return len(found) < limit, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing webhooks: %w", err)
	}
	return found, nil
}

func (b *Inbox) page(ctx context.Context, where condition, limit int) ([]Row, error) {
	rows, err := b.readers.QueryContext(ctx, "SELECT "+rowColumns+" FROM webhook"+where.sql()+" ORDER BY seq DESC LIMIT ?", where.with(limit)...)
	if err != nil {
		return nil, b.readError(err)
	}
	defer rows.Close()
	var page []Row
	for rows.Next() {
		var r Row
		if err := r.scan(rows); err != nil {
			return nil, err
		}
		page = append(page, r)
	}
	return page, b.readError(rows.Err())
}

// Webhook returns one whole. The error wraps [ErrNotFound] when it is not there.
func (b *Inbox) Webhook(ctx context.Context, seq int64) (Webhook, error) {
	var w Webhook
	err := w.scanWhole(b.readers.QueryRowContext(ctx, "SELECT "+allColumns+" FROM webhook WHERE seq = ?", seq))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return Webhook{}, fmt.Errorf("reading webhook %d: %w", seq, b.readError(err))
	}
	return w, nil
}

// Counts counts what a filter lets through. With a Text it reads everything;
// [Inbox.Stats] has this run's counts for nothing.
func (b *Inbox) Counts(ctx context.Context, f Filter) (Counts, error) {
	var sum Counts
	err := b.eachSlice(ctx, f, 0, func(where condition) (bool, error) {
		if f.Text == "" && f.AfterSeq > 0 {
			newest, err := b.newestBelow(ctx, 0)
			if err != nil {
				return false, err
			}
			if newest-f.AfterSeq > wideRange {
				where = f.condition()
				where.add("+seq > ?", f.AfterSeq)
			}
		}
		total, err := b.count(ctx, where)
		if err != nil {
			return false, err
		}
		where.add("verified = 0")
		rejected, err := b.count(ctx, where)
		sum.Total, sum.Rejected = sum.Total+total, sum.Rejected+rejected
		return true, err
	})
	if err != nil {
		return Counts{}, fmt.Errorf("counting webhooks: %w", err)
	}
	return sum, nil
}

func (b *Inbox) count(ctx context.Context, where condition) (n int64, err error) {
	err = b.readers.QueryRowContext(ctx, "SELECT count(*) FROM webhook"+where.sql(), where.args...).Scan(&n)
	return n, b.readError(err)
}

// readError names the reason when the readers are closed.
func (b *Inbox) readError(err error) error {
	if err != nil && b.writer.isStopped() {
		return ErrClosed
	}
	return err
}
