package ui

import (
	"slices"

	"kvikk/ui/flow"
	"kvikk/ui/theme"
)

// The sizes at which the screen changes its shape, in cells.
const (
	leastWidth  = 60
	leastHeight = 16
	wideWidth   = 110
	roomyWidth  = 160
	// From tallHeight a narrow screen shows the step and the webhooks; below,
	// one of them at a time.
	tallHeight = 20

	railWidth  = 26
	hooksWidth = 34
	// From currencyWidth the list has room for amounts with their currency.
	currencyWidth = 118
	fullHooks     = 38
	roomyHooks    = 56
)

// wide reports whether there is room for three columns.
func (m *Model) wide() bool { return m.width >= wideWidth && m.height >= tallHeight }

// onePane reports whether there is room for one pane at a time.
func (m *Model) onePane() bool { return !m.wide() && m.height < tallHeight }

// region is where a pane is drawn, borders included.
type region struct {
	focus      focus
	x, y, w, h int
}

// columns returns the widths of the three columns of a wide screen.
func (m *Model) columns() (rail, middle, right int) {
	rail, right = railWidth, hooksWidth
	if m.width >= currencyWidth {
		right = fullHooks
	}
	if m.width >= roomyWidth {
		right = min(roomyHooks, m.width/3)
	}
	return rail, m.width - rail - right, right
}

// middleHeights divides the middle column's rows between the step, the request
// and the answer, which have so many. The step gets what it needs up to a half,
// the request up to three fifths of the rest, and both what the answer leaves
// over.
func (m *Model) middleHeights(total, stepRows, requestRows, answerRows int) (step, request, answer int) {
	room := total - 2 // the rules between them
	step = min(stepRows, max(room/2, room-requestRows-answerRows))
	rest := room - step
	request = min(requestRows, max(rest*3/5, rest-answerRows))
	return step, request, rest - request
}

// narrowHeights divides a narrow screen's rows between the step and the
// webhooks, borders included.
func (m *Model) narrowHeights() (step, hooks int) {
	room := m.height - 3 // header, rail, footer
	if m.height < tallHeight {
		return room, room
	}
	hooks = max(8, room/3)
	return room - hooks, hooks
}

// regions lists where the panes are now, for the mouse.
func (m *Model) regions() []region {
	if m.zoom {
		return []region{{m.focus, 0, 1, m.width, m.height - 2}}
	}
	if !m.wide() {
		step, hooks := m.narrowHeights()
		if m.height < tallHeight {
			return []region{{m.focus, 0, 2, m.width, step}}
		}
		return []region{{onStep, 0, 2, m.width, step}, {onList, 0, 2 + step, m.width, hooks}}
	}
	rail, middle, right := m.columns()
	body := m.height - 2
	var all []region
	if m.flow.Current() == flow.ViewWebhook {
		return []region{
			{onStep, rail, 1, middle, m.stepRowsInView + 1},
			{onDetail, rail, 2 + m.stepRowsInView, middle, body - m.stepRowsInView - 1},
			{onList, rail + middle, 1, right, body},
		}
	}
	all = append(all,
		region{onStep, rail, 1, middle, m.stepRowsInView + 1},
		region{onExchange, rail, 2 + m.stepRowsInView, middle, body - m.stepRowsInView - 1},
		region{onList, rail + middle, 1, right, m.listRowsInView + 1},
		region{onDetail, rail + middle, 2 + m.listRowsInView, right, body - m.listRowsInView - 1},
	)
	return all
}

// paneAt returns the pane at a cell and the row within it.
func (m *Model) paneAt(x, y int) (focus, int, bool) {
	for _, r := range m.regions() {
		if !m.zoom && !slices.Contains(m.panes(), r.focus) {
			continue
		}
		if x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h {
			return r.focus, y - r.y - 1, true
		}
	}
	return 0, 0, false
}

// focusOf says whether a pane has the focus, for its border.
func (m *Model) focusOf(f focus) theme.Focus {
	if m.focus == f {
		return theme.Focused
	}
	return theme.Blurred
}
