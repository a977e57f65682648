package ui

import (
	"fmt"
	"sync"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kvikk/api"
	"kvikk/api/scenario"
	"kvikk/ui/flow"
	"kvikk/ui/pane/sandbox"
	"kvikk/ui/session"
)

// playing is a scenario under way. What it reports comes from the goroutine
// that plays it; another scenario has another one, so that nothing of an
// earlier one is taken for it.
type playing struct {
	reference          string
	arrivals, rejected int64

	mu       sync.Mutex
	progress []scenario.Progress
}

func (p *playing) report(now scenario.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.progress = append(p.progress, now)
}

func (p *playing) all() []scenario.Progress {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]scenario.Progress(nil), p.progress...)
}

// needsSandbox says so where the API in use is not a kvikk sandbox.
func (m *Model) needsSandbox(what string) (tea.Cmd, bool) {
	if m.snap.Steerable {
		return nil, false
	}
	return m.say(what + " need the sandbox: 1, then e."), true
}

// showScenarios opens the list of scenarios.
func (m *Model) showScenarios() tea.Cmd {
	if m.work != nil || !m.ready {
		return nil
	}
	if cmd, needed := m.needsSandbox("Scenarios"); needed {
		return cmd
	}
	m.scenarios.Choose()
	m.dialog = &dialog{panel: scenariosPanel{m}}
	return nil
}

// play plays the selected scenario against this run's registration.
func (m *Model) play() tea.Cmd {
	chosen := m.scenarios.Selected()
	ctx, id := m.begin("playing “" + chosen.Title + "”")
	run := &playing{reference: m.o.NewReference(), arrivals: m.s.Arrivals(), rejected: m.s.Rejected()}
	m.played = run
	m.scenarios.Begin()
	s, phone := m.s, m.pay.Value(fieldPhone)
	return func() tea.Msg {
		verdict, err := s.Play(ctx, session.Play{
			Scenario: chosen, Reference: run.reference, Phone: phone, Report: run.report,
		})
		return playedMsg{id, verdict, err}
	}
}

func (m *Model) onPlayed(msg playedMsg) tea.Cmd {
	if !m.current(msg.work) {
		return nil
	}
	m.end()
	m.snap = m.s.Snapshot()
	m.scenarios.SetProgress(m.played.all())
	m.showExchanges()
	if m.dialog != nil {
		m.dialog.scroll = farAway // the checks are at the end
	}
	if msg.err != nil {
		e := describe(msg.err)
		m.scenarios.Fail(e.What+" "+e.Cause, e.Do)
		return tea.Batch(m.look(), m.load())
	}
	m.scenarios.Finish(msg.verdict)
	return tea.Batch(m.look(), m.adopt(m.played))
}

// adopt makes a scenario's payment the one at hand: it stands on the rail with
// its states, and its webhook is the one that the last step waits for.
func (m *Model) adopt(run *playing) tea.Cmd {
	a, begun := m.flow.Begin(flow.TriggerEvent)
	if !begun {
		return m.load()
	}
	m.flow.Succeed(a)
	delete(m.failures, flow.TriggerEvent)
	m.payment = payment{
		created: api.CreatePaymentResponse{Reference: run.reference}, at: m.o.Now(),
		arrivals: run.arrivals, rejected: run.rejected, decided: true,
	}
	m.diagnosis = nil
	m.flow.Await()
	m.list.SetFollow(true)
	m.arrive()
	return m.load()
}

// scenariosPanel is the dialog of the scenarios.
type scenariosPanel struct{ m *Model }

func (p scenariosPanel) title() string { return p.m.scenarios.Title() }

func (p scenariosPanel) draw(width, height int) sandbox.Drawn {
	m := p.m
	if m.work != nil {
		since := m.o.Now().Sub(m.work.began)
		m.scenarios.SetTime(spinner(since), since)
	}
	blocked := ""
	if b, is := m.flow.Blocker(flow.TriggerEvent); is {
		blocked = fmt.Sprintf("Step %d, %s, comes first: enter goes there.", b, b.Title())
	}
	return m.scenarios.Draw(width, height, blocked)
}

func (p scenariosPanel) hints() []keyHint {
	switch p.m.scenarios.Stage() {
	case sandbox.Playing:
		return []keyHint{{"esc", "cancel"}}
	case sandbox.Played:
		hints := []keyHint{{"enter", "all scenarios"}, {"esc", "close"}, {"n", "again"}}
		if p.m.dialog.most > 0 {
			hints = append(hints, keyHint{"↑↓", "scroll"})
		}
		return hints
	}
	enter := keyHint{"enter", "play it"}
	if b, is := p.m.flow.Blocker(flow.TriggerEvent); is {
		enter.what = fmt.Sprintf("go to step %d", b)
	}
	return []keyHint{enter, {"↑↓", "choose"}, {"esc", "close"}}
}

func (p scenariosPanel) key(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	switch p.m.scenarios.Stage() {
	case sandbox.Playing:
		return p.m.playingKey(msg), true
	case sandbox.Played:
		return p.m.playedKey(msg)
	}
	return p.m.choosingKey(msg)
}

func (m *Model) choosingKey(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	k := m.keys
	switch {
	case key.Matches(msg, k.Enter):
		if b, blocked := m.flow.Blocker(flow.TriggerEvent); blocked {
			m.dialog, m.focus = nil, onStep
			return m.openStep(b), true
		}
		return m.play(), true
	case key.Matches(msg, k.Scenarios):
		m.dialog = nil
	default:
		by, moves := m.moved(msg)
		m.scenarios.Move(by)
		return nil, moves
	}
	return nil, true
}

// playingKey knows no key but the one that gives up.
func (m *Model) playingKey(msg tea.KeyPressMsg) tea.Cmd {
	if !key.Matches(msg, m.keys.Escape, m.keys.Quit) {
		return nil
	}
	m.end()
	m.scenarios.SetProgress(m.played.all())
	m.scenarios.Cancel()
	return m.look()
}

func (m *Model) playedKey(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	k := m.keys
	switch {
	case key.Matches(msg, k.Enter):
		m.scenarios.Choose()
	case key.Matches(msg, k.Again):
		return m.play(), true
	case key.Matches(msg, k.Scenarios):
		m.dialog = nil
	default:
		return nil, false
	}
	return nil, true
}

// moved is by how many rows a key moves, if it is one that does.
func (m *Model) moved(msg tea.KeyPressMsg) (by int, moves bool) {
	k := m.keys
	switch {
	case key.Matches(msg, k.Up):
		return -1, true
	case key.Matches(msg, k.Down):
		return 1, true
	case key.Matches(msg, k.PageUp):
		return -m.height / 2, true
	case key.Matches(msg, k.PageDown):
		return m.height / 2, true
	case key.Matches(msg, k.Top):
		return -farAway, true
	case key.Matches(msg, k.Bottom):
		return farAway, true
	}
	return 0, false
}
