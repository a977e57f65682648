package inbox

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
)

const (
	// groupRows and groupBytes bound one transaction.
	groupRows  = 512
	groupBytes = 16 << 20
)

// job is something else to write than webhooks; it runs in a transaction of its
// own.
type job func(ctx context.Context, conn *sql.Conn) error

// item is one entry of the writer's queue: a webhook or a job.
type item struct {
	record *record
	job    job
	done   chan error // one slot, so that the writer never waits
}

// writer owns the only connection that writes. Whatever gathers while a commit
// is under way goes into the next one together.
type writer struct {
	db        *sql.DB
	log       *slog.Logger
	committed func([]*record)

	mu      sync.Mutex
	queue   []item
	stopped bool
	wake    chan struct{} // one slot
	dead    chan struct{} // closed when run has ended

	// Used by the run goroutine alone.
	conn   *sql.Conn
	insert *sql.Stmt
	limit  rejectedLimit
	batch  []*record
}

func newWriter(db *sql.DB, log *slog.Logger, committed func([]*record)) *writer {
	return &writer{db: db, log: log, committed: committed, wake: make(chan struct{}, 1), dead: make(chan struct{}), limit: newRejectedLimit()}
}

// keep returns when r is on disk, or with the reason why it is not.
func (w *writer) keep(r *record) error { return w.add(item{record: r}) }

// do runs j in a transaction. It does not return early when ctx ends: what has
// been written by then has been written.
func (w *writer) do(ctx context.Context, j job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return w.add(item{job: j})
}

func (w *writer) add(it item) error {
	it.done = make(chan error, 1)
	w.mu.Lock()
	if w.stopped {
		w.mu.Unlock()
		return ErrClosed
	}
	w.queue = append(w.queue, it)
	w.mu.Unlock()
	w.rouse()
	select {
	case err := <-it.done:
		return err
	case <-w.dead:
	}
	// run may have answered just before it ended.
	select {
	case err := <-it.done:
		return err
	default:
		return ErrClosed
	}
}

// abandon refuses what nobody will write any more, after run has ended for
// whatever reason.
func (w *writer) abandon() {
	w.mu.Lock()
	w.stopped = true
	w.mu.Unlock()
	close(w.dead)
}

func (w *writer) rouse() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// stop refuses whatever comes from now on; run ends when the queue is empty.
func (w *writer) stop() {
	w.mu.Lock()
	w.stopped = true
	w.mu.Unlock()
	w.rouse()
}

func (w *writer) isStopped() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stopped
}

func (w *writer) run() {
	var spare []item
	for range w.wake {
		for {
			w.gather()
			w.mu.Lock()
			items, stopped := w.queue, w.stopped
			w.queue = spare[:0]
			w.mu.Unlock()
			if len(items) == 0 {
				spare = items
				if stopped {
					return
				}
				break
			}
			w.write(items)
			clear(items)
			spare = items
		}
	}
}

// gather lets the handlers that are ready to run come first, for as long as that
// makes the queue longer: what they bring shares the commit that is due anyway.
// No timer is involved, so that a single webhook does not wait.
func (w *writer) gather() {
	for n, before := w.waiting(), -1; n > before && n < groupRows; {
		runtime.Gosched()
		before, n = n, w.waiting()
	}
}

func (w *writer) waiting() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.queue)
}

// write takes the items in their order: webhooks in groups, jobs one by one.
func (w *writer) write(items []item) {
	for len(items) > 0 {
		n, size := 0, 0
		for n < len(items) && n < groupRows && size < groupBytes && items[n].record != nil {
			size += items[n].record.size()
			n++
		}
		if n == 0 {
			items[0].done <- w.runJob(items[0].job)
			items = items[1:]
			continue
		}
		err := w.commit(items[:n])
		for _, it := range items[:n] {
			it.done <- err
		}
		items = items[n:]
	}
}

func (w *writer) commit(items []item) error {
	w.batch = w.batch[:0]
	for _, it := range items {
		w.batch = append(w.batch, it.record)
	}
	defer func() { clear(w.batch) }()
	err := w.transact(func(ctx context.Context, conn *sql.Conn) error {
		for _, r := range w.batch {
			if _, err := w.insert.ExecContext(ctx, r.row()...); err != nil {
				return err
			}
		}
		return w.limit.enforce(ctx, conn, w.batch)
	})
	if err != nil {
		w.log.Error("inbox: a group of webhooks could not be kept", "webhooks", len(items), "error", err)
		return fmt.Errorf("keeping a webhook: %w", err)
	}
	w.committed(w.batch)
	return nil
}

func (w *writer) runJob(j job) error { return w.transact(j) }

// transact runs j between BEGIN and COMMIT. The context is never cancelled, so
// that a commit is either there or not, whoever has lost interest meanwhile.
func (w *writer) transact(j job) error {
	ctx := context.Background()
	if err := w.connect(ctx); err != nil {
		return err
	}
	_, err := w.conn.ExecContext(ctx, "BEGIN IMMEDIATE")
	if err == nil {
		if err = j(ctx, w.conn); err == nil {
			_, err = w.conn.ExecContext(ctx, "COMMIT")
		}
		if err == nil {
			return nil
		}
		// SQLite has rolled back by itself after some errors; then this fails.
		_, _ = w.conn.ExecContext(ctx, "ROLLBACK")
	}
	// A fresh connection for the next one, so that whatever has befallen this
	// one ends with its cause.
	return errors.Join(err, w.disconnect())
}

func (w *writer) connect(ctx context.Context) error {
	if w.conn != nil {
		return nil
	}
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return err
	}
	insert, err := conn.PrepareContext(ctx, insertRow)
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	w.conn, w.insert = conn, insert
	return nil
}

// disconnect closes the connection for good instead of giving it back to the
// pool of database/sql.
func (w *writer) disconnect() error {
	if w.conn == nil {
		return nil
	}
	err := w.insert.Close()
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = w.conn.Close()
	w.conn, w.insert = nil, nil
	return err
}

// close ends the connection after run has returned.
func (w *writer) close() error { return errors.Join(w.disconnect(), w.db.Close()) }
