package ui

import (
	tea "charm.land/bubbletea/v2"

	"kvikk/ui/pane/sandbox"
	"kvikk/ui/pane/step"
	"kvikk/ui/theme"
)

// panel is a dialog with keys of its own, whose rows follow a cursor.
type panel interface {
	title() string
	draw(width, height int) sandbox.Drawn
	// hints are its keys, the most useful first.
	hints() []keyHint
	// key handles a key; esc and q close the dialog unless it does.
	key(msg tea.KeyPressMsg) (cmd tea.Cmd, done bool)
}

// drawPanel draws a panel as large as it needs to be.
func (m *Model) drawPanel(p panel, width int) []string {
	const keys = 2 // the row of keys and the one above it
	height := m.height - theme.FrameHeight - keys - 2
	drawn := p.draw(width-theme.FrameWidth, height)
	room := max(height-len(drawn.Head)-len(drawn.Tail), 1)
	d := m.dialog
	d.most = max(len(drawn.Rows)-room, 0)
	if !drawn.Free {
		d.scroll = max(min(d.scroll, drawn.First), min(drawn.Last-room+1, drawn.First))
	}
	d.scrollBy(0)
	w := step.Cut(drawn.Rows, d.scroll, room)
	var rows []string
	rows = append(append(append(rows, drawn.Head...), w.Rows...), drawn.Tail...)
	rows = append(rows, "", m.dialogKeys())
	return m.th.Frame(width, theme.Section{Title: p.title(), Lines: rows, Height: len(rows), Foot: w.Foot, Focus: theme.Focused})
}
