// Package theme holds every colour and border of the screen.
//
// The palette is small on purpose: one accent for focus and for the next
// action, green, red and yellow for verdicts only, and a dim shade for what is
// secondary. Nothing is told by colour alone, so the marks that carry the
// meaning live here too.
package theme

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
)

// The marks that carry a meaning beside their colour.
const (
	MarkDone    = "✓"
	MarkFailed  = "✗"
	MarkCurrent = "▸"
	MarkOn      = "●"
	MarkOff     = "○"
	MarkWarning = "!"
	Ellipsis    = "…"
)

// Theme is the set of styles that panes draw with. It is a value: build a new
// one when the background turns out to be light or dark.
type Theme struct {
	// Text is ordinary text, Dim what is secondary, Strong what stands out
	// without being an action.
	Text, Dim, Strong lipgloss.Style
	// Accent marks the focus and the next action; Key a key that does
	// something now.
	Accent, Key lipgloss.Style
	// Good, Bad and Warn are verdicts.
	Good, Bad, Warn lipgloss.Style
	// Border and FocusBorder draw the frames; Title and FocusTitle stand in
	// them.
	Border, FocusBorder, Title, FocusTitle lipgloss.Style
	// Selected is the row under the cursor, Fresh one that has just changed.
	Selected, Fresh lipgloss.Style
	// JSONKey, JSONString, JSONValue and JSONPunct colour a payload.
	JSONKey, JSONString, JSONValue, JSONPunct lipgloss.Style
	// Link is an address.
	Link lipgloss.Style

	dark bool
}

// Background says what the terminal draws on.
type Background int

// The backgrounds a theme is made for. Dark is the default until the terminal
// has answered.
const (
	Dark Background = iota
	Light
)

// Guess returns the background that COLORFGBG names, as some terminals set it
// ("15;0": light on dark), for the time until the terminal has answered. Without
// it the background is taken to be dark.
func Guess(colorFGBG string) Background {
	if at := strings.LastIndexByte(colorFGBG, ';'); at >= 0 {
		if bg := colorFGBG[at+1:]; bg == "7" || bg == "15" {
			return Light
		}
	}
	return Dark
}

// New returns the theme for a background.
func New(b Background) Theme {
	pick := lipgloss.LightDark(b == Dark)
	shade := func(light, dark string) color.Color {
		return pick(lipgloss.Color(light), lipgloss.Color(dark))
	}
	style := func(c color.Color) lipgloss.Style { return lipgloss.NewStyle().Foreground(c) }

	// The greys are ones that a palette of 256 colours has, so that they stay
	// grey where colours are brought down to it.
	accent := shade("#1d4fd7", "#7cb7ff")
	dim := shade("#626262", "#8a8a8a")
	plain := lipgloss.NewStyle()
	return Theme{
		Text:        plain,
		Dim:         style(dim),
		Strong:      plain.Bold(true),
		Accent:      style(accent),
		Key:         style(accent).Bold(true),
		Good:        style(shade("#1a7f37", "#5fd38d")),
		Bad:         style(shade("#c02626", "#ff7b72")),
		Warn:        style(shade("#8a5a00", "#e5c07b")),
		Border:      style(shade("#a8a8a8", "#4e4e4e")),
		FocusBorder: style(accent),
		// Only the focused title is bold, so that the focus is seen without
		// colours too.
		Title:      plain,
		FocusTitle: style(accent).Bold(true),
		Selected:   style(accent).Bold(true),
		Fresh:      plain.Bold(true),
		JSONKey:    style(shade("#0b6b7a", "#7fd1de")),
		JSONString: plain,
		JSONValue:  style(shade("#7a3db8", "#c9a6ff")),
		JSONPunct:  style(dim),
		Link:       style(accent).Underline(true),
		dark:       b == Dark,
	}
}

// IsDark reports whether the theme is made for a dark background, for bubbles
// components that build their own styles.
func (t Theme) IsDark() bool { return t.dark }
