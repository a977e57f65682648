package tunnel

import (
	"strconv"
	"strings"
	"unicode"
)

// Error is a failure explained to the person in front of it. No part of it
// holds a secret or a control character.
type Error struct {
	// Code is ngrok's, such as "ERR_NGROK_107", or empty. What is refused
	// before ngrok is asked carries the code that ngrok would have answered.
	// See https://ngrok.com/docs/errors.
	Code string
	// What happened, the likely Cause, and what to Do about it: one or two
	// sentences each.
	What, Cause, Do string
	// Err is the error behind it, or nil.
	Err error
}

// Error returns all three parts and the code in one line.
func (e *Error) Error() string {
	parts := make([]string, 0, 4)
	for _, p := range []string{e.What, e.Cause, e.Do} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if e.Code != "" {
		parts = append(parts, "("+e.Code+")")
	}
	return strings.Join(parts, " ")
}

// Unwrap returns the error behind e.
func (e *Error) Unwrap() error { return e.Err }

// longest is the most of a foreign text that an explanation repeats, in runes.
const longest = 400

// oneLine makes a text from outside safe to show: white space runs become one
// space, what cannot be seen becomes an escape, and it ends after longest.
func oneLine(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.Join(strings.Fields(s), " ") {
		if n++; n > longest {
			b.WriteString("…")
			break
		}
		if unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}
