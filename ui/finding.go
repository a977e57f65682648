package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// startFind opens the prompt that narrows the list.
func (m *Model) startFind() tea.Cmd {
	m.finding = true
	m.before = m.find.Snapshot()
	m.find.Focus(fieldFind)
	return nil
}

func (m *Model) findKey(msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(msg, m.keys.Enter):
		m.stopFind()
		return m.applyFind()
	case key.Matches(msg, m.keys.Escape):
		m.find.Restore(m.before)
		m.stopFind()
		return m.applyFind()
	}
	cmd := m.find.Update(msg)
	return tea.Batch(cmd, m.applyFind())
}

func (m *Model) stopFind() {
	m.finding = false
	m.find.Blur()
}

func (m *Model) applyFind() tea.Cmd {
	wanted := strings.TrimSpace(m.find.Value(fieldFind))
	if wanted == m.list.Find() {
		return nil
	}
	m.list.SetFind(wanted)
	m.limit = pageOfRows
	return m.load()
}
