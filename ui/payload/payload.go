// Package payload draws a body that came from outside: JSON with white space
// and colours, or the bytes as they are. Whatever could move the cursor or
// mislead the eye is shown as an escape.
package payload

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"charm.land/lipgloss/v2"

	"kvikk/ui/text"
	"kvikk/ui/theme"
)

// Style is one of the two ways to draw a body.
type Style int

// Pretty adds white space outside strings and changes nothing else; Raw shows
// the bytes.
const (
	Pretty Style = iota
	Raw
)

// Other returns the other style.
func (s Style) Other() Style { return Raw - s }

// Limit is the number of bytes that are drawn, white space that was added
// included. That something is left out is said, and a copy always is the whole.
const Limit = 128 << 10

// Draw returns the body as rows of at most width cells.
func Draw(th theme.Theme, body []byte, width int, s Style) []string {
	width = max(width, 1)
	shown, isJSON := body, false
	if s == Pretty {
		shown, isJSON = text.Pretty(body)
	}
	draw := plain
	if isJSON {
		draw = coloured
	}
	rows := draw(th, string(head(shown)), width)
	if len(shown) > Limit {
		note := fmt.Sprintf("… cut here: the body has %d KiB, and a copy has them all", (len(body)+1023)>>10)
		for _, line := range text.Wrap(note, width) {
			rows = append(rows, th.Warn.Render(line))
		}
	}
	return rows
}

// head returns the beginning of a body that is drawn. It ends between two
// characters: half of one would look like bytes that are not valid.
func head(body []byte) []byte {
	if len(body) <= Limit {
		return body
	}
	for end := Limit; end > Limit-utf8.UTFMax; end-- {
		if utf8.RuneStart(body[end]) {
			return body[:end]
		}
	}
	return body[:Limit]
}

func plain(th theme.Theme, body string, width int) []string {
	paint := painter(th.Text)
	var rows []string
	for _, line := range text.VisibleLines(body) {
		for _, part := range text.WrapHard(line, width) {
			rows = append(rows, paint.open+part+paint.end)
		}
	}
	return rows
}

func coloured(th theme.Theme, pretty string, width int) []string {
	paints := palette(th)
	var rows []string
	for line := range strings.SplitSeq(pretty, "\n") {
		for _, parts := range text.WrapTokens(text.Tokens(text.Visible(line)), width) {
			var b strings.Builder
			for _, t := range parts {
				p := paints[t.Kind]
				b.WriteString(p.open + t.Text + p.end)
			}
			rows = append(rows, b.String())
		}
	}
	return rows
}

// paint is a style as what stands before and after a text, so that the style is
// worked out once and not for each of ten thousand tokens.
type paint struct{ open, end string }

func painter(style lipgloss.Style) paint {
	open, end, _ := strings.Cut(style.Render("x"), "x")
	return paint{open, end}
}

func palette(th theme.Theme) map[text.Kind]paint {
	value := painter(th.JSONValue)
	return map[text.Kind]paint{
		text.Key: painter(th.JSONKey), text.String: painter(th.JSONString),
		text.Number: value, text.Literal: value, text.Punct: painter(th.JSONPunct),
	}
}
