package sandbox

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// journalVersion is that of the file's format; a newer one is refused.
const journalVersion = 1

// entry is one line of the journal: what one request, or time, has changed.
// It is whole or not there, so a sandbox that is killed stands afterwards
// where its last answered request has left it.
type entry struct {
	Version    int                 `json:"version,omitempty"` // of the first line
	Server     *savedServer        `json:"server,omitempty"`
	Offset     *time.Duration      `json:"offset,omitempty"` // of the clock
	MSN        string              `json:"msn,omitempty"`    // whose the following are
	Reset      bool                `json:"reset,omitempty"`  // the sales unit has forgotten everything
	Payments   []savedPayment      `json:"payments,omitempty"`
	Outcomes   []savedOutcome      `json:"outcomes,omitempty"`
	Registered []savedRegistration `json:"registered,omitempty"`
	Deleted    []string            `json:"deleted,omitempty"`
	Queued     []savedMessage      `json:"queued,omitempty"`
	Settled    []int64             `json:"settled,omitempty"`
}

// journal keeps a sandbox's state in a directory, as a file of JSON lines that
// only grows; every start writes it anew. Lines are handed to the system before
// a request is answered but not forced to the disk: what was answered survives
// the end of the process, however it ends, and not a loss of power. A nil
// journal keeps nothing.
type journal struct {
	path string
	lock *flock.Flock
	log  *slog.Logger

	mu      sync.Mutex
	file    *os.File
	unsaved []byte // lines that are not in the file yet
	broken  error  // why they are not, at the last try
	closed  bool   // nothing is noted any more
	last    int64  // the id of the last message
}

// StateError says that a state directory cannot be used as it is: another
// sandbox has it, or what is in it is damaged, of something else or of a newer
// kvikk.
type StateError struct{ Err error }

// Error says what is wrong and what to do.
func (e *StateError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong.
func (e *StateError) Unwrap() error { return e.Err }

// openJournal takes the directory for this process alone and reads what is in
// it.
func openJournal(dir string, log *slog.Logger) (*journal, *past, error) {
	if dir == "" {
		return nil, newPast(), nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, fmt.Errorf("make the sandbox's state directory: %w", err)
	}
	j := &journal{path: filepath.Join(dir, "state.jsonl"), log: log}
	j.lock = flock.New(filepath.Join(dir, "lock"), flock.SetPermissions(0o600))
	switch free, err := j.lock.TryLock(); {
	case err != nil:
		return nil, nil, fmt.Errorf("lock the sandbox's state directory: %w", err)
	case !free:
		return nil, nil, &StateError{errors.New("another sandbox uses the state directory " + dir + "; stop it, or name another directory")}
	}
	before, err := readJournal(j.path)
	if err != nil {
		return nil, nil, errors.Join(err, j.lock.Unlock())
	}
	j.last = before.lastMessage
	return j, before, nil
}

func readJournal(path string) (*past, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newPast(), nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the sandbox's state: %w", err)
	}
	defer f.Close()
	before, err := replay(f)
	if err != nil {
		return nil, &StateError{fmt.Errorf("read the sandbox's state: %s, %w", path, err)}
	}
	return before, nil
}

// replay reads a journal from its beginning. A last line without its end is
// what a killed process left behind, and is not there.
func replay(r io.Reader) (*past, error) {
	before := newPast()
	lines := bufio.NewReader(r)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return before, before.check()
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("line %d is damaged (%w); move the file aside to start anew", n, err)
		}
		switch {
		case n == 1 && e.Version == 0:
			return nil, errors.New("line 1 does not begin a sandbox's state; name another directory")
		case e.Version > journalVersion:
			return nil, fmt.Errorf("line %d was written by a newer kvikk (format %d, this one knows %d); use that one, or name another directory", n, e.Version, journalVersion)
		}
		before.apply(e)
	}
}

// begin writes the file anew, with what of the past still counts, and keeps it
// open.
func (j *journal) begin(before *past) error {
	if j == nil {
		return nil
	}
	var b bytes.Buffer
	for _, e := range before.entries() {
		b.Write(append(encode(e), '\n'))
	}
	// The name is the same each time, so that starts that are killed here do not
	// fill the directory.
	f, err := os.OpenFile(j.path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the sandbox's state: %w", err)
	}
	_, err = f.Write(b.Bytes())
	if err = errors.Join(err, f.Sync()); err == nil {
		err = os.Rename(f.Name(), j.path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write the sandbox's state: %w", err), f.Close(), os.Remove(f.Name()))
	}
	j.file = f
	return nil
}

// note adds an entry, which [journal.flush] hands to the system.
func (j *journal) note(e entry) {
	if j == nil {
		return
	}
	line := append(encode(e), '\n')
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.closed {
		j.unsaved = append(j.unsaved, line...)
	}
}

// settled notes that a message has been delivered or given up.
func (j *journal) settled(id int64) {
	if j != nil {
		j.note(entry{Settled: []int64{id}})
	}
}

// nextMessage is a message's id.
func (j *journal) nextMessage() int64 {
	if j == nil {
		return 0
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last++
	return j.last
}

// flush hands the noted entries to the system. What it could not it keeps for
// the next time, so nothing is lost while the process runs.
func (j *journal) flush() error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.write()
}

// write is flush with the journal locked.
func (j *journal) write() error {
	if len(j.unsaved) == 0 {
		return nil
	}
	n, err := j.file.Write(j.unsaved)
	j.unsaved = append(j.unsaved[:0], j.unsaved[n:]...)
	if (err == nil) != (j.broken == nil) {
		if err != nil {
			j.log.Error("the sandbox's state cannot be saved", "error", err)
		} else {
			j.log.Info("the sandbox's state is saved again")
		}
	}
	j.broken = err
	return err
}

// close saves what is left, to the disk this time, and gives the directory
// free. What happens afterwards is not noted.
func (j *journal) close() error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	err := j.write()
	j.closed, j.unsaved = true, nil
	if j.file != nil {
		err = errors.Join(err, j.file.Sync(), j.file.Close())
	}
	if err = errors.Join(err, j.lock.Unlock()); err != nil {
		return fmt.Errorf("save the sandbox's state: %w", err)
	}
	return nil
}
