package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"kvikk/api"
	"kvikk/api/webhook"
	"kvikk/ui/flow"
	"kvikk/ui/form"
	"kvikk/ui/pane/step"
	"kvikk/ui/session"
	"kvikk/ui/theme"
)

// newEventsForm has a tick for every event type of the catalogue; those of
// ePayment are ticked.
func newEventsForm(th theme.Theme) *form.Form {
	var fields []form.Field
	for _, t := range webhook.Types() {
		fields = append(fields, form.Field{Name: string(t.Type), Label: string(t.Type), Kind: form.Tick, Hint: t.Sentence})
	}
	f := form.New(th, fields...)
	for _, t := range webhook.EPaymentTypes() {
		f.Set(string(t), "true")
	}
	return f
}

// chosenEvents returns the ticked event types in the catalogue's order.
func (m *Model) chosenEvents() []string {
	var chosen []string
	for _, t := range webhook.Types() {
		if m.events.Value(string(t.Type)) != "" {
			chosen = append(chosen, string(t.Type))
		}
	}
	return chosen
}

// eventNames names the chosen event types shortly: those of ePayment by their
// last word.
func (m *Model) eventNames() []string {
	var names []string
	for _, e := range m.chosenEvents() {
		name := strings.TrimSuffix(strings.TrimPrefix(e, "epayments.payment."), ".v1")
		names = append(names, name)
	}
	return names
}

func (m *Model) registerRequest() api.RegisterWebhookRequest {
	return api.RegisterWebhookRequest{URL: m.s.HookURL(), Events: m.chosenEvents()}
}

// setRegistrations shows the provider's list, with the cursor on the first one
// that is ours.
func (m *Model) setRegistrations(list []session.Listed) {
	m.registrations, m.cursor = list, 0
	for i, r := range list {
		if r.ID == m.s.Snapshot().Registered.ID {
			m.cursor = i
		}
	}
}

// moveRegistration moves the cursor in the list of registrations and reports
// whether there is one to move in. At the list's ends the pane scrolls.
func (m *Model) moveRegistration(by int) bool {
	if m.flow.Current() != flow.RegisterWebhook || len(m.registrations) < 2 {
		return false
	}
	to := min(max(m.cursor+by, 0), len(m.registrations)-1)
	if to == m.cursor {
		return false
	}
	m.cursor = to
	return true
}

func (m *Model) askDelete() tea.Cmd {
	if m.flow.Current() != flow.RegisterWebhook || m.focus != onStep || m.work != nil || len(m.registrations) == 0 {
		return nil
	}
	r := m.registrations[m.cursor]
	what := "It is " + ownerWords(r.Owner) + "."
	m.dialog = &dialog{
		title: "Delete this registration?",
		text: fmt.Sprintf("%s\n\n%s No more webhooks go to this address. The provider cannot undo it.",
			r.URL, what),
		enter: "delete it",
		act:   func() tea.Cmd { return m.deleteRegistration(r.ID) },
	}
	return nil
}

// ownerWords says whose a registration is.
func ownerWords(o session.Owner) string {
	switch o {
	case session.Ours:
		return "this kvikk's"
	case session.Sibling:
		return "another kvikk's, running or kept"
	case session.Leftover:
		return "a leftover of an earlier kvikk"
	}
	return "not kvikk's"
}

func ownerMark(o session.Owner) string {
	switch o {
	case session.Ours:
		return theme.MarkOn + " ours"
	case session.Sibling:
		return theme.MarkOff + " other kvikk"
	case session.Leftover:
		return theme.MarkWarning + " leftover"
	}
	return theme.MarkOff + " not ours"
}

func (m *Model) registrationRows() []step.Registration {
	rows := make([]step.Registration, len(m.registrations))
	for i, r := range m.registrations {
		rows[i] = step.Registration{
			ID: r.ID, URL: r.URL, Events: len(r.Events), Mark: ownerMark(r.Owner), Mine: r.Owner == session.Ours,
		}
	}
	return rows
}
