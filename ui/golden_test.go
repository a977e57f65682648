package ui_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"kvikk/ui/uitest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden waits until the screen is the one that is kept in testdata, and shows
// how they differ when it does not come to that. With -update it keeps the
// screen instead, once that is still.
func (p *parts) golden(t *testing.T, term *uitest.Terminal, name string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(p.steady(still(term))+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.TrimSuffix(string(kept), "\n")
	screen, same := term.Try(func(screen string) bool { return p.steady(screen) == want })
	if !same {
		t.Fatalf("the screen is not %s (- kept, + drawn):\n%s", file, differing(want, p.steady(screen)))
	}
}

// differing lists the rows in which two screens differ, whole: what a general
// diff makes of borders cannot be read.
func differing(want, got string) string {
	kept, drawn := strings.Split(want, "\n"), strings.Split(got, "\n")
	var b strings.Builder
	for n := range max(len(kept), len(drawn)) {
		var k, d string
		if n < len(kept) {
			k = kept[n]
		}
		if n < len(drawn) {
			d = drawn[n]
		}
		if k != d {
			fmt.Fprintf(&b, "%3d - %s\n    + %s\n", n+1, k, d)
		}
	}
	return b.String()
}

// still returns the screen once nothing has changed on it for a while, which
// only the writing of golden files has the time for.
func still(term *uitest.Terminal) string {
	const enough = 30
	last, same := "", 0
	for range time.Tick(50 * time.Millisecond) {
		if now := term.Screen(); now != last {
			last, same = now, 0
		}
		if same++; same == enough {
			break
		}
	}
	return last
}

// chance is what differs from run to run, and what stands for it in a golden
// file: as wide, so that borders stay straight.
type chance struct {
	found *regexp.Regexp
	// as returns what stands for the pattern's first group.
	as func(found string) string
}

// steady returns a screen without what chance has decided: ports, ids and
// signatures. Where a pane wraps one of them it is still recognized.
func (p *parts) steady(screen string) string {
	rows := grid(durations(screen))
	for _, pane := range panes(rows) {
		for _, c := range p.chances() {
			text, at := pane.text(rows)
			for _, m := range c.found.FindAllStringSubmatchIndex(text, -1) {
				for i, r := range c.as(text[m[2]:m[3]]) {
					cell := pane[at[m[2]+i]]
					rows[cell.row][cell.column] = r
				}
			}
		}
	}
	lines := make([]string, len(rows))
	for i, r := range rows {
		lines[i] = strings.TrimRight(string(r), " ")
	}
	return strings.Join(lines, "\n")
}

// durations makes all those that a receiver took to answer the same one.
func durations(screen string) string {
	return regexp.MustCompile(`( in )([\d.]+ m?s)( +)`).ReplaceAllStringFunc(screen, func(found string) string {
		return " in 1 ms" + strings.Repeat(" ", max(len(found)-len(" in 1 ms"), 0))
	})
}

// chances lists what differs. The port of the API gets a number of its own, so
// that a golden file tells it from that of the callback URL.
func (p *parts) chances() []chance {
	always := func(s string) func(string) string {
		return func(found string) string { return s[:len(found)] }
	}
	const hash = "bWFkZSB1cCwgYnV0IGFzIGxvbmcgYXMgYSByZWFsIG9uZQ=="
	port := func(found string) string {
		if strings.HasSuffix(p.apiURL(), ":"+found) {
			return "41872"
		}
		return "41873"[:len(found)]
	}
	return []chance{
		{regexp.MustCompile(`127\.0\.0\.1:(\d{1,5})`), port},
		// Whole, or cut at the end of a pane.
		{regexp.MustCompile(`([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|[0-9a-f]{8}-[0-9a-f-]{0,27}$)`), always("7b1e5c0a-93d2-4f68-8a41-2c9be07d6f35")},
		{regexp.MustCompile(`/hooks/([A-Z2-7]{1,26})`), always("KVIKKHOOKSABCDEFGHIJKLMNOP")},
		{regexp.MustCompile(`"idempotencyKey": "([A-Z2-7]{26})"`), always("MADEUPIDEMPOTENCYKEYABCDEF")},
		{regexp.MustCompile(`"pspReference": "(\d{16})"`), always("7659851875108385")},
		{regexp.MustCompile(`Signature=([A-Za-z0-9+/=]{44})`), always(hash)},
		{regexp.MustCompile(`Sha256: ?([A-Za-z0-9+/=]{44})`), always(hash)},
	}
}

// cell is a place on the screen.
type cell struct{ row, column int }

// region is what a pane shows: its cells in reading order, without the spaces
// at the ends of its lines.
type region []cell

// text returns what stands in the cells, and for each of its bytes the cell.
func (r region) text(rows [][]rune) (string, []int) {
	var b strings.Builder
	var at []int
	for i, c := range r {
		char := string(rows[c.row][c.column])
		b.WriteString(char)
		for range len(char) {
			at = append(at, i)
		}
	}
	return b.String(), at
}

func grid(screen string) [][]rune {
	var rows [][]rune
	for _, line := range strings.Split(screen, "\n") {
		rows = append(rows, []rune(line))
	}
	return rows
}

// panes finds the panes by their borders: lines between the same columns, one
// below the other, belong together.
func panes(rows [][]rune) []region {
	type span struct{ from, to int }
	open := make(map[span]region)
	var done []region
	for n, row := range rows {
		next := make(map[span]region)
		from := 0
		for to := 0; to <= len(row); to++ {
			if to < len(row) && row[to] != '│' {
				continue
			}
			s := span{from, to}
			next[s] = append(open[s], line(row, n, from, to)...)
			delete(open, s)
			from = to + 1
		}
		for _, ended := range open {
			done = append(done, ended)
		}
		open = next
	}
	for _, ended := range open {
		done = append(done, ended)
	}
	return done
}

// line returns the cells of one line of a pane, without the spaces at its ends.
func line(row []rune, n, from, to int) region {
	for from < to && row[from] == ' ' {
		from++
	}
	for to > from && row[to-1] == ' ' {
		to--
	}
	var cells region
	for c := from; c < to; c++ {
		cells = append(cells, cell{n, c})
	}
	return cells
}
