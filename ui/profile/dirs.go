package profile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/adrg/xdg"
)

// The names of the files that kvikk keeps.
const (
	configName      = "config.toml"
	credentialsName = "credentials.toml"
	inboxName       = "inbox.db"
	logName         = "kvikk.log"
)

// Dirs says where kvikk keeps its files.
type Dirs struct {
	// Config holds config.toml and, without a keyring, credentials.toml.
	Config string
	// Data holds the inbox database and the log.
	Data string
	// Isolated is set when the person named the directory: then secrets go into
	// a file there and the keyring is never touched.
	Isolated bool
}

// FindDirs returns dataDir for everything when it is set, else the directory in
// KVIKK_DATA_DIR, else those of the XDG base directory specification
// (https://specifications.freedesktop.org/basedir-spec/latest/). It touches no
// file.
func FindDirs(dataDir string) Dirs {
	if dataDir == "" {
		dataDir = os.Getenv("KVIKK_DATA_DIR")
	}
	if dataDir == "" {
		return Dirs{Config: filepath.Join(xdg.ConfigHome, "kvikk"), Data: filepath.Join(xdg.DataHome, "kvikk")}
	}
	if abs, err := filepath.Abs(dataDir); err == nil {
		dataDir = abs
	}
	return Dirs{Config: dataDir, Data: dataDir, Isolated: true}
}

// ConfigPath is the file with the public part of the profiles.
func (d Dirs) ConfigPath() string { return filepath.Join(d.Config, configName) }

// CredentialsPath is the file with the secrets where there is no keyring.
func (d Dirs) CredentialsPath() string { return filepath.Join(d.Config, credentialsName) }

// InboxPath is the database of received webhooks.
func (d Dirs) InboxPath() string { return filepath.Join(d.Data, inboxName) }

// LogPath is the log file.
func (d Dirs) LogPath() string { return filepath.Join(d.Data, logName) }

// Create makes both directories with mode 0700 and tries whether they can be
// written. Directories that exist keep their mode: they may be more than
// kvikk's. The error is a [*DirError].
func (d Dirs) Create() error {
	for _, dir := range []string{d.Config, d.Data} {
		if err := d.create(dir); err != nil {
			return err
		}
	}
	return nil
}

func (d Dirs) create(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return d.explain(dir, err)
	}
	probe, err := os.CreateTemp(dir, ".kvikk-*")
	if err != nil {
		return d.explain(dir, err)
	}
	return d.explain(dir, errors.Join(probe.Close(), os.Remove(probe.Name())))
}

// DirError says that a directory of kvikk's cannot be written.
type DirError struct {
	// Path is the directory.
	Path string
	// Cause is the likely cause, half a sentence.
	Cause string
	// Do says what helps.
	Do string
	// Err is the error of the operating system.
	Err error
}

// Error returns path, cause and remedy in one line.
func (e *DirError) Error() string {
	return fmt.Sprintf("cannot write in %s: %s; %s", plain(e.Path), e.Cause, e.Do)
}

// Unwrap returns the error of the operating system.
func (e *DirError) Unwrap() error { return e.Err }

// explain turns an error about dir into a DirError; nil stays nil.
func (d Dirs) explain(dir string, err error) error {
	if err == nil {
		return nil
	}
	e := &DirError{Path: dir, Cause: plain(err.Error()), Err: err}
	e.Do = "choose another directory with --data-dir or KVIKK_DATA_DIR"
	switch {
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		e.Cause = "a file stands where a directory has to be"
		e.Do = "move that file away, or " + e.Do
	case errors.Is(err, fs.ErrPermission):
		e.Cause = "this user may not write there"
		e.Do = "make it yours (chown, chmod 700), or " + e.Do
	case errors.Is(err, syscall.EROFS):
		e.Cause = "the file system is read-only"
	case errors.Is(err, syscall.ENOSPC):
		e.Cause = "the disk is full"
		e.Do = "free some space, or " + e.Do
	}
	return e
}
