package steps_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"kvikk/ui/flow"
	"kvikk/ui/pane/steps"
	"kvikk/ui/theme"
)

// after returns a quick start whose first steps are done.
func after(done int) *flow.Flow {
	f := flow.New(func() string { return "key" })
	for s := flow.SetUp; int(s) <= done; s++ {
		a, _ := f.Begin(s)
		f.Succeed(a)
	}
	return f
}

// failed returns a quick start whose step after the done ones has failed.
func failed(done int) *flow.Flow {
	f := after(done)
	a, _ := f.Begin(flow.Step(done + 1))
	f.Fail(a, flow.Answered)
	return f
}

func read(rows ...string) []string {
	plain := make([]string, len(rows))
	for i, r := range rows {
		plain[i] = strings.TrimRight(ansi.Strip(r), " ")
	}
	return plain
}

func TestTheRailAsItIsRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		flow *flow.Flow
		rail []string
		line string
	}{
		"at the beginning": {
			after(0),
			[]string{"▸ 1 Set up", "  2 Access token", "  3 Register a webhook", "  4 Trigger an event", "  5 View the webhook"},
			" 1 ▸  2  3  4  5   Set up",
		},
		"two steps done": {
			after(2),
			[]string{"✓ 1 Set up", "✓ 2 Access token", "▸ 3 Register a webhook", "  4 Trigger an event", "  5 View the webhook"},
			" 1 ✓  2 ✓  3 ▸  4  5   Register a webhook",
		},
		"the second failed": {
			failed(1),
			[]string{"✓ 1 Set up", "✗ 2 Access token", "  3 Register a webhook", "  4 Trigger an event", "  5 View the webhook"},
			" 1 ✓  2 ✗  3  4  5   Access token",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &steps.Pane{Theme: theme.New(theme.Dark), Flow: c.flow}
			if got := read(p.Lines(22)...); !slices.Equal(got, c.rail) {
				t.Errorf("rail:\n%s", strings.Join(got, "\n"))
			}
			if got := read(p.Line(60))[0]; got != c.line {
				t.Errorf("line: %q, want %q", got, c.line)
			}
		})
	}
}

func TestAMarkChangesWhenTheActionEnds(t *testing.T) {
	t.Parallel()
	f := after(0)
	p := &steps.Pane{Theme: theme.New(theme.Dark), Flow: f}
	a, _ := f.Begin(flow.SetUp)
	if got := read(p.Lines(22)...)[0]; got != "▸ 1 Set up" {
		t.Errorf("under way: %q", got)
	}
	f.Succeed(a)
	f.Open(flow.SetUp)
	if got := read(p.Lines(22)...)[0]; got != "✓ 1 Set up" {
		t.Errorf("done: %q", got)
	}
	if got := read(p.Line(60))[0]; !strings.HasPrefix(got, " 1 ▸  2  ") {
		t.Errorf("a step that is looked at again: %q", got)
	}
}

func TestThePaymentAndItsStates(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 14, 2, 11, 0, time.Local)
	p := &steps.Pane{
		Theme: theme.New(theme.Dark), Flow: after(5),
		Payment: steps.Payment{Reference: "acme-shop-123-order1-\u202e", States: []steps.State{{Name: "CREATED", At: at}, {Name: "AUTHORIZED"}}},
	}
	want := []string{"", "Payment", "acme-shop-123-order1-", `\u202e`, "● CREATED    14:02:11", "○ AUTHORIZED"}
	if got := read(p.Lines(21)...)[5:]; !slices.Equal(got, want) {
		t.Errorf("payment: %q, want %q", got, want)
	}
	p.Payment = steps.Payment{}
	if got := p.Lines(21); len(got) != 5 {
		t.Errorf("%d rows without a payment", len(got))
	}
}

func TestRowsAreNeverWiderThanAsked(t *testing.T) {
	t.Parallel()
	p := &steps.Pane{
		Theme: theme.New(theme.Dark), Flow: failed(3),
		Payment: steps.Payment{Reference: strings.Repeat("漢字", 20), States: []steps.State{{Name: "AUTHORIZED_AND_MORE", At: time.Now()}, {Name: strings.Repeat("X", 40)}}},
	}
	for _, width := range []int{13, 20, 24, 56, 158} {
		for _, row := range append(p.Lines(width), p.Line(width)) {
			if got := ansi.StringWidth(row); got > width {
				t.Errorf("%d cells at width %d: %q", got, width, ansi.Strip(row))
			}
		}
		if got := ansi.StringWidth(p.Line(width)); got != width {
			t.Errorf("the line has %d cells at width %d", got, width)
		}
	}
}

func TestEveryStateReadsWithoutColour(t *testing.T) {
	t.Parallel()
	seen := make(map[string]string)
	for name, f := range map[string]*flow.Flow{"waiting": after(0), "done": after(2), "failed": failed(1)} {
		p := &steps.Pane{Theme: theme.New(theme.Light), Flow: f}
		row := read(p.Lines(22)...)[1]
		if other, same := seen[row]; same {
			t.Errorf("%s and %s look alike: %q", name, other, row)
		}
		seen[row] = name
	}
	if len(seen) != 3 {
		t.Error(fmt.Sprint(seen))
	}
}
