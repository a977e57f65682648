package qr_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	rsc "rsc.io/qr"

	"kvikk/ui/qr"
)

const landing = "https://landing.vipps.no?token=eyJhbGciOiJIUzI1NiJ9.made-up"

func draw(t *testing.T, text string) qr.Code {
	t.Helper()
	code, err := qr.Draw(text)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// modules reads the drawing back: true is a dark module. It goes by the
// characters alone, as on a dark terminal without colours.
func modules(t *testing.T, c qr.Code) [][]bool {
	t.Helper()
	var rows [][]bool
	for _, line := range c.Lines() {
		var upper, lower []bool
		for _, cell := range ansi.Strip(line) {
			if !strings.ContainsRune(" ▀▄█", cell) {
				t.Fatalf("a cell holds %q", cell)
			}
			upper = append(upper, cell == ' ' || cell == '▄')
			lower = append(lower, cell == ' ' || cell == '▀')
		}
		rows = append(rows, upper, lower)
	}
	return rows
}

func TestTheDrawingIsTheCode(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"1", landing, "blåbær", strings.Repeat("x", 2953)} {
		want, err := rsc.Encode(text, rsc.L)
		if err != nil {
			t.Fatal(err)
		}
		full := draw(t, text)
		narrow, _ := full.Fit(want.Size+4, want.Size)
		for zone, code := range map[int]qr.Code{4: full, 2: narrow} {
			compare(t, modules(t, code), want, zone)
		}
	}
}

// compare checks every module, those of the quiet zone included.
func compare(t *testing.T, got [][]bool, want *rsc.Code, zone int) {
	t.Helper()
	if rows := want.Size + 2*zone; len(got) != rows+rows%2 {
		t.Fatalf("%d rows of modules, want %d", len(got), rows)
	}
	for y, row := range got {
		if len(row) != want.Size+2*zone {
			t.Fatalf("row %d has %d modules, want %d", y, len(row), want.Size+2*zone)
		}
		for x, dark := range row {
			if dark != want.Black(x-zone, y-zone) {
				t.Fatalf("zone %d: module %d,%d: dark is %v", zone, x, y, dark)
			}
		}
	}
}

func TestSizesAreThoseOfTheLines(t *testing.T) {
	t.Parallel()
	code := draw(t, landing)
	lines := code.Lines()
	if len(lines) != code.Height() {
		t.Errorf("%d lines, Height says %d", len(lines), code.Height())
	}
	for i, line := range lines {
		if w := ansi.StringWidth(line); w != code.Width() {
			t.Errorf("line %d takes %d cells, Width says %d", i, w, code.Width())
		}
	}
}

func TestFitTakesTheWidestQuietZone(t *testing.T) {
	t.Parallel()
	code := draw(t, landing)
	w, h := code.Width(), code.Height()
	for name, c := range map[string]struct {
		width, height int
		want          int // cells
		fits          bool
	}{
		"room for all":        {w, h, w, true},
		"a column too narrow": {w - 1, h, w - 4, true},
		"a row too low":       {w, h - 1, w - 4, true},
		"exactly the narrow":  {w - 4, h - 2, w - 4, true},
		"too narrow":          {w - 5, h, w - 4, false},
		"too low":             {w, h - 3, w - 4, false},
	} {
		got, fits := code.Fit(c.width, c.height)
		if fits != c.fits || got.Width() != c.want {
			t.Errorf("%s: %d cells, %v, want %d, %v", name, got.Width(), fits, c.want, c.fits)
		}
	}
}

func TestEveryCellIsBlackAndWhiteByNumber(t *testing.T) {
	t.Parallel()
	for i, line := range draw(t, landing).Lines() {
		colours := ""
		for rest := line; rest != ""; {
			seq, width, n, _ := ansi.DecodeSequence(rest, 0, nil)
			rest = rest[n:]
			if width == 0 {
				colours = seq
				continue
			}
			want := "\x1b[38;5;231;48;5;16m"
			if seq == "█" {
				want = "\x1b[38;5;231;48;5;231m"
			}
			if colours != want {
				t.Fatalf("line %d: %q is drawn in %q", i, seq, colours)
			}
		}
		if colours != "\x1b[m" {
			t.Fatalf("line %d ends in %q", i, colours)
		}
	}
}

func TestWhatNoCodeCanHoldIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", strings.Repeat("x", 2954)} {
		if _, err := qr.Draw(text); err == nil {
			t.Errorf("%d bytes were drawn", len(text))
		}
	}
}
