package step

import (
	"strings"

	"charm.land/lipgloss/v2"

	"kvikk/ui/form"
	"kvikk/ui/markdown"
	"kvikk/ui/text"
	"kvikk/ui/theme"
)

// ProseWidth is where prose wraps, however wide the pane is.
const ProseWidth = 72

// drawer collects the rows of a step from top to bottom.
type drawer struct {
	th    theme.Theme
	width int
	rows  []string
	// first and last are the rows that must be in view: the focused field.
	first, last int
	focused     bool
}

func (d *drawer) add(rows ...string) { d.rows = append(d.rows, rows...) }

func (d *drawer) blank() {
	if len(d.rows) > 0 && d.rows[len(d.rows)-1] != "" {
		d.add("")
	}
}

// prose draws Markdown of ours.
func (d *drawer) prose(src string) {
	if strings.TrimSpace(src) == "" {
		return
	}
	d.add(markdown.Render(src, min(d.width, ProseWidth), MarkdownStyles(d.th))...)
}

// MarkdownStyles are a theme's styles for texts of ours.
func MarkdownStyles(th theme.Theme) markdown.Styles {
	return markdown.Styles{Heading: th.Strong, Text: th.Text, Code: th.JSONKey, Link: th.Link, Bullet: th.Accent}
}

// say draws a sentence, which may repeat text from outside.
func (d *drawer) say(style lipgloss.Style, sentence string) {
	if sentence == "" {
		return
	}
	for _, line := range text.Wrap(text.Visible(sentence), min(d.width, ProseWidth)) {
		d.add(style.Render(line))
	}
}

// fact draws a label and its value in two columns; a long value wraps within
// its own column.
func (d *drawer) fact(label, value string) { d.styledFact(label, value, d.th.Text) }

const factLabel = 15

func (d *drawer) styledFact(label, value string, style lipgloss.Style) {
	if value == "" {
		return
	}
	indent := min(factLabel, d.width/3)
	head := d.th.Dim.Render(theme.Fit(label, indent))
	wrap := text.WrapHard
	if strings.Contains(value, " ") {
		wrap = text.Wrap // words, and no URL or id
	}
	for i, part := range wrap(text.Visible(value), max(d.width-indent, 4)) {
		if i > 0 {
			head = strings.Repeat(" ", indent)
		}
		d.add(head + style.Render(part))
	}
}

// form draws a form and remembers where its focused field is.
func (d *drawer) form(f *form.Form) {
	drawing := f.Draw(d.width)
	if f.Focused() != "" {
		d.first, d.last, d.focused = len(d.rows)+drawing.First, len(d.rows)+drawing.Last, true
	}
	d.add(drawing.Rows...)
}

// split divides a step's text into its first paragraphs, before any heading,
// and the rest.
func split(src string) (lead, rest string) {
	body := strings.TrimSpace(src)
	if strings.HasPrefix(body, "# ") {
		_, body, _ = strings.Cut(body, "\n")
	}
	if at := strings.Index(body, "\n#"); at >= 0 {
		return strings.TrimSpace(body[:at]), strings.TrimSpace(body[at:])
	}
	return strings.TrimSpace(body), ""
}
