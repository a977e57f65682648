package theme

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// Section is one part of a [Frame]: lines under a title. A frame with several
// sections divides them by rules, since a box in a box costs room and calm.
type Section struct {
	Title string
	// Note stands after the title in the border, in dim.
	Note string
	// Foot stands at the end of the section's last row, or in the frame's
	// lower border below the last section: how many more lines there are.
	Foot string
	// Lines are styled and already as wide as the frame's inside at most;
	// what is wider is cut.
	Lines []string
	// Height is the number of rows for Lines.
	Height int
	// Focus tells which section the keys go to.
	Focus Focus
}

// Focus says whether keys go to a section.
type Focus int

// The two states of focus.
const (
	Blurred Focus = iota
	Focused
)

// Borders and padding of a frame: what it takes off the width inside, and off
// the height with one section.
const (
	FrameWidth  = 4
	FrameHeight = 2
)

// Frame draws sections one above the other within one rounded border of the
// given outer width, and returns its rows. The height is the sum of the
// sections' heights, a rule between each two, and the two borders.
func (t Theme) Frame(width int, sections ...Section) []string {
	inside := width - FrameWidth
	if inside < 1 || len(sections) == 0 {
		return nil
	}
	var rows []string
	last := len(sections) - 1
	for i, s := range sections {
		left, right := "├", "┤"
		if i == 0 {
			left, right = "╭", "╮"
		}
		rows = append(rows, t.rule(left, right, width, s, ""))
		foot := s.Foot
		if i == last {
			foot = ""
		}
		rows = append(rows, t.body(s, inside, foot)...)
	}
	end := sections[last]
	return append(rows, t.rule("╰", "╯", width, Section{Focus: end.Focus}, end.Foot))
}

// body draws a section's rows between its sides.
func (t Theme) body(s Section, inside int, foot string) []string {
	side := t.border(s.Focus).Render("│")
	rows := make([]string, s.Height)
	for n := range rows {
		line := ""
		if n < len(s.Lines) {
			line = s.Lines[n]
		}
		if w := lipgloss.Width(foot); n == s.Height-1 && foot != "" && w+8 < inside {
			line = Fit(line, inside-w-1) + " " + t.Dim.Render(foot)
		}
		rows[n] = side + " " + Fit(line, inside) + " " + side
	}
	return rows
}

// rule draws a border row: the title of the section below it at the left, the
// foot of the section above it at the right.
func (t Theme) rule(left, right string, width int, s Section, foot string) string {
	border := t.border(s.Focus)
	room := width - 2
	var b strings.Builder
	b.WriteString(border.Render(left))
	if s.Title != "" && room > 4 {
		title := ansi.Truncate(s.Title, room-4, Ellipsis)
		b.WriteString(" " + t.title(s.Focus).Render(title) + " ")
		room -= lipgloss.Width(title) + 2
	}
	if w := lipgloss.Width(s.Note); s.Note != "" && w+5 <= room {
		b.WriteString(border.Render("──") + " " + t.Dim.Render(s.Note) + " ")
		room -= w + 4
	}
	tail := ""
	if w := lipgloss.Width(foot); foot != "" && w+4 <= room {
		tail = " " + t.Dim.Render(foot) + " " + border.Render("─")
		room -= w + 3
	}
	b.WriteString(border.Render(strings.Repeat("─", max(room, 0))) + tail + border.Render(right))
	return b.String()
}

func (t Theme) border(f Focus) lipgloss.Style {
	if f == Focused {
		return t.FocusBorder
	}
	return t.Border
}

func (t Theme) title(f Focus) lipgloss.Style {
	if f == Focused {
		return t.FocusTitle
	}
	return t.Title
}

// Fit makes a styled line exactly width cells wide, cut with an ellipsis or
// filled with spaces.
func Fit(line string, width int) string {
	w := lipgloss.Width(line)
	if w > width {
		line = ansi.Truncate(line, width, Ellipsis)
		w = lipgloss.Width(line)
	}
	return line + strings.Repeat(" ", max(width-w, 0))
}
