package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"kvikk/ui/flow"
	"kvikk/ui/pane/sandbox"
	"kvikk/ui/theme"
)

// Update handles one message. Every case is one call, so that what a message
// does can be found by its name.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd, seen := m.handle(msg)
	if seen {
		m.dirty = true
	}
	return m, m.guarded(tea.Batch(cmd, m.tick()))
}

// guarded runs a command, and those of a batch, under the guard, so that a
// panic ends the program in good order and is told in full afterwards.
func (m *Model) guarded(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg {
		defer m.o.Guard()
		msg := cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for i := range batch {
				batch[i] = m.guarded(batch[i])
			}
		}
		return msg
	}
}

// handle routes a message and reports whether it can have changed the screen.
func (m *Model) handle(msg tea.Msg) (cmd tea.Cmd, seen bool) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		return m.onSize(msg), true
	case tea.BackgroundColorMsg:
		return m.onBackground(msg), true
	case tea.KeyPressMsg:
		return m.onKey(msg), true
	case tea.PasteMsg:
		return m.onPaste(msg), true
	case tea.MouseClickMsg:
		return m.onClick(msg), true
	case tea.MouseWheelMsg:
		return m.onWheel(msg), true
	case openedMsg:
		return m.onOpened(msg), true
	case preparedMsg:
		return m.onPrepared(msg), true
	case changedMsg:
		return m.onChanged(), true
	case tickedMsg:
		return m.onTicked(msg), true
	case connectedMsg:
		return m.onConnected(msg), true
	case tokenMsg:
		return m.onToken(msg), true
	case registeredMsg:
		return m.onRegistered(msg), true
	case createdMsg:
		return m.onCreated(msg), true
	case approvedMsg:
		return m.onApproved(msg), true
	case listedMsg:
		return m.onListed(msg), true
	case diagnosedMsg:
		return m.onDiagnosed(msg), true
	case startedOverMsg:
		return m.onStartedOver(msg), true
	case rowsMsg:
		return m.onRows(msg), true
	case webhookMsg:
		return m.onWebhook(msg), true
	case recheckedMsg:
		return m.onRechecked(msg), true
	case settledMsg:
		return m.onSettled(msg), true
	case hiddenMsg:
		return m.onHidden(msg), true
	case statusEndMsg:
		return m.onStatusEnd(msg), true
	case openedURLMsg:
		return m.onOpenedURL(msg), true
	case importedMsg:
		return m.onImported(msg), true
	}
	return m.handleSteering(msg)
}

// handleSteering does so for what a kvikk sandbox was asked for.
func (m *Model) handleSteering(msg tea.Msg) (cmd tea.Cmd, seen bool) {
	switch msg := msg.(type) {
	case playedMsg:
		return m.onPlayed(msg), true
	case lookedMsg:
		return m.onLooked(msg), true
	case steeredMsg:
		return m.onSteered(msg), true
	}
	return nil, false
}

func (m *Model) onSize(msg tea.WindowSizeMsg) tea.Cmd {
	m.width, m.height = msg.Width, msg.Height
	m.settleFocus()
	return m.load()
}

func (m *Model) onBackground(msg tea.BackgroundColorMsg) tea.Cmd {
	b := theme.Light
	if msg.IsDark() {
		b = theme.Dark
	}
	m.recolour(b)
	return nil
}

// onChanged takes over what is new. It reads only what costs nothing; rows are
// loaded by a command.
func (m *Model) onChanged() tea.Cmd {
	m.snap = m.s.Snapshot()
	m.showExchanges()
	if m.played != nil && m.scenarios.Stage() == sandbox.Playing {
		m.scenarios.SetProgress(m.played.all())
	}
	return m.load()
}

// say shows a sentence in the footer for a few seconds.
func (m *Model) say(sentence string) tea.Cmd {
	m.statusID++
	id := m.statusID
	m.status = sentence
	return tea.Tick(statusTime, func(time.Time) tea.Msg { return statusEndMsg{id} })
}

const (
	statusTime = 4 * time.Second
	spinTime   = 120 * time.Millisecond
)

func (m *Model) onStatusEnd(msg statusEndMsg) tea.Cmd {
	if msg.id == m.statusID {
		m.status = ""
	}
	return nil
}

// tick arms the clock while something on the screen counts: a spinner, a
// token's time, the wait for a webhook. At most one tick is under way.
func (m *Model) tick() tea.Cmd {
	interval := m.interval()
	if interval == 0 || m.ticking != 0 {
		return nil
	}
	m.tickCount++
	m.ticking = m.tickCount
	id := m.ticking
	return tea.Tick(interval, func(time.Time) tea.Msg { return tickedMsg{id} })
}

func (m *Model) interval() time.Duration {
	switch {
	case m.work != nil:
		return spinTime
	case m.snap.HasToken, m.waiting() > 0, len(m.controls.Faults) > 0, m.showsFaults():
		return time.Second
	}
	return 0
}

func (m *Model) onTicked(msg tickedMsg) tea.Cmd {
	if msg.id != m.ticking {
		return nil
	}
	m.ticking = 0
	if m.work != nil {
		return m.diagnose()
	}
	return tea.Batch(m.diagnose(), m.look())
}

// openStep shows a step.
func (m *Model) openStep(s flow.Step) tea.Cmd {
	m.flow.Open(s)
	m.arrive()
	return nil
}
