package inbox

import (
	"context"
	"database/sql"
	"database/sql/driver"
	_ "embed" // for the schema
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed schema.sql
var schema string

const (
	// format is the version of the schema, kept as SQLite's user_version.
	format = 2
	// application marks the file as an inbox ("kvik"), kept as SQLite's
	// application_id.
	application = 0x6b76696b
	// readerConns is how many queries may run at once.
	readerConns = 4
	// busyTimeout is how long a connection waits for another program's lock, in
	// milliseconds. A connection without it fails at once.
	busyTimeout = "busy_timeout(5000)"
)

// connector opens connections to one file.
type connector struct{ dsn string }

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.Driver().Open(c.dsn) }
func (c connector) Driver() driver.Driver                        { return &sqlite.Driver{} }

func writerDSN(path string) string {
	// The journal may grow to 4,000 pages before it is copied into the file;
	// fewer would make for more syncs, and each of them holds up a commit.
	return dsn(path, busyTimeout, "journal_mode(WAL)", "synchronous(FULL)", "wal_autocheckpoint(4000)")
}

func readerDSN(path string) string { return dsn(path, busyTimeout, "query_only(1)") }

func dsn(path string, pragmas ...string) string {
	if !filepath.IsAbs(path) {
		if abs, err := filepath.Abs(path); err == nil {
			path = abs
		}
	}
	path = filepath.ToSlash(path)
	if path[0] != '/' { // C:/…
		path = "/" + path
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{"_pragma": pragmas}.Encode()}
	return u.String()
}

// openFile makes the file ready to write and returns the writer's database. A
// damaged file is set aside once.
func openFile(ctx context.Context, path string, now func() time.Time) (db *sql.DB, notice string, err error) {
	if path == "" {
		return nil, "", errors.New("no file is named")
	}
	db, err = prepare(ctx, path)
	if err == nil || !isDamage(err) {
		return db, "", err
	}
	aside, moveErr := setAside(path, now())
	if moveErr != nil {
		return nil, "", fmt.Errorf("%s is damaged (%w) and cannot be set aside: %w", path, err, moveErr)
	}
	notice = fmt.Sprintf("The inbox file was damaged (%v). It has been kept as %s, and a new one begun.", err, aside)
	db, err = prepare(ctx, path)
	return db, notice, err
}

// prepare creates the file where there is none, opens it and brings its schema
// up to date.
func prepare(ctx context.Context, path string) (*sql.DB, error) {
	if err := create(path); err != nil {
		return nil, unwritable(path, err)
	}
	db := sql.OpenDB(connector{writerDSN(path)})
	db.SetMaxOpenConns(1)
	err := retryBusy(ctx, func() error { return migrate(ctx, db) })
	if err == nil {
		return db, nil
	}
	err = errors.Join(err, db.Close())
	if isCode(err, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL) {
		return nil, unwritable(path, err)
	}
	return nil, err
}

// create makes the directory and an empty file, so that they have our modes and
// not SQLite's. An existing file is not opened: closing it again would drop the
// locks that this process may already hold on it.
func create(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		return f.Close()
	}
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("it is not a regular file")
	}
	if info.Mode().Perm()&0o077 != 0 {
		return os.Chmod(path, 0o600)
	}
	return nil
}

func unwritable(path string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		path, err = p.Path, p.Err
	}
	return fmt.Errorf("%s cannot be written (%w): make room or give yourself the right to write there, or name another directory with --data-dir or KVIKK_DATA_DIR", path, err)
}

// migrate brings the file from whatever older format to the present one.
func migrate(ctx context.Context, db *sql.DB) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	// The write lock is taken even when there is nothing to do: that finds out
	// now whether the file can be written at all.
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := upgrade(ctx, conn); err != nil {
		_, undo := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		return errors.Join(err, undo)
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	return err
}

func upgrade(ctx context.Context, conn *sql.Conn) error {
	var version, id, tables int
	if err := conn.QueryRowContext(ctx, "SELECT (SELECT user_version FROM pragma_user_version), (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)").Scan(&version, &id, &tables); err != nil {
		return err
	}
	switch {
	case tables > 0 && id != application:
		return errors.New("the file is the database of another program; name another directory with --data-dir or KVIKK_DATA_DIR")
	case version > format:
		return fmt.Errorf("the file was written by a newer kvikk (format %d, and this one knows %d): update kvikk, or name another directory with --data-dir or KVIKK_DATA_DIR", version, format)
	case version == format:
		return touch(ctx, conn)
	}
	if version == 1 && tables > 0 {
		_, err := conn.ExecContext(ctx, "ALTER TABLE webhook ADD COLUMN failed INTEGER NOT NULL DEFAULT 0; PRAGMA user_version = 2")
		return err
	}
	_, err := conn.ExecContext(ctx, schema+"; PRAGMA application_id = "+strconv.Itoa(application)+"; PRAGMA user_version = "+strconv.Itoa(format))
	return err
}

// touch reads a little of each table, to find a damaged file early. Checking all
// of it would take minutes for a large one.
func touch(ctx context.Context, conn *sql.Conn) error {
	var n int64
	return conn.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM registration) + (SELECT count(*) FROM owner)
		+ coalesce((SELECT length(headers) FROM webhook ORDER BY seq DESC LIMIT 1), 0)
		+ coalesce((SELECT length(headers) FROM webhook ORDER BY seq LIMIT 1), 0)
		+ (SELECT count(*) FROM webhook WHERE verified = 0)`).Scan(&n)
}

// highestSeq returns the last number given, also when its row is gone again.
func highestSeq(ctx context.Context, db *sql.DB) (int64, error) {
	var seq int64
	err := db.QueryRowContext(ctx, "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'webhook'), 0)").Scan(&seq)
	return seq, err
}

// setAside renames the file and its journal to a name that nothing has yet.
func setAside(path string, now time.Time) (string, error) {
	aside := path + ".damaged-" + now.UTC().Format("20060102T150405.000000000Z")
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if _, err := os.Lstat(aside + suffix); err == nil {
			return "", fmt.Errorf("%s exists already", aside+suffix)
		}
		if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return aside, nil
}

// retryBusy tries again for as long as another program holds the file: SQLite
// does not wait by itself while the journal mode changes.
func retryBusy(ctx context.Context, try func() error) error {
	deadline := time.NewTimer(5 * time.Second)
	defer deadline.Stop()
	for {
		err := try()
		if !isCode(err, sqlite3.SQLITE_BUSY) {
			return err
		}
		pause := time.NewTimer(20 * time.Millisecond)
		select {
		case <-pause.C:
		case <-deadline.C:
			return fmt.Errorf("another program holds the file: %w", err)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func isDamage(err error) bool { return isCode(err, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) }

// isCode reports whether err is an error of SQLite with one of the primary codes.
func isCode(err error, codes ...int) bool {
	var failed *sqlite.Error
	if !errors.As(err, &failed) {
		return false
	}
	for _, code := range codes {
		if failed.Code()&0xff == code {
			return true
		}
	}
	return false
}
