// Package steps draws the rail: the five steps with their marks, and below
// them the payment at hand with the states that its webhooks have told of.
// Where there is no room for a column it is one line.
package steps

import (
	"fmt"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"kvikk/ui/flow"
	"kvikk/ui/text"
	"kvikk/ui/theme"
)

// State is one state of the payment, seen in a webhook or still to come.
type State struct {
	Name string
	At   time.Time // zero: not seen yet
	// Failed says that it was tried and did not succeed.
	Failed bool
}

// Payment is the payment at hand. A zero Payment draws nothing.
type Payment struct {
	Reference string
	States    []State
}

// Pane is the rail. Its fields are set by its owner before drawing.
type Pane struct {
	Theme   theme.Theme
	Flow    *flow.Flow
	Payment Payment
}

// Lines draws the rail as a column.
func (p *Pane) Lines(width int) []string {
	var rows []string
	for _, s := range flow.Steps() {
		rows = append(rows, p.row(s, width))
	}
	if p.Payment.Reference == "" {
		return rows
	}
	rows = append(rows, "", p.Theme.Dim.Render("Payment"))
	for _, line := range text.WrapHard(text.Visible(p.Payment.Reference), max(width, 1)) {
		rows = append(rows, p.Theme.Text.Render(line))
	}
	for _, st := range p.Payment.States {
		rows = append(rows, p.state(st, width))
	}
	return rows
}

func (p *Pane) row(s flow.Step, width int) string {
	mark, style := p.mark(s)
	title := p.Theme.Text
	if s == p.Flow.Current() {
		title = p.Theme.Key
	} else if p.Flow.Status(s) == flow.Waiting {
		title = p.Theme.Dim
	}
	label := text.Truncate(fmt.Sprintf("%d %s", s, s.Title()), max(width-2, 1), theme.Ellipsis)
	return style.Render(mark) + " " + title.Render(label)
}

func (p *Pane) mark(s flow.Step) (string, lipgloss.Style) {
	switch {
	case p.Flow.Status(s) == flow.Failed:
		return theme.MarkFailed, p.Theme.Bad
	case p.Flow.Status(s) == flow.Done:
		return theme.MarkDone, p.Theme.Good
	case s == p.Flow.Current():
		return theme.MarkCurrent, p.Theme.Accent
	}
	return " ", p.Theme.Dim
}

func (p *Pane) state(st State, width int) string {
	if st.At.IsZero() {
		return p.Theme.Dim.Render(text.Truncate(theme.MarkOff+" "+st.Name, width, theme.Ellipsis))
	}
	at := st.At.Local().Format(time.TimeOnly)
	name := text.Truncate(st.Name, max(width-len(at)-3, 1), theme.Ellipsis)
	gap := strings.Repeat(" ", max(width-2-text.Width(name)-len(at), 1))
	mark := p.Theme.Accent.Render(theme.MarkOn)
	if st.Failed {
		mark = p.Theme.Bad.Render(theme.MarkFailed)
	}
	return mark + " " + p.Theme.Text.Render(name) + gap + p.Theme.Dim.Render(at)
}

// Line draws the rail as one line: the number and mark of each step, and the
// title of the open one.
func (p *Pane) Line(width int) string {
	var b strings.Builder
	for _, s := range flow.Steps() {
		mark, style := p.mark(s)
		number := p.Theme.Dim
		if s == p.Flow.Current() {
			mark, style, number = theme.MarkCurrent, p.Theme.Accent, p.Theme.Key
			if p.Flow.Status(s) == flow.Failed {
				mark, style = theme.MarkFailed, p.Theme.Bad
			}
		}
		b.WriteString(number.Render(fmt.Sprint(int(s))))
		if mark != " " {
			b.WriteString(" " + style.Render(mark))
		}
		b.WriteString("  ")
	}
	b.WriteString(" " + p.Theme.Key.Render(p.Flow.Current().Title()))
	return theme.Fit(" "+b.String(), width)
}
