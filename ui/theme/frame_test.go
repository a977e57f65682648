package theme_test

import (
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"kvikk/ui/theme"
)

func TestFrameDrawsSectionsWithinOneBorder(t *testing.T) {
	t.Parallel()
	rows := theme.New(theme.Dark).Frame(30,
		theme.Section{Title: "Request", Note: "2 of 3", Lines: []string{"curl"}, Height: 2, Foot: "4 more"},
		theme.Section{Title: "Last answer", Lines: []string{"a line that is far too long for it"}, Height: 1},
	)
	want := []string{
		"╭ Request ── 2 of 3 ─────────╮",
		"│ curl                       │",
		"│                     4 more │",
		"├ Last answer ───────────────┤",
		"│ a line that is far too lo… │",
		"╰────────────────────────────╯",
	}
	if diff := cmp.Diff(want, strings.Split(ansi.Strip(strings.Join(rows, "\n")), "\n")); diff != "" {
		t.Error(diff)
	}
}

func TestFrameIsNeverWiderThanAsked(t *testing.T) {
	t.Parallel()
	th := theme.New(theme.Light)
	for width := range 40 {
		rows := th.Frame(width, theme.Section{
			Title: "A title of some length", Note: "and a note", Foot: "12 more",
			Lines: []string{"日本語のテキスト that is wide", "short"}, Height: 2, Focus: theme.Focused,
		})
		for _, r := range rows {
			if got := lipgloss.Width(r); got != width {
				t.Errorf("width %d: row %q is %d wide", width, ansi.Strip(r), got)
			}
		}
	}
}

func TestFitCutsAndFills(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{{"ab", "ab   "}, {"abcdefg", "abcd…"}, {"日本語", "日本…"}} {
		if got := theme.Fit(c.in, 5); got != c.want {
			t.Errorf("Fit(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}
