// Package text makes text from outside safe and pleasant to draw: payloads,
// headers, error texts of servers and libraries, contents of files.
//
// Whoever knows a callback URL decides what stands in a webhook. A terminal
// obeys what it is sent: an escape sequence moves the cursor, writes to the
// clipboard or changes the title, and a bidirectional or zero-width character
// makes a line read differently from its bytes. So there is one rule for such
// text: it goes through [Visible], [VisibleLines], [JSONSafe] or a [Sanitizer]
// before it reaches a screen, a log or standard error. They write every such
// character as an escape that a person can read, and drop none.
//
// The rest of the package takes text that is safe already: [Pretty] and
// [Tokens] lay JSON out and tell its parts apart for colouring, [Wrap],
// [WrapHard] and [Truncate] fit lines into a number of cells.
//
// Widths are in terminal cells: a wide character takes two, a combining mark
// none.
package text
