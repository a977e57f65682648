// Package inbox is where webhooks land: it receives, verifies, keeps and finds
// them.
//
// # What is promised
//
// A webhook that was answered with a 2xx is on disk. The handler answers after
// the transaction that holds the webhook has been committed with an fsync
// (SQLite in WAL mode with synchronous=FULL; NORMAL would leave the newest ones
// to the page cache). Many webhooks share one commit: a single goroutine writes
// whatever has gathered while the previous commit was under way.
//
// What does not verify is kept too, with the reason, up to a limit that keeps
// noise from filling the disk. What is addressed to nobody is counted, and the
// last of it kept in memory.
//
// # Who is called
//
// The last segment of a request's path names the registration, and so the
// secret and the URL to verify against; what a proxy did to the rest of the path
// is of no interest. A registration is journaled with [Inbox.Claim] before the
// provider is asked for it, so that one whose answer is lost can still be found
// again. Webhooks that arrive before [Inbox.Activate] has brought the secret are
// turned away with 503, and the provider sends them again.
//
// # Several programs, one file
//
// Any number of processes may open the same file. Each receives on its own
// address for its own registrations and reads what all have kept. Sequence
// numbers rise across all of them and across restarts.
package inbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"sync"
	"time"
)

// Options says where an inbox is and what it uses.
type Options struct {
	// Path is the SQLite file. It and its directory are made when they are
	// missing, with the modes 0600 and 0700.
	Path string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Logger takes what nobody is there to be told; nil discards it.
	Logger *slog.Logger
	// Guard is deferred first in every goroutine that the inbox starts; it may
	// recover a panic. Nil lets a panic end the process.
	Guard func()
}

// ErrClosed is returned by every method once [Inbox.Close] has been called.
var ErrClosed = errors.New("the inbox is closed")

// Inbox receives webhooks and holds those that were received before. Its
// methods may be called from any goroutine.
type Inbox struct {
	now     func() time.Time
	log     *slog.Logger
	guard   func()
	file    string
	notice  string
	start   int64
	writer  *writer
	readers *sql.DB
	changed chan struct{}
	counts  counters
	others  strangers
	book    book
	lease   lease

	closing   sync.Once
	closeErr  error
	endLeases context.CancelFunc
	running   sync.WaitGroup
}

// Open opens the file, or makes it. A file that is damaged is set aside under a
// new name and a fresh one begun; [Inbox.Notice] then says so. A file that a
// newer version has written is refused, and so is a directory that cannot be
// written; the error says why and what to do.
//
// ctx bounds the opening alone. Close the inbox when it is no longer needed.
func Open(ctx context.Context, o Options) (*Inbox, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Guard == nil {
		o.Guard = func() {}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	db, notice, err := openFile(ctx, o.Path, o.Now)
	if err != nil {
		return nil, fmt.Errorf("opening the inbox: %w", err)
	}
	if notice != "" {
		o.Logger.Warn("inbox", "notice", notice)
	}
	b := &Inbox{
		now: o.Now, log: o.Logger, guard: o.Guard, file: o.Path, notice: notice,
		readers: sql.OpenDB(connector{readerDSN(o.Path)}), changed: make(chan struct{}, 1),
		book: book{known: map[string]live{}}, lease: newLease(),
	}
	b.readers.SetMaxOpenConns(readerConns)
	b.readers.SetMaxIdleConns(readerConns)
	if b.start, err = highestSeq(ctx, db); err != nil {
		return nil, fmt.Errorf("opening the inbox: %w", errors.Join(err, b.readers.Close(), db.Close()))
	}
	b.writer = newWriter(db, o.Logger, b.committed)
	leases, end := context.WithCancel(context.WithoutCancel(ctx))
	b.endLeases = end
	b.running.Go(func() {
		defer o.Guard()
		defer b.writer.abandon()
		b.writer.run()
	})
	b.running.Go(func() {
		defer o.Guard()
		b.renewLeases(leases)
	})
	return b, nil
}

// Close lets the commit under way end, gives the registrations up (those that
// were not released become leftovers) and closes the file. Webhooks that still
// arrive get 503. Further calls return what the first one did.
func (b *Inbox) Close() error {
	b.closing.Do(func() {
		b.endLeases()
		leave := b.leave(context.Background())
		b.writer.stop()
		b.running.Wait()
		if err := errors.Join(leave, b.writer.close(), b.readers.Close()); err != nil {
			b.closeErr = fmt.Errorf("closing the inbox: %w", err)
		}
	})
	return b.closeErr
}

// Notice says, in a sentence for a person, what was unusual about opening the
// file: that a damaged one was set aside, and under which name. It is empty when
// all was well.
func (b *Inbox) Notice() string { return b.notice }

// RunStart returns the highest sequence number that there was before this run;
// a [Filter] with it as AfterSeq shows this run's webhooks.
func (b *Inbox) RunStart() int64 { return b.start }

// Changed carries a signal when there may be more to read than before. It has
// one slot: however much arrives, one signal waits, and receiving webhooks
// never waits for whoever reads it.
func (b *Inbox) Changed() <-chan struct{} { return b.changed }

// Format prints the inbox by its file alone, for every verb: fmt reads the
// fields of a struct past the methods that would hide a secret in them.
func (b *Inbox) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "inbox.Inbox("+strconv.Quote(b.file)+")")
}

func (b *Inbox) signal() {
	select {
	case b.changed <- struct{}{}:
	default:
	}
}

// committed is called by the writer after each commit of webhooks.
func (b *Inbox) committed(batch []*record) {
	for _, r := range batch {
		b.counts.keep(r)
	}
	b.signal()
}
