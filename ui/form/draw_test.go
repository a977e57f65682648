package form_test

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"kvikk/ui/form"
	"kvikk/ui/theme"
)

// plain is a form as it is read, without colours.
func plain(f *form.Form, width int) []string {
	rows := f.Draw(width).Rows
	for i, r := range rows {
		rows[i] = strings.TrimRight(ansi.Strip(r), " ")
	}
	return rows
}

func TestAFormAsItIsRead(t *testing.T) {
	t.Parallel()
	f := sample()
	f.Set("id", "abc")
	f.Set("created", "true")
	f.Focus("env")
	f.SetError("note", "It is missing.")
	want := []string{
		"  client_id      abc",
		"  client_secret",
		"▸ Environment    ● Sandbox  no keys",
		"                 ○ Test environment",
		"                 ○ Own",
		"      Where to.",
		"  ✓ created",
		"  Note",
		"      ✗ It is missing.",
	}
	if got := plain(f, 60); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("drawn:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestRowsAreNeverWiderThanAsked(t *testing.T) {
	t.Parallel()
	f := sample()
	long := strings.Repeat("漢字 and letters ", 9)
	f.Set("id", long)
	f.Set("secret", long)
	f.SetHint("id", long)
	for _, name := range []string{"", "id", "secret", "env", "created", "note"} {
		f.Blur()
		f.ClearErrors()
		if name != "" {
			f.SetError(name, "It is "+long)
			f.Focus(name)
		}
		for _, width := range []int{1, 5, 12, 20, 31, 60, 120} {
			for _, row := range f.Draw(width).Rows {
				if got := ansi.StringWidth(row); got > width {
					t.Errorf("%q in the cursor's field: %d cells at width %d: %q", name, got, width, ansi.Strip(row))
				}
			}
		}
	}
}

func TestTheFocusedFieldAndItsMessageStayTogether(t *testing.T) {
	t.Parallel()
	f := sample()
	f.SetError("env", "This message is long enough to be broken over more than one line.")
	f.Focus("env")
	d := f.Draw(40)
	if first := ansi.Strip(d.Rows[d.First]); !strings.Contains(first, "Environment") {
		t.Errorf("the first row is %q", first)
	}
	if last := ansi.Strip(d.Rows[d.Last]); !strings.HasSuffix(strings.TrimSpace(last), "line.") {
		t.Errorf("the last row is %q", last)
	}
	shown := ansi.Strip(strings.Join(d.Rows[d.First:d.Last+1], "\n"))
	if !strings.Contains(shown, "✗ This message") || strings.Contains(shown, "Where to.") || strings.Contains(shown, "created") {
		t.Errorf("the field's rows are:\n%s", shown)
	}
	f.ClearErrors()
	if d := f.Draw(40); !strings.Contains(ansi.Strip(d.Rows[d.Last]), "Where to.") {
		t.Errorf("the hint is not among the field's rows: %q", ansi.Strip(d.Rows[d.Last]))
	}
	f.Blur()
	if d := f.Draw(40); d.First != 0 || d.Last != 0 || strings.Contains(ansi.Strip(strings.Join(d.Rows, "")), "Where to.") {
		t.Errorf("without the cursor: rows %d to %d", d.First, d.Last)
	}
}

func TestAMaskedValueShowsNeitherItselfNorItsLength(t *testing.T) {
	t.Parallel()
	for _, focused := range []bool{false, true} {
		t.Run(fmt.Sprint("focused ", focused), func(t *testing.T) {
			t.Parallel()
			var before string
			for _, secret := range []string{"s", "s3cr3t", strings.Repeat("s3cr3t", 30)} {
				f := sample()
				f.Set("secret", secret)
				if focused {
					f.Focus("secret")
					keys(f, "left")
				}
				drawn := strings.Join(f.Draw(60).Rows, "\n")
				if strings.Contains(ansi.Strip(drawn), "s3c") || !strings.Contains(drawn, "••••••••") {
					t.Errorf("drawn:\n%s", ansi.Strip(drawn))
				}
				if before != "" && drawn != before {
					t.Errorf("a secret of another length looks different:\n%s\n%s", ansi.Strip(before), ansi.Strip(drawn))
				}
				before = drawn
			}
		})
	}
}

func TestAnEmptyMaskedFieldLooksEmpty(t *testing.T) {
	t.Parallel()
	f := sample()
	f.Focus("secret")
	if drawn := strings.Join(plain(f, 60), "\n"); strings.Contains(drawn, "•") {
		t.Errorf("drawn:\n%s", drawn)
	}
}

func TestWhatCouldMisleadIsDrawnAsAnEscape(t *testing.T) {
	t.Parallel()
	const sly = "a\u202eb\u200bc"
	for _, focused := range []bool{false, true} {
		t.Run(fmt.Sprint("focused ", focused), func(t *testing.T) {
			t.Parallel()
			f := sample()
			f.Set("id", sly)
			f.SetError("id", "not \x1b[31m"+sly)
			if focused {
				f.Focus("id")
				keys(f, "left", "left")
			}
			drawn := strings.Join(f.Draw(80).Rows, "\n")
			read := ansi.Strip(drawn)
			if strings.ContainsAny(drawn, "\u202e\u200b") || !strings.Contains(read, `a\u202eb\u200bc`) || !strings.Contains(read, `\x1b[31m`) {
				t.Errorf("drawn: %q", read)
			}
			if got := f.Value("id"); got != sly {
				t.Errorf("value = %q", got)
			}
		})
	}
}

func TestPastedControlCharactersNeverGetIn(t *testing.T) {
	t.Parallel()
	f := sample()
	f.Focus("id")
	f.Update(tea.PasteMsg{Content: "a\x1b[2Jb\x07\u009bc"})
	if got := f.Value("id"); got != "a[2Jbc" {
		t.Errorf("value = %q", got)
	}
}

func TestTheCursorStaysInView(t *testing.T) {
	t.Parallel()
	f := sample()
	f.Set("id", "0123456789abcdefghijklmnopqrstuvwxyz")
	f.Focus("id")
	const width = 30
	if row := plain(f, width)[0]; !strings.HasSuffix(row, "wxyz") {
		t.Errorf("at the end: %q", row)
	}
	for range 40 {
		keys(f, "left")
	}
	if row := plain(f, width)[0]; !strings.Contains(row, "  0123") {
		t.Errorf("at the beginning: %q", row)
	}
	for range 20 {
		keys(f, "right")
	}
	drawn := f.Draw(width).Rows[0]
	if !strings.Contains(drawn, theme.New(theme.Dark).Accent.Reverse(true).Render("k")) {
		t.Errorf("the character under the cursor is not marked: %q", drawn)
	}
}

func TestThePlaceholderStandsInAnEmptyField(t *testing.T) {
	t.Parallel()
	f := sample()
	for range 2 {
		if row := plain(f, 60)[0]; !strings.HasSuffix(row, "an id") {
			t.Errorf("drawn: %q", row)
		}
		f.Focus("id")
	}
	typed(f, "x")
	if row := plain(f, 60)[0]; strings.Contains(row, "an id") {
		t.Errorf("drawn: %q", row)
	}
}

func TestColoursDoNotChangeTheText(t *testing.T) {
	t.Parallel()
	f := sample()
	f.Set("id", "abc")
	f.Focus("id")
	dark := strings.Join(plain(f, 50), "\n")
	f.SetTheme(theme.New(theme.Light))
	if light := strings.Join(plain(f, 50), "\n"); light != dark {
		t.Errorf("light:\n%s\ndark:\n%s", light, dark)
	}
}
