package ui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kvikk/ui/flow"
)

// onKey sends a key where it belongs: a dialog, a field, or the actions.
func (m *Model) onKey(msg tea.KeyPressMsg) tea.Cmd {
	cmd := m.routeKey(msg)
	m.showPreview()
	m.openPending()
	return cmd
}

func (m *Model) routeKey(msg tea.KeyPressMsg) tea.Cmd {
	// Any key hides a secret again, the one that shows it too.
	if m.hide() && key.Matches(msg, m.keys.Reveal) {
		return nil
	}
	switch {
	case msg.String() == "ctrl+c":
		return tea.Quit
	case m.dialog != nil:
		return m.dialogKey(msg)
	case m.finding:
		return m.findKey(msg)
	case m.editing:
		return m.editKey(msg)
	case m.asking && m.work == nil && m.flow.Current() == flow.SetUp && m.chooseKey(msg):
		return nil
	}
	m.status = ""
	if cmd, done := m.navigate(msg); done {
		return cmd
	}
	return m.browseKey(msg)
}

// navigate handles the keys that move within and between panes.
func (m *Model) navigate(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	k := m.keys
	switch {
	case key.Matches(msg, k.Steps):
		m.focus = onStep
		return m.openStep(flow.Step(msg.String()[0] - '0')), true
	case key.Matches(msg, k.Next):
		return m.moveFocus(1), true
	case key.Matches(msg, k.Previous):
		return m.moveFocus(-1), true
	case key.Matches(msg, k.Up):
		return m.move(-1), true
	case key.Matches(msg, k.Down):
		return m.move(1), true
	case key.Matches(msg, k.PageUp):
		return m.move(-m.page()), true
	case key.Matches(msg, k.PageDown):
		return m.move(m.page()), true
	case key.Matches(msg, k.Top):
		return m.move(-farAway), true
	case key.Matches(msg, k.Bottom):
		return m.move(farAway), true
	case key.Matches(msg, k.Zoom):
		m.toggleZoom()
		return nil, true
	case key.Matches(msg, k.Escape):
		return m.escape(), true
	}
	return nil, false
}

// farAway is more rows than anything on the screen has.
const farAway = 1 << 30

// browseKey handles the keys that do something.
func (m *Model) browseKey(msg tea.KeyPressMsg) tea.Cmd {
	k := m.keys
	switch {
	case key.Matches(msg, k.Quit):
		return tea.Quit
	case key.Matches(msg, k.Help):
		return m.showHelp()
	case key.Matches(msg, k.Enter):
		return m.enter()
	case key.Matches(msg, k.Edit):
		return m.edit("")
	case key.Matches(msg, k.Again):
		return m.again()
	case key.Matches(msg, k.StartOver):
		return m.askStartOver()
	case key.Matches(msg, k.Mouse):
		m.mouseOff = !m.mouseOff
		return m.say(mouseStatus(m.mouseOff))
	case key.Matches(msg, k.Reveal):
		return m.reveal()
	}
	return m.contentKey(msg)
}

// contentKey handles the keys for what the panes show.
func (m *Model) contentKey(msg tea.KeyPressMsg) tea.Cmd {
	k := m.keys
	switch {
	case key.Matches(msg, k.Earlier):
		m.exchange.Move(-1)
	case key.Matches(msg, k.Later):
		m.exchange.Move(1)
	case key.Matches(msg, k.Copy):
		return m.copyCurl()
	case key.Matches(msg, k.CopyBody):
		return m.copyBody()
	case key.Matches(msg, k.Raw):
		m.toggleRaw()
	case key.Matches(msg, k.Open):
		return m.openPayerPage()
	case key.Matches(msg, k.QR):
		return m.showQR()
	case key.Matches(msg, k.Approve):
		return m.approve()
	case key.Matches(msg, k.Scenarios):
		return m.showScenarios()
	case key.Matches(msg, k.Faults):
		return m.showFaults()
	case key.Matches(msg, k.Find):
		return m.startFind()
	case key.Matches(msg, k.Follow):
		m.list.SetFollow(!m.list.Follow())
		return m.loadSelected()
	case key.Matches(msg, k.Past):
		m.list.SetOlder(!m.list.Older())
		return m.load()
	case key.Matches(msg, k.Recheck):
		return m.recheck()
	case key.Matches(msg, k.Delete):
		return m.askDelete()
	}
	return nil
}

func mouseStatus(off bool) string {
	if off {
		return "The mouse is the terminal's again: select and copy as usual. m takes it back."
	}
	return "The mouse is kvikk's: click a pane, turn the wheel."
}

// escape closes the innermost thing, or cancels what is under way.
func (m *Model) escape() tea.Cmd {
	switch {
	case m.work != nil:
		m.flow.Cancel()
		m.end()
		return m.say("Cancelled. What had been sent may still arrive.")
	case m.zoom && m.opened:
		m.toggleZoom()
	case m.list.Find() != "":
		m.find.Set(fieldFind, "")
		m.list.SetFind("")
		return m.load()
	case m.zoom:
		m.toggleZoom()
	}
	return nil
}

// moveFocus goes to the next pane that is on the screen.
func (m *Model) moveFocus(by int) tea.Cmd {
	panes := m.panes()
	at := 0
	for i, p := range panes {
		if p == m.focus {
			at = i
		}
	}
	m.focus = panes[(at+by+len(panes))%len(panes)]
	m.zoom = m.zoom && m.focus != onDetail || m.zoom && m.hasWebhook()
	m.opened = false
	return nil
}

// panes lists the panes that can have the focus, in reading order.
func (m *Model) panes() []focus {
	all := []focus{onStep, onExchange, onList, onDetail}
	switch s := m.flow.Current(); {
	case !m.wide():
		all = []focus{onStep, onList}
	case s == flow.ViewWebhook:
		all = []focus{onStep, onDetail, onList}
	case s == flow.SetUp:
		all = []focus{onStep, onList, onDetail}
	}
	if !m.hasWebhook() {
		all = slices.DeleteFunc(all, func(f focus) bool { return f == onDetail })
	}
	return all
}

// move moves the selection or scrolls, in the focused pane.
func (m *Model) move(by int) tea.Cmd {
	switch m.focus {
	case onList:
		m.list.Move(by)
		if m.list.NearEnd() && m.list.Len() >= m.limit {
			m.limit += pageOfRows
			return tea.Batch(m.load(), m.loadSelected())
		}
		return m.loadSelected()
	case onStep:
		if m.moveRegistration(by) {
			return nil
		}
		m.step.Scroll(by)
	default:
		if m.focus == onDetail {
			m.list.SetFollow(false) // what one reads stays
		}
		m.scrolls[m.focus] = max(m.scrolls[m.focus]+by, 0)
	}
	return nil
}

func (m *Model) page() int {
	if m.focus == onList {
		return max(m.list.Page()-1, 1)
	}
	return max(m.height/2, 1)
}

// onPaste gives pasted text to the field with the cursor. In step 1 several
// KEY=value lines fill all fields at once.
func (m *Model) onPaste(msg tea.PasteMsg) tea.Cmd {
	switch {
	case m.dialog != nil:
		return nil
	case m.finding:
		cmd := m.find.Update(msg)
		return tea.Batch(cmd, m.applyFind())
	case m.work != nil:
		return m.say("Something is under way. esc cancels it; then paste again.")
	case m.flow.Current() == flow.SetUp && strings.Contains(msg.Content, "="):
		if m.pasteKeys(msg.Content) {
			if m.editing {
				return nil
			}
			return m.acceptSetup()
		}
	}
	if !m.editing {
		return nil
	}
	cmd := m.form().Update(msg)
	m.adaptForm()
	return cmd
}

// onClick focuses the pane under the mouse and selects the row.
func (m *Model) onClick(msg tea.MouseClickMsg) tea.Cmd {
	if msg.Button != tea.MouseLeft || m.dialog != nil || m.editing || m.finding {
		return nil
	}
	m.hide()
	if f, row, ok := m.paneAt(msg.X, msg.Y); ok {
		m.focus = f
		if f == onList {
			m.list.SelectRow(row)
			return m.loadSelected()
		}
	}
	return nil
}

const wheelRows = 3

func (m *Model) onWheel(msg tea.MouseWheelMsg) tea.Cmd {
	by := wheelRows
	switch msg.Button {
	case tea.MouseWheelUp:
		by = -wheelRows
	case tea.MouseWheelDown:
	default:
		return nil
	}
	if m.dialog != nil {
		m.dialog.scrollBy(by)
		return nil
	}
	if f, _, ok := m.paneAt(msg.X, msg.Y); ok {
		before := m.focus
		m.focus = f
		cmd := m.move(by)
		m.focus = before
		return cmd
	}
	return nil
}
