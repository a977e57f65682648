package ui

import tea "charm.land/bubbletea/v2"

// openSelected opens the selected webhook in the whole screen. It stays that
// webhook, whatever arrives; esc and z lead back to where one was.
func (m *Model) openSelected() tea.Cmd {
	if _, ok := m.list.Selected(); !ok {
		return nil
	}
	m.list.SetFollow(false)
	m.opened, m.returnTo = true, m.focus
	m.focus, m.zoom = onDetail, true
	return m.loadSelected()
}

// toggleZoom zooms the focused pane, or goes back.
func (m *Model) toggleZoom() {
	m.zoom = !m.zoom
	if !m.zoom && m.opened {
		m.focus, m.opened = m.returnTo, false
		if m.list.AtNewest() {
			m.list.SetFollow(true)
		}
	}
	m.settleFocus()
}

// settleFocus gives the focus to the step when the pane that had it is not on
// the screen any more.
func (m *Model) settleFocus() {
	if m.zoom && m.focus == onDetail && m.hasWebhook() {
		return
	}
	for _, p := range m.panes() {
		if p == m.focus {
			return
		}
	}
	m.focus, m.opened = onStep, false
}
