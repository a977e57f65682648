// Package sandbox draws what a kvikk sandbox offers beside the provider's API:
// the scenarios that it plays, the faults that it makes, and its clock.
package sandbox

import (
	"charm.land/lipgloss/v2"

	"kvikk/ui/text"
)

// Drawn are the rows of a dialog. Head and Tail stay where they are, and Rows
// scroll between them so that those from First to Last are in view.
type Drawn struct {
	Head, Rows, Tail []string
	First, Last      int
	// Free says that there is no cursor: rows scroll as one likes.
	Free bool
}

// proseWidth is where sentences wrap, however wide the dialog is.
const proseWidth = 72

// prose wraps a sentence, which may repeat text from outside.
func prose(style lipgloss.Style, sentence string, width int) []string {
	return indented(style, "", sentence, min(width, proseWidth))
}

// indented wraps a text within a width and puts an indent before each line.
func indented(style lipgloss.Style, indent, sentence string, width int) []string {
	if sentence == "" {
		return nil
	}
	lines := text.Wrap(text.Visible(sentence), max(width-text.Width(indent), 8))
	for i, l := range lines {
		lines[i] = indent + style.Render(l)
	}
	return lines
}
