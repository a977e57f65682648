package step_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"kvikk/ui/flow"
	"kvikk/ui/form"
	"kvikk/ui/pane/step"
	"kvikk/ui/theme"
)

func dark() theme.Theme { return theme.New(theme.Dark) }

const explanation = `# Title

The lead says what happens.

## Why

The rest says why.`

// pane is a step with its explanation.
func pane(f step.Frame, c step.Content) *step.Pane {
	if f.Step == 0 {
		f.Step, f.Text = flow.SetUp, explanation
	}
	p := step.New(dark())
	p.Set(f, c)
	return p
}

func read(rows []string) []string {
	plain := make([]string, len(rows))
	for i, r := range rows {
		plain[i] = strings.TrimRight(ansi.Strip(r), " ")
	}
	return plain
}

func shown(p *step.Pane, width int) string { return strings.Join(read(p.Draw(width).Rows), "\n") }

// inOrder fails unless the texts stand in the drawing one after the other.
func inOrder(t *testing.T, drawn string, texts ...string) {
	t.Helper()
	rest := drawn
	for _, want := range texts {
		at := strings.Index(rest, want)
		if at < 0 {
			t.Fatalf("%q is missing, or stands too early, in\n%s", want, drawn)
		}
		rest = rest[at+len(want):]
	}
}

func TestTheLeadStandsBeforeTheContentAndTheRestAfterIt(t *testing.T) {
	t.Parallel()
	p := pane(step.Frame{}, step.Trigger{Reference: "order-1", Form: form.New(dark()), Action: "creates it"})
	inOrder(t, shown(p, 60), "The lead says", "Created", "order-1", "enter creates it", "Why", "The rest says why.")
	drawn := strings.Join(read(p.Draw(60, "an extra row").Rows), "\n")
	inOrder(t, drawn, "enter creates it", "an extra row", "The rest says why.")
	if strings.Contains(drawn, "Title") {
		t.Errorf("the title is drawn twice: in the border, and in\n%s", drawn)
	}
}

func TestEditingLeavesTheRoomToTheFields(t *testing.T) {
	t.Parallel()
	p := pane(step.Frame{Step: flow.SetUp, Text: explanation, Editing: true}, step.SetUp{Form: form.New(dark(), form.Field{Name: "a", Label: "Name"})})
	if drawn := shown(p, 60); strings.Contains(drawn, "The lead") || strings.Contains(drawn, "The rest") || !strings.Contains(drawn, "Name") {
		t.Errorf("drawn:\n%s", drawn)
	}
}

func TestWhatIsSaidFirst(t *testing.T) {
	t.Parallel()
	failure := &step.Failure{What: "The keys were refused.", Cause: "They are another unit's.", Do: "Check them.", Keys: "e edits"}
	for name, c := range map[string]struct {
		frame step.Frame
		want  []string
	}{
		"a failure":           {step.Frame{Failure: failure}, []string{"✗ The keys were refused.", "They are another unit's.", "Check them.", "e edits", "The lead"}},
		"work under way":      {step.Frame{Busy: "getting a token", Spinner: "⠋"}, []string{"⠋ getting a token\n", "The lead"}},
		"work that takes":     {step.Frame{Busy: "getting a token", Spinner: "⠋", Since: 2400 * time.Millisecond}, []string{"⠋ getting a token  2 s", "The lead"}},
		"a notice":            {step.Frame{Notice: "The URL changed."}, []string{"! The URL changed.", "The lead"}},
		"an earlier step":     {step.Frame{Blocker: flow.AccessToken}, []string{"Step 2, Access token, comes first: press 2", "The lead"}},
		"text from outside":   {step.Frame{Notice: "now \x1b[2J\u202e"}, []string{`! now \x1b[2J\u202e`, "The lead"}},
		"a failure of theirs": {step.Frame{Failure: &step.Failure{What: "They said \x1b]0;x\x07"}}, []string{`They said \x1b]0;x\x07`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.frame.Step, c.frame.Text = flow.RegisterWebhook, explanation
			inOrder(t, shown(pane(c.frame, step.AccessToken{}), 60), c.want...)
		})
	}
	busy := pane(step.Frame{Step: flow.TriggerEvent, Blocker: flow.AccessToken, Busy: "on it"}, step.AccessToken{})
	if drawn := shown(busy, 60); strings.Contains(drawn, "comes first") {
		t.Errorf("what is under way is blocked:\n%s", drawn)
	}
}

func TestWhatHasComeStandsBeforeTheExplanation(t *testing.T) {
	t.Parallel()
	waiting := pane(step.Frame{}, step.View{
		Waiting: 12 * time.Second, Checks: []step.Check{{Mark: theme.MarkDone, Text: "the link is up"}, {Mark: theme.MarkFailed, Text: "nothing came", Bad: true}},
		Likely: "The provider is slow.", Keys: "n creates another", Action: "shows what next",
	})
	inOrder(t, shown(waiting, 60), "Waiting for the webhook: 12 s", "✓ the link is up", "✗ nothing came", "The provider is slow.", "n creates another", "enter shows what next", "The lead")
	for _, good := range []bool{true, false} {
		p := pane(step.Frame{}, step.View{Verdict: "It was judged.", Good: good, Action: "next"})
		inOrder(t, shown(p, 60), "It was judged.", "enter next", "The lead")
		style := dark().Bad
		if good {
			style = dark().Good
		}
		if !slices.Contains(p.Draw(60).Rows, style.Render("It was judged.")) {
			t.Errorf("a verdict, good: %v, has another colour", good)
		}
	}
}

func TestALongStepScrolls(t *testing.T) {
	t.Parallel()
	p := pane(step.Frame{Step: flow.SetUp, Text: strings.Repeat("Word.\n\n", 10)}, step.AccessToken{})
	total := len(p.Draw(40).Rows)
	w := p.Lines(40, 5)
	if len(w.Rows) != 5 || w.Foot != fmt.Sprintf("↓ %d more", total-5) {
		t.Errorf("%d rows, foot %q", len(w.Rows), w.Foot)
	}
	p.Scroll(3)
	if w := p.Lines(40, 5); w.Foot != fmt.Sprintf("↑ 3  ↓ %d more", total-8) {
		t.Errorf("foot %q", w.Foot)
	}
	p.Scroll(1 << 30)
	if w := p.Lines(40, 5); w.Foot != fmt.Sprintf("↑ %d", total-5) || len(w.Rows) != 5 {
		t.Errorf("%d rows, foot %q", len(w.Rows), w.Foot)
	}
	if w := p.Lines(40, total+5); len(w.Rows) != total || w.Foot != "" {
		t.Errorf("%d rows of %d, foot %q", len(w.Rows), total, w.Foot)
	}
	p.Lines(40, 5)
	p.Scroll(4)
	p.Set(step.Frame{Step: flow.SetUp, Text: strings.Repeat("Other.\n\n", 10)}, step.AccessToken{})
	if w := p.Lines(40, 5); !strings.HasPrefix(w.Foot, "↑ 4") {
		t.Errorf("the same step begins at %q", w.Foot)
	}
	if p.Top(); !strings.HasPrefix(p.Lines(40, 5).Foot, "↓") {
		t.Error("the top is not at the top")
	}
	p.Scroll(4)
	p.Set(step.Frame{Step: flow.AccessToken, Text: strings.Repeat("Next.\n\n", 10)}, step.AccessToken{})
	if w := p.Lines(40, 5); strings.Contains(w.Foot, "↑") {
		t.Errorf("another step begins at %q", w.Foot)
	}
}

func TestAFieldAndItsErrorScrollIntoViewTogether(t *testing.T) {
	t.Parallel()
	var fields []form.Field
	for i := range 20 {
		fields = append(fields, form.Field{Name: fmt.Sprint("f", i), Label: fmt.Sprint("Field ", i)})
	}
	f := form.New(dark(), fields...)
	p := pane(step.Frame{Step: flow.SetUp, Editing: true}, step.SetUp{Form: f})
	for _, n := range []int{0, 12, 19, 5, 0} {
		name := fmt.Sprint("f", n)
		f.ClearErrors()
		f.SetError(name, "It is missing, and the portal has it.")
		f.Focus(name)
		got := strings.Join(read(p.Lines(44, 6).Rows), "\n")
		inOrder(t, got, fmt.Sprint("▸ Field ", n), "✗ It is missing, and the portal has")
		if !strings.Contains(got, "it.") {
			t.Errorf("the message of field %d is cut:\n%s", n, got)
		}
	}
	if p.Scroll(1 << 20); !strings.Contains(strings.Join(read(p.Lines(44, 6).Rows), "\n"), "▸ Field 0") {
		t.Error("the field that is typed into was scrolled away")
	}
}

func TestAnEmptyPaneDrawsNothing(t *testing.T) {
	t.Parallel()
	p := step.New(dark())
	if w := p.Lines(40, 5); len(w.Rows) != 0 || w.Foot != "" {
		t.Errorf("%d rows, foot %q", len(w.Rows), w.Foot)
	}
	if w := step.Cut([]string{"a", "b"}, 7, 1); len(w.Rows) != 0 {
		t.Errorf("past the end: %q", w.Rows)
	}
}
