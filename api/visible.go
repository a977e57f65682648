package api

import (
	"strings"
	"unicode/utf8"

	"kvikk/api/curl"
)

// visible returns a server's text as a part of a sentence: in one line, with
// every kind of space as a space and the rest as [curl.Visible] has it.
func visible(s string) string {
	return curl.Visible(strings.NewReplacer("\n", " ", "\r", " ", "\t", " ", "\u00a0", " ").Replace(s))
}

// cut shortens s to at most n bytes, at the end of a rune, and marks the cut.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
