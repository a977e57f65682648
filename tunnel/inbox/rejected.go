package inbox

import (
	"context"
	"database/sql"
	"fmt"
)

// rejectedLimit bounds what the rejected webhooks of the file may take, so that
// whoever knows an address cannot fill the disk with noise. The oldest go first.
type rejectedLimit struct {
	rows, bytes int64

	// What the file is known to hold; it is counted again when another program
	// has written (version) or the limit seems to be reached.
	haveRows, haveBytes int64
	version             int64
	counted             bool
}

func newRejectedLimit() rejectedLimit { return rejectedLimit{rows: 10_000, bytes: 64 << 20} }

// enforce is called in the transaction that has just added batch.
func (l *rejectedLimit) enforce(ctx context.Context, conn *sql.Conn, batch []*record) error {
	var rows, bytes int64
	for _, r := range batch {
		if !r.Verified {
			rows++
			bytes += int64(r.size())
		}
	}
	if rows == 0 {
		return nil
	}
	l.haveRows += rows
	l.haveBytes += bytes
	if err := l.recount(ctx, conn); err != nil {
		return fmt.Errorf("counting rejected webhooks: %w", err)
	}
	if l.haveRows <= l.rows && l.haveBytes <= l.bytes {
		return nil
	}
	if err := l.evict(ctx, conn); err != nil {
		return fmt.Errorf("removing old rejected webhooks: %w", err)
	}
	return nil
}

// recount asks the file, unless nobody else can have changed it.
func (l *rejectedLimit) recount(ctx context.Context, conn *sql.Conn) error {
	var version int64
	if err := conn.QueryRowContext(ctx, "PRAGMA data_version").Scan(&version); err != nil {
		return err
	}
	known := l.counted && version == l.version
	if known && l.haveRows <= l.rows && l.haveBytes <= l.bytes {
		return nil
	}
	l.version, l.counted = version, true
	return conn.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(size), 0) FROM webhook WHERE verified = 0").Scan(&l.haveRows, &l.haveBytes)
}

// evict removes the oldest, and a twentieth more than is needed, so that a flood
// does not lead here at every commit.
func (l *rejectedLimit) evict(ctx context.Context, conn *sql.Conn) error {
	rows, err := conn.QueryContext(ctx, "SELECT seq, size FROM webhook WHERE verified = 0 ORDER BY seq")
	if err != nil {
		return err
	}
	last, haveRows, haveBytes := int64(0), l.haveRows, l.haveBytes
	for (haveRows > l.rows-l.rows/20 || haveBytes > l.bytes-l.bytes/20) && rows.Next() {
		var size int64
		if err := rows.Scan(&last, &size); err != nil {
			_ = rows.Close()
			return err
		}
		haveRows--
		haveBytes -= size
	}
	if err := rows.Close(); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "DELETE FROM webhook WHERE verified = 0 AND seq <= ?", last); err != nil {
		return err
	}
	l.haveRows, l.haveBytes = haveRows, haveBytes
	return nil
}
