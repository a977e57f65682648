package ui

import (
	"maps"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kvikk/api/webhook"
	"kvikk/ui/flow"
	"kvikk/ui/form"
)

// edit opens the step's form at a field, or at its first one. What step 2 sends
// is entered in step 1.
func (m *Model) edit(field string) tea.Cmd {
	if m.work != nil {
		return nil
	}
	if m.flow.Current() == flow.AccessToken {
		m.openStep(flow.SetUp)
	}
	f := m.form()
	if f == nil {
		return nil
	}
	m.focus = onStep
	m.before = f.Snapshot()
	if field == "" {
		field = f.FirstError()
	}
	f.Focus(field)
	m.editing = true
	return nil
}

// editKey handles a key in Edit, where every printable key goes to the field.
func (m *Model) editKey(msg tea.KeyPressMsg) tea.Cmd {
	f := m.form()
	switch {
	case key.Matches(msg, m.keys.Enter):
		return m.accept()
	case key.Matches(msg, m.keys.Escape):
		f.Restore(m.before)
		f.Blur()
		m.editing, m.before = false, nil
		m.adaptForm()
		m.ask()
		return nil
	}
	cmd := f.Update(msg)
	m.adaptForm()
	return cmd
}

// validate puts messages at a step's fields and returns the first wrong one.
func (m *Model) validate(s flow.Step) string {
	switch s {
	case flow.SetUp:
		return m.validateSetup()
	case flow.RegisterWebhook:
		m.events.ClearErrors()
		if len(m.chosenEvents()) == 0 {
			first := string(webhook.EPaymentTypes()[0])
			m.events.SetError(first, "Choose at least one event type.")
			return first
		}
	case flow.TriggerEvent:
		return m.validatePayment()
	}
	return ""
}

// formOf returns a step's form, or nil.
func (m *Model) formOf(s flow.Step) *form.Form {
	switch s {
	case flow.SetUp:
		return m.setup
	case flow.RegisterWebhook:
		return m.events
	case flow.TriggerEvent:
		return m.pay
	}
	return nil
}

// form returns the open step's form, or nil.
func (m *Model) form() *form.Form { return m.formOf(m.flow.Current()) }

// adaptForm settles what one field's value means for the others.
func (m *Model) adaptForm() {
	if m.flow.Current() == flow.SetUp {
		m.adaptSetup()
	}
}

// accept takes the form's values over and returns to Browse. Nothing is sent.
func (m *Model) accept() tea.Cmd {
	s, f := m.flow.Current(), m.form()
	m.editing = false
	f.Blur()
	if s == flow.SetUp {
		return m.acceptSetup()
	}
	if !maps.Equal(f.Snapshot(), m.before) {
		m.flow.Renew(s) // another request needs another idempotency key
	}
	m.before = nil
	m.validate(s)
	return nil
}
