package markdown_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"kvikk/ui/markdown"
)

const page = "https://developer.vippsmobilepay.com/docs/APIs/webhooks-api/request-authentication"

// styles gives every part a colour of its own.
func styles() markdown.Styles {
	colour := func(c string) lipgloss.Style { return lipgloss.NewStyle().Foreground(lipgloss.Color(c)) }
	return markdown.Styles{
		Heading: colour("1").Bold(true),
		Text:    colour("2"),
		Code:    colour("3").Background(lipgloss.Color("8")),
		Link:    colour("4").Underline(true),
		Bullet:  colour("5").Margin(3).Padding(2),
	}
}

// stripped draws src and takes the styles out again.
func stripped(src string, width int) []string {
	var lines []string
	for _, line := range markdown.Render(src, width, styles()) {
		lines = append(lines, ansi.Strip(line))
	}
	return lines
}

func TestRender(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		src  string
		want []string
	}{
		"nothing":                            {"", nil},
		"blank lines only":                   {"\n\n", nil},
		"a heading":                          {"# Set up", []string{"Set up"}},
		"a paragraph over several lines":     {"one\ntwo\n  three", []string{"one two three"}},
		"blocks are set apart":               {"# A\nb\n\n\n\nc\n", []string{"A", "", "b", "", "c"}},
		"prose wraps":                        {"one two three four five", []string{"one two three four", "five"}},
		"list items stay together":           {"a\n\n- b\n- c\n\nd", []string{"a", "", "• b", "• c", "", "d"}},
		"items wrap under their text":        {"- one two three four five", []string{"• one two three four", "  five"}},
		"items go on over lines":             {"- one\n  two", []string{"• one two"}},
		"numbered items":                     {"1. one two three four five\n2. b", []string{"1. one two three", "   four five", "2. b"}},
		"lists in lists":                     {"- a\n  - b", []string{"• a", "  • b"}},
		"inline code":                        {"a `b c` d", []string{"a b c d"}},
		"spaces count as one":                {"a   `b`  c", []string{"a b c"}},
		"code blocks stay as they are":       {"a\n```sh\ngo  run .\n\n  # x\n```\nb", []string{"a", "", "  go  run .", "  ", "    # x", "", "b"}},
		"code blocks wrap hard":              {"```\n1234567890123456789\n```", []string{"  123456789012345678", "  9"}},
		"a code block left open":             {"```\na", []string{"  a"}},
		"a link shows its URL":               {"[a](https://b.c) d", []string{"a (https://b.c) d"}},
		"a link that is its URL shows once":  {"[https://b.c](https://b.c)", []string{"https://b.c"}},
		"a link in a heading":                {"## [a](https://b.c)", []string{"a (https://b.c)"}},
		"markup left open is text":           {"a `b [c](d", []string{"a `b [c](d"}},
		"brackets are text":                  {"[a] (b) [c](d e)", []string{"[a] (b) [c](d e)"}},
		"a link behind a bracket":            {"[[a](https://b.c)", []string{"[a (https://b.c)"}},
		"a hash without a space is text":     {"#1", []string{"#1"}},
		"a number that is no item":           {"2026. a", []string{"2026. a"}},
		"wide characters count two":          {"日本語日本語 日本語日本語", []string{"日本語日本語", "日本語日本語"}},
		"escape sequences are seen":          {"a\x1b[2J", []string{`a\x1b[2J`}},
		"also those in code and links":       {"`\x1b` [\x1b](\x1b)", []string{`\x1b \x1b`}},
		"also those in code blocks":          {"```\n\x1b\u202e\n```", []string{`  \x1b\u202e`}},
		"a word longer than a line":          {"12345678901234567890123", []string{"12345678901234567890", "123"}},
		"punctuation stays with inline code": {"one two three four `x`.", []string{"one two three four", "x."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := stripped(c.src, 20); !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestLongURLsBreakAfterASlash(t *testing.T) {
	t.Parallel()
	want := []string{
		"• Signatures",
		"  (https://developer.vippsmobilepay.com/docs/APIs/webhooks-api/",
		"  request-authentication)",
	}
	if got := stripped("- [Signatures]("+page+")", 72); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, line := range markdown.Render("- [Signatures]("+page+")", 72, styles()) {
		if !strings.Contains(line, "\x1b]8;id=kvikk;"+page+"\x07") {
			t.Errorf("no hyperlink to the whole URL in %q", line)
		}
	}
}

func TestOnlyPlainHTTPSBecomesAHyperlink(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"http://a.b", "file:///etc/passwd", "javascript:x", "\x1b]8;;https://a.b", "https://a.b/本"} {
		for _, line := range markdown.Render("[a]("+url+")", 72, styles()) {
			if strings.Contains(line, "\x1b]8;") {
				t.Errorf("%q became a hyperlink: %q", url, line)
			}
		}
	}
}

func TestProseStopsAt72AndCodeDoesNot(t *testing.T) {
	t.Parallel()
	src := strings.Repeat("word ", 50) + "\n```\n" + strings.Repeat("x", 100) + "\n```\n"
	widest := map[int]int{120: 102, 72: 72, 60: 60, 40: 40}
	for width, want := range widest {
		got := 0
		for _, line := range stripped(src, width) {
			got = max(got, ansi.StringWidth(line))
			if strings.HasPrefix(line, "word") && ansi.StringWidth(line) > 72 {
				t.Errorf("width %d: prose runs to %d cells", width, ansi.StringWidth(line))
			}
		}
		if got != want {
			t.Errorf("width %d: the widest line takes %d cells, want %d", width, got, want)
		}
	}
}

const mixture = "# A heading that is long enough to wrap\n" +
	"Text with `some code in it` and [a link](" + page + ") and more text after it.\n" +
	"- an item with `code` in it that wraps\n  - and one in it: [b](https://c.d)\n" +
	"12. x日本語日本語日本語\n\n```\ncode 日本語\n```\n"

func TestNoStyleLeavesItsLine(t *testing.T) {
	t.Parallel()
	for width := range 100 {
		for _, line := range markdown.Render(mixture, width, styles()) {
			if strings.Contains(line, "\n") {
				t.Fatalf("width %d: a line holds a line feed: %q", width, line)
			}
			if w := ansi.StringWidth(line); w > max(width, 10) {
				t.Fatalf("width %d: %q takes %d cells", width, ansi.Strip(line), w)
			}
			if state := leftOver(line); state != "" {
				t.Fatalf("width %d: %q is left on after %q", width, state, line)
			}
		}
	}
}

// leftOver returns what is still switched on at the end of a line: the last
// style that was not reset, or the hyperlink that was not closed.
func leftOver(line string) string {
	style, link := "", ""
	for rest := line; rest != ""; {
		seq, width, n, _ := ansi.DecodeSequence(rest, 0, nil)
		rest = rest[n:]
		switch {
		case width > 0:
		case seq == "\x1b[m" || seq == "\x1b[0m":
			style = ""
		case strings.HasSuffix(seq, "m"):
			style = seq
		case seq == "\x1b]8;;\x07":
			link = ""
		default:
			link = seq
		}
	}
	return style + link
}

func TestNothingIsLostAtAnyWidth(t *testing.T) {
	t.Parallel()
	letters := func(lines []string) string {
		return strings.NewReplacer(" ", "", "\n", "").Replace(strings.Join(lines, ""))
	}
	want := letters(stripped(mixture, 200))
	for width := 10; width < 100; width++ {
		if got := letters(stripped(mixture, width)); got != want {
			t.Fatalf("width %d: %q", width, got)
		}
	}
}

func TestZeroStylesDrawPlainText(t *testing.T) {
	t.Parallel()
	got := markdown.Render("# A\n`b` c\n- d", 40, markdown.Styles{})
	if want := []string{"A", "", "b c", "", "• d"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEachPartHasItsStyle(t *testing.T) {
	t.Parallel()
	s := styles()
	got := markdown.Render("- a `b c`", 40, s)
	want := s.Bullet.Inline(true).Render("• ") + s.Text.Render("a ") + s.Code.Render("b c")
	if len(got) != 1 || got[0] != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := markdown.Render("# a", 40, s); got[0] != s.Heading.Render("a") {
		t.Errorf("a heading is drawn as %q", got)
	}
}

func FuzzRender(f *testing.F) {
	f.Add(mixture, 20)
	f.Add("`[](", 3)
	f.Add("[a](https://b.c/本\xe8d) e", 20)
	f.Fuzz(func(t *testing.T, src string, width int) {
		width = max(width%200, -width%200)
		for _, line := range markdown.Render(src, width, markdown.Styles{}) {
			plain := ansi.Strip(line)
			if w := ansi.StringWidth(plain); w > max(width, 10) {
				t.Fatalf("%q takes %d of %d cells", plain, w, width)
			}
			if strings.ContainsFunc(plain, func(r rune) bool { return r < ' ' || r == 0x202e }) {
				t.Fatalf("a control character in %q", plain)
			}
		}
	})
}

func ExampleRender() {
	src := "## What to look at\n\n- the header `Webhook-Id`\n- [Quick start](https://example.com/docs)"
	for _, line := range markdown.Render(src, 30, markdown.Styles{}) {
		fmt.Println(ansi.Strip(line))
	}
	// Output:
	// What to look at
	//
	// • the header Webhook-Id
	// • Quick start
	//   (https://example.com/docs)
}
