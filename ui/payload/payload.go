// Package payload draws a body that came from outside: JSON with white space
// and colours, or the bytes as they are. Whatever could move the cursor or
// mislead the eye is shown as an escape.
package payload

import (
	"fmt"
	"strings"

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

// Limit is the number of bytes of a body that are drawn. What is left out is
// said, and a copy always is the whole.
const Limit = 128 << 10

// Draw returns the body as rows of at most width cells.
func Draw(th theme.Theme, body []byte, width int, s Style) []string {
	width = max(width, 1)
	rest := 0
	if len(body) > Limit {
		rest = len(body) - Limit
		body = body[:Limit]
	}
	var rows []string
	if pretty, isJSON := text.Pretty(body); isJSON && s == Pretty {
		rows = coloured(th, string(pretty), width)
	} else {
		rows = plain(th, string(body), width)
	}
	if rest > 0 {
		rows = append(rows, th.Warn.Render(fmt.Sprintf("… and %d KiB more; a copy has them all", rest>>10)))
	}
	return rows
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
