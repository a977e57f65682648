package markdown

import (
	"strings"

	"kvikk/ui/text"
)

type blockKind int

const (
	paragraph blockKind = iota
	heading
	item
	code
)

// The deepest list and the longest number of an item that are drawn: they must
// leave room on the narrowest line.
const (
	maxLevel  = 2
	maxDigits = 2
)

// block is a part of a text that begins on a line of its own.
type block struct {
	kind   blockKind
	level  int    // of an item: how deep its list is
	marker string // of an item: what is drawn before it
	text   string // with inline markup; of code the lines as they are
}

// parse splits a text into its blocks.
func parse(src string) []block {
	var blocks []block
	open := false // whether a line of text belongs to the last block
	lines := strings.Split(strings.TrimRight(src, "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimRight(lines[i], " \t\r")
		if strings.HasPrefix(line, "```") {
			end := closing(lines, i+1)
			blocks = append(blocks, block{kind: code, text: strings.Join(lines[i+1:end], "\n")})
			open, i = false, end
			continue
		}
		b, begins := begin(line)
		switch {
		case line == "":
			open = false
		case begins:
			blocks = append(blocks, b)
			open = b.kind != heading
		case open:
			blocks[len(blocks)-1].text += " " + strings.TrimSpace(line)
		default:
			blocks = append(blocks, block{kind: paragraph, text: strings.TrimSpace(line)})
			open = true
		}
	}
	return blocks
}

// closing returns the index of the line that closes a code block, or the number
// of lines.
func closing(lines []string, from int) int {
	for i := from; i < len(lines); i++ {
		if strings.HasPrefix(lines[i], "```") {
			return i
		}
	}
	return len(lines)
}

// begin reports whether a line begins a heading or a list item, and which.
func begin(line string) (block, bool) {
	if rest := strings.TrimLeft(line, "#"); rest != line && strings.HasPrefix(rest, " ") {
		return block{kind: heading, text: strings.TrimSpace(rest)}, true
	}
	content := strings.TrimLeft(line, " ")
	level := min((len(line)-len(content))/2, maxLevel)
	if rest, found := strings.CutPrefix(content, "- "); found {
		return block{kind: item, level: level, marker: "•", text: strings.TrimSpace(rest)}, true
	}
	number, rest, found := strings.Cut(content, ". ")
	if !found || number == "" || len(number) > maxDigits || strings.Trim(number, "0123456789") != "" {
		return block{}, false
	}
	return block{kind: item, level: level, marker: number + ".", text: strings.TrimSpace(rest)}, true
}

type runKind int

const (
	textRun runKind = iota
	headingRun
	codeRun
	linkRun
	bulletRun
)

// run is text in one style.
type run struct {
	kind runKind
	text string
	url  string // of a link
}

// inline splits running text into its runs. Markup that is not closed is text.
func inline(source string, base runKind) []run {
	var runs []run
	plain := func(s string) {
		if s != "" {
			runs = append(runs, run{kind: base, text: text.Visible(s)})
		}
	}
	for rest := source; rest != ""; {
		i := strings.IndexAny(rest, "`[")
		if i < 0 {
			plain(rest)
			break
		}
		marked, n := markup(rest[i:], base)
		if n == 0 {
			plain(rest[:i+1])
			rest = rest[i+1:]
			continue
		}
		plain(rest[:i])
		runs = append(runs, marked...)
		rest = rest[i+n:]
	}
	return runs
}

// markup returns the runs of the inline code or link that s begins with, and how
// long that is; no length when it is neither.
func markup(s string, base runKind) ([]run, int) {
	if s[0] == '`' {
		content, _, found := strings.Cut(s[1:], "`")
		if !found {
			return nil, 0
		}
		return []run{{kind: codeRun, text: text.Visible(content)}}, len(content) + 2
	}
	label, rest, found := strings.Cut(s[1:], "](")
	if !found || strings.Contains(label, "[") {
		return nil, 0
	}
	url, _, found := strings.Cut(rest, ")")
	if !found || strings.Contains(url, " ") {
		return nil, 0
	}
	n := len("[](") + len(label) + len(url) + len(")")
	label, url = text.Visible(label), text.Visible(url)
	address := run{kind: linkRun, text: url, url: url}
	if label == url || label == "" {
		return []run{address}, n
	}
	return []run{
		{kind: linkRun, text: label, url: url},
		{kind: base, text: " ("},
		address,
		{kind: base, text: ")"},
	}, n
}
