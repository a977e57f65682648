package ui

import (
	"strings"

	"charm.land/lipgloss/v2"

	"kvikk/ui/flow"
	"kvikk/ui/form"
	"kvikk/ui/text"
	"kvikk/ui/theme"
)

// keyHint is a key and what it does now.
type keyHint struct{ key, what string }

// footer draws the last row: the keys that do something now, the most useful
// first, and always help and quit.
func (m *Model) footer() string {
	switch {
	case m.finding:
		return theme.Fit(" "+strings.Join(m.find.Draw(max(m.width-2, 10)).Rows[:1], ""), m.width)
	case m.dialog != nil:
		return m.fitHints(m.dialogHints(), []keyHint{{"ctrl+c", "quit"}})
	case m.status != "":
		return m.statusLine()
	}
	return m.fitHints(m.hints(), m.lastHints())
}

// statusLine says what has just happened; the keys that are always there stay.
func (m *Model) statusLine() string {
	last := m.lastHints()
	if m.work != nil {
		last = []keyHint{{"esc", "cancel"}}
	}
	tail := m.joined(last)
	room := max(m.width-lipgloss.Width(tail)-5, 10)
	return " " + m.th.Accent.Render(theme.Fit(text.Truncate(text.Visible(m.status), room, theme.Ellipsis), room)) + "   " + theme.Fit(tail, max(m.width-room-4, 0))
}

func (m *Model) joined(hints []keyHint) string {
	parts := make([]string, len(hints))
	for i, h := range hints {
		parts[i] = m.hint(h.key, h.what)
	}
	return strings.Join(parts, "   ")
}

// lastHints are the hints that are always there.
func (m *Model) lastHints() []keyHint {
	if m.editing {
		return []keyHint{{"ctrl+c", "quit"}}
	}
	return []keyHint{{"?", "help"}, {"q", "quit"}}
}

// fitHints puts as many hints as there is room for before the last ones.
func (m *Model) fitHints(hints, last []keyHint) string {
	var tail string
	for _, h := range last {
		tail += "   " + m.hint(h.key, h.what)
	}
	row := ""
	for _, h := range hints {
		next := row + m.hint(h.key, h.what)
		if row != "" {
			next = row + "   " + m.hint(h.key, h.what)
		}
		if lipgloss.Width(next)+lipgloss.Width(tail)+1 > m.width {
			break
		}
		row = next
	}
	if row == "" {
		tail = strings.TrimPrefix(tail, "   ")
	}
	return theme.Fit(" "+row+tail, m.width)
}

// hints lists the keys that do something now.
func (m *Model) hints() []keyHint {
	switch {
	case m.editing:
		return m.editHints()
	case m.work != nil:
		return []keyHint{{"", "working…"}, {"esc", "cancel"}}
	case !m.ready && m.failures[flow.SetUp] != nil:
		return nil
	case !m.ready:
		return []keyHint{{"", "reading your settings…"}}
	}
	hints := m.enterHints()
	if m.onePane() {
		other := keyHint{"tab", "webhooks"}
		if m.focus == onList {
			other.what = "step"
		}
		hints = append(hints, other)
	}
	if m.focus == onList || m.focus == onDetail {
		hints = append(hints, m.listHints()...)
	} else {
		hints = append(hints, m.stepHints()...)
	}
	if m.zoom {
		hints = append([]keyHint{{"esc", "unzoom"}}, hints...)
	}
	hints = append(hints, keyHint{"1-5", "step"})
	if !m.onePane() {
		hints = append(hints, keyHint{"tab", "pane"})
	}
	return append(hints, keyHint{"z", "zoom"}, keyHint{"/", "find"}, keyHint{"X", "start over"})
}

// editHints are the keys of the field with the cursor.
func (m *Model) editHints() []keyHint {
	hints := []keyHint{{"enter", "accept"}, {"esc", "restore"}, {"tab", "next field"}}
	switch m.form().FocusedKind() {
	case form.Tick:
		hints = append(hints, keyHint{"space", "tick"})
	case form.Choice:
		hints = append(hints, keyHint{"←→", "choose"})
	}
	return hints
}

// enterHints says what Enter does.
func (m *Model) enterHints() []keyHint {
	if m.focus == onList {
		if m.list.Len() == 0 {
			return nil
		}
		return []keyHint{{"enter", "open"}}
	}
	s := m.flow.Current()
	if blocker, blocked := m.flow.Blocker(s); blocked && s != flow.ViewWebhook {
		return []keyHint{{"enter", "go to " + strings.ToLower(blocker.Title())}}
	}
	if m.flow.Status(s) == flow.Done && s != flow.ViewWebhook {
		return []keyHint{{"enter", "go on"}, {"n", again(s)}}
	}
	return []keyHint{{"enter", m.verb(s)}}
}

// verb is what a step's action does, in a word or two.
func (m *Model) verb(s flow.Step) string {
	if f := m.formOf(s); !m.asking && f != nil && f.FirstError() != "" {
		return "go to the field"
	}
	switch s {
	case flow.SetUp:
		switch {
		case m.asking && m.setup.Value(fieldEnvironment) == environmentTest:
			return "go to your test keys"
		case m.asking:
			return "start the sandbox"
		}
		return "open callback URL"
	case flow.AccessToken:
		return "get token"
	case flow.RegisterWebhook:
		return "register"
	case flow.TriggerEvent:
		return "create payment"
	}
	return "what next"
}

func again(s flow.Step) string {
	switch s {
	case flow.SetUp:
		return "connect again"
	case flow.AccessToken:
		return "new token"
	case flow.RegisterWebhook:
		return "register again"
	}
	return "new payment"
}

// stepHints are the keys of the step and its exchange.
func (m *Model) stepHints() []keyHint {
	var hints []keyHint
	s := m.flow.Current()
	if m.asking && s == flow.SetUp {
		return []keyHint{{"↑↓", "choose"}, {"e", "edit"}}
	}
	if m.canApprove() {
		hints = append(hints, keyHint{"a", "force approve"})
	}
	if page := m.payerPage(); page != "" {
		hints = append(hints, keyHint{"o", "open"})
		if phoneCanReach(page) {
			hints = append(hints, keyHint{"Q", "QR"})
		}
	}
	if s == flow.ViewWebhook && m.payment.created.Reference != "" {
		hints = append(hints, keyHint{"n", "new payment"})
	}
	if s == flow.AccessToken {
		hints = append(hints, keyHint{"e", "edit keys"})
	} else if m.form() != nil {
		hints = append(hints, keyHint{"e", "edit"})
	}
	if m.snap.Steerable && s >= flow.TriggerEvent {
		hints = append(hints, keyHint{"S", "scenarios"}, keyHint{"F", "faults"})
	}
	if s == flow.RegisterWebhook && m.focus == onStep && len(m.registrations) > 0 {
		hints = append(hints, keyHint{"d", "delete"})
	}
	if m.focus == onStep && (s == flow.AccessToken && m.snap.HasToken || s == flow.RegisterWebhook && m.snap.Registered.ID != "") {
		hints = append(hints, keyHint{"s", "show secret"})
	}
	if s == flow.SetUp && m.snap.Sandbox {
		hints = append(hints, keyHint{"y", "copy keys"})
	} else if _, ok := m.exchange.Request(); ok || s == flow.ViewWebhook && m.list.Len() > 0 {
		hints = append(hints, keyHint{"y", "copy as curl"})
	}
	if m.focus == onExchange {
		hints = append(hints, keyHint{"Y", "body"}, keyHint{"w", "raw"})
	}
	if m.exchange.Count() > 1 && s != flow.ViewWebhook {
		hints = append(hints, keyHint{"[ ]", "exchanges"})
	}
	return hints
}

// listHints are the keys of the webhooks.
func (m *Model) listHints() []keyHint {
	if m.list.Len() == 0 {
		return []keyHint{{"p", "past webhooks"}}
	}
	hints := []keyHint{{"y", "copy as curl"}, {"Y", "body"}, {"w", "raw"}, {"r", "check again"}}
	if !m.list.Follow() {
		hints = append(hints, keyHint{"f", "follow"})
	}
	past := "past too"
	if m.list.Older() {
		past = "this run only"
	}
	return append(hints, keyHint{"p", past})
}
