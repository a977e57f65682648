package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"kvikk/api/control"
	"kvikk/api/webhook"
	"kvikk/ui/text"
	"kvikk/ui/theme"
)

// State is how the sandbox stands: its clock, and its faults as specifications.
type State struct {
	Now    time.Time
	Offset time.Duration
	Faults []string
	Fired  int64
	Counts map[string]int
	Last   []control.Firing
}

// Faults is the list of faults, each with its setting, and the clock. What the
// person has set is shown at once, and asked of the sandbox by whoever calls
// [Faults.Take].
type Faults struct {
	th theme.Theme
	// cursor is a row of the kinds, or the clock's after them.
	cursor int
	step   int // index of steps
	state  State
	// wanted and asked are settings by kind: those that were chosen since the
	// last Take, and those under way.
	wanted, asked map[string]string
	// problem is why a change was not made, hint what to do about it; silent
	// says that the sandbox does not answer, so that state may be old.
	problem, hint string
	silent        bool
}

// NewFaults returns the list with every fault off.
func NewFaults(th theme.Theme) *Faults { return &Faults{th: th, wanted: map[string]string{}} }

// SetTheme changes the colours.
func (f *Faults) SetTheme(th theme.Theme) { f.th = th }

// SetState shows how the sandbox stands.
func (f *Faults) SetState(s State) { f.state, f.silent = s, false }

// Fail shows until the next key why the sandbox did not do what was asked, and
// what to do.
func (f *Faults) Fail(problem, hint string) { f.problem, f.hint = problem, hint }

// Lose shows until the next state that the sandbox does not answer.
func (f *Faults) Lose() { f.silent = true }

// Forget drops what has been chosen and not been taken yet: another sandbox is
// in use, and it was not meant for that one.
func (f *Faults) Forget() {
	clear(f.wanted)
	f.Fail("", "")
}

// Move moves the cursor.
func (f *Faults) Move(by int) {
	f.cursor = min(max(f.cursor+by, 0), len(kinds()))
	f.Fail("", "")
}

// OnClock reports whether the cursor is on the clock.
func (f *Faults) OnClock() bool { return f.cursor == len(kinds()) }

// Turn changes what the cursor is on: how often the fault hits, or how far the
// clock would move.
func (f *Faults) Turn(by int) {
	f.Fail("", "")
	if f.OnClock() {
		f.step = (f.step + by + len(steps())) % len(steps())
		return
	}
	k := kinds()[f.cursor].name
	specs := f.specs(k)
	if len(specs) == 1 {
		f.wanted[k] = next(k, specs[0], by)
		return
	}
	f.wanted[k] = next(k, "", by)
}

// Clear turns every fault off.
func (f *Faults) Clear() {
	f.Fail("", "")
	for _, k := range kinds() {
		f.wanted[k.name] = ""
	}
}

// Take returns what has been chosen since the last call, as a change of the
// faults that are set. It reports false when there is nothing, or when the last
// one is not [Faults.Settled] yet: changes go one after the other.
func (f *Faults) Take() (edit func(set []string) []string, ok bool) {
	if len(f.wanted) == 0 || f.asked != nil {
		return nil, false
	}
	asked := f.wanted
	f.asked, f.wanted = asked, map[string]string{}
	return func(set []string) []string { return merged(set, asked) }, true
}

// Settled notes that the change which was taken has been made, or has failed.
func (f *Faults) Settled() { f.asked = nil }

// specs are the faults of a kind, as they are set or will be; one that is empty
// means that it is being turned off.
func (f *Faults) specs(name string) []string {
	for _, chosen := range []map[string]string{f.wanted, f.asked} {
		if spec, ok := chosen[name]; ok {
			return []string{spec}
		}
	}
	return slices.DeleteFunc(slices.Clone(f.state.Faults), func(spec string) bool { return kindOf(spec) != name })
}

// Draw draws the faults, the clock and what has fired.
func (f *Faults) Draw(width int) Drawn {
	d := Drawn{Head: append(f.summary(width), "")}
	list := func(title, note string, of []kind, from int) {
		d.Rows = append(d.Rows, f.th.Strong.Render(title)+f.th.Dim.Render(note))
		for i, k := range of {
			if from+i == f.cursor {
				d.First, d.Last = len(d.Rows), len(d.Rows)
			}
			d.Rows = append(d.Rows, f.row(from+i, k, width))
		}
	}
	list("Webhooks", "", deliveryKinds(), 0)
	list("Calls to the API", "", callKinds(), len(deliveryKinds()))
	if f.cursor == 0 {
		d.First = 0
	}
	d.Rows = append(d.Rows, "")
	clock := len(d.Rows)
	d.Rows = append(append(append(d.Rows, f.clock(width)...), ""), f.fired(width)...)
	if f.OnClock() {
		d.First, d.Last = clock, len(d.Rows)-1
	}
	return d
}

// summary says in a sentence how things are.
func (f *Faults) summary(width int) []string {
	switch {
	case f.problem != "":
		return append(prose(f.th.Bad, theme.MarkFailed+" "+f.problem, width), prose(f.th.Accent, f.hint, width)...)
	case f.silent:
		return prose(f.th.Bad, theme.MarkFailed+" The sandbox does not answer, so this may be old. It is asked every second.", width)
	}
	on := 0
	for _, k := range kinds() {
		on += len(slices.DeleteFunc(f.specs(k.name), func(spec string) bool { return spec == "" }))
	}
	if on == 0 {
		return prose(f.th.Text, "No fault is on. A good receiver survives them all.", width)
	}
	return prose(f.th.Text, On(on)+".", width)
}

// On says how many faults are on.
func On(n int) string {
	if n == 1 {
		return "1 fault on"
	}
	return fmt.Sprintf("%d faults on", n)
}

const (
	nameWidth    = 17
	settingWidth = 12
)

// row draws a kind of fault, how often it hits and what it does.
func (f *Faults) row(at int, k kind, width int) string {
	specs := f.specs(k.name)
	how, note := "off", k.does
	switch {
	case len(specs) > 1:
		how, note = "several", several(specs)
	case len(specs) == 1:
		var options string
		if how, options = words(specs[0]); options != "" {
			note = "with " + options
		}
	}
	setting := f.th.Dim
	if how != "off" {
		setting = f.th.Strong
	}
	return f.columns(at, k.name, setting.Render(theme.Fit(text.Visible(how), settingWidth)), note, width)
}

func (f *Faults) columns(at int, name, setting, note string, width int) string {
	mark, style := "  ", f.th.Text
	if at == f.cursor {
		mark, style = f.th.Accent.Render(theme.MarkCurrent)+" ", f.th.Selected
	}
	room := max(width-2-nameWidth-settingWidth, 1)
	return mark + style.Render(theme.Fit(name, nameWidth)) + setting + f.th.Dim.Render(text.Truncate(text.Visible(note), room, theme.Ellipsis))
}

// fired lists which faults have fired, and the last few with what they hit.
func (f *Faults) fired(width int) []string {
	if f.state.Fired == 0 {
		return []string{f.th.Strong.Render("Fired") + f.th.Dim.Render("  none so far")}
	}
	var counts []string
	for _, name := range slices.Sorted(maps.Keys(f.state.Counts)) {
		counts = append(counts, fmt.Sprintf("%s %d", name, f.state.Counts[name]))
	}
	if len(counts) == 0 { // another version of the sandbox may not say
		counts = []string{fmt.Sprint(f.state.Fired)}
	}
	rows := indented(f.th.Dim, "       ", strings.Join(counts, ", "), width)
	rows[0] = f.th.Strong.Render("Fired") + rows[0][len("Fired"):]
	for _, hit := range slices.Backward(f.state.Last) {
		what := hit.Call
		if hit.Event != "" {
			what = webhook.Type(hit.Event).Name()
		}
		if hit.Reference != "" {
			what += " · " + hit.Reference
		}
		room := max(width-2-len(time.TimeOnly)-2-nameWidth, 1)
		rows = append(rows, "  "+f.th.Dim.Render(hit.At.Local().Format(time.TimeOnly))+"  "+
			f.th.Text.Render(theme.Fit(text.Visible(hit.Kind), nameWidth))+f.th.Text.Render(text.Truncate(text.Visible(what), room, theme.Ellipsis)))
	}
	return rows
}
