package text

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Width returns how many cells s takes. Escape sequences take none.
func Width(s string) int {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return ansi.StringWidth(s)
		}
	}
	return len(s)
}

// Truncate cuts plain text to at most width cells and ends what it cut with
// tail. A tail that is wider than width is left out.
func Truncate(s string, width int, tail string) string {
	n, _ := fit(s, width)
	if n == len(s) {
		return s
	}
	room := width - Width(tail)
	if room < 0 {
		return s[:n]
	}
	n, _ = fit(s, room)
	return s[:n] + tail
}

// Wrap breaks prose at its spaces into lines of at most width cells. Line feeds
// in s stay line breaks, spaces at the beginning of a line stay, those at a
// break go. A word that is wider than a line is broken where the line ends. A
// width below one counts as one; only a wide character may then stick out.
func Wrap(s string, width int) []string {
	width = max(width, 1)
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		lines = wrapLine(lines, line, width)
	}
	return lines
}

// wrapLine appends the lines that one line breaks into. Each is a part of it.
func wrapLine(lines []string, line string, width int) []string {
	var start, end, used int // line[start:end] fills used cells so far
	for pos := 0; pos < len(line); {
		from := pos
		for from < len(line) && line[from] == ' ' {
			from++
		}
		to := from
		for to < len(line) && line[to] != ' ' {
			to++
		}
		pos = to
		if from == to {
			break
		}
		w := Width(line[from:to])
		if used+from-end+w <= width {
			used += from - end + w
			end = to
			continue
		}
		if end > start {
			lines = append(lines, line[start:end])
		}
		for w > width {
			n, part := fitSome(line[from:to], width)
			if from+n == to {
				break
			}
			lines = append(lines, line[from:from+n])
			from += n
			w -= part
		}
		start, end, used = from, to, w
	}
	return append(lines, line[start:end])
}

// WrapHard breaks plain text into lines of exactly width cells, wherever that
// is; a wide character that does not fit any more begins the next line. Line
// feeds in s stay line breaks and nothing is left out. A width below one counts
// as one; only a wide character may then stick out.
func WrapHard(s string, width int) []string {
	width = max(width, 1)
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		for {
			n, _ := fitSome(line, width)
			lines = append(lines, line[:n])
			line = line[n:]
			if line == "" {
				break
			}
		}
	}
	return lines
}

// fitSome is fit that takes at least one character, so that a loop over it ends.
func fitSome(s string, width int) (n, w int) {
	n, w = fit(s, width)
	if n == 0 && s != "" {
		return cluster(s)
	}
	return n, w
}

// fit returns the length in bytes and cells of the longest beginning of s that
// takes at most width cells. It looks no further than that.
func fit(s string, width int) (n, w int) {
	for n < len(s) {
		size, cells := cluster(s[n:])
		if w+cells > width {
			break
		}
		n += size
		w += cells
	}
	return n, w
}

// cluster returns the length in bytes and cells of the character, combining
// marks included, that s begins with.
func cluster(s string) (n, w int) {
	if s[0] < 0x7f && s[0] >= ' ' && (len(s) == 1 || s[1] < 0x80) {
		return 1, 1
	}
	first, w := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return len(first), w
}
