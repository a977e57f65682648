package payload_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"kvikk/ui/payload"
	"kvikk/ui/text"
	"kvikk/ui/theme"
)

const event = `{"msn":"123456","amount":{"currency":"NOK","value":49900},"success":true,"pspReference":null}`

// drawn is a body as it is read, without colours.
func drawn(body string, width int, s payload.Style) []string {
	rows := payload.Draw(theme.New(theme.Dark), []byte(body), width, s)
	for i, r := range rows {
		rows[i] = ansi.Strip(r)
	}
	return rows
}

func TestTwoWaysToDrawABody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body        string
		width       int
		pretty, raw []string
	}{
		"JSON": {
			`{"a":[1,true],"b":"x"}`, 40,
			[]string{"{", `  "a": [`, "    1,", "    true", "  ],", `  "b": "x"`, "}"},
			[]string{`{"a":[1,true],"b":"x"}`},
		},
		"numbers, escapes and double keys stay": {
			`{"n":1.00e2,"s":"\u00e6\/","n":12345678901234567890}`, 60,
			[]string{"{", `  "n": 1.00e2,`, `  "s": "\u00e6\/",`, `  "n": 12345678901234567890`, "}"},
			[]string{`{"n":1.00e2,"s":"\u00e6\/","n":12345678901234567890}`},
		},
		"what is no JSON is drawn as it is": {"not {json\nat all", 40, []string{"not {json", "at all"}, []string{"not {json", "at all"}},
		"long lines go on below":            {`"abcdefgh"`, 4, []string{`"abc`, "defg", `h"`}, []string{`"abc`, "defg", `h"`}},
		"JSON that was cut off":             {`{"a":1`, 40, []string{`{"a":1`}, []string{`{"a":1`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := drawn(c.body, c.width, payload.Pretty); !slices.Equal(got, c.pretty) {
				t.Errorf("pretty: %q, want %q", got, c.pretty)
			}
			if got := drawn(c.body, c.width, payload.Raw); !slices.Equal(got, c.raw) {
				t.Errorf("raw: %q, want %q", got, c.raw)
			}
		})
	}
	if payload.Pretty.Other() != payload.Raw || payload.Raw.Other() != payload.Pretty {
		t.Error("the other style is not the other one")
	}
}

func TestNothingFromOutsideReachesTheTerminal(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want string }{
		"in a JSON string":     {"{\"a\":\"\u009b2J\u202e\u200b\"}", `\u009b2J\u202e\u200b`},
		"where no JSON stands": {"\x1b[2J\x1b]0;title\x07\u202e\u200b\xff\r", `\x1b[2J\x1b]0;title\x07\u202e\u200b\xff\r`},
	} {
		for _, style := range []payload.Style{payload.Pretty, payload.Raw} {
			// Whatever a terminal obeys is gone from what is read here.
			if read := strings.Join(drawn(c.body, 80, style), ""); !strings.Contains(read, c.want) {
				t.Errorf("%s: %q, want %q in it", name, read, c.want)
			}
		}
	}
}

func TestColoursNeverChangeTheText(t *testing.T) {
	t.Parallel()
	for _, body := range []string{event, `[]`, `"a"`, `{"漢字":"\"x\"","é":[{},[],-1.5e-3,false]}`, `{"a": "b c  d "}`} {
		for _, width := range []int{7, 20, 80} {
			pretty, isJSON := text.Pretty([]byte(body))
			if !isJSON {
				t.Fatalf("%q is no JSON", body)
			}
			var want []string
			for _, line := range text.VisibleLines(string(pretty)) {
				want = append(want, text.WrapHard(line, width)...)
			}
			if got := drawn(body, width, payload.Pretty); !slices.Equal(got, want) {
				t.Errorf("width %d: %q, want %q", width, got, want)
			}
		}
	}
	th := theme.New(theme.Dark)
	rows := strings.Join(payload.Draw(th, []byte(event), 80, payload.Pretty), "\n")
	for _, coloured := range []string{th.JSONKey.Render(`"msn"`), th.JSONString.Render(`"123456"`), th.JSONValue.Render("49900"), th.JSONValue.Render("null")} {
		if !strings.Contains(rows, strings.TrimSuffix(coloured, "\x1b[m")) {
			t.Errorf("%q is not coloured in\n%q", ansi.Strip(coloured), rows)
		}
	}
}

func TestRowsAreNeverWiderThanAsked(t *testing.T) {
	t.Parallel()
	bodies := []string{event, strings.Repeat("漢", 50), strings.Repeat("x", payload.Limit+5000), "\x1b[31m\ttab"}
	for _, body := range bodies {
		for _, width := range []int{2, 9, 33, 120} {
			for _, style := range []payload.Style{payload.Pretty, payload.Raw} {
				for _, row := range drawn(body, width, style) {
					if got := ansi.StringWidth(row); got > width {
						t.Fatalf("%d cells at width %d: %q", got, width, row)
					}
				}
			}
		}
	}
	if got := drawn("ab", 0, payload.Raw); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("without room: %q", got)
	}
}

func TestALongBodyIsCutAndSaysSo(t *testing.T) {
	t.Parallel()
	word := strings.Repeat("æ", 40)
	list := "[" + strings.TrimSuffix(strings.Repeat(`"`+word+`",`, 2500), ",") + "]"
	text := strings.Repeat("x", payload.Limit-1) + "æøå"
	for name, c := range map[string]struct {
		body  string
		style payload.Style
		size  string
	}{
		"JSON stays pretty":                {list, payload.Pretty, fmt.Sprint((len(list)+1023)/1024, " KiB")},
		"raw":                              {list, payload.Raw, fmt.Sprint((len(list)+1023)/1024, " KiB")},
		"a character across the limit":     {text, payload.Raw, "129 KiB"},
		"a little more than the limit":     {strings.Repeat("x", payload.Limit+1), payload.Pretty, "129 KiB"},
		"bytes that are no text at all":    {strings.Repeat("\x80", payload.Limit+9), payload.Raw, "129 KiB"},
		"short JSON that pretty lets grow": {"[" + strings.Repeat("1,", payload.Limit/4) + "1]", payload.Pretty, "65 KiB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := drawn(c.body, 100, c.style)
			last := rows[len(rows)-1]
			if !strings.Contains(last, "cut here") || !strings.Contains(last, c.size) {
				t.Errorf("the last row is %q, want %s", last, c.size)
			}
			shown := strings.Join(rows[:len(rows)-1], "")
			if !strings.Contains(name, "no text") && strings.Contains(shown, `\x`) {
				t.Error("a character was cut in two")
			}
			if c.style == payload.Pretty && c.body == list && rows[1] != `  "`+word+`",` {
				t.Errorf("the second row is %q", rows[1])
			}
		})
	}
	exact := strings.Repeat("x", payload.Limit)
	if got := strings.Join(drawn(exact, 100, payload.Raw), ""); got != exact {
		t.Error("a body of just the limit is not drawn whole")
	}
}

func TestAMegabyteInOneLineIsDrawnAtOnce(t *testing.T) {
	t.Parallel()
	const limit = 5 * time.Second // a hundredth of it is usual; quadratic work takes minutes
	for name, body := range map[string]string{
		"one string":     `{"a":"` + strings.Repeat("x", 1<<20) + `"}`,
		"no JSON":        strings.Repeat("{", 1<<20),
		"deep":           strings.Repeat("[", 1<<12) + strings.Repeat("]", 1<<12),
		"many values":    "[" + strings.Repeat("1,", 1<<19) + "1]",
		"control bytes":  strings.Repeat("\x1b", 1<<20),
		"accents piled":  "a" + strings.Repeat("\u0301", 1<<19),
		"one wide glyph": strings.Repeat("漢", 1<<18),
	} {
		for _, style := range []payload.Style{payload.Pretty, payload.Raw} {
			began := time.Now()
			rows := drawn(body, 60, style)
			if took := time.Since(began); took > limit || len(rows) == 0 {
				t.Errorf("%s: %d rows took %v", name, len(rows), took)
			}
		}
	}
}
