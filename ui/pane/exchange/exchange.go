// Package exchange draws what goes to the provider and what comes back: the
// request as the curl command that one would have typed, and the answer with
// its status and duration.
package exchange

import (
	"fmt"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"kvikk/api"
	"kvikk/ui/payload"
	"kvikk/ui/text"
	"kvikk/ui/theme"
)

// Entry is one exchange and the step it belongs to, as the title names it.
type Entry struct {
	api.Exchange
	Step string
}

// Pane shows a request that is about to be sent, and the exchanges of a step.
// Set its content through the Set methods; drawing changes nothing.
type Pane struct {
	th       theme.Theme
	preview  *api.Request
	entries  []Entry
	selected int
	newest   int
	style    payload.Style

	cacheKey string
	answer   []string
}

// New returns an empty pane.
func New(th theme.Theme) *Pane { return &Pane{th: th} }

// SetTheme changes the colours.
func (p *Pane) SetTheme(th theme.Theme) { p.th, p.cacheKey = th, "" }

// SetPreview sets the request that the step's action would send, or nil when
// there is none or it has been sent.
func (p *Pane) SetPreview(r *api.Request) { p.preview = r }

// Pending reports whether a request is about to be sent.
func (p *Pane) Pending() bool { return p.preview != nil }

// SetEntries sets the exchanges to go through, oldest first. newest is the
// index of the one to show, unless an older one was being looked at and is
// still there.
func (p *Pane) SetEntries(entries []Entry, newest int) {
	old, had := p.Selected()
	looking := had && p.selected != p.newest
	p.entries, p.selected, p.newest = entries, newest, newest
	if !looking {
		return
	}
	for i, e := range entries {
		if e.Started.Equal(old.Started) && e.Seq == old.Seq && e.Step == old.Step {
			p.selected = i
		}
	}
}

// Selected returns the exchange that is shown.
func (p *Pane) Selected() (Entry, bool) {
	if p.selected < 0 || p.selected >= len(p.entries) {
		return Entry{}, false
	}
	return p.entries[p.selected], true
}

// Move selects an earlier or later exchange and reports whether there was one.
func (p *Pane) Move(by int) bool {
	to := p.selected + by
	if to < 0 || to >= len(p.entries) {
		return false
	}
	p.selected = to
	return true
}

// Count is the number of exchanges to go through.
func (p *Pane) Count() int { return len(p.entries) }

// ToggleRaw switches between the answer with white space added and its bytes.
func (p *Pane) ToggleRaw() { p.style = p.style.Other() }

// Request returns the request that is shown: the one about to be sent, else
// the selected exchange's.
func (p *Pane) Request() (api.Request, bool) {
	if p.preview != nil {
		return *p.preview, true
	}
	if e, ok := p.Selected(); ok {
		return e.Request, true
	}
	return api.Request{}, false
}

// Body returns the body that is shown: the answer's, else the request's.
func (p *Pane) Body() ([]byte, bool) {
	if e, ok := p.Selected(); ok && e.Response != nil {
		return e.Response.Body, true
	}
	r, ok := p.Request()
	return r.Body, ok && len(r.Body) > 0
}

// RequestTitle and AnswerTitle stand in the borders.
func (p *Pane) RequestTitle() string {
	if r, ok := p.Request(); ok {
		return "Request · " + r.Operation
	}
	return "Request"
}

// AnswerTitle names the step, status and duration of the answer shown, shortly
// where there are fewer than width cells.
func (p *Pane) AnswerTitle(width int) string {
	e, ok := p.Selected()
	if !ok {
		return "Last answer"
	}
	what := "no answer"
	if e.Response != nil {
		what = fmt.Sprintf("%d %s", e.Response.Status, e.Response.StatusText())
	}
	took := Milliseconds(e.Duration)
	title := fmt.Sprintf("Last answer · %s · %s · %s", e.Step, what, took)
	if text.Width(title) > width {
		title = fmt.Sprintf("Answer · step %.1s · %s · %s", e.Step, what, took)
	}
	return title
}

// Position says which of how many exchanges is shown, or nothing for one.
func (p *Pane) Position() string {
	if len(p.entries) < 2 {
		return ""
	}
	return fmt.Sprintf("%d of %d", p.selected+1, len(p.entries))
}

// RequestLines draws the request, wrapped at the width.
func (p *Pane) RequestLines(width int) []string {
	r, ok := p.Request()
	if !ok {
		return wrapped("This step sends nothing.", width, p.th.Dim)
	}
	var rows []string
	for _, line := range text.VisibleLines(r.Curl()) {
		for _, part := range hanging(line, max(width, 1)) {
			rows = append(rows, p.th.Text.Render(part))
		}
	}
	return rows
}

// hang is how far the rest of a long line is indented, so that a line of the
// command can be told from the rest of the one before.
const hang = 6

// hanging breaks a line of a command at the width.
func hanging(line string, width int) []string {
	parts := text.WrapHard(line, width)
	if len(parts) < 2 || width <= 2*hang {
		return parts
	}
	rows := parts[:1:1]
	for _, rest := range text.WrapHard(strings.TrimPrefix(line, parts[0]), width-hang) {
		rows = append(rows, strings.Repeat(" ", hang)+rest)
	}
	return rows
}

// AnswerLines draws the answer. The result is kept until something changes,
// since colouring a large body is not free.
func (p *Pane) AnswerLines(width int) []string {
	e, ok := p.Selected()
	if !ok {
		return wrapped("Nothing has been sent yet.", width, p.th.Dim)
	}
	key := fmt.Sprintf("%p %d %d", e.Response, width, p.style)
	if key != p.cacheKey {
		p.cacheKey, p.answer = key, p.draw(e, width)
	}
	return p.answer
}

func (p *Pane) draw(e Entry, width int) []string {
	if e.Response == nil {
		why := "The request got no answer."
		if e.Err != nil {
			why = text.Visible(e.Err.Error())
		}
		return wrapped(why, width, p.th.Text)
	}
	if len(e.Response.Body) == 0 {
		note := "The answer has no body."
		if e.Response.Status < 300 {
			note = "The answer has no body, as documented for this call."
		}
		return wrapped(note, width, p.th.Dim)
	}
	rows := payload.Draw(p.th, e.Response.Body, width, p.style)
	if e.Response.Truncated {
		rows = append(rows, wrapped("… cut here: the answer is too long to show whole.", width, p.th.Warn)...)
	}
	return rows
}

// wrapped draws a sentence that is safe to draw.
func wrapped(sentence string, width int, style lipgloss.Style) []string {
	rows := text.Wrap(sentence, width)
	for i, line := range rows {
		rows[i] = style.Render(line)
	}
	return rows
}

// Milliseconds writes a duration the way people compare them.
func Milliseconds(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "<1 ms"
	case d < 10*time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
