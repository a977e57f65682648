package sandbox

import (
	"fmt"
	"strings"
	"time"

	"kvikk/ui/text"
	"kvikk/ui/theme"
)

const day = 24 * time.Hour

// step is how far the clock is moved at once.
type step struct {
	by    time.Duration
	words string
}

func steps() []step {
	return []step{{10 * time.Minute, "10 minutes"}, {time.Hour, "1 hour"}, {day, "1 day"}}
}

// Step is how far the clock would move.
func (f *Faults) Step() time.Duration { return steps()[f.step].by }

// clock draws the sandbox's time, and the row that moves it.
func (f *Faults) clock(width int) []string {
	if f.state.Now.IsZero() {
		return nil
	}
	now := f.state.Now.Local()
	at := now.Format(time.TimeOnly)
	if f.state.Offset >= day {
		at = now.Format(time.DateTime)
	}
	where := "as on this machine"
	if f.state.Offset > 0 {
		where = Ahead(f.state.Offset) + " ahead of this machine"
	}
	const label = "Clock  "
	rows := []string{f.th.Strong.Render(label) + f.th.Text.Render(at) + f.th.Dim.Render(", "+where)}
	if text.Width(label+at+", "+where) > width {
		rows = append([]string{f.th.Strong.Render(label) + f.th.Text.Render(at)},
			indented(f.th.Dim, strings.Repeat(" ", len(label)), where, width)...)
	}
	setting := f.th.Text.Render(theme.Fit(steps()[f.step].words, settingWidth))
	return append(rows, f.columns(len(kinds()), "move forward", setting, "payments and tokens age", width))
}

// Ahead writes how far the clock has moved: "1 day 2 h 10 min".
func Ahead(d time.Duration) string {
	var parts []string
	days := int64(d / day)
	if days == 1 {
		parts = append(parts, "1 day")
	}
	if days > 1 {
		parts = append(parts, fmt.Sprintf("%d days", days))
	}
	for _, unit := range []struct {
		n    time.Duration
		name string
	}{{d % day / time.Hour, "h"}, {d % time.Hour / time.Minute, "min"}, {d % time.Minute / time.Second, "s"}} {
		if unit.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", unit.n, unit.name))
		}
	}
	return strings.Join(parts, " ")
}
