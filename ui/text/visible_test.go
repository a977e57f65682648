package text_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"kvikk/ui/text"
)

func TestVisible(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"plain text stays":                    {`{"a": "b\n"}`, `{"a": "b\n"}`},
		"letters of other scripts stay":       {"blåbær 日本 Ω عربي", "blåbær 日本 Ω عربي"},
		"emoji stay":                          {"paid 🎉", "paid 🎉"},
		"the replacement character stays":     {"a\ufffdb", "a\ufffdb"},
		"newline, tab and carriage return":    {"a\nb\tc\r", `a\nb\tc\r`},
		"the escape character":                {"\x1b[2J", `\x1b[2J`},
		"NUL, BEL and DEL":                    {"\x00\a\x7f", `\x00\x07\x7f`},
		"C1 controls":                         {"\u0085\u009b31m", `\u0085\u009b31m`},
		"a C1 control as a single byte":       {"\x9b31m", `\x9b31m`},
		"bytes that are no UTF-8":             {"a\xffb\xc3", `a\xffb\xc3`},
		"half a surrogate pair":               {"\xed\xa0\x80", `\xed\xa0\x80`},
		"bidirectional overrides":             {"\u202eevil\u202c", `\u202eevil\u202c`},
		"bidirectional isolates":              {"\u2066a\u2069", `\u2066a\u2069`},
		"zero-width space and joiners":        {"a\u200bb\u200cc\u200d\ufeff", `a\u200bb\u200cc\u200d\ufeff`},
		"the soft hyphen":                     {"a\u00adb", `a\u00adb`},
		"line and paragraph separators":       {"\u2028\u2029", `\u2028\u2029`},
		"tag characters":                      {"\U000e0041", `\U000e0041`},
		"variation selectors":                 {"✓\ufe0e\U000e0100", `✓\ufe0e\U000e0100`},
		"fillers that count as letters":       {"\u3164\u115f\u1160\uffa0", `\u3164\u115f\u1160\uffa0`},
		"private and unassigned characters":   {"\ue0b0\U0010ffff", `\ue0b0\U0010ffff`},
		"a combining mark on a letter stays":  {"e\u0301", "e\u0301"},
		"a combining mark on nothing":         {"\u0301e", `\u0301e`},
		"a combining mark on an escape":       {"\x1b\u0301", `\x1b\u0301`},
		"a pile of combining marks":           {"a" + strings.Repeat("\u0301", 6), "a\u0301\u0301\u0301\u0301" + `\u0301\u0301`},
		"the parts of a Hangul syllable stay": {"\u1112\u1161\u11ab", "\u1112\u1161\u11ab"},
		"the final of a syllable on nothing":  {"\u11ab", `\u11ab`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := text.Visible(c.in); got != c.want {
				t.Errorf("Visible(%+q) = %+q, want %+q", c.in, got, c.want)
			}
		})
	}
}

func TestSafeTextIsNotCopied(t *testing.T) {
	for _, s := range []string{"", "plain", strings.Repeat("blåbær ", 100), "e\u0301"} {
		if n := testing.AllocsPerRun(100, func() { _ = text.Visible(s) }); n != 0 {
			t.Errorf("Visible(%.20q) allocates %v times", s, n)
		}
	}
}

func TestVisibleLines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"nothing is one empty line":           {"", []string{""}},
		"lines end at line feeds":             {"a\nb", []string{"a", "b"}},
		"a last line feed shows":              {"a\n", []string{"a", ""}},
		"a carriage return shows":             {"a\r\nb", []string{`a\r`, "b"}},
		"tabs go to the next stop":            {"\ta\tab\tabcd\te", []string{"    a   ab  abcd    e"}},
		"tabs count wide characters as two":   {"日\tx", []string{"日  x"}},
		"tabs count escapes as they are seen": {"\x1b\tx", []string{`\x1b    x`}},
	} {
		if got := text.VisibleLines(c.in); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// forbidden finds a character that no output may hold. It goes by Unicode's own
// properties, not by the rule that the package uses.
func forbidden(s string) (rune, bool) {
	if !utf8.ValidString(s) {
		return utf8.RuneError, true
	}
	for _, r := range s {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Bidi_Control,
			unicode.Join_Control, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) {
			return r, true
		}
	}
	return 0, false
}

func TestEveryCharacterIsDrawnOrEscaped(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if r == 0x40000 {
			r = 0xe0000 // the planes between are empty
		}
		in := "a" + string(r)
		got := text.Visible(in)
		if got != in {
			if back, err := strconv.Unquote(`"` + got + `"`); back != in || err != nil {
				t.Fatalf("Visible(%+q) = %+q, which reads %+q", in, got, back)
			}
			continue
		}
		if bad, found := forbidden(got); found {
			t.Fatalf("Visible(%+q) lets %U through", in, bad)
		}
	}
}

func FuzzVisible(f *testing.F) {
	for _, s := range []string{"plain", "\x1b]52;c;AAAA\a", "\u202e\xff\xc3", "e\u0301\u0301", "\"q'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := text.Visible(s)
		if r, found := forbidden(got); found {
			t.Fatalf("Visible(%+q) lets %U through", s, r)
		}
		if again := text.Visible(got); again != got {
			t.Fatalf("Visible is not stable: %+q, then %+q", got, again)
		}
		if strings.Contains(s, `\`) {
			return
		}
		// The escapes are Go's, so Go can read back what was there.
		back, err := strconv.Unquote(`"` + strings.ReplaceAll(got, `"`, `\"`) + `"`)
		if err != nil || back != s {
			t.Fatalf("Visible(%+q) = %+q, which reads %+q (%v)", s, got, back, err)
		}
	})
}
