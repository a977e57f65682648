package ui

import (
	"context"
	"errors"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kvikk/api"
	"kvikk/api/control"
	"kvikk/ui/pane/sandbox"
	"kvikk/ui/session"
)

// showFaults opens the faults and the clock.
func (m *Model) showFaults() tea.Cmd {
	if m.work != nil || !m.ready {
		return nil
	}
	if cmd, needed := m.needsSandbox("Faults"); needed {
		return cmd
	}
	m.faults.Fail("", "")
	m.dialog = &dialog{panel: faultsPanel{m}}
	return m.look()
}

func (m *Model) showsFaults() bool {
	if m.dialog == nil {
		return false
	}
	_, shows := m.dialog.panel.(faultsPanel)
	return shows
}

// look asks how the sandbox stands. One such question is under way at a time.
func (m *Model) look() tea.Cmd {
	if !m.snap.Steerable || m.looking {
		return nil
	}
	m.looking = true
	ctx, s, apiURL := m.ctx, m.s, m.snap.APIURL
	return func() tea.Msg {
		c, err := s.Controls(ctx)
		return lookedMsg{apiURL, c, err}
	}
}

func (m *Model) onLooked(msg lookedMsg) tea.Cmd {
	m.looking = false
	if msg.apiURL != m.snap.APIURL {
		return m.look() // another sandbox is in use by now
	}
	if msg.err != nil {
		m.faults.Lose()
		return nil
	}
	m.setControls(msg.controls)
	return nil
}

func (m *Model) setControls(c session.Controls) {
	m.controls = c
	m.faults.SetState(sandbox.State(c))
}

// changeFaults asks the sandbox for what has been chosen, unless a change is
// under way: that one's answer asks for the rest.
func (m *Model) changeFaults() tea.Cmd {
	edit, ok := m.faults.Take()
	if !ok {
		return nil
	}
	return m.steer(changeOfFaults, func(ctx context.Context, s *session.Session) (session.Controls, error) {
		return s.ChangeFaults(ctx, edit)
	})
}

func (m *Model) moveClock() tea.Cmd {
	by := m.faults.Step()
	return m.steer(changeOfClock, func(ctx context.Context, s *session.Session) (session.Controls, error) {
		return s.MoveClock(ctx, by)
	})
}

// change is what the sandbox was asked to change.
type change int

const (
	changeOfFaults change = iota
	changeOfClock
)

// steer has the sandbox change something.
func (m *Model) steer(what change, do func(context.Context, *session.Session) (session.Controls, error)) tea.Cmd {
	ctx, s, apiURL := m.ctx, m.s, m.snap.APIURL
	return func() tea.Msg {
		c, err := do(ctx, s)
		return steeredMsg{what, apiURL, c, err}
	}
}

func (m *Model) onSteered(msg steeredMsg) tea.Cmd {
	if msg.what == changeOfFaults {
		m.faults.Settled()
	}
	switch {
	case msg.apiURL != m.snap.APIURL:
		m.faults.Forget()
		return m.look()
	case errors.Is(msg.err, context.Canceled):
		return m.look()
	case msg.err != nil:
		m.faults.Fail(explainSteering(msg.err))
	default:
		m.setControls(msg.controls)
	}
	return m.changeFaults()
}

// explainSteering says why the sandbox did not do what it was asked for, and
// what to do. It says so itself, unless it does not answer.
func explainSteering(err error) (problem, hint string) {
	if e, ok := errors.AsType[*control.Error](err); ok {
		return e.Message, ""
	}
	return "The sandbox does not answer, so nothing was changed as far as kvikk knows. " + api.Explain(err).Cause,
		"Start it again if it has ended, and choose once more. esc closes this."
}

// faultsHint names the key for the faults that are on: what has just failed
// may have failed on purpose.
func (m *Model) faultsHint() string {
	if !m.snap.Steerable || len(m.controls.Faults) == 0 {
		return ""
	}
	return ", F shows the faults that are on"
}

// faultsPanel is the dialog of the faults and the clock.
type faultsPanel struct{ m *Model }

func (p faultsPanel) title() string { return "Faults and time" }

func (p faultsPanel) draw(width, _ int) sandbox.Drawn { return p.m.faults.Draw(width) }

func (p faultsPanel) hints() []keyHint {
	hints := []keyHint{{"enter", "change"}, {"←→", "less, more"}, {"c", "all off"}, {"esc", "close"}}
	if p.m.faults.OnClock() {
		hints[0], hints[1] = keyHint{"enter", "move it"}, keyHint{"←→", "how far"}
	}
	return hints
}

func (p faultsPanel) key(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	m, k := p.m, p.m.keys
	switch {
	case key.Matches(msg, k.Enter) && m.faults.OnClock():
		return m.moveClock(), true
	case key.Matches(msg, k.Turn, k.Enter):
		m.faults.Turn(1)
	case key.Matches(msg, k.TurnBack):
		m.faults.Turn(-1)
	case key.Matches(msg, k.Clear):
		m.faults.Clear()
	case key.Matches(msg, k.Faults):
		m.dialog = nil
	default:
		by, moves := m.moved(msg)
		m.faults.Move(by)
		return nil, moves
	}
	return m.changeFaults(), true
}
