package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"kvikk/ui/flow"
	"kvikk/ui/pane/hooks"
	"kvikk/ui/pane/step"
	"kvikk/ui/text"
	"kvikk/ui/theme"
)

// View returns the screen. It is called after every message, so it draws only
// when one can have changed something.
func (m *Model) View() tea.View {
	if m.dirty {
		m.dirty = false
		m.frame = m.draw()
	}
	return m.frame
}

func (m *Model) draw() tea.View {
	v := tea.NewView(strings.Join(m.screen(), "\n"))
	v.AltScreen = true
	v.WindowTitle = "kvikk"
	if !m.mouseOff {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}

// screen draws the rows of the whole screen.
func (m *Model) screen() []string {
	switch {
	case m.width == 0 || m.height == 0:
		return nil
	case m.width < leastWidth || m.height < leastHeight:
		return m.tooSmall()
	case m.dialog != nil && m.dialog.qr != nil:
		return m.drawQR()
	}
	m.fillStep()
	var rows []string
	switch {
	case m.zoom:
		rows = append([]string{m.header()}, m.zoomed()...)
	case m.wide():
		rows = append([]string{m.header()}, m.threeColumns()...)
	default:
		m.rail.Payment.States = m.seenStates()
		rows = append([]string{m.header(), m.rail.Line(m.width)}, m.oneColumn()...)
	}
	if m.dialog == nil {
		return append(rows, m.footer())
	}
	box := m.drawDialog()
	return m.overlay(append(rows, m.footer()), box)
}

// tooSmall says calmly how much more room is needed.
func (m *Model) tooSmall() []string {
	return m.calm(fmt.Sprintf("kvikk needs %d by %d; this is %d by %d.", leastWidth, leastHeight, m.width, m.height))
}

// calm puts one sentence into the middle of the screen.
func (m *Model) calm(sentence string) []string {
	lines := text.Wrap(sentence, max(m.width, 1))
	rows := make([]string, 0, m.height)
	for range max((m.height-len(lines))/2, 0) {
		rows = append(rows, "")
	}
	for _, l := range lines {
		rows = append(rows, strings.Repeat(" ", max((m.width-text.Width(l))/2, 0))+m.th.Dim.Render(l))
	}
	return rows[:min(len(rows), m.height)]
}

// overlay lays a box over the middle of the screen.
func (m *Model) overlay(under, box []string) []string {
	if len(box) == 0 {
		return under
	}
	w, h := lipgloss.Width(box[0]), len(box)
	top := lipgloss.NewLayer(strings.Join(box, "\n")).X((m.width - w) / 2).Y(max((m.height-h)/2, 0)).Z(1)
	base := lipgloss.NewLayer(strings.Join(under, "\n"))
	return strings.Split(lipgloss.NewCanvas(m.width, m.height).Compose(lipgloss.NewCompositor(base, top)).Render(), "\n")
}

// threeColumns draws the rail, the step with its exchange, and the webhooks.
func (m *Model) threeColumns() []string {
	railW, middleW, rightW := m.columns()
	body := m.height - 2
	m.rail.Payment.Reference, m.rail.Payment.States = m.payment.created.Reference, m.seenStates()
	rail := m.th.Frame(railW, theme.Section{
		Title: "Quick start", Lines: m.rail.Lines(railW - theme.FrameWidth), Height: body - theme.FrameHeight,
	})
	return sideBySide(rail, m.middle(middleW, body), m.right(rightW, body))
}

func sideBySide(columns ...[]string) []string {
	rows := make([]string, len(columns[0]))
	for i := range rows {
		for _, c := range columns {
			rows[i] += c[i]
		}
	}
	return rows
}

// middle draws the step and below it the request and the answer; in step 5 the
// webhook.
func (m *Model) middle(width, height int) []string {
	inside := width - theme.FrameWidth
	s := m.flow.Current()
	room := height - theme.FrameHeight
	stepRows := m.step.Draw(inside).Rows
	switch {
	case m.editing || s == flow.SetUp || s == flow.ViewWebhook && !m.hasWebhook():
		m.stepRowsInView = room
		return m.th.Frame(width, m.stepSection(inside, room))
	case s == flow.ViewWebhook:
		m.stepRowsInView = min(len(stepRows), max(room/3, 6))
		return m.th.Frame(width, m.stepAbove(inside, m.stepRowsInView, len(stepRows)), m.detailSection(inside, room-1-m.stepRowsInView))
	}
	answer := len(m.exchange.AnswerLines(inside))
	if !m.exchange.Pending() {
		m.stepRowsInView = min(len(stepRows), max(room*3/5, room-1-answer))
		return m.th.Frame(width, m.stepAbove(inside, m.stepRowsInView, len(stepRows)), m.answerSection(inside, room-1-m.stepRowsInView))
	}
	request := m.exchange.RequestLines(inside)
	stepH, requestH, answerH := m.middleHeights(room, len(stepRows), len(request), answer)
	m.stepRowsInView = stepH
	return m.th.Frame(width, m.stepAbove(inside, stepH, len(stepRows)), m.requestSection(request, requestH), m.answerSection(inside, answerH))
}

// hasWebhook reports whether there is a webhook for the detail to show.
func (m *Model) hasWebhook() bool {
	_, has := m.detail.Webhook()
	return has
}

func (m *Model) stepTitle() string {
	s := m.flow.Current()
	return fmt.Sprintf("%d  %s", s, s.Title())
}

func (m *Model) stepSection(inside, height int) theme.Section {
	w := m.step.Lines(inside, height)
	return theme.Section{Title: m.stepTitle(), Lines: w.Rows, Foot: w.Foot, Height: height, Focus: m.focusOf(onStep)}
}

// stepAbove is the step with another section below it. What is out of view is
// told in a row of its own, so that it covers nothing.
func (m *Model) stepAbove(inside, height, rows int) theme.Section {
	if rows <= height {
		return m.stepSection(inside, height)
	}
	s := m.stepSection(inside, height-1)
	s.Height = height
	return s
}

func (m *Model) requestSection(lines []string, height int) theme.Section {
	shown := height
	if len(lines) > height {
		shown = height - 1 // the last row tells how much more there is
	}
	w := m.scrolled(onExchange, lines, shown)
	return theme.Section{Title: m.exchange.RequestTitle(), Lines: w.Rows, Foot: w.Foot, Height: height, Focus: m.focusOf(onExchange)}
}

func (m *Model) answerSection(inside, height int) theme.Section {
	// While a request waits to be sent the arrows scroll that.
	rows := m.exchange.AnswerLines(inside)
	w := step.Cut(rows, 0, height)
	if !m.exchange.Pending() {
		w = m.scrolled(onExchange, rows, height)
	}
	// The border takes two cells, a note what it is wide and five.
	room, position := inside-2, m.exchange.Position()
	if position != "" {
		room -= text.Width(position) + 5
	}
	return theme.Section{
		Title: m.exchange.AnswerTitle(room), Note: position,
		Lines: w.Rows, Foot: w.Foot, Height: height, Focus: m.focusOf(onExchange),
	}
}

func (m *Model) detailSection(inside, height int) theme.Section {
	w := m.scrolled(onDetail, m.detail.Lines(inside), height)
	return theme.Section{Title: m.detail.Title(), Lines: w.Rows, Foot: w.Foot, Height: height, Focus: m.focusOf(onDetail)}
}

func (m *Model) listSection(inside, height int) theme.Section {
	m.list.SetHeight(height)
	title, note := hooks.Title(m.counts.Total, m.counts.Rejected)
	if f := m.list.Find(); f != "" {
		note = "find “" + text.Visible(f) + "”"
	}
	foot := ""
	if !m.list.Follow() && m.list.Len() > 0 {
		foot = "f follows"
	}
	return theme.Section{
		Title: title, Note: note, Foot: foot, Height: height,
		Lines: m.list.Lines(inside, m.focusOf(onList)), Focus: m.focusOf(onList),
	}
}

// scrolled cuts a pane's rows to what is in view, and keeps its scroll within
// them.
func (m *Model) scrolled(f focus, rows []string, height int) step.Window {
	m.scrolls[f] = min(m.scrolls[f], max(len(rows)-height, 0))
	return step.Cut(rows, m.scrolls[f], height)
}

// right draws the webhooks: the list, and below it the selected one, which in
// step 5 stands in the middle instead.
func (m *Model) right(width, height int) []string {
	inside, room := width-theme.FrameWidth, height-theme.FrameHeight
	if m.flow.Current() == flow.ViewWebhook || !m.hasWebhook() {
		m.listRowsInView = room
		return m.th.Frame(width, m.listSection(inside, room))
	}
	m.listRowsInView = max(room/3, 4)
	return m.th.Frame(width, m.listSection(inside, m.listRowsInView), m.detailSection(inside, room-1-m.listRowsInView))
}

// oneColumn draws the step above the webhooks, or the focused one of the two.
func (m *Model) oneColumn() []string {
	stepH, hooksH := m.narrowHeights()
	switch {
	case m.height >= tallHeight:
		return append(m.narrowStep(stepH), m.narrowList(hooksH)...)
	case m.focus == onList || m.focus == onDetail || m.finding:
		return m.narrowList(hooksH)
	}
	return m.narrowStep(stepH)
}

func (m *Model) narrowList(height int) []string {
	return m.th.Frame(m.width, m.listSection(m.width-theme.FrameWidth, height-theme.FrameHeight))
}

// narrowStep draws the step and, in the same scroll, its request until that is
// sent and then its answer; in step 5 the webhook.
func (m *Model) narrowStep(height int) []string {
	inside, room := m.width-theme.FrameWidth, height-theme.FrameHeight
	w := m.step.Lines(inside, room, m.below(inside)...)
	return m.th.Frame(m.width, theme.Section{Title: m.stepTitle(), Lines: w.Rows, Foot: w.Foot, Height: room, Focus: m.focusOf(onStep)})
}

// below is what follows a step's own rows on a narrow screen.
func (m *Model) below(inside int) []string {
	rule := func(title string) []string {
		return []string{"", m.th.Strong.Render(text.Truncate(title, inside, theme.Ellipsis))}
	}
	switch s := m.flow.Current(); {
	case m.editing || s == flow.SetUp:
		return nil
	case s == flow.ViewWebhook:
		if !m.hasWebhook() {
			return nil
		}
		return append(rule(m.detail.Title()), m.detail.Lines(inside)...)
	case m.flow.Status(s) == flow.Done || m.flow.Status(s) == flow.Failed:
		return append(rule(m.exchange.AnswerTitle(inside)), m.exchange.AnswerLines(inside)...)
	}
	rows := append(rule(m.exchange.RequestTitle()), m.exchange.RequestLines(inside)...)
	if _, ok := m.exchange.Selected(); ok {
		rows = append(append(rows, rule(m.exchange.AnswerTitle(inside))...), m.exchange.AnswerLines(inside)...)
	}
	return rows
}

// zoomed draws the focused pane alone.
func (m *Model) zoomed() []string {
	inside, height := m.width-theme.FrameWidth, m.height-2
	room := height - theme.FrameHeight
	switch m.focus {
	case onList:
		return m.th.Frame(m.width, m.listSection(inside, room))
	case onDetail:
		return m.th.Frame(m.width, m.detailSection(inside, room))
	case onExchange:
		return m.th.Frame(m.width, m.wholeExchange(inside, room))
	}
	w := m.step.Lines(inside, room, m.zoomedBelow(inside)...)
	return m.th.Frame(m.width, theme.Section{Title: m.stepTitle(), Lines: w.Rows, Foot: w.Foot, Height: room, Focus: theme.Focused})
}

// wholeExchange is the request and the answer in one scroll.
func (m *Model) wholeExchange(inside, height int) theme.Section {
	rows := m.exchange.RequestLines(inside)
	if _, ok := m.exchange.Selected(); ok {
		rows = append(rows[:len(rows):len(rows)], "", m.th.Strong.Render(m.exchange.AnswerTitle(inside)))
		rows = append(rows, m.exchange.AnswerLines(inside)...)
	}
	w := m.scrolled(onExchange, rows, height)
	return theme.Section{
		Title: m.exchange.RequestTitle(), Note: m.exchange.Position(),
		Lines: w.Rows, Foot: w.Foot, Height: height, Focus: theme.Focused,
	}
}

func (m *Model) zoomedBelow(inside int) []string {
	if m.wide() {
		return nil
	}
	return m.below(inside)
}
