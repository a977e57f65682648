package profile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// fileLimit is the size in bytes beyond which a file of ours, or one to import,
// is not read: both are written by hand and small.
const fileLimit = 1 << 20

// lockLimit is how long a change waits for another kvikk to finish its own.
const lockLimit = 5 * time.Second

// errTooLarge is returned for a file beyond fileLimit.
var errTooLarge = errors.New("it is larger than 1 MiB")

// readAll reads at most fileLimit bytes.
func readAll(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, fileLimit+1))
	if err == nil && len(text) > fileLimit {
		return nil, errTooLarge
	}
	return text, err
}

// readOwn reads one of kvikk's files. A missing one is empty. One that others
// may read is closed to them first, whoever opened it.
func readOwn(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Mode().Perm()&0o077 != 0 {
		// A file system without permissions refuses; reading goes on.
		_ = f.Chmod(0o600)
	}
	text, err := readAll(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return text, nil
}

// writeOwn replaces one of kvikk's files as a whole: readers see the old
// content or the new one, and a crash leaves one of them. A symbolic link stays
// one, and what it points to is replaced.
func writeOwn(path string, text []byte) (err error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	// CreateTemp makes files of mode 0600.
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temp.Name())
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	_, err = temp.Write(text)
	if err == nil {
		err = temp.Sync()
	}
	if err = errors.Join(err, temp.Close()); err != nil {
		return err
	}
	if err = os.Rename(temp.Name(), path); err != nil {
		return err
	}
	syncDir(filepath.Dir(path))
	return nil
}

// syncDir makes a rename last through a power cut where the system can.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

// locked runs change while no other kvikk changes files in dir, so that what
// two of them read, edit and write does not cross.
func locked(ctx context.Context, dir string, change func() error) error {
	ctx, cancel := context.WithTimeout(ctx, lockLimit)
	defer cancel()
	path := filepath.Join(dir, ".lock")
	for {
		unlock, err := tryLock(path)
		if err == nil {
			return errors.Join(change(), unlock())
		}
		if !errors.Is(err, errLocked) {
			return fmt.Errorf("lock %s: %w", path, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("another kvikk is still writing in %s: %w", dir, ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// errLocked is returned by tryLock while somebody else holds the lock.
var errLocked = errors.New("locked by another process")
