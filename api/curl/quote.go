package curl

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quote returns s in single quotes, in which a POSIX shell changes nothing. A
// NUL byte cannot be part of any argument and must not be in s.
func Quote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// bareword returns s as it is when it is made of letters alone, else quoted.
func bareword(s string) string {
	for _, r := range s {
		if (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return Quote(Visible(s))
		}
	}
	return s
}

// isText reports whether a body can stand in the command as it is. Control
// characters cannot: pasted into a terminal, some of them act, and ESC can end
// the paste early. Invisible characters would hide what is sent. A history
// mark on a later line is expanded by old versions of bash, quoted or not.
func isText(body []byte) bool {
	if len(body) > longestArgument || !utf8.Valid(body) {
		return false
	}
	lines := bytes.IndexByte(body, '\n') >= 0
	if lines && bytes.IndexByte(body, '!') >= 0 {
		return false
	}
	for _, r := range string(body) {
		if r != '\n' && !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// printfFormat returns body as a quoted format of printf that writes exactly
// these bytes.
func printfFormat(body []byte) string {
	var b strings.Builder
	b.WriteByte('\'')
	for len(body) > 0 {
		r, n := utf8.DecodeRune(body)
		switch {
		case r == '%':
			b.WriteString("%%")
		case r == '\\':
			b.WriteString(`\\`)
		case r == '\'' || r == '!' || r == utf8.RuneError || !unicode.IsPrint(r):
			for _, c := range body[:n] {
				fmt.Fprintf(&b, `\%03o`, c)
			}
		default:
			b.Write(body[:n])
		}
		body = body[n:]
	}
	b.WriteByte('\'')
	return b.String()
}

// plainURL returns the URL in printable ASCII. A text without http or https in
// front gets what curl would guess, so that it can be neither an option nor a
// file name.
func plainURL(u string) string {
	lower := strings.ToLower(u)
	if !strings.HasPrefix(lower, "http://") && !strings.HasPrefix(lower, "https://") {
		u = "http://" + u
	}
	var b strings.Builder
	for i := range len(u) {
		if c := u[i]; c <= ' ' || c >= 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// headerName returns name with every byte that no header name can have as an
// escape. A leading @, above all, would make curl read a file.
func headerName(name string) string {
	var b strings.Builder
	for i := range len(name) {
		if c := name[i]; isTokenByte(c) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	if b.Len() == 0 {
		return "%00"
	}
	return b.String()
}

// headerValue returns a value in which a line break, which would start another
// field, and every other control character is a visible escape.
func headerValue(value string) string { return Visible(value) }

func isTokenByte(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

func isVariable(name string) bool {
	for i := range len(name) {
		c := name[i]
		if c != '_' && (c < 'A' || c > 'Z') && (c < '0' || c > '9' || i == 0) {
			return false
		}
	}
	return name != ""
}

// plainInDoubleQuotes reports whether s means itself between double quotes.
func plainInDoubleQuotes(s string) bool {
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte(" :_-.", c) >= 0:
		default:
			return false
		}
	}
	return true
}
