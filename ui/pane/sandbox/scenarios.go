package sandbox

import (
	"fmt"
	"strings"
	"time"

	"kvikk/api/scenario"
	"kvikk/api/webhook"
	"kvikk/ui/text"
	"kvikk/ui/theme"
)

// Stage is what the scenarios are at.
type Stage int

// The stages: one is chosen, is being played, has come to its end.
const (
	Choosing Stage = iota
	Playing
	Played
)

// Scenarios is the list of scenarios, and the one that is played.
type Scenarios struct {
	th     theme.Theme
	list   []scenario.Scenario
	cursor int
	stage  Stage

	// Playing.
	spinner  string
	since    time.Duration
	progress []scenario.Progress
	// Played: a verdict, why there is none, or neither when it was cancelled.
	verdict *scenario.Verdict
	problem string
	hint    string
}

// NewScenarios returns the list of all scenarios.
func NewScenarios(th theme.Theme) *Scenarios { return &Scenarios{th: th, list: scenario.All()} }

// SetTheme changes the colours.
func (s *Scenarios) SetTheme(th theme.Theme) { s.th = th }

// Stage returns what the scenarios are at.
func (s *Scenarios) Stage() Stage { return s.stage }

// Selected returns the scenario under the cursor, which is also the one that is
// played.
func (s *Scenarios) Selected() scenario.Scenario { return s.list[s.cursor] }

// Move moves the cursor, while one is chosen.
func (s *Scenarios) Move(by int) { s.cursor = min(max(s.cursor+by, 0), len(s.list)-1) }

// Choose goes back to the list.
func (s *Scenarios) Choose() { s.stage = Choosing }

// Begin shows that the selected scenario is being played.
func (s *Scenarios) Begin() {
	s.stage, s.progress, s.verdict, s.problem, s.hint = Playing, nil, nil, "", ""
}

// SetProgress shows how far it has come.
func (s *Scenarios) SetProgress(all []scenario.Progress) { s.progress = all }

// SetTime shows for how long it has been played, with which spinner.
func (s *Scenarios) SetTime(spinner string, since time.Duration) { s.spinner, s.since = spinner, since }

// Finish shows what came of it.
func (s *Scenarios) Finish(v scenario.Verdict) { s.stage, s.verdict = Played, &v }

// Fail shows why it could not be played, and what to do.
func (s *Scenarios) Fail(problem, hint string) { s.stage, s.problem, s.hint = Played, problem, hint }

// Cancel shows that it was given up.
func (s *Scenarios) Cancel() { s.stage = Played }

// Title is what stands in the dialog's border.
func (s *Scenarios) Title() string {
	if s.stage == Choosing {
		return "Scenarios"
	}
	return "Scenario: " + s.Selected().Title
}

// Draw draws the list, or how a scenario goes. blocked says why none can be
// played now, if so. With fewer rows than it all needs, the list goes first.
func (s *Scenarios) Draw(width, height int, blocked string) Drawn {
	if s.stage == Choosing {
		return s.drawList(width, height, blocked)
	}
	return s.drawPlay(width)
}

// drawList draws the titles and below them what the selected one is about.
func (s *Scenarios) drawList(width, height int, blocked string) Drawn {
	d := Drawn{First: s.cursor, Last: s.cursor, Tail: append([]string{""}, s.about(width)...)}
	if blocked != "" {
		d.Head = append(prose(s.th.Warn, blocked, width), "")
	}
	for i, sc := range s.list {
		mark, style := "  ", s.th.Text
		if i == s.cursor {
			mark, style = s.th.Accent.Render(theme.MarkCurrent)+" ", s.th.Selected
		}
		d.Rows = append(d.Rows, mark+style.Render(text.Truncate(sc.Title, max(width-2, 1), theme.Ellipsis)))
	}
	intro := append(prose(s.th.Text, "Each plays a payment from beginning to end, the payer's part too, "+
		"and checks every webhook that has to come of it.", width), "")
	if len(intro)+len(d.Head)+len(d.Rows)+len(d.Tail) <= height {
		d.Head = append(intro, d.Head...)
	}
	return d
}

// about is the selected scenario in a sentence or two, in as many rows as the
// longest of them takes, so that nothing jumps when the cursor moves.
func (s *Scenarios) about(width int) []string {
	rows := prose(s.th.Dim, s.Selected().About, width)
	for _, sc := range s.list {
		for len(rows) < len(prose(s.th.Dim, sc.About, width)) {
			rows = append(rows, "")
		}
	}
	return rows
}

// drawPlay draws the steps and checks so far, the newest in view.
func (s *Scenarios) drawPlay(width int) Drawn {
	d := Drawn{Head: append(s.state(width), "")}
	if s.problem != "" {
		d.Head = append(d.Head, prose(s.th.Text, s.problem, width)...)
		d.Head = append(append(d.Head, prose(s.th.Accent, s.hint, width)...), "")
	}
	decided := false
	for i, p := range s.progress {
		if p.Check == nil {
			d.Rows = append(d.Rows, s.step(p.Step, s.stage == Playing && i == len(s.progress)-1, width)...)
			continue
		}
		if !decided {
			decided = true
			d.Rows = append(d.Rows, "")
		}
		d.Rows = append(d.Rows, s.check(*p.Check, width)...)
	}
	d.First, d.Last, d.Free = len(d.Rows)-1, len(d.Rows)-1, s.stage == Played
	return d
}

// state says in a line what it is at, or the verdict.
func (s *Scenarios) state(width int) []string {
	v := s.verdict
	switch {
	case s.stage == Playing:
		line := s.spinner + " playing"
		if s.since >= time.Second {
			line += fmt.Sprintf("  %d s", int(s.since.Seconds()))
		}
		return []string{s.th.Accent.Render(line)}
	case s.problem != "":
		return []string{s.th.Bad.Render(theme.MarkFailed + " It could not be played.")}
	case v == nil:
		return prose(s.th.Text, "Cancelled. What had begun may still bring webhooks.", width)
	case v.Passed():
		return []string{s.th.Good.Bold(true).Render(theme.MarkDone+" PASS") + "  " + s.th.Text.Render(fmt.Sprintf("all %d checks", len(v.Checks)))}
	}
	return []string{s.th.Bad.Bold(true).Render(theme.MarkFailed+" FAIL") + "  " +
		s.th.Text.Render(fmt.Sprintf("%d of %d checks", v.Failures(), len(v.Checks)))}
}

// step draws something that merchant, payer or sandbox does.
func (s *Scenarios) step(what string, now bool, width int) []string {
	mark, style := s.th.Dim.Render(theme.MarkOn), s.th.Dim
	if now {
		mark, style = s.th.Accent.Render(theme.MarkCurrent), s.th.Text
	}
	rows := indented(style, "  ", what, width)
	rows[0] = mark + rows[0][1:]
	return rows
}

// check draws a check: PASS or FAIL, the event, what was expected, and what
// came of it.
func (s *Scenarios) check(c scenario.Check, width int) []string {
	const verdictWidth, nameWidth = 8, 12
	indent := strings.Repeat(" ", verdictWidth+nameWidth)
	verdict, expect, reason := s.th.Good.Render(theme.MarkDone+" PASS"), c.Expect, s.th.Dim
	if !c.Passed {
		verdict, expect, reason = s.th.Bad.Render(theme.MarkFailed+" FAIL"), "expected: "+c.Expect, s.th.Text
	}
	rows := indented(s.th.Text, indent, expect, width)
	name := theme.Fit(text.Visible(eventName(c.Event)), nameWidth-2) + "  "
	rows[0] = theme.Fit(verdict, verdictWidth) + s.th.Strong.Render(name) + strings.TrimPrefix(rows[0], indent)
	if c.Passed && c.Event == scenario.Payment {
		return rows
	}
	if c.Passed && len(rows) == 1 && len(indent)+text.Width(c.Expect)+2+text.Width(c.Reason) <= width {
		rows[0] += "  " + reason.Render(text.Visible(c.Reason))
		return rows
	}
	return append(rows, indented(reason, indent, c.Reason, width)...)
}

// eventName is how an event is called in a webhook.
func eventName(event string) string {
	if event == scenario.Payment {
		return event
	}
	return webhook.Type(event).Name()
}
