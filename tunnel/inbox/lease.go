package inbox

import (
	"context"
	"crypto/rand"
	"database/sql"
	"os"
	"sync/atomic"
	"time"
)

const (
	// leaseLife is how long a run counts as alive after it was last heard of,
	// for those who cannot look at its process.
	leaseLife = 30 * time.Second
	// leaseEvery is how often a run is heard of.
	leaseEvery = 10 * time.Second
	// journalLife is how long released registrations are remembered.
	journalLife = 30 * 24 * time.Hour
)

// owner is a run that answers for registrations.
type owner struct {
	instance string // random
	host     string // where pid means something
	pid      int
	birth    string // tells two processes with one pid apart; empty where unknown
	until    time.Time
}

// lives reports whether the run is still there, seen from another one. On the
// same host the process itself is looked at, so that a dead one is known at
// once, and one whose lease has passed while the machine slept is not taken for
// dead. Elsewhere the lease decides.
func (o owner) lives(from owner, now time.Time) bool {
	if o.host == "" || o.host != from.host {
		return now.Before(o.until)
	}
	birth, alive := processBirth(o.pid)
	switch {
	case !alive:
		return false
	case birth == "" || o.birth == "":
		return now.Before(o.until)
	default:
		// Within one process only the lease tells two inboxes apart.
		return birth == o.birth && (o.pid != from.pid || now.Before(o.until))
	}
}

// lease is this run's own entry. It is written with the first claim, so that
// whoever only reads leaves no trace.
type lease struct {
	owner
	written *atomic.Bool
}

func newLease() lease {
	birth, _ := processBirth(os.Getpid())
	return lease{
		owner:   owner{instance: rand.Text(), host: hostIdentity(), pid: os.Getpid(), birth: birth},
		written: new(atomic.Bool),
	}
}

// renew writes the lease; it runs in one of the writer's transactions.
func (l lease) renew(ctx context.Context, conn *sql.Conn, now time.Time) error {
	_, err := conn.ExecContext(ctx, `INSERT INTO owner (instance, host, pid, birth, lease_until) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (instance) DO UPDATE SET lease_until = excluded.lease_until`,
		l.instance, l.host, l.pid, l.birth, now.Add(leaseLife).UnixNano())
	if err == nil {
		l.written.Store(true)
	}
	return err
}

// renewLeases keeps the lease until ctx ends.
func (b *Inbox) renewLeases(ctx context.Context) {
	tick := time.NewTicker(leaseEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if !b.lease.written.Load() {
			continue
		}
		err := b.writer.do(ctx, func(ctx context.Context, conn *sql.Conn) error {
			return b.lease.renew(ctx, conn, b.now())
		})
		if err != nil && ctx.Err() == nil {
			b.log.Warn("inbox: the lease could not be renewed", "error", err)
		}
	}
}

// leave ends the lease and clears the journal of what nobody needs any more.
func (b *Inbox) leave(ctx context.Context) error {
	if !b.lease.written.Load() {
		return nil
	}
	return b.writer.do(ctx, func(ctx context.Context, conn *sql.Conn) error {
		if _, err := conn.ExecContext(ctx, "DELETE FROM owner WHERE instance = ? OR lease_until < ?",
			b.lease.instance, b.now().Add(-journalLife).UnixNano()); err != nil {
			return err
		}
		_, err := conn.ExecContext(ctx, "DELETE FROM registration WHERE released_at < ?", b.now().Add(-journalLife).UnixNano())
		return err
	})
}
