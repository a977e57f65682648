package ui

import tea "charm.land/bubbletea/v2"

// openSelected opens the selected webhook in the whole screen; esc goes back.
func (m *Model) openSelected() tea.Cmd {
	if _, ok := m.list.Selected(); !ok {
		return nil
	}
	m.focus, m.zoom = onDetail, true
	return m.loadSelected()
}
