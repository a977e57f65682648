// Package step draws the open step: a short explanation, its form or its
// facts, what is under way, and for a failure what happened, the likely cause
// and what to do.
package step

import (
	"fmt"
	"time"

	"kvikk/ui/flow"
	"kvikk/ui/theme"
)

// Content is what one of the five steps has to show. The types of this package
// named after the steps implement it.
type Content interface{ draw(d *drawer) }

// Failure is an error as a person reads it.
type Failure struct {
	What, Cause, Do string
	// Keys names the next key, such as "enter tries again".
	Keys string
}

// Frame is what every step has round its content.
type Frame struct {
	Step flow.Step
	// Text is the step's explanation in Markdown.
	Text string
	// Blocker is the earlier step that must be done first, or 0.
	Blocker flow.Step
	// Busy says what is under way, for how long, and with which spinner.
	Busy    string
	Since   time.Duration
	Spinner string
	Failure *Failure
	// Notice is something that happened by itself.
	Notice string
	// Editing leaves the explanation out, so that the fields have the room.
	Editing bool
}

// Pane draws a frame and its content and scrolls within it.
type Pane struct {
	th      theme.Theme
	frame   Frame
	content Content
	scroll  int
	height  int
	total   int
}

// New returns an empty pane.
func New(th theme.Theme) *Pane { return &Pane{th: th} }

// SetTheme changes the colours.
func (p *Pane) SetTheme(th theme.Theme) { p.th = th }

// Set puts in what is to be drawn. Another step starts at its top.
func (p *Pane) Set(f Frame, c Content) {
	if f.Step != p.frame.Step {
		p.scroll = 0
	}
	p.frame, p.content = f, c
}

// Scroll moves the view by rows.
func (p *Pane) Scroll(by int) {
	p.scroll = min(max(p.scroll+by, 0), max(p.total-p.height, 0))
}

// Top goes to the first row.
func (p *Pane) Top() { p.scroll = 0 }

// Drawn are the rows of a step and where its focused field is among them.
type Drawn struct {
	Rows        []string
	First, Last int
	Focused     bool
}

// Draw draws everything, without scrolling. The rows of extra stand before the
// part of the explanation that can wait.
func (p *Pane) Draw(width int, extra ...string) Drawn {
	d := &drawer{th: p.th, width: max(width, 1)}
	if p.content == nil {
		return Drawn{}
	}
	lead, rest := split(p.frame.Text)
	if p.frame.Editing {
		lead, rest = "", ""
	}
	p.status(d)
	// In the last step what has come, or why nothing has, matters more than
	// what was to come.
	if v, ok := p.content.(View); ok && (v.Verdict != "" || v.Checks != nil) {
		v.draw(d)
		d.add(extra...)
		d.blank()
		d.prose(lead)
	} else {
		d.prose(lead)
		d.blank()
		p.content.draw(d)
		d.add(extra...)
	}
	d.blank()
	d.prose(rest)
	return Drawn{d.rows, d.first, d.last, d.focused}
}

// status draws what comes before everything else: a failure or what is under
// way, so that it is never scrolled out of view.
func (p *Pane) status(d *drawer) {
	f := p.frame
	if f.Failure != nil {
		d.say(p.th.Bad, theme.MarkFailed+" "+f.Failure.What)
		d.say(p.th.Text, f.Failure.Cause)
		d.say(p.th.Text, f.Failure.Do)
		d.say(p.th.Accent, f.Failure.Keys)
		d.blank()
	}
	if f.Busy != "" {
		line := f.Spinner + " " + f.Busy
		if f.Since >= time.Second {
			line += fmt.Sprintf("  %d s", int(f.Since.Seconds()))
		}
		d.say(p.th.Accent, line)
		d.blank()
	}
	if f.Notice != "" {
		d.say(p.th.Warn, theme.MarkWarning+" "+f.Notice)
		d.blank()
	}
	if f.Blocker != 0 && f.Busy == "" {
		d.say(p.th.Warn, fmt.Sprintf("Step %d, %s, comes first: press %d to go there.", f.Blocker, f.Blocker.Title(), f.Blocker))
		d.blank()
	}
}

// Window is the part of some rows that is on the screen.
type Window struct {
	Rows []string
	// Foot says how much more there is, for the border.
	Foot string
}

// Lines draws the rows that are in view.
func (p *Pane) Lines(width, height int, extra ...string) Window {
	drawn := p.Draw(width, extra...)
	p.total, p.height = len(drawn.Rows), height
	if drawn.Focused {
		p.reveal(drawn.First, drawn.Last)
	}
	p.Scroll(0)
	return Cut(drawn.Rows, p.scroll, height)
}

// reveal scrolls so that the rows from first to last are in view, the first
// one at any rate.
func (p *Pane) reveal(first, last int) {
	if last >= p.scroll+p.height {
		p.scroll = last - p.height + 1
	}
	if first < p.scroll {
		p.scroll = first
	}
}

// Cut returns the rows in view and says how many are above and below.
func Cut(rows []string, scroll, height int) Window {
	end := min(scroll+height, len(rows))
	scroll = min(scroll, end)
	w := Window{Rows: rows[scroll:end]}
	switch above, below := scroll, len(rows)-end; {
	case above > 0 && below > 0:
		w.Foot = fmt.Sprintf("↑ %d  ↓ %d more", above, below)
	case below > 0:
		w.Foot = fmt.Sprintf("↓ %d more", below)
	case above > 0:
		w.Foot = fmt.Sprintf("↑ %d", above)
	}
	return w
}
