// Package hooks draws the webhooks that have arrived: a list of the rows that
// are on the screen, and the whole of the selected one.
package hooks

import (
	"fmt"
	"strings"
	"time"

	"kvikk/api"
	"kvikk/tunnel/inbox"
	"kvikk/ui/text"
	"kvikk/ui/theme"
)

// List is a window onto the inbox, newest first. It holds the rows that its
// owner loaded for the screen and knows which one is selected.
type List struct {
	th       theme.Theme
	rows     []inbox.Row
	selected int64 // seq
	first    int   // index of the first row on the screen
	seen     int64 // the highest seq that was ever loaded
	follow   bool
	height   int
	find     string
	older    bool
	fresh    map[int64]struct{}
}

// NewList returns an empty list that follows the newest webhook.
func NewList(th theme.Theme) *List {
	return &List{th: th, follow: true, fresh: make(map[int64]struct{})}
}

// SetTheme changes the colours.
func (l *List) SetTheme(th theme.Theme) { l.th = th }

// SetHeight sets the number of rows on the screen, which is what a page is.
func (l *List) SetHeight(rows int) { l.height = max(rows, 1) }

// Follow reports whether the selection stays at the newest webhook.
func (l *List) Follow() bool { return l.follow }

// SetFollow starts or stops following, and selects the newest when it starts.
func (l *List) SetFollow(on bool) {
	l.follow = on
	if on && len(l.rows) > 0 {
		l.selected = l.rows[0].Seq
	}
}

// Find returns the text that the list is narrowed to.
func (l *List) Find() string { return l.find }

// SetFind narrows the list to webhooks that contain a text.
func (l *List) SetFind(s string) { l.find = s }

// Older reports whether webhooks of earlier runs are listed as well.
func (l *List) Older() bool { return l.older }

// SetOlder lists webhooks of earlier runs as well, or this run's only.
func (l *List) SetOlder(on bool) { l.older = on }

// SetRows replaces the loaded rows, newest first. The selection stays on its
// webhook, or goes to the newest when the list follows. It returns the newest
// sequence numbers that were not there before, for marking.
func (l *List) SetRows(rows []inbox.Row) (fresh []int64) {
	seen := l.seen
	for _, r := range rows {
		l.seen = max(l.seen, r.Seq)
		if r.Seq > seen {
			fresh = append(fresh, r.Seq)
			l.fresh[r.Seq] = struct{}{}
		}
	}
	l.keepInPlace(rows)
	l.rows = rows
	if len(rows) == 0 {
		l.selected = 0
		return fresh
	}
	if l.follow || l.index() < 0 {
		l.selected = rows[0].Seq
	}
	return fresh
}

// Settle takes the mark of what is new from the given webhooks.
func (l *List) Settle(seqs []int64) {
	for _, s := range seqs {
		delete(l.fresh, s)
	}
}

// Selected returns the selected row.
func (l *List) Selected() (inbox.Row, bool) {
	if i := l.index(); i >= 0 {
		return l.rows[i], true
	}
	return inbox.Row{}, false
}

// Select selects a webhook by its sequence number when it is loaded.
func (l *List) Select(seq int64) {
	for _, r := range l.rows {
		if r.Seq == seq {
			l.selected = seq
		}
	}
}

// SelectRow selects the webhook in a row of the screen.
func (l *List) SelectRow(row int) {
	if i := l.first + row; row >= 0 && i < len(l.rows) {
		l.selected = l.rows[i].Seq
		l.follow = i == 0
	}
}

// Move moves the selection; moving up to the newest starts following again.
func (l *List) Move(by int) {
	if len(l.rows) == 0 {
		return
	}
	to := min(max(l.index()+by, 0), len(l.rows)-1)
	l.selected = l.rows[to].Seq
	l.follow = to == 0 && (by < 0 || l.follow)
	l.reveal()
}

// keepInPlace scrolls so that the rows on the screen stay where they are when
// newer ones come in above them, unless the list follows.
func (l *List) keepInPlace(rows []inbox.Row) {
	if l.follow || l.first >= len(l.rows) {
		return
	}
	top := l.rows[l.first].Seq
	for i, r := range rows {
		if r.Seq == top {
			l.first = i
			return
		}
	}
}

// reveal scrolls as little as needed to have the selected row on the screen.
func (l *List) reveal() {
	at := max(l.index(), 0)
	l.first = min(l.first, at)
	l.first = max(l.first, at-l.height+1, 0)
}

// Reset forgets rows, search and selection, and follows the newest again.
func (l *List) Reset() {
	l.rows, l.selected, l.first, l.find, l.older, l.follow = nil, 0, 0, "", false, true
}

// AtNewest reports whether the newest webhook is the selected one.
func (l *List) AtNewest() bool { return l.index() == 0 }

// NearEnd reports whether the selection is so near the last loaded row that
// older rows should be loaded.
func (l *List) NearEnd() bool { return l.index() >= len(l.rows)-l.height }

// Len is the number of loaded rows.
func (l *List) Len() int { return len(l.rows) }

// Page is the number of rows on the screen.
func (l *List) Page() int { return l.height }

func (l *List) index() int {
	for i, r := range l.rows {
		if r.Seq == l.selected {
			return i
		}
	}
	return -1
}

// Lines draws the rows round the selection.
func (l *List) Lines(width int, focus theme.Focus) []string {
	if len(l.rows) == 0 {
		return l.empty(width)
	}
	l.reveal()
	at, top := max(l.index(), 0), l.first
	last := min(top+l.height, len(l.rows))
	rows := make([]string, 0, last-top)
	for i := top; i < last; i++ {
		rows = append(rows, l.row(l.rows[i], width, i == at, focus))
	}
	return rows
}

func (l *List) empty(width int) []string {
	what := "No webhook yet. They show up here by themselves, whatever step is open."
	if l.find != "" {
		what = "No webhook contains “" + text.Visible(l.find) + "”. Press esc to see all again."
	}
	var rows []string
	for _, line := range text.Wrap(what, max(width, 8)) {
		rows = append(rows, l.th.Dim.Render(line))
	}
	return rows
}

// longestName is as wide as AUTHORIZED, the longest name of an ePayment event.
const longestName = 10

// row draws a webhook: time, verdict, event, amount at the right.
func (l *List) row(r inbox.Row, width int, selected bool, focus theme.Focus) string {
	mark, verdict := theme.MarkDone, l.th.Good
	if !r.Verified {
		mark, verdict = theme.MarkFailed, l.th.Bad
	}
	name, style := Name(r), l.th.Text
	cursor := "  "
	if selected {
		cursor = l.th.Dim.Render(theme.MarkCurrent) + " "
		if focus == theme.Focused {
			cursor, style = l.th.Accent.Render(theme.MarkCurrent)+" ", l.th.Selected
		}
	}
	if _, fresh := l.fresh[r.Seq]; fresh {
		style = style.Bold(true)
	}
	at := r.ReceivedAt.Local().Format(time.TimeOnly)
	right := amount(r)
	room := width - 2 - len(at) - 1 - 2
	if room < 8 {
		at, room = "", width-4
	} else {
		at = l.th.Dim.Render(at) + " "
	}
	// The longest event name and an amount with its currency, else without.
	if right != "" && longestName+1+text.Width(right) > room {
		right, _, _ = strings.Cut(right, " ")
	}
	if text.Width(name)+1+text.Width(right) > room {
		right = ""
	}
	label := text.Truncate(name, max(room-text.Width(right)-1, 1), theme.Ellipsis)
	gap := strings.Repeat(" ", max(room-text.Width(label)-text.Width(right), 0))
	return cursor + at + verdict.Render(mark) + " " + style.Render(label) + gap + l.th.Text.Render(right)
}

// Name is what a webhook is called in a word, or in two where it tells of
// something that did not succeed.
func Name(r inbox.Row) string {
	switch {
	case r.Name != "" && r.Failed:
		return text.Visible(r.Name) + " failed"
	case r.Name != "":
		return text.Visible(r.Name)
	case r.Type != "":
		return text.Visible(string(r.Type))
	}
	return "(unknown)"
}

func amount(r inbox.Row) string {
	if !r.HasAmount {
		return ""
	}
	return text.Visible(api.Amount{Currency: r.Currency, Value: r.Value}.String())
}

// Title is the list's title and what it counts.
func Title(total, rejected int64) (title, note string) {
	note = fmt.Sprint(total)
	if rejected > 0 {
		note += fmt.Sprintf(" · %d rejected", rejected)
	}
	return "Webhooks", note
}
