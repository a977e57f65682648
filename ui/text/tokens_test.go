package text_test

import (
	"slices"
	"strings"
	"testing"

	"kvikk/ui/text"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	type tokens = []text.Token
	for name, c := range map[string]struct {
		in   string
		want tokens
	}{
		"nothing": {"", nil},
		"a member": {`  "value": 49900,`, tokens{
			{text.Plain, "  "},
			{text.Key, `"value"`},
			{text.Punct, ": "},
			{text.Number, "49900"},
			{text.Punct, ","},
		}},
		"a flat line": {`{"a": ["b", true, null]}`, tokens{
			{text.Punct, "{"},
			{text.Key, `"a"`},
			{text.Punct, ": ["},
			{text.String, `"b"`},
			{text.Punct, ", "},
			{text.Literal, "true"},
			{text.Punct, ", "},
			{text.Literal, "null"},
			{text.Punct, "]}"},
		}},
		"quotes in strings":      {`"a\"b\\"`, tokens{{text.String, `"a\"b\\"`}}},
		"an escape in a string":  {text.Visible("\"\x1b\u202e\""), tokens{{text.String, `"\x1b\u202e"`}}},
		"a string left open":     {`"abc`, tokens{{text.String, `"abc`}}},
		"a backslash at the end": {`"abc\`, tokens{{text.String, `"abc\`}}},
		"numbers":                {"-1.5e+10", tokens{{text.Number, "-1.5e+10"}}},
		"words":                  {"hello 3rd", tokens{{text.Plain, "hello 3rd"}}},
		"spaces":                 {"   ", tokens{{text.Plain, "   "}}},
	} {
		if got := text.Tokens(c.in); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestWrapTokens(t *testing.T) {
	t.Parallel()
	got := text.WrapTokens(text.Tokens(`"ab": "日本"`), 6)
	want := [][]text.Token{
		{{text.Key, `"ab"`}, {text.Punct, ": "}},
		{{text.String, `"日本"`}},
	}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %v, want %v", got, want)
	}
	if lines := text.WrapTokens(nil, 6); len(lines) != 1 {
		t.Errorf("no tokens give %d lines, want 1", len(lines))
	}
	if lines := text.WrapTokens([]text.Token{{text.Plain, "日本"}}, 0); len(lines) != 2 {
		t.Errorf("wide characters in one cell give %d lines, want 2", len(lines))
	}
}

func FuzzTokens(f *testing.F) {
	f.Add(`{"a": [1, "b\"", true]}`, 7)
	f.Fuzz(func(t *testing.T, in string, width int) {
		width = 2 + max(width%100, -width%100)
		line := text.Visible(in)
		tokens := text.Tokens(line)
		if got := joined(tokens); got != line {
			t.Fatalf("Tokens(%q) = %q", line, got)
		}
		var all strings.Builder
		for _, part := range text.WrapTokens(tokens, width) {
			all.WriteString(joined(part))
			if w := text.Width(joined(part)); w > width {
				t.Fatalf("%v takes %d cells of %d", part, w, width)
			}
		}
		if all.String() != line {
			t.Fatalf("WrapTokens lost text: %q of %q", all.String(), line)
		}
	})
}

func joined(tokens []text.Token) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.Text)
	}
	return b.String()
}
