package inbox_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"kvikk/tunnel/inbox"
)

func TestARestartShowsWhatWasThere(t *testing.T) {
	t.Parallel()
	path := file(t)
	first := open(t, path)
	if first.RunStart() != 0 {
		t.Errorf("a fresh file starts at %d", first.RunStart())
	}
	d := serve(t, first)
	d.deliver(payload)
	d.deliver(payload)
	before := newest(t, first)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}

	second := open(t, path)
	if got := newest(t, second); got.Seq != before.Seq || string(got.Body) != payload || !got.ReceivedAt.Equal(noon()) {
		t.Errorf("after the restart: %+v", got.Row)
	}
	if second.RunStart() != before.Seq || len(rows(t, second, inbox.Filter{AfterSeq: second.RunStart()})) != 0 {
		t.Errorf("this run starts at %d, and the last run ended at %d", second.RunStart(), before.Seq)
	}
	if status, _ := serve(t, second).send(d.signedFor(second, t)); status != http.StatusNotFound {
		t.Errorf("yesterday's registration got %d", status)
	}
}

// signedFor is a request for a registration of the past.
func (d *door) signedFor(b *inbox.Inbox, t *testing.T) *http.Request {
	fresh := serve(t, b)
	r := d.signed(payload)
	r.URL.Host = fresh.base[len("http://"):]
	return r
}

func TestNumbersAreNeverUsedTwice(t *testing.T) {
	t.Parallel()
	path := file(t)
	b := open(t, path)
	d := serve(t, b)
	d.deliver(payload)
	d.deliver(payload)
	last := newest(t, b).Seq
	if err := b.Exec(t.Context(), "DELETE FROM webhook"); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, path)
	serve(t, again).deliver(payload)
	if got := newest(t, again).Seq; got <= last {
		t.Errorf("number %d came after %d", got, last)
	}
}

func TestTwoInboxesOnOneFile(t *testing.T) {
	t.Parallel()
	path := file(t)
	doors := []*door{serve(t, open(t, path)), serve(t, open(t, path))}
	const each = 50
	var all sync.WaitGroup
	for _, d := range doors {
		requests := make([]*http.Request, each)
		for i := range requests {
			requests[i] = d.signed(payload)
		}
		all.Go(func() {
			for _, r := range requests {
				if status, _ := d.send(r); status != http.StatusOK {
					t.Errorf("the answer is %d", status)
				}
			}
		})
	}
	all.Wait()
	for _, d := range doors {
		if got := rows(t, d.Inbox, inbox.Filter{}); len(got) != 2*each {
			t.Errorf("one of them sees %d webhooks", len(got))
		}
		if got := rows(t, d.Inbox, inbox.Filter{Registration: d.token}); len(got) != each {
			t.Errorf("%d are for its own registration", len(got))
		}
	}
}

func TestManyOpenOneFreshFileAtOnce(t *testing.T) {
	t.Parallel()
	path := file(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			b, err := inbox.Open(t.Context(), inbox.Options{Path: path})
			if err != nil {
				t.Error(err)
				return
			}
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestTheModesOfFiles(t *testing.T) {
	t.Parallel()
	path := file(t)
	serve(t, open(t, path)).deliver(payload)
	for name, want := range map[string]os.FileMode{filepath.Dir(path): 0o700, path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v, want %v", name, info.Mode(), err, want)
		}
	}
}

func TestWhatIsKeptIsDurable(t *testing.T) {
	t.Parallel()
	b := open(t, file(t))
	for query, want := range map[string]string{"PRAGMA journal_mode": "wal", "PRAGMA synchronous": "2", "PRAGMA busy_timeout": "5000"} {
		if got, err := b.Ask(t.Context(), query); err != nil || got != want {
			t.Errorf("%s is %q, %v, want %q", query, got, err, want)
		}
	}
}

func TestAFullDiskGets503AndIsForgotten(t *testing.T) {
	t.Parallel()
	b := open(t, file(t))
	d := serve(t, b)
	d.deliver(payload)
	if err := b.Exec(t.Context(), "PRAGMA max_page_count = 1"); err != nil {
		t.Fatal(err)
	}
	large := strings.Repeat("x", 1<<20)
	if status, text := d.send(d.signed(large)); status != http.StatusServiceUnavailable {
		t.Fatalf("the answer is %d %s", status, text)
	}
	if s := b.Stats(); s.Kept != 1 || s.Unkept != 1 || !strings.Contains(s.Fault, "full") {
		t.Errorf("the counts are %+v", s)
	}
	d.deliver(large) // the next connection has no such limit
	if s := b.Stats(); s.Kept != 2 || s.Fault != "" {
		t.Errorf("the counts are %+v", s)
	}
}

func TestAClosedInboxGets503(t *testing.T) {
	t.Parallel()
	b := open(t, file(t))
	d := serve(t, b)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if status, _ := d.send(d.signed(payload)); status != http.StatusServiceUnavailable {
		t.Errorf("the answer is %d", status)
	}
	if _, err := b.Rows(t.Context(), inbox.Query{}); !errors.Is(err, inbox.ErrClosed) {
		t.Errorf("Rows() = %v", err)
	}
	if err := b.Claim(t.Context(), inbox.Registration{Token: inbox.NewToken()}); !errors.Is(err, inbox.ErrClosed) {
		t.Errorf("Claim() = %v", err)
	}
	if err := b.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
}

func TestADamagedFileIsSetAside(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(path string) error{
		"no database at all":      func(p string) error { return os.WriteFile(p, []byte(strings.Repeat("not a database ", 500)), 0o600) },
		"a page is overwritten":   func(p string) error { return overwrite(p, 4096, 4096) },
		"the end is cut off":      func(p string) error { return os.Truncate(p, 8192) },
		"the header is scrambled": func(p string) error { return overwrite(p, 0, 100) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := file(t)
			b := open(t, path)
			serve(t, b).deliver(payload)
			if err := b.Close(); err != nil {
				t.Fatal(err)
			}
			if err := damage(path); err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}

			fresh := open(t, path)
			aside := path + ".damaged-20261122T120000.123456789Z"
			if !strings.Contains(fresh.Notice(), aside) {
				t.Errorf("the notice is %q", fresh.Notice())
			}
			if got, err := os.ReadFile(aside); err != nil || string(got) != string(want) {
				t.Errorf("what was set aside is not the damaged file: %d bytes, %v", len(got), err)
			}
			serve(t, fresh).deliver(payload)
			if again := open(t, path); again.Notice() != "" || len(rows(t, again, inbox.Filter{})) != 1 {
				t.Errorf("the fresh file has %d webhooks and the notice %q", len(rows(t, again, inbox.Filter{})), again.Notice())
			}
		})
	}
}

func overwrite(path string, at int64, n int) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt([]byte(strings.Repeat("\xa5", n)), at)
	return errors.Join(err, f.Close())
}

func TestFilesThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prepare func(t *testing.T, path string) string
		says    []string
	}{
		"a newer version": {func(t *testing.T, path string) string {
			if err := openAndRun(t, path, "PRAGMA user_version = 99"); err != nil {
				t.Fatal(err)
			}
			return path
		}, []string{"newer kvikk", "format 99", "update kvikk"}},
		"the database of another program": {func(t *testing.T, path string) string {
			if err := openAndRun(t, path, "PRAGMA application_id = 7"); err != nil {
				t.Fatal(err)
			}
			return path
		}, []string{"another program", "--data-dir"}},
		"a directory that cannot be made": {func(t *testing.T, path string) string {
			blocked := filepath.Join(filepath.Dir(filepath.Dir(path)), "blocked")
			if err := os.WriteFile(blocked, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			return filepath.Join(blocked, "data", "inbox.db")
		}, []string{"blocked", "cannot be written", "not a directory", "--data-dir"}},
		"a directory in its place": {func(t *testing.T, path string) string {
			if err := os.MkdirAll(path, 0o700); err != nil {
				t.Fatal(err)
			}
			return path
		}, []string{"inbox.db", "cannot be written", "regular file"}},
		"no name": {func(*testing.T, string) string { return "" }, []string{"no file is named"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := inbox.Open(t.Context(), inbox.Options{Path: c.prepare(t, file(t))})
			if err == nil {
				t.Fatal("it was opened: ", b.Close())
			}
			for _, want := range c.says {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
		})
	}
}

func openAndRun(t *testing.T, path, query string) error {
	b, err := inbox.Open(t.Context(), inbox.Options{Path: path})
	if err != nil {
		return err
	}
	return errors.Join(b.Exec(t.Context(), query), b.Close())
}

func TestAFileWithAnyNameCanBeOpened(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a b?c#d%20é&_pragma=x.db")
	serve(t, open(t, path)).deliver(payload)
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}
