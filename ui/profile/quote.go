package profile

import "kvikk/ui/text"

// longestQuote is the width in cells of the most of an outside text that an
// error repeats.
const longestQuote = 60

// quote returns an outside text in quotes, safe to show and cut when it is
// long.
func quote(s string) string { return `"` + text.Truncate(text.Visible(s), longestQuote, "…") + `"` }

// plain returns a message or path from outside safe to show.
func plain(s string) string { return text.Visible(s) }
