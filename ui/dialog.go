package ui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"kvikk/assets"
	"kvikk/tunnel/inbox"
	"kvikk/ui/markdown"
	"kvikk/ui/pane/step"
	"kvikk/ui/qr"
	"kvikk/ui/text"
	"kvikk/ui/theme"
)

// dialog covers the screen's middle until it is answered.
type dialog struct {
	title string
	// text is a paragraph of ours, prose Markdown of ours; lines are drawn as
	// they are.
	text  string
	prose string
	lines []string
	// enter says what Enter does; without it the dialog only closes. A dialog
	// that opens by itself is answered by another key, since the next Enter may
	// have been meant for what was there before.
	enter string
	by    string
	act   func() tea.Cmd
	// panel draws the dialog and knows its keys, in place of all the above.
	panel panel
	// qr takes the whole screen.
	qr     *qr.Code
	scroll int
	most   int
}

func (d *dialog) scrollBy(by int) { d.scroll = min(max(d.scroll+by, 0), d.most) }

// dialogKey handles a key while a dialog is open: Enter answers, esc and q
// close, the arrows scroll.
func (m *Model) dialogKey(msg tea.KeyPressMsg) tea.Cmd {
	d, k := m.dialog, m.keys
	if d.panel != nil {
		if cmd, done := d.panel.key(msg); done {
			return cmd
		}
	}
	switch {
	case d.panel != nil && key.Matches(msg, k.Enter):
	case msg.String() == d.key():
		m.dialog = nil
		if d.act != nil {
			return d.act()
		}
	case d.by != "" && key.Matches(msg, k.Enter):
		m.dialog = nil
	case key.Matches(msg, k.Escape, k.Quit, k.Help):
		m.dialog = nil
	case key.Matches(msg, k.Up):
		d.scrollBy(-1)
	case key.Matches(msg, k.Down):
		d.scrollBy(1)
	case key.Matches(msg, k.PageUp):
		d.scrollBy(-m.height / 2)
	case key.Matches(msg, k.PageDown):
		d.scrollBy(m.height / 2)
	}
	return nil
}

// dialogWidth is what a dialog's prose and border need; where little would be
// left beside it, it takes the whole width.
func (m *Model) dialogWidth() int {
	const width, margin = step.ProseWidth + theme.FrameWidth + 2, 8
	if m.width < width+margin {
		return m.width
	}
	return width
}

// key is the key that answers the dialog.
func (d *dialog) key() string {
	if d.by != "" {
		return d.by
	}
	return "enter"
}

// openPending opens a dialog that has waited for the way to be free.
func (m *Model) openPending() {
	if m.pending != nil && m.dialog == nil && !m.editing && !m.finding {
		m.dialog, m.pending = m.pending, nil
	}
}

// drawDialog draws the dialog as large as it needs to be.
func (m *Model) drawDialog() []string {
	d := m.dialog
	width := m.dialogWidth()
	if d.panel != nil {
		return m.drawPanel(d.panel, width)
	}
	inside := width - theme.FrameWidth
	rows := d.rows(m.th, inside)
	const keys = 2 // the row of keys and the one above it
	height := min(len(rows), m.height-theme.FrameHeight-keys-2)
	d.most = max(len(rows)-height, 0)
	d.scrollBy(0)
	w := step.Cut(rows, d.scroll, height)
	return m.th.Frame(width, theme.Section{
		Title: d.title, Lines: append(w.Rows[:len(w.Rows):len(w.Rows)], "", m.dialogKeys()), Height: len(w.Rows) + keys,
		Foot: w.Foot, Focus: theme.Focused,
	})
}

func (d *dialog) rows(th theme.Theme, width int) []string {
	var rows []string
	for _, paragraph := range strings.Split(d.text, "\n") {
		if d.text == "" {
			break
		}
		for _, line := range text.Wrap(text.Visible(paragraph), width) {
			rows = append(rows, th.Text.Render(line))
		}
		if paragraph == "" {
			rows = append(rows, "")
		}
	}
	if d.prose != "" {
		rows = append(rows, markdown.Render(d.prose, width, step.MarkdownStyles(th))...)
	}
	return append(rows, d.lines...)
}

// dialogHints are the keys of the open dialog.
func (m *Model) dialogHints() []keyHint {
	if m.dialog.panel != nil {
		return m.dialog.panel.hints()
	}
	hints := []keyHint{{"esc", "close"}}
	if m.dialog.enter != "" {
		hints = []keyHint{{m.dialog.key(), m.dialog.enter}, {"esc", "leave it"}}
	}
	if m.dialog.most > 0 {
		hints = append(hints, keyHint{"↑↓", "scroll"})
	}
	return hints
}

func (m *Model) dialogKeys() string {
	var keys []string
	for _, h := range m.dialogHints() {
		keys = append(keys, m.hint(h.key, h.what))
	}
	return strings.Join(keys, "   ")
}

func (m *Model) hint(k, what string) string {
	return m.th.Key.Render(k) + " " + m.th.Dim.Render(what)
}

func (m *Model) showHelp() tea.Cmd {
	d := &dialog{title: "Keys"}
	d.lines = m.helpRows(m.dialogWidth() - theme.FrameWidth)
	d.lines = append(d.lines, "",
		m.th.Dim.Render("While you edit, every printable key goes to the field:"),
		m.th.Dim.Render("tab and arrows change it, space ticks, enter accepts, esc restores."))
	m.dialog = d
	return nil
}

// helpRows lists all keys, in two columns where there is room.
func (m *Model) helpRows(width int) []string {
	const keyWidth, columnWidth = 11, 36
	bindings := m.keys.all()
	columns := 1
	if width >= 2*columnWidth {
		columns = 2
	}
	rows := make([]string, (len(bindings)+columns-1)/columns)
	for i, b := range bindings {
		h := b.Help()
		cell := m.th.Key.Render(theme.Fit(h.Key, keyWidth)) + m.th.Text.Render(h.Desc)
		rows[i%len(rows)] += theme.Fit(cell, width/columns)
	}
	return rows
}

// showNext shows what is worth trying next.
func (m *Model) showNext() tea.Cmd {
	prose, err := assets.Text(assets.Next)
	if err != nil {
		prose = err.Error()
	}
	title, rest := heading(prose)
	m.dialog = &dialog{title: title, prose: rest}
	return nil
}

// heading takes the first heading of a text for the title of its frame.
func heading(src string) (title, rest string) {
	first, rest, _ := strings.Cut(strings.TrimSpace(src), "\n")
	if t, ok := strings.CutPrefix(first, "# "); ok {
		return t, strings.TrimSpace(rest)
	}
	return "kvikk", src
}

// askLeftovers offers to delete registrations that an earlier run could not.
func (m *Model) askLeftovers(list []inbox.Registration) {
	var urls []string
	for _, r := range list {
		urls = append(urls, r.URL)
	}
	m.pending = &dialog{
		title: fmt.Sprintf("%d %s left behind", len(list), plural(len(list), "registration")),
		text: "An earlier kvikk ended without deleting these. The provider still tries to deliver to them, and they count " +
			"towards its limit of 25 for each event type.\n\n" + strings.Join(urls, "\n"),
		by: "d", enter: "delete them",
		act: func() tea.Cmd { return m.deleteLeftovers(list) },
	}
	m.openPending()
}

// showQR shows the redirect URL as a QR code for a phone.
func (m *Model) showQR() tea.Cmd {
	target := m.payerPage()
	if target == "" {
		return nil
	}
	if !phoneCanReach(target) {
		return m.say("A phone cannot reach this URL, since it is on this machine. o opens it here.")
	}
	code, err := qr.Draw(target)
	if err != nil {
		return m.say("No QR code: " + err.Error())
	}
	m.dialog = &dialog{title: "Scan with the test phone", qr: &code}
	return nil
}

// drawQR draws the code in the middle of the whole screen, or says how much
// room it needs.
func (m *Model) drawQR() []string {
	code, fits := m.dialog.qr.Fit(m.width, m.height-1)
	if !fits {
		return m.calm(fmt.Sprintf("The QR code needs %d columns and %d rows; this is %d by %d. esc goes back.",
			code.Width(), code.Height()+1, m.width, m.height))
	}
	left := strings.Repeat(" ", (m.width-code.Width())/2)
	rows := make([]string, 0, m.height)
	for range (m.height - 1 - code.Height()) / 2 {
		rows = append(rows, "")
	}
	for _, line := range code.Lines() {
		rows = append(rows, left+line)
	}
	for len(rows) < m.height-1 {
		rows = append(rows, "")
	}
	return append(rows, " "+m.hint("esc", "back"))
}
