package form

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"kvikk/ui/text"
	"kvikk/ui/theme"
)

// Drawing is a drawn form: its rows, and the range of rows that belongs to the
// focused field, so that a field and its message scroll into view together.
type Drawing struct {
	Rows        []string
	First, Last int
}

// Draw returns the form as rows of at most width cells.
func (f *Form) Draw(width int) Drawing {
	label := f.labelWidth()
	if label > width/2 {
		label = width / 2
	}
	var d Drawing
	for n, i := range f.items {
		if i.hidden {
			continue
		}
		from := len(d.Rows)
		focused := f.focused && n == f.at
		for _, row := range f.rows(i, label, width, focused) {
			d.Rows = append(d.Rows, ansi.Truncate(row, width, theme.Ellipsis))
		}
		if focused {
			d.First, d.Last = from, len(d.Rows)-1
		}
	}
	return d
}

func (f *Form) labelWidth() int {
	w := 0
	for _, i := range f.items {
		if !i.hidden && i.Kind != Tick {
			w = max(w, lipgloss.Width(i.Label))
		}
	}
	return w
}

// rows draws one field: its line, then its message or hint.
func (f *Form) rows(i *item, label, width int, focused bool) []string {
	mark, name := "  ", f.th.Dim
	if focused {
		mark, name = f.th.Accent.Render(theme.MarkCurrent)+" ", f.th.Key
	}
	room := width - label - 4
	var rows []string
	switch i.Kind {
	case Tick:
		rows = append(rows, mark+f.tick(i, focused))
	case Choice:
		for n, part := range f.choice(i, room, focused) {
			head := mark + name.Render(theme.Fit(i.Label, label)) + "  "
			if n > 0 {
				head = strings.Repeat(" ", label+4)
			}
			rows = append(rows, head+part)
		}
	default:
		rows = append(rows, mark+name.Render(theme.Fit(i.Label, label))+"  "+f.text(i, room, focused))
	}
	return append(rows, f.notes(i, label+4, width, focused)...)
}

// bullets stand for a masked value. They are always as many: the length of a
// secret is nobody's business either.
const bullets = "••••••••"

// text draws a text field in at most room cells.
func (f *Form) text(i *item, room int, focused bool) string {
	if focused {
		return f.cursorText(i, room)
	}
	v := i.input.Value()
	switch {
	case v == "":
		return f.th.Dim.Render(text.Truncate(i.Placeholder, room, theme.Ellipsis))
	case i.Kind == Masked:
		v = bullets
	}
	return f.th.Text.Render(text.Truncate(text.Visible(v), room, theme.Ellipsis))
}

// cursorText draws the field that is typed into, moved along so that the cursor
// is in its room.
func (f *Form) cursorText(i *item, room int) string {
	style := f.th.Text
	value, at := []rune(i.input.Value()), i.input.Position()
	switch {
	case len(value) == 0:
		style, value, at = f.th.Dim, []rune(i.Placeholder), 0
	case i.Kind == Masked:
		value, at = []rune(bullets), len([]rune(bullets))
	}
	before, under, after := text.Visible(string(value[:at])), " ", ""
	if at < len(value) {
		under, after = text.Visible(string(value[at])), text.Visible(string(value[at+1:]))
	}
	line := style.Render(before) + f.cursor.Render(under) + style.Render(after)
	skip := max(text.Width(before)+text.Width(under)-room, 0)
	return ansi.Cut(line, skip, skip+max(room, 0))
}

func (f *Form) tick(i *item, focused bool) string {
	box, style := theme.MarkOff, f.th.Dim
	if i.on {
		box, style = theme.MarkDone, f.th.Text
	}
	if focused {
		style = f.th.Key
	}
	return style.Render(box + " " + i.Label)
}

// choice draws a choice: all its options while it has the focus, else the
// chosen one alone.
func (f *Form) choice(i *item, room int, focused bool) []string {
	if len(i.Options) == 0 {
		return []string{""}
	}
	if !focused {
		return []string{f.th.Text.Render(text.Truncate(i.Options[i.option].Label, room, theme.Ellipsis))}
	}
	var rows []string
	for n, o := range i.Options {
		mark, style := theme.MarkOff, f.th.Dim
		if n == i.option {
			mark, style = theme.MarkOn, f.th.Text
		}
		line := style.Render(mark + " " + o.Label)
		if o.Detail != "" {
			line += f.th.Dim.Render("  " + o.Detail)
		}
		rows = append(rows, line)
	}
	return rows
}

func (f *Form) notes(i *item, indent, width int, focused bool) []string {
	style, note := f.th.Dim, ""
	if focused {
		note = i.Hint
	}
	if i.err != "" {
		style, note = f.th.Bad, theme.MarkFailed+" "+i.err
	}
	if note == "" {
		return nil
	}
	indent = min(indent, 6)
	var rows []string
	for _, line := range text.Wrap(text.Visible(note), max(width-indent, 10)) {
		rows = append(rows, strings.Repeat(" ", indent)+style.Render(line))
	}
	return rows
}
