// Package markdown draws the texts of package assets in a terminal. It knows
// the part of Markdown that they use and no more: headings, paragraphs, lists,
// inline code, fenced code blocks and links. Everything else is text.
//
// A full renderer loads its syntax colours at every start, and the first frame
// would wait for them; this one costs nothing before it is used.
package markdown

import (
	"strings"

	"charm.land/lipgloss/v2"

	"kvikk/ui/text"
)

// proseWidth is the number of cells after which lines become hard to read.
const proseWidth = 72

// codeIndent is how far code blocks are set in, in cells.
const codeIndent = 2

// Styles are the styles of the parts of a text. Only what applies within a line
// is used: colours, bold, underline and the like, no margins or borders. The
// zero Styles draw plain text.
type Styles struct {
	Heading lipgloss.Style
	Text    lipgloss.Style
	Code    lipgloss.Style // inline code and code blocks
	Link    lipgloss.Style // the text of a link and its URL
	Bullet  lipgloss.Style // the mark or number of a list item
}

// Render draws src in lines of at most width cells, prose in 72 at most. Every
// line carries its own styles and ends them. A link shows its text and, in
// brackets, its URL; both are hyperlinks where the terminal knows them. A long
// URL breaks after a slash. What src holds is made visible, as text from
// outside is. A width below ten counts as ten.
func Render(src string, width int, s Styles) []string {
	width = max(width, 10)
	r := renderer{styles: s, prose: min(width, proseWidth), code: width - codeIndent}
	var previous block
	for i, b := range parse(src) {
		if i > 0 && !(b.kind == item && previous.kind == item) {
			r.lines = append(r.lines, "")
		}
		r.block(b)
		previous = b
	}
	return r.lines
}

// renderer collects the lines of a text.
type renderer struct {
	styles      Styles
	prose, code int // widths in cells
	lines       []string
}

func (r *renderer) block(b block) {
	switch b.kind {
	case heading:
		r.flow("", b.text, headingRun)
	case item:
		r.flow(strings.Repeat("  ", b.level)+b.marker+" ", b.text, textRun)
	case code:
		for _, line := range text.VisibleLines(b.text) {
			for _, part := range text.WrapHard(line, r.code) {
				r.lines = append(r.lines, strings.Repeat(" ", codeIndent)+r.draw(run{kind: codeRun, text: part}))
			}
		}
	default:
		r.flow("", b.text, textRun)
	}
}

// flow draws running text behind a marker; the lines after the first one are
// set in by the marker's width.
func (r *renderer) flow(marker, source string, base runKind) {
	indent := text.Width(marker)
	first := r.draw(run{kind: bulletRun, text: marker})
	for i, line := range wrap(inline(source, base), r.prose-indent) {
		var b strings.Builder
		if i == 0 {
			b.WriteString(first)
		} else {
			b.WriteString(strings.Repeat(" ", indent))
		}
		for _, part := range line {
			b.WriteString(r.draw(part))
		}
		r.lines = append(r.lines, b.String())
	}
}

// draw styles one run.
func (r *renderer) draw(part run) string {
	if part.text == "" {
		return ""
	}
	style := r.styles.Text
	switch part.kind {
	case headingRun:
		style = r.styles.Heading
	case codeRun:
		style = r.styles.Code
	case bulletRun:
		style = r.styles.Bullet
	case linkRun:
		style = r.styles.Link
		if linkable(part.url) {
			// Terminals take pieces with the same id and URL for one link.
			style = style.Hyperlink(part.url, "id=kvikk")
		}
	}
	return style.Inline(true).Render(part.text)
}

// linkable reports whether a URL may stand in a hyperlink's escape sequence. A
// byte of a longer character would end that sequence in terminals that read
// C1 control characters: 0x9c is one, and part of many letters.
func linkable(url string) bool {
	return strings.HasPrefix(url, "https://") &&
		!strings.ContainsFunc(url, func(r rune) bool { return r <= ' ' || r > '~' })
}
