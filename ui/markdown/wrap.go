package markdown

import (
	"strings"

	"kvikk/ui/text"
)

// word is what stays together on a line: runs without a space between them, and
// the space before it.
type word struct {
	space run
	runs  []run
	width int // cells, the space not counted
}

// wrap breaks runs at their spaces into lines of at most width cells.
func wrap(runs []run, width int) [][]run {
	width = max(width, 2)
	var lines [][]run
	var line []run
	used := 0
	for _, w := range words(runs) {
		if used > 0 && used+1+w.width > width {
			lines = append(lines, line)
			line, used = nil, 0
		}
		if used > 0 {
			line = add(line, w.space)
			used++
		}
		for w.width > width {
			var head []run
			head, w = w.split(width)
			lines = append(lines, head)
		}
		for _, part := range w.runs {
			line = add(line, part)
		}
		used += w.width
	}
	if used > 0 {
		lines = append(lines, line)
	}
	return lines
}

// words cuts runs at their spaces. Several spaces count as one.
func words(runs []run) []word {
	var list []word
	var current word
	for _, r := range runs {
		for i, part := range strings.Split(r.text, " ") {
			if i > 0 {
				if len(current.runs) > 0 {
					list = append(list, current)
				}
				current = word{space: run{kind: r.kind, text: " ", url: r.url}}
			}
			if part != "" {
				current.runs = append(current.runs, run{kind: r.kind, text: part, url: r.url})
				current.width += text.Width(part)
			}
		}
	}
	if len(current.runs) > 0 {
		list = append(list, current)
	}
	return list
}

// add appends r to a line, in one run with what stands there when the style is
// the same.
func add(line []run, r run) []run {
	if last := len(line) - 1; last >= 0 && line[last].kind == r.kind && line[last].url == r.url {
		line[last].text += r.text
		return line
	}
	return append(line, r)
}

// split cuts a word that is wider than width into what fills a line and the
// rest.
func (w word) split(width int) ([]run, word) {
	var head []run
	room := width
	for i, r := range w.runs {
		cells := text.Width(r.text)
		if cells <= room {
			head = append(head, r)
			room -= cells
			continue
		}
		fits, rest := r.cut(room)
		if fits.text != "" {
			head = append(head, fits)
		}
		tail := word{runs: append([]run{rest}, w.runs[i+1:]...)}
		for _, part := range tail.runs {
			tail.width += text.Width(part.text)
		}
		return head, tail
	}
	return head, word{}
}

// cut splits a run at the given number of cells; a link after a slash before
// that, if its host name is complete by then.
func (r run) cut(cells int) (fits, rest run) {
	at := len(text.Truncate(r.text, cells, ""))
	if r.kind == linkRun {
		if slash := strings.LastIndexByte(r.text[:at], '/') + 1; slash > len("https://") {
			at = slash
		}
	}
	fits, rest = r, r
	fits.text, rest.text = r.text[:at], r.text[at:]
	return fits, rest
}
