package text

import (
	"io"
	"strings"
	"sync"
	"unicode/utf8"
)

// Writer passes text on with everything escaped that [Visible] escapes, line
// feeds excepted; tabs become spaces. It is safe for concurrent use. Make one
// with [Sanitizer].
type Writer struct {
	mu   sync.Mutex
	to   io.Writer
	held []byte // the first bytes of a character whose rest has not come
}

// Sanitizer returns a Writer in front of w. It is meant for texts that people
// read on standard error and that may quote a server, a library or a file. Text
// styled on purpose must not go through it: styles are escape sequences too.
func Sanitizer(w io.Writer) *Writer { return &Writer{to: w} }

// Write escapes p and passes it on in one piece. Only the first bytes of a
// character that p cuts in two are kept until the next Write or Flush.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	data := append(w.held, p...)
	n := len(data) - cutOff(data)
	w.held = append([]byte(nil), data[n:]...)
	if err := w.pass(string(data[:n])); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush passes on what is left of a character that never was completed.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	rest := string(w.held)
	w.held = nil
	return w.pass(rest)
}

func (w *Writer) pass(s string) error {
	if s == "" {
		return nil
	}
	_, err := io.WriteString(w.to, strings.Join(VisibleLines(s), "\n"))
	return err
}

// cutOff returns how many bytes at the end of data are the beginning of a
// character whose rest is missing.
func cutOff(data []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(data); n++ {
		tail := data[len(data)-n:]
		if utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}
