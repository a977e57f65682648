// Package qr draws QR codes with half blocks, two modules in a terminal cell.
//
// A scanner wants dark modules on a light ground with a light margin, the quiet
// zone. A terminal may be dark, light or anything else, so each cell names both
// its colours: numbers 16 and 231 of the 256-colour palette, which are black
// and white in every theme. The blocks themselves are the light modules; on a
// dark terminal without colours the code still comes out dark on light.
package qr

import (
	"errors"
	"fmt"
	"strings"

	"rsc.io/qr"
)

// The widths of the quiet zone, in modules: what the standard asks for, and
// what phones still read.
const (
	quiet       = 4
	quietNarrow = 2
)

// The colours of a cell: its light half in white on black, or white all over.
// White on white closes the gaps that some fonts leave around a full block.
const (
	mixed = "\x1b[38;5;231;48;5;16m"
	light = "\x1b[38;5;231;48;5;231m"
	reset = "\x1b[m"
)

// Code is a QR code that can be drawn. Make one with [Draw].
type Code struct {
	modules *qr.Code
	zone    int
}

// Draw makes the smallest QR code for text, a URL as a rule, with the quiet zone
// that the standard asks for. It fails when text is empty or longer than a QR
// code can hold (2953 bytes).
func Draw(text string) (Code, error) {
	if text == "" {
		return Code{}, errors.New("drawing a QR code: there is no text")
	}
	// Level L gives the smallest code. A screen is neither dirty nor torn.
	modules, err := qr.Encode(text, qr.L)
	if err != nil {
		return Code{}, fmt.Errorf("drawing a QR code of %d bytes: %w", len(text), err)
	}
	return Code{modules: modules, zone: quiet}, nil
}

// Fit returns the code with the widest quiet zone with which it fits into width
// times height cells. When it does not fit at all, Fit returns the code at its
// smallest, whose Width and Height say how much room it needs, and false.
func (c Code) Fit(width, height int) (Code, bool) {
	for _, c.zone = range []int{quiet, quietNarrow} {
		if c.Width() <= width && c.Height() <= height {
			return c, true
		}
	}
	return c, false
}

// Width returns how many cells a line takes, the quiet zone included.
func (c Code) Width() int { return c.modules.Size + 2*c.zone }

// Height returns the number of lines, the quiet zone included.
func (c Code) Height() int { return (c.Width() + 1) / 2 }

// Lines returns the drawing. Each line sets its colours and resets them.
func (c Code) Lines() []string {
	lines := make([]string, c.Height())
	for row := range lines {
		lines[row] = c.line(row)
	}
	return lines
}

// line draws one row of cells, setting the colours only where they change.
func (c Code) line(row int) string {
	var b strings.Builder
	colours := ""
	for x := range c.Width() {
		cell, want := block(c.dark(x, 2*row), c.dark(x, 2*row+1))
		if want != colours {
			b.WriteString(want)
			colours = want
		}
		b.WriteString(cell)
	}
	b.WriteString(reset)
	return b.String()
}

// dark reports whether the module at (x, y), counted from the corner of the
// quiet zone, is dark. What is outside the code is light.
func (c Code) dark(x, y int) bool { return c.modules.Black(x-c.zone, y-c.zone) }

// block returns the character and the colours for two modules above each other.
func block(upperDark, lowerDark bool) (cell, colours string) {
	switch {
	case upperDark && lowerDark:
		return " ", mixed
	case upperDark:
		return "▄", mixed
	case lowerDark:
		return "▀", mixed
	}
	return "█", light
}
