package inbox

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestWhoLives(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	me := newLease().owner
	birth, alive := processBirth(os.Getppid())
	if !alive {
		t.Fatal("the parent process is not alive")
	}
	parent := owner{instance: "p", host: me.host, pid: os.Getppid(), birth: birth}
	for name, c := range map[string]struct {
		change func(*owner)
		lease  time.Duration
		want   bool
	}{
		"a living process with a lease":                {func(*owner) {}, time.Second, true},
		"its lease has passed while the machine slept": {func(*owner) {}, -time.Hour, birth != ""},
		"another process has its pid by now":           {func(o *owner) { o.birth = "before" }, time.Second, birth == ""},
		"its birth is unknown, and the lease runs":     {func(o *owner) { o.birth = "" }, time.Second, true},
		"its birth is unknown, and the lease is over":  {func(o *owner) { o.birth = "" }, 0, false},
		"no such process, whatever the lease says":     {func(o *owner) { o.pid = 1 << 30 }, time.Hour, false},
		"a pid that is none":                           {func(o *owner) { o.pid = 0 }, time.Hour, false},
		"on another host with a lease":                 {func(o *owner) { o.host = "elsewhere" }, time.Second, true},
		"on another host without":                      {func(o *owner) { o.host = "elsewhere" }, 0, false},
		"this process, another inbox with a lease":     {func(o *owner) { o.pid, o.birth = me.pid, me.birth }, time.Second, true},
		"this process, another inbox without":          {func(o *owner) { o.pid, o.birth = me.pid, me.birth }, 0, false},
		"no entry at all":                              {func(o *owner) { *o = owner{} }, -time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := parent
			o.until = now.Add(c.lease)
			c.change(&o)
			if got := o.lives(me, now); got != c.want {
				t.Errorf("lives() = %v, want %v", got, c.want)
			}
		})
	}
}

func TestALeaseIsRenewedAndGivenUp(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "inbox.db")
	now := time.Unix(1_000_000, 0)
	b, err := Open(t.Context(), Options{Path: path, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	owners := func(b *Inbox) (n, until int64) {
		if err := b.readers.QueryRowContext(t.Context(), "SELECT count(*), coalesce(max(lease_until), 0) FROM owner").Scan(&n, &until); err != nil {
			t.Fatal(err)
		}
		return n, until
	}
	if n, _ := owners(b); n != 0 {
		t.Errorf("who only reads has left %d leases", n)
	}
	if err := b.Claim(t.Context(), Registration{Token: NewToken()}); err != nil {
		t.Fatal(err)
	}
	later := now.Add(leaseEvery)
	if err := b.writer.do(t.Context(), func(ctx context.Context, conn *sql.Conn) error { return b.lease.renew(ctx, conn, later) }); err != nil {
		t.Fatal(err)
	}
	if n, until := owners(b); n != 1 || until != later.Add(leaseLife).UnixNano() {
		t.Errorf("%d leases, the last until %d", n, until)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(t.Context(), Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if n, _ := owners(again); n != 0 {
		t.Errorf("closing has left %d leases", n)
	}
}
