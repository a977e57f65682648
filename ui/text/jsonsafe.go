package text

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// JSONSafe returns the JSON text b with every character that [Visible] would
// escape written as a JSON escape: \u001b, \u202e, a surrogate pair above
// U+FFFF. The value that b encodes does not change, since such characters can
// stand in strings only. A byte that is no UTF-8 becomes \ufffd, which is how
// JSON readers take it. White space between values stays. Text that is safe
// already is returned as it is.
func JSONSafe(b []byte) []byte {
	var (
		out    []byte
		g      guard
		inside bool // inside a string
		done   int  // b[:done] has been written to out
	)
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		broken := r == utf8.RuneError && size == 1
		switch {
		case r == '"':
			inside = !inside
			g.reset()
		case inside && r == '\\' && i+1 < len(b) && b[i+1] < utf8.RuneSelf && b[i+1] >= ' ':
			size = 2
			g.reset()
		case !inside && (r == '\n' || r == '\t' || r == '\r'):
			g.reset()
		case broken || !g.draws(r):
			out = append(out, b[done:i]...)
			out = appendJSONEscape(out, r)
			done = i + size
			g.reset()
		}
		i += size
	}
	if out == nil {
		return b
	}
	return append(out, b[done:]...)
}

// JSONLine encodes v as one line of JSON, line feed included, that is safe to
// send to a terminal (see [JSONSafe]). Angle brackets and ampersands stay as
// they are.
func JSONLine(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encoding a line of JSON: %w", err)
	}
	return JSONSafe(buf.Bytes()), nil
}

// appendJSONEscape appends r as \uXXXX, or as two of them above U+FFFF.
func appendJSONEscape(out []byte, r rune) []byte {
	if r <= 0xffff {
		return fmt.Appendf(out, `\u%04x`, r)
	}
	r -= 0x10000
	return fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
}
