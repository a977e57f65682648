package exchange_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"kvikk/api"
	"kvikk/api/curl"
	"kvikk/ui/pane/exchange"
	"kvikk/ui/theme"
)

func dark() theme.Theme { return theme.New(theme.Dark) }

func request(operation string) api.Request {
	return api.Request{
		Operation: operation, Method: "POST", URL: "https://apitest.vipps.no/webhooks/v1/webhooks",
		Header: []curl.Header{{Name: "Authorization", Value: "Bearer ", Variable: "VIPPS_ACCESS_TOKEN"}, {Name: "Merchant-Serial-Number", Value: "123456"}},
		Body:   []byte(`{"url":"https://example.com/hooks/abc"}`),
	}
}

func answered(seq uint64, status int, body string) exchange.Entry {
	return exchange.Entry{Step: "3 Register a webhook", Exchange: api.Exchange{
		Seq: seq, Operation: "Register a webhook", Request: request("Register a webhook"),
		Response: &api.Response{Status: status, Body: []byte(body)}, Duration: 84 * time.Millisecond,
	}}
}

func read(rows []string) []string {
	plain := make([]string, len(rows))
	for i, r := range rows {
		plain[i] = strings.TrimRight(ansi.Strip(r), " ")
	}
	return plain
}

func TestAnEmptyPaneSaysSo(t *testing.T) {
	t.Parallel()
	p := exchange.New(dark())
	if _, ok := p.Request(); ok || p.Count() != 0 || p.Position() != "" || p.Move(1) || p.Move(-1) {
		t.Error("an empty pane has a request")
	}
	if _, ok := p.Body(); ok {
		t.Error("an empty pane has a body")
	}
	if p.RequestTitle() != "Request" || p.AnswerTitle(60) != "Last answer" {
		t.Errorf("titles %q, %q", p.RequestTitle(), p.AnswerTitle(60))
	}
	if len(p.RequestLines(60)) != 1 || len(p.AnswerLines(60)) != 1 {
		t.Error("an empty pane says more than one line")
	}
}

func TestTheRequestIsShownUntilItIsSent(t *testing.T) {
	t.Parallel()
	p := exchange.New(dark())
	p.SetEntries([]exchange.Entry{answered(1, 201, `{"id":"1"}`)}, 0)
	next := request("Create payment")
	p.SetPreview(&next)
	if r, ok := p.Request(); !ok || r.Operation != "Create payment" || p.RequestTitle() != "Request · Create payment" {
		t.Errorf("request %q under %q", r.Operation, p.RequestTitle())
	}
	if got := strings.Join(read(p.AnswerLines(60)), ""); !strings.Contains(got, `"id"`) {
		t.Errorf("the answer just received is not shown any more: %q", got)
	}
	p.SetPreview(nil)
	if r, ok := p.Request(); !ok || r.Operation != "Register a webhook" {
		t.Errorf("request %q once nothing is about to be sent", r.Operation)
	}
}

func TestTitlesNameStepStatusAndTime(t *testing.T) {
	t.Parallel()
	lost := exchange.Entry{Step: "2 Access token", Exchange: api.Exchange{Seq: 9, Err: errors.New("no answer came"), Duration: 12 * time.Second}}
	for name, c := range map[string]struct {
		entry       exchange.Entry
		long, short string
	}{
		"created":   {answered(1, 201, "{}"), "Last answer · 3 Register a webhook · 201 Created · 84 ms", "Answer · step 3 · 201 Created · 84 ms"},
		"refused":   {answered(2, 401, "{}"), "Last answer · 3 Register a webhook · 401 Unauthorized · 84 ms", "Answer · step 3 · 401 Unauthorized · 84 ms"},
		"no answer": {lost, "Last answer · 2 Access token · no answer · 12.0 s", "Answer · step 2 · no answer · 12.0 s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := exchange.New(dark())
			p.SetEntries([]exchange.Entry{c.entry}, 0)
			if got := p.AnswerTitle(80); got != c.long {
				t.Errorf("title %q, want %q", got, c.long)
			}
			if got := p.AnswerTitle(45); got != c.short {
				t.Errorf("short title %q, want %q", got, c.short)
			}
		})
	}
}

func TestGoingThroughExchanges(t *testing.T) {
	t.Parallel()
	p := exchange.New(dark())
	var entries []exchange.Entry
	for i := range 3 {
		entries = append(entries, answered(uint64(i+1), 200, fmt.Sprintf(`{"n":%d}`, i+1)))
	}
	p.SetEntries(entries, 2)
	for _, c := range []struct {
		by       int
		moved    bool
		position string
		shown    string
	}{
		{0, true, "3 of 3", `"n": 3`},
		{1, false, "3 of 3", `"n": 3`},
		{-1, true, "2 of 3", `"n": 2`},
		{-1, true, "1 of 3", `"n": 1`},
		{-1, false, "1 of 3", `"n": 1`},
	} {
		if moved := p.Move(c.by); moved != c.moved || p.Position() != c.position {
			t.Errorf("Move(%d) = %v at %q", c.by, moved, p.Position())
		}
		if got := strings.Join(read(p.AnswerLines(40)), ""); !strings.Contains(got, c.shown) {
			t.Errorf("%q is not shown at %s: %q", c.shown, c.position, got)
		}
	}
	if e, ok := p.Selected(); !ok || e.Seq != 1 || p.Count() != 3 {
		t.Errorf("selected %d of %d", e.Seq, p.Count())
	}
	if p.SetEntries(entries[:1], 0); p.Position() != "" {
		t.Errorf("one exchange has the position %q", p.Position())
	}
	if p.SetEntries(entries, 7); p.Count() != 3 {
		t.Error("entries are missing")
	}
	if _, ok := p.Selected(); ok {
		t.Error("an exchange that is not there is selected")
	}
}

func TestAnswersInEveryShape(t *testing.T) {
	t.Parallel()
	cut := answered(1, 200, `{"a":1`)
	cut.Response.Truncated = true
	for name, c := range map[string]struct {
		entry exchange.Entry
		want  string
	}{
		"no body":                 {answered(1, 204, ""), "no body, as documented"},
		"an error without a body": {answered(1, 502, ""), "The answer has no body."},
		"a body cut off":          {cut, "cut here"},
		"no answer, with reason":  {exchange.Entry{Exchange: api.Exchange{Err: errors.New("refused \x1b[31m")}}, `refused \x1b[31m`},
		"no answer, no reason":    {exchange.Entry{}, "got no answer"},
		"escapes from outside":    {answered(1, 500, "\x1b]0;title\x07\u202e"), `\x1b]0;title\x07\u202e`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := exchange.New(dark())
			p.SetEntries([]exchange.Entry{c.entry}, 0)
			if got := strings.Join(read(p.AnswerLines(60)), "\n"); !strings.Contains(got, c.want) {
				t.Errorf("%q, want %q in it", got, c.want)
			}
		})
	}
}

func TestPrettyAndRaw(t *testing.T) {
	t.Parallel()
	p := exchange.New(dark())
	p.SetEntries([]exchange.Entry{answered(1, 200, `{"a":1}`)}, 0)
	if got := read(p.AnswerLines(60)); !slices.Equal(got, []string{"{", `  "a": 1`, "}"}) {
		t.Errorf("pretty: %q", got)
	}
	p.ToggleRaw()
	if got := read(p.AnswerLines(60)); !slices.Equal(got, []string{`{"a":1}`}) {
		t.Errorf("raw: %q", got)
	}
	p.ToggleRaw()
	if got := read(p.AnswerLines(4)); len(got) <= 3 || got[0] != "{" {
		t.Errorf("narrower: %q", got)
	}
	light := theme.New(theme.Light)
	p.SetTheme(light)
	if got := strings.Join(p.AnswerLines(60), ""); !strings.Contains(got, strings.TrimSuffix(light.JSONKey.Render(`"a"`), "\x1b[m")) {
		t.Errorf("the old colours stay: %q", got)
	}
}

func TestAnAnswerIsColouredOnce(t *testing.T) {
	t.Parallel()
	p := exchange.New(dark())
	p.SetEntries([]exchange.Entry{answered(1, 200, `{"a":1}`)}, 0)
	first := p.AnswerLines(60)
	if again := p.AnswerLines(60); &again[0] != &first[0] {
		t.Error("the same rows are made again for the next frame")
	}
	p.SetEntries([]exchange.Entry{answered(1, 200, `{"b":2}`)}, 0)
	if now := strings.Join(read(p.AnswerLines(60)), ""); !strings.Contains(now, `"b"`) {
		t.Errorf("the old answer stays: %q", now)
	}
}

func TestTheBodyIsTheAnswersElseTheRequests(t *testing.T) {
	t.Parallel()
	p := exchange.New(dark())
	preview := request("Create payment")
	p.SetPreview(&preview)
	if body, ok := p.Body(); !ok || string(body) != string(preview.Body) {
		t.Errorf("body %q", body)
	}
	p.SetEntries([]exchange.Entry{answered(1, 200, `{"a":1}`)}, 0)
	if body, ok := p.Body(); !ok || string(body) != `{"a":1}` {
		t.Errorf("body %q", body)
	}
}

func TestACommandIsWholeAndHangs(t *testing.T) {
	t.Parallel()
	p := exchange.New(dark())
	r := request("Register a webhook")
	p.SetPreview(&r)
	for _, width := range []int{9, 20, 47, 76, 200} {
		rows := read(p.RequestLines(width))
		var whole strings.Builder
		for _, row := range rows {
			if got := ansi.StringWidth(row); got > width {
				t.Errorf("%d cells at width %d: %q", got, width, row)
			}
			whole.WriteString(strings.ReplaceAll(row, " ", ""))
		}
		if want := strings.NewReplacer(" ", "", "\n", "").Replace(r.Curl()); whole.String() != want {
			t.Errorf("width %d: %q, want %q", width, whole.String(), want)
		}
	}
	rows := read(p.RequestLines(47))
	if !strings.HasPrefix(rows[0], "curl ") || !strings.HasPrefix(rows[1], "      ") {
		t.Errorf("the rest of a long line does not hang: %q", rows[:2])
	}
	if joined := strings.Join(rows, "\n"); !strings.Contains(joined, "$VIPPS_ACCESS_TOKEN") {
		t.Errorf("the token's variable is missing:\n%s", joined)
	}
}

func TestRowsOfAnswersAreNeverWiderThanAsked(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("漢字 and ", 40)
	lost := exchange.Entry{Exchange: api.Exchange{Err: errors.New(long)}}
	cut := answered(1, 200, `{"a":1`)
	cut.Response.Truncated = true
	for _, e := range []exchange.Entry{answered(1, 200, `{"a":"`+long+`"}`), answered(1, 500, long), answered(1, 204, ""), lost, cut} {
		p := exchange.New(dark())
		empty := exchange.New(dark())
		p.SetEntries([]exchange.Entry{e}, 0)
		for _, width := range []int{12, 40, 76, 110} {
			for _, row := range slices.Concat(p.AnswerLines(width), empty.AnswerLines(width), empty.RequestLines(width)) {
				if got := ansi.StringWidth(row); got > width {
					t.Errorf("%d cells at width %d: %q", got, width, ansi.Strip(row))
				}
			}
		}
	}
}

func TestDurations(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "<1 ms", 999 * time.Microsecond: "<1 ms", time.Millisecond: "1 ms", 84*time.Millisecond + 700*time.Microsecond: "84 ms",
		9999 * time.Millisecond: "9999 ms", 10 * time.Second: "10.0 s", 61*time.Second + 250*time.Millisecond: "61.2 s",
	} {
		if got := exchange.Milliseconds(d); got != want {
			t.Errorf("%v is written %q, want %q", d, got, want)
		}
	}
}
