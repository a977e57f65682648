package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"kvikk/ui/flow"
)

// enter does the main thing of where one is: the selected webhook is opened,
// else the step acts, and a done step goes on to the next.
func (m *Model) enter() tea.Cmd {
	switch {
	case m.work != nil || !m.ready:
		return nil
	case m.focus == onList:
		return m.openSelected()
	}
	s := m.flow.Current()
	if s == flow.ViewWebhook && m.flow.Status(flow.TriggerEvent) == flow.Done {
		return m.showNext()
	}
	if blocker, blocked := m.flow.Blocker(s); blocked {
		return m.openStep(blocker)
	}
	if m.flow.Status(s) == flow.Done {
		m.flow.Next()
		m.arrive()
		return nil
	}
	return m.act(s)
}

// again repeats a step's action. In the last step it makes another payment,
// whose webhook is then waited for.
func (m *Model) again() tea.Cmd {
	if m.work != nil || !m.ready {
		return nil
	}
	s := m.flow.Current()
	if s == flow.ViewWebhook {
		s = flow.TriggerEvent
	}
	if _, blocked := m.flow.Blocker(s); blocked {
		return nil
	}
	m.flow.Renew(s)
	if s == flow.TriggerEvent {
		if m.pay.Value(fieldReference) == m.attempted {
			m.pay.Set(fieldReference, m.o.NewReference())
		}
		if m.validate(s) != "" {
			m.openStep(s)
		}
	}
	return m.act(s)
}

// act begins a step's action, unless a field is missing or wrong: then Edit
// opens at it.
func (m *Model) act(s flow.Step) tea.Cmd {
	if field := m.validate(s); field != "" {
		cmd := m.edit(field)
		if m.asking {
			// Nothing is wrong yet: the person has only just chosen.
			m.setup.ClearErrors()
		}
		return cmd
	}
	if s == flow.SetUp {
		m.settings = m.readSetup()
	}
	attempt, ok := m.flow.Begin(s)
	if !ok {
		return nil
	}
	delete(m.failures, s)
	switch s {
	case flow.SetUp:
		return m.connect(attempt)
	case flow.AccessToken:
		return m.getToken(attempt)
	case flow.RegisterWebhook:
		return m.register(attempt)
	case flow.TriggerEvent:
		return m.create(attempt)
	}
	return nil
}

// arrive settles what changes when another step is on the screen.
func (m *Model) arrive() {
	m.step.Top()
	m.scrolls[onExchange], m.scrolls[onDetail] = 0, 0
	m.hide()
	m.showExchanges()
	m.showPreview()
	m.settleFocus()
}

// reveal shows the focused pane's secret for ten seconds.
func (m *Model) reveal() tea.Cmd {
	if m.focus != onStep {
		return nil
	}
	switch s := m.flow.Current(); {
	case s == flow.AccessToken && m.snap.HasToken:
		m.revealed.value = m.snap.Token.AccessToken
	case s == flow.RegisterWebhook && !m.snap.Registered.Secret.IsZero():
		m.revealed.value = m.snap.Registered.Secret
	default:
		return nil
	}
	m.revealed.id++
	id := m.revealed.id
	return tea.Tick(revealTime, func(time.Time) tea.Msg { return hiddenMsg{id} })
}

const revealTime = 10 * time.Second

// hide covers a revealed secret again and reports whether there was one.
func (m *Model) hide() bool {
	if m.revealed.value.IsZero() {
		return false
	}
	m.revealed = reveal{id: m.revealed.id}
	return true
}

func (m *Model) onHidden(msg hiddenMsg) tea.Cmd {
	if msg.id == m.revealed.id {
		m.hide()
	}
	return nil
}

// askStartOver goes back to step 1, after asking where more than the sandbox
// is at stake.
func (m *Model) askStartOver() tea.Cmd {
	if m.work != nil || !m.ready {
		return nil
	}
	if m.snap.Sandbox {
		return m.startOver()
	}
	m.dialog = &dialog{
		title: "Start over?",
		text: "Start over goes back to step 1. Registering again replaces your registration. " +
			"No webhook that has arrived is deleted.",
		enter: "start over",
		act:   m.startOver,
	}
	return nil
}

func (m *Model) onStartedOver(msg startedOverMsg) tea.Cmd {
	if !m.current(msg.work) {
		return nil
	}
	m.end()
	m.snap, m.floor = m.s.Snapshot(), max(m.floor, msg.floor)
	if msg.err != nil {
		m.fail(flow.SetUp, msg.err)
	}
	return tea.Batch(m.look(), m.load())
}
