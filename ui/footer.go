package ui

import (
	"strings"

	"charm.land/lipgloss/v2"

	"kvikk/ui/flow"
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
		return theme.Fit(" "+m.th.Accent.Render(text.Visible(m.status)), m.width)
	}
	return m.fitHints(m.hints(), m.lastHints())
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
		return []keyHint{{"enter", "accept"}, {"esc", "restore"}, {"tab", "next field"}, {"space", "tick"}}
	case m.work != nil:
		return []keyHint{{"", "working…"}, {"esc", "cancel"}}
	case !m.ready && m.failures[flow.SetUp] != nil:
		return nil
	case !m.ready:
		return []keyHint{{"", "reading your settings…"}}
	}
	hints := m.enterHints()
	if m.height < tallHeight {
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
	return append(hints, keyHint{"1-5", "step"}, keyHint{"tab", "pane"}, keyHint{"z", "zoom"}, keyHint{"/", "find"}, keyHint{"X", "start over"})
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
	switch s {
	case flow.SetUp:
		switch {
		case m.asking && m.setup.Value(fieldEnvironment) == environmentTest:
			return "enter your test keys"
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
	if m.hasRedirect() {
		hints = append(hints, keyHint{"o", "open"})
		if phoneCanReach(m.payment.created.RedirectURL) {
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
	if s == flow.RegisterWebhook && len(m.registrations) > 0 {
		hints = append(hints, keyHint{"d", "delete"})
	}
	if s == flow.AccessToken && m.snap.HasToken || s == flow.RegisterWebhook && m.snap.Registered.ID != "" {
		hints = append(hints, keyHint{"s", "show secret"})
	}
	if _, ok := m.exchange.Request(); ok || s == flow.ViewWebhook && m.list.Len() > 0 {
		hints = append(hints, keyHint{"y", "copy as curl"})
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
