package hooks_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"kvikk/tunnel/inbox"
	"kvikk/ui/pane/hooks"
	"kvikk/ui/theme"
)

func dark() theme.Theme { return theme.New(theme.Dark) }

// noon is when every webhook of these tests arrives.
func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.Local) }

func row(seq int64) inbox.Row {
	return inbox.Row{
		Seq: seq, ReceivedAt: noon(), Type: "epayments.payment.created.v1", Name: "CREATED",
		Verified: true, HasAmount: true, Currency: "NOK", Value: 49900,
	}
}

// rows are the webhooks from seq newest down to oldest.
func rows(newest, oldest int64) []inbox.Row {
	var list []inbox.Row
	for s := newest; s >= oldest; s-- {
		list = append(list, row(s))
	}
	return list
}

func listOf(newest, oldest int64, height int) *hooks.List {
	l := hooks.NewList(dark())
	l.SetHeight(height)
	l.SetRows(rows(newest, oldest))
	return l
}

func selected(t *testing.T, l *hooks.List) int64 {
	t.Helper()
	r, ok := l.Selected()
	if !ok {
		t.Fatal("nothing is selected")
	}
	return r.Seq
}

func read(lines []string) []string {
	plain := make([]string, len(lines))
	for i, l := range lines {
		plain[i] = strings.TrimRight(ansi.Strip(l), " ")
	}
	return plain
}

func TestFollowingTheNewest(t *testing.T) {
	t.Parallel()
	l := listOf(3, 1, 5)
	if got := selected(t, l); got != 3 || !l.Follow() || !l.AtNewest() || l.Len() != 3 {
		t.Errorf("selected %d of %d", got, l.Len())
	}
	if l.SetRows(rows(4, 1)); selected(t, l) != 4 {
		t.Errorf("selected %d when one more came", selected(t, l))
	}
	l.Move(1)
	if got := selected(t, l); got != 3 || l.Follow() {
		t.Errorf("selected %d, follow %v after moving away", got, l.Follow())
	}
	if l.SetRows(rows(6, 1)); selected(t, l) != 3 {
		t.Errorf("the selection went to %d by itself", selected(t, l))
	}
	l.Move(-2)
	if got := selected(t, l); got != 5 || l.Follow() {
		t.Errorf("selected %d, follow %v one before the newest", got, l.Follow())
	}
	l.Move(-1)
	if got := selected(t, l); got != 6 || !l.Follow() {
		t.Errorf("selected %d, follow %v back at the newest", got, l.Follow())
	}
}

func TestFollowIsASwitch(t *testing.T) {
	t.Parallel()
	l := listOf(3, 1, 5)
	l.SetFollow(false)
	if l.SetRows(rows(5, 1)); selected(t, l) != 3 {
		t.Errorf("selected %d while not following", selected(t, l))
	}
	if l.SetFollow(true); selected(t, l) != 5 {
		t.Errorf("selected %d when following begins", selected(t, l))
	}
}

func TestTheSelectionStaysWithinTheRows(t *testing.T) {
	t.Parallel()
	l := listOf(5, 1, 3)
	for _, c := range []struct {
		by   int
		want int64
	}{{1 << 30, 1}, {1, 1}, {-1 << 30, 5}, {-1, 5}, {2, 3}} {
		if l.Move(c.by); selected(t, l) != c.want {
			t.Errorf("Move(%d) selected %d, want %d", c.by, selected(t, l), c.want)
		}
	}
	l.SetRows(rows(2, 1)) // the selected one is gone
	if got := selected(t, l); got != 2 {
		t.Errorf("selected %d, want the newest that is left", got)
	}
	l.Select(1)
	if l.Select(77); selected(t, l) != 1 {
		t.Errorf("a webhook that is not loaded took the selection to %d", selected(t, l))
	}
	l.SetRows(nil)
	if _, ok := l.Selected(); ok || l.AtNewest() || l.Len() != 0 {
		t.Error("an empty list has a selection")
	}
	l.Move(1)
	l.SelectRow(0)
}

func TestARowOfTheScreenIsSelected(t *testing.T) {
	t.Parallel()
	l := listOf(9, 1, 4)
	l.SelectRow(2)
	if got := selected(t, l); got != 7 || l.Follow() {
		t.Errorf("selected %d, follow %v", got, l.Follow())
	}
	if l.SelectRow(0); selected(t, l) != 9 || !l.Follow() {
		t.Errorf("selected %d, follow %v", selected(t, l), l.Follow())
	}
	for _, outside := range []int{-1, 99} {
		if l.SelectRow(outside); selected(t, l) != 9 {
			t.Errorf("row %d selected %d", outside, selected(t, l))
		}
	}
}

func TestTheSelectionIsAlwaysInView(t *testing.T) {
	t.Parallel()
	l := listOf(30, 1, 6)
	if l.Page() != 6 || l.NearEnd() {
		t.Errorf("a page of %d, near the end: %v", l.Page(), l.NearEnd())
	}
	for range 40 {
		lines := read(l.Lines(40, theme.Focused))
		if len(lines) != 6 || strings.Count(strings.Join(lines, "\n"), theme.MarkCurrent) != 1 {
			t.Fatalf("%d rows:\n%s", len(lines), strings.Join(lines, "\n"))
		}
		l.Move(1)
	}
	if !l.NearEnd() {
		t.Error("the last row is not near the end")
	}
}

func TestWhatIsNewIsToldAndMarkedUntilSettled(t *testing.T) {
	t.Parallel()
	l := listOf(3, 1, 5)
	l.Settle([]int64{1, 2, 3})
	before := l.Lines(40, theme.Focused)
	fresh := l.SetRows(rows(5, 1))
	if !slices.Equal(fresh, []int64{5, 4}) {
		t.Errorf("fresh = %v", fresh)
	}
	lines := l.Lines(40, theme.Blurred)
	if lines[1] == lines[2] || !slices.Equal(read(lines[1:2]), read(lines[2:3])) {
		t.Errorf("what is new is not marked, or by its text: %q, %q", lines[1], lines[2])
	}
	if l.Settle(fresh); l.Lines(40, theme.Blurred)[1] != l.Lines(40, theme.Blurred)[2] {
		t.Error("what has settled is still marked")
	}
	if again := l.SetRows(rows(5, 1)); len(again) != 0 {
		t.Errorf("%v are new a second time", again)
	}
	if len(before) != 3 {
		t.Errorf("%d rows before", len(before))
	}
}

func TestRowsAsTheyAreRead(t *testing.T) {
	t.Parallel()
	rejected, foreign, bare := row(2), row(1), row(4)
	rejected.Verified = false
	foreign.Name, foreign.Type, foreign.HasAmount = "", "recurring.charge-captured.v1", false
	bare.Name, bare.Type, bare.HasAmount = "", "", false
	l := hooks.NewList(dark())
	l.SetHeight(9)
	l.SetRows([]inbox.Row{bare, row(3), rejected, foreign})
	want := []string{
		"▸ 12:00:00 ✓ (unknown)",
		"  12:00:00 ✓ CREATED          499.00 NOK",
		"  12:00:00 ✗ CREATED          499.00 NOK",
		"  12:00:00 ✓ recurring.charge-captured…",
	}
	if got := read(l.Lines(40, theme.Focused)); !slices.Equal(got, want) {
		t.Errorf("rows:\n%s", strings.Join(got, "\n"))
	}
	want = []string{"▸ ✓ (unknown)", "  ✓ CREATED", "  ✗ CREATED", "  ✓ recurrin…"}
	if got := read(l.Lines(14, theme.Blurred)); !slices.Equal(got, want) {
		t.Errorf("narrow rows:\n%s", strings.Join(got, "\n"))
	}
}

func TestAmountsStandBelowOneAnother(t *testing.T) {
	t.Parallel()
	small, large := row(2), row(1)
	small.Value, large.Value, large.Name = 100, 123456789, "AUTHORIZED"
	l := hooks.NewList(dark())
	l.SetHeight(5)
	l.SetRows([]inbox.Row{small, large})
	lines := read(l.Lines(50, theme.Blurred))
	if !strings.HasSuffix(lines[0], "1.00 NOK") || !strings.HasSuffix(lines[1], "1234567.89 NOK") || ansi.StringWidth(lines[0]) != ansi.StringWidth(lines[1]) {
		t.Errorf("rows:\n%s", strings.Join(lines, "\n"))
	}
}

func TestRowsAreNeverWiderThanAskedAndCarryNoEscapes(t *testing.T) {
	t.Parallel()
	sly := row(2)
	sly.Name, sly.Currency = "漢字\x1b[2J\u202e"+strings.Repeat("x", 60), "\x1b[31m"
	l := hooks.NewList(dark())
	l.SetHeight(5)
	l.SetRows([]inbox.Row{sly, row(1)})
	for _, width := range []int{10, 14, 20, 24, 32, 56, 80} {
		for _, line := range l.Lines(width, theme.Focused) {
			if got := ansi.StringWidth(line); got > width || strings.Contains(line, "\x1b[2J") || strings.Contains(line, "\u202e") {
				t.Errorf("%d cells at width %d: %q", got, width, line)
			}
		}
	}
	if got := hooks.Name(sly); !strings.HasPrefix(got, `漢字\x1b[2J\u202e`) {
		t.Errorf("Name = %q", got)
	}
}

func TestAnEmptyListSaysWhy(t *testing.T) {
	t.Parallel()
	l := hooks.NewList(dark())
	if got := strings.Join(read(l.Lines(40, theme.Blurred)), " "); !strings.Contains(got, "No webhook yet") {
		t.Errorf("empty: %q", got)
	}
	l.SetFind("\x1b[31mnothing")
	if got := strings.Join(read(l.Lines(40, theme.Blurred)), " "); !strings.Contains(got, `\x1b[31mnothing`) || l.Find() == "" {
		t.Errorf("nothing found: %q", got)
	}
	l.SetOlder(true)
	l.SetHeight(0)
	if !l.Older() || l.Page() != 1 {
		t.Errorf("older %v, a page of %d", l.Older(), l.Page())
	}
}

func TestTheTitleCounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		total, rejected int64
		want            string
	}{{0, 0, "0"}, {3, 0, "3"}, {3, 1, "3 · 1 rejected"}} {
		if title, note := hooks.Title(c.total, c.rejected); title != "Webhooks" || note != c.want {
			t.Errorf("Title(%d, %d) = %q, %q", c.total, c.rejected, title, note)
		}
	}
}
