package inbox

import (
	"context"
	"database/sql"
	"net/http"
)

// Exec runs SQL on the connection that writes.
func (b *Inbox) Exec(ctx context.Context, query string) error {
	return b.writer.do(ctx, func(ctx context.Context, conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, query)
		return err
	})
}

// Ask runs a query with one text as its result on the connection that writes.
func (b *Inbox) Ask(ctx context.Context, query string) (answer string, err error) {
	err = b.writer.do(ctx, func(ctx context.Context, conn *sql.Conn) error {
		return conn.QueryRowContext(ctx, query).Scan(&answer)
	})
	return answer, err
}

// LimitRejected replaces the limit of what may be kept of rejected webhooks.
func (b *Inbox) LimitRejected(ctx context.Context, rows, bytes int64) error {
	return b.writer.do(ctx, func(context.Context, *sql.Conn) error {
		b.writer.limit = rejectedLimit{rows: rows, bytes: bytes}
		return nil
	})
}

// Store keeps webhooks without a request, many in one commit.
func (b *Inbox) Store(list []Webhook) error {
	items := make([]item, len(list))
	b.writer.mu.Lock()
	for i, w := range list {
		items[i] = item{record: &record{Webhook: w, headers: encodeHeader(w.Header.Get("Host"), w.Header)}, done: make(chan error, 1)}
	}
	b.writer.queue = append(b.writer.queue, items...)
	b.writer.mu.Unlock()
	b.writer.rouse()
	for _, it := range items {
		if err := <-it.done; err != nil {
			return err
		}
	}
	return nil
}

// RoundTrip writes headers as they are stored and reads them again.
func RoundTrip(h http.Header) (http.Header, error) {
	return decodeHeader(string(encodeHeader(h.Get("Host"), h)))
}

// SliceSeqs is the step of a text search.
const SliceSeqs = sliceSeqs
