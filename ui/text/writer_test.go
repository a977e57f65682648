package text_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"kvikk/ui/text"
)

func TestSanitizerEscapesAllButNewlines(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	w := text.Sanitizer(&b)
	fmt.Fprintf(w, "kvikk: %s\n", "bad token: \x1b]0;pwned\a\ttab")
	fmt.Fprintln(w, "hint: blåbær\r")
	want := "kvikk: bad token: \\x1b]0;pwned\\x07  tab\nhint: blåbær\\r\n"
	if b.String() != want {
		t.Errorf("got  %q\nwant %q", b.String(), want)
	}
}

func TestSanitizerPutsCharactersTogetherAgain(t *testing.T) {
	t.Parallel()
	const in = "blå 日本 🎉\x1b\u202e end\n"
	want := "blå 日本 🎉\\x1b\\u202e end\n"
	for size := 1; size <= 5; size++ {
		var b strings.Builder
		w := text.Sanitizer(&b)
		if _, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{strings.NewReader(in)}, make([]byte, size)); err != nil {
			t.Fatal(err)
		}
		if b.String() != want {
			t.Errorf("in pieces of %d bytes: %q, want %q", size, b.String(), want)
		}
	}
}

func TestFlushShowsAnUnfinishedCharacter(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	w := text.Sanitizer(&b)
	if n, err := io.WriteString(w, "a\xe6\x97"); n != 3 || err != nil {
		t.Fatalf("Write = %d, %v", n, err)
	}
	if b.String() != "a" {
		t.Errorf("before Flush: %q", b.String())
	}
	if err := errors.Join(w.Flush(), w.Flush()); err != nil {
		t.Fatal(err)
	}
	if want := `a\xe6\x97`; b.String() != want {
		t.Errorf("after Flush: %q, want %q", b.String(), want)
	}
}

func TestSanitizerReportsItsWriter(t *testing.T) {
	t.Parallel()
	r, pipe := io.Pipe()
	if err := r.CloseWithError(io.ErrClosedPipe); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(text.Sanitizer(pipe), "x"); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("Write: %v", err)
	}
}

func TestSanitizerKeepsLinesOfSeveralWritersWhole(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	w := text.Sanitizer(&b)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				_, _ = io.WriteString(w, "one whole line\n")
			}
		})
	}
	wg.Wait()
	if want := strings.Repeat("one whole line\n", 400); b.String() != want {
		t.Error("lines were mixed or lost")
	}
}

func FuzzSanitizer(f *testing.F) {
	f.Add("a\x1b\nb\xe6\x97", 2)
	f.Fuzz(func(t *testing.T, s string, cut int) {
		cut = min(max(cut, 0), len(s))
		var b strings.Builder
		w := text.Sanitizer(&b)
		_, _ = io.WriteString(w, s[:cut])
		_, _ = io.WriteString(w, s[cut:])
		_ = w.Flush()
		if got := strings.Count(b.String(), "\n"); got != strings.Count(s, "\n") {
			t.Fatalf("%q has %d newlines after %q", b.String(), got, s)
		}
		if r, found := forbidden(strings.ReplaceAll(b.String(), "\n", "")); found {
			t.Fatalf("%U got through: %+q", r, b.String())
		}
	})
}
