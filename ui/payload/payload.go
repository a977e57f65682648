// Package payload draws a body that came from outside: JSON with white space
// and colours, or the bytes as they are. Whatever could move the cursor or
// mislead the eye is shown as an escape.
package payload

import (
	"fmt"
	"strings"
	"unicode/utf8"

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
	var rows []string
	for _, line := range text.VisibleLines(body) {
		for _, part := range text.WrapHard(line, width) {
			rows = append(rows, th.Text.Render(part))
		}
	}
	return rows
}

func coloured(th theme.Theme, pretty string, width int) []string {
	var rows []string
	for line := range strings.SplitSeq(pretty, "\n") {
		for _, parts := range text.WrapTokens(text.Tokens(text.Visible(line)), width) {
			rows = append(rows, colour(th, parts))
		}
	}
	return rows
}

func colour(th theme.Theme, parts []text.Token) string {
	var b strings.Builder
	for _, t := range parts {
		switch t.Kind {
		case text.Key:
			b.WriteString(th.JSONKey.Render(t.Text))
		case text.String:
			b.WriteString(th.JSONString.Render(t.Text))
		case text.Number, text.Literal:
			b.WriteString(th.JSONValue.Render(t.Text))
		case text.Punct:
			b.WriteString(th.JSONPunct.Render(t.Text))
		default:
			b.WriteString(t.Text)
		}
	}
	return b.String()
}
