package text_test

import (
	"slices"
	"strings"
	"testing"

	"kvikk/ui/text"
)

func TestWidth(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{"": 0, "abc": 3, "blå": 3, "日本": 4, "e\u0301": 1, "🎉": 2, "\x1b[31mred\x1b[m": 3} {
		if got := text.Width(s); got != want {
			t.Errorf("Width(%+q) = %d, want %d", s, got, want)
		}
	}
}

func TestTruncate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in    string
		width int
		tail  string
		want  string
	}{
		"what fits stays":                   {"order", 5, "…", "order"},
		"the tail counts":                   {"order-1", 5, "…", "orde…"},
		"no tail":                           {"order-1", 5, "", "order"},
		"a wide character is not halved":    {"日本語", 4, "…", "日…"},
		"a mark stays with its letter":      {"e\u0301e\u0301e\u0301", 2, "…", "e\u0301…"},
		"a tail too wide is left out":       {"order", 1, "...", "o"},
		"no room":                           {"order", 0, "…", ""},
		"less than no room":                 {"order", -3, "…", ""},
		"nothing":                           {"", 0, "…", ""},
		"a tail exactly as wide as allowed": {"order", 3, "...", "..."},
	} {
		if got := text.Truncate(c.in, c.width, c.tail); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in    string
		width int
		want  []string
	}{
		"what fits stays":                     {"one two", 7, []string{"one two"}},
		"lines break at spaces":               {"one two three", 8, []string{"one two", "three"}},
		"line feeds stay breaks":              {"one\n\ntwo", 8, []string{"one", "", "two"}},
		"indentation stays":                   {"  one two", 6, []string{"  one", "two"}},
		"spaces at a break go":                {"one   two  ", 5, []string{"one", "two"}},
		"spaces inside a line stay":           {"a  b", 5, []string{"a  b"}},
		"a long word is broken":               {"see https://example.com now", 10, []string{"see", "https://ex", "ample.com", "now"}},
		"text follows the rest of a word":     {"abcdefgh ij", 5, []string{"abcde", "fgh", "ij"}},
		"a broken word that fills its lines":  {"abcdefgh ij", 4, []string{"abcd", "efgh", "ij"}},
		"wide characters count two":           {"日本 日本", 6, []string{"日本", "日本"}},
		"nothing is one line":                 {"", 5, []string{""}},
		"spaces alone are one line":           {"   ", 5, []string{""}},
		"a width of zero counts as one":       {"ab", 0, []string{"a", "b"}},
		"a wide character in one cell is out": {"日本", 1, []string{"日", "本"}},
	} {
		if got := text.Wrap(c.in, c.width); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestWrapHard(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in    string
		width int
		want  []string
	}{
		"what fits stays":            {"abc", 3, []string{"abc"}},
		"spaces are kept":            {"ab cd", 3, []string{"ab ", "cd"}},
		"line feeds stay breaks":     {"ab\n\ncd", 3, []string{"ab", "", "cd"}},
		"a wide character moves on":  {"a日本", 2, []string{"a", "日", "本"}},
		"a mark stays with its base": {"ae\u0301b", 2, []string{"ae\u0301", "b"}},
		"nothing is one line":        {"", 3, []string{""}},
		"no width":                   {"ab", -1, []string{"a", "b"}},
	} {
		if got := text.WrapHard(c.in, c.width); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func FuzzWraps(f *testing.F) {
	f.Add("one two  three\n日本語 e\u0301", 5)
	f.Fuzz(func(t *testing.T, in string, width int) {
		width = 2 + max(width%100, -width%100)
		s := strings.Join(text.VisibleLines(in), "\n")
		hard := text.WrapHard(s, width)
		if got := strings.Join(hard, ""); got != strings.ReplaceAll(s, "\n", "") {
			t.Fatalf("WrapHard lost text: %q of %q", hard, s)
		}
		soft := text.Wrap(s, width)
		if got := without(soft); got != without([]string{s}) {
			t.Fatalf("Wrap lost text: %q of %q", soft, s)
		}
		for _, line := range append(append(hard, soft...), text.Truncate(s, width, "…")) {
			if text.Width(line) > width {
				t.Fatalf("%q is wider than %d", line, width)
			}
		}
	})
}

// without returns the lines without their spaces and breaks.
func without(lines []string) string {
	return strings.NewReplacer(" ", "", "\n", "").Replace(strings.Join(lines, ""))
}
