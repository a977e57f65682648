package text_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"kvikk/ui/text"
)

func TestPretty(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"an object":                       {`{"a":1,"b":[true,null]}`, "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    null\n  ]\n}"},
		"order and duplicate keys stay":   {`{"b":1,"a":2,"b":3}`, "{\n  \"b\": 1,\n  \"a\": 2,\n  \"b\": 3\n}"},
		"numbers stay as written":         {`[1.0,1e2,9007199254740993,-0]`, "[\n  1.0,\n  1e2,\n  9007199254740993,\n  -0\n]"},
		"escapes stay as written":         {`["\u0041\/\n\ud83d"]`, "[\n  \"\\u0041\\/\\n\\ud83d\"\n]"},
		"brackets in strings are letters": {`["{[,:]}\"\\"]`, "[\n  \"{[,:]}\\\"\\\\\"\n]"},
		"spaces in strings stay":          {"[\"a  b\"]", "[\n  \"a  b\"\n]"},
		"white space outside is replaced": {"\r\n[\t1 ,\n\n2 ]  ", "[\n  1,\n  2\n]"},
		"empty containers stay closed": {`{"a":{ },"b":[
		]}`, "{\n  \"a\": {},\n  \"b\": []\n}"},
		"a scalar":               {` "x" `, `"x"`},
		"bytes that are no text": {"[\"\xff\x1b\"]"[:3] + "\"]", "[\n  \"\xff\"\n]"},
	} {
		got, ok := text.Pretty([]byte(c.in))
		if !ok || string(got) != c.want {
			t.Errorf("%s: Pretty(%q) = %q, %v, want %q", name, c.in, got, ok, c.want)
		}
	}
}

func TestPrettyReturnsOtherThingsUntouched(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"", " ", "{", `{"a":}`, "[1,]", "hello", "{} {}", "[\"a\x1b\"]", "<html>"} {
		if got, ok := text.Pretty([]byte(in)); ok || string(got) != in {
			t.Errorf("Pretty(%q) = %q, %v", in, got, ok)
		}
	}
}

func TestDeepJSONStaysSmall(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"10,000 arrays in each other":  strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000),
		"5,000 objects in each other":  strings.Repeat(`{"a":`, 5_000) + "1" + strings.Repeat("}", 5_000),
		"a long list deep inside":      strings.Repeat("[", 40) + strings.Repeat("1,", 50_000) + "1" + strings.Repeat("]", 40),
		"a long list at the last step": strings.Repeat("[", 32) + strings.Repeat("1,", 500_000) + "1" + strings.Repeat("]", 32),
	} {
		out, ok := text.Pretty([]byte(in))
		if !ok || stripped(out) != stripped([]byte(in)) {
			t.Errorf("%s: changed more than white space", name)
		}
		if limit := 8*len(in) + 128<<10; len(out) > limit {
			t.Errorf("%s: %d bytes became %d", name, len(in), len(out))
		}
	}
}

func TestAMegabyteTakesLinearTime(t *testing.T) {
	small := []byte("[" + strings.Repeat(`{"reference":"acme-shop-1","value":1},`, 3_000) + "0]")
	large := []byte("[" + strings.Repeat(`{"reference":"acme-shop-1","value":1},`, 30_000) + "0]")
	run := func(body []byte) time.Duration {
		best := time.Hour
		for range 3 {
			start := time.Now()
			out, _ := text.Pretty(body)
			for _, line := range text.VisibleLines(string(out)) {
				text.Tokens(line)
			}
			text.Tokens(string(body))
			text.WrapHard(string(body), 80)
			best = min(best, time.Since(start))
		}
		return best
	}
	// Ten times the work takes a hundred times as long when it is quadratic.
	if a, b := run(small), run(large); b > 40*a {
		t.Errorf("%d bytes took %v, %d bytes %v", len(small), a, len(large), b)
	}
}

// stripped returns body without the white space outside its strings.
func stripped(body []byte) string {
	var b strings.Builder
	inside := false
	for i := 0; i < len(body); i++ {
		c := body[i]
		switch {
		case inside && c == '\\':
			b.WriteByte(c)
			i++
			c = body[i]
		case c == '"':
			inside = !inside
		case !inside && strings.IndexByte(" \t\r\n", c) >= 0:
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func FuzzPretty(f *testing.F) {
	for _, s := range []string{`{"a":[1,{"b":"c d\""}]}`, "[\"\xff\"]", " 1 ", "[[],{}]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		out, ok := text.Pretty(body)
		if ok != json.Valid(body) {
			t.Fatalf("Pretty says %v", ok)
		}
		if !ok {
			return
		}
		if stripped(out) != stripped(body) {
			t.Fatalf("Pretty(%q) = %q", body, out)
		}
		again, ok := text.Pretty(out)
		if !ok || !bytes.Equal(again, out) && len(body) < 1000 {
			t.Fatalf("Pretty is not stable: %q, then %q", out, again)
		}
	})
}

func TestJSONSafe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"plain JSON stays":             {`{"a":"blåbær <&> 日本"}`, `{"a":"blåbær <&> 日本"}`},
		"layout outside strings stays": {"{\n\t\"a\": 1\r\n}\n", "{\n\t\"a\": 1\r\n}\n"},
		"written escapes stay":         {`["\u001b\\\"\n"]`, `["\u001b\\\"\n"]`},
		"DEL and C1 controls":          {"[\"\x7f\u009b\"]", `["\u007f\u009b"]`},
		"bidi and zero-width":          {"[\"\u202e\u200b\ufeff\"]", `["\u202e\u200b\ufeff"]`},
		"a surrogate pair":             {"[\"\U000e0041\"]", `["\udb40\udc41"]`},
		"a control inside a string":    {"[\"\x1b\n\"]", `["\u001b\u000a"]`},
		"bytes that are no UTF-8":      {"[\"\xff\"]", `["\ufffd"]`},
		"a mark at the quote":          {"[\"\u0301\"]", `["\u0301"]`},
		"a mark on a letter stays":     {"[\"e\u0301\"]", "[\"e\u0301\"]"},
	} {
		if got := text.JSONSafe([]byte(c.in)); string(got) != c.want {
			t.Errorf("%s: %+q, want %+q", name, got, c.want)
		}
	}
}

func TestJSONLine(t *testing.T) {
	t.Parallel()
	got, err := text.JSONLine(map[string]string{"body": "<a>\x1b\u2028&"})
	if want := "{\"body\":\"<a>\\u001b\\u2028&\"}\n"; err != nil || string(got) != want {
		t.Errorf("JSONLine = %q, %v, want %q", got, err, want)
	}
	if _, err := text.JSONLine(func() {}); err == nil {
		t.Error("a function was encoded")
	}
}

func FuzzJSONSafe(f *testing.F) {
	for _, s := range []string{"a\x1b\"\\", "\u202e\U000e0041", "e\u0301", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		line, err := text.JSONLine([]string{s})
		if err != nil {
			t.Fatal(err)
		}
		if r, found := forbidden(strings.TrimSuffix(string(line), "\n")); found {
			t.Fatalf("%U got through: %+q", r, line)
		}
		var got, want []string
		plain, _ := json.Marshal([]string{s})
		if err := json.Unmarshal(plain, &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(line, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%+q decodes to %+q (%v)", line, got, err)
		}
	})
}
