package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tabStop is the distance in cells between the columns that a tab goes to.
const tabStop = 4

// maxMarks is how many combining marks one character may carry. Written
// languages stay below it; longer piles are drawn across the lines above.
const maxMarks = 4

// Visible returns s with everything that a terminal would obey or hide written
// as an escape: C0 and C1 control characters (newline and tab too), DEL,
// bidirectional controls, zero-width and other invisible characters, line and
// paragraph separators, private and unassigned characters, and bytes that are
// no UTF-8. A combining mark without a character to stand on is escaped too,
// as it would join whatever is drawn before s.
//
// The escapes are those of Go and JSON: \n, \t and \r; \x1b below U+0080;
// \u202e and \U000e0041 above; \xff for a byte that is no UTF-8. A backslash
// that stands in s stays as it is. A string that is safe already is returned
// without being copied.
func Visible(s string) string {
	n, g := safePrefix(s)
	if n == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	b.WriteString(s[:n])
	for i := n; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
			g.reset()
		case g.draws(r):
			b.WriteString(s[i : i+size])
		default:
			writeEscape(&b, r)
			g.reset()
		}
		i += size
	}
	return b.String()
}

// VisibleLines splits s at line feeds, expands tabs to spaces, and makes each
// line [Visible]. A line feed at the end of s leaves an empty last line, so the
// lines show whether there is one; a carriage return shows as \r.
func VisibleLines(s string) []string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = Visible(expandTabs(line))
	}
	return lines
}

// expandTabs replaces each tab by the spaces up to the next tab stop. What
// stands between two tabs is measured as [Visible] will draw it.
func expandTabs(line string) string {
	if strings.IndexByte(line, '\t') < 0 {
		return line
	}
	var b strings.Builder
	column := 0
	for part, rest, found := strings.Cut(line, "\t"); ; part, rest, found = strings.Cut(rest, "\t") {
		b.WriteString(part)
		if !found {
			return b.String()
		}
		column += Width(Visible(part))
		gap := tabStop - column%tabStop
		b.WriteString("    "[:gap])
		column += gap
	}
}

// safePrefix returns how many bytes of s can be drawn as they are, and the
// guard in the state after them.
func safePrefix(s string) (int, guard) {
	var g guard
	for i := 0; i < len(s); {
		if c := s[i]; c >= ' ' && c < 0x7f {
			g = guard{base: true}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || !g.draws(r) {
			return i, g
		}
		i += size
	}
	return len(s), g
}

// guard decides character by character what may be drawn as it is. It remembers
// what a combining mark would stand on.
type guard struct {
	base  bool
	marks int
}

// reset says that what was drawn last cannot carry a combining mark.
func (g *guard) reset() { *g = guard{} }

// draws reports whether r may be drawn as it is.
func (g *guard) draws(r rune) bool {
	switch {
	case hidden(r):
		return false
	case joins(r):
		if !g.base || g.marks == maxMarks {
			return false
		}
		g.marks++
	default:
		*g = guard{base: true}
	}
	return true
}

// hidden reports whether a terminal obeys r or draws nothing for it, or whether
// nobody can tell how wide r is. The format characters, soft hyphen included,
// are not graphic in Unicode's sense; the default-ignorable ones are fillers
// that count as letters.
func hidden(r rune) bool {
	if r < 0x7f {
		return r < ' '
	}
	return !unicode.IsGraphic(r) ||
		unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) ||
		unicode.Is(unicode.Variation_Selector, r)
}

// joins reports whether r is drawn on top of the character before it: a
// combining mark, or the vowel or final of a Hangul syllable.
func joins(r rune) bool {
	if r < 0x300 {
		return false
	}
	return unicode.Is(unicode.M, r) || r >= 0x1160 && r <= 0x11ff || r >= 0xd7b0 && r <= 0xd7ff
}

// writeEscape writes r as an escape that is plain ASCII.
func writeEscape(b *strings.Builder, r rune) {
	switch {
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\t':
		b.WriteString(`\t`)
	case r == '\r':
		b.WriteString(`\r`)
	case r < utf8.RuneSelf:
		fmt.Fprintf(b, `\x%02x`, r)
	case r <= 0xffff:
		fmt.Fprintf(b, `\u%04x`, r)
	default:
		fmt.Fprintf(b, `\U%08x`, r)
	}
}
