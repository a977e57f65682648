package text

import (
	"bytes"
	"encoding/json"
)

const (
	indentStep = 2
	// maxIndent is the depth below which a value stays on one line: deeper
	// ones would start beyond the right border.
	maxIndent = 32
	// paddingBase and paddingFactor bound the white space that is added, in
	// bytes and in multiples of the body: a body made of brackets would
	// otherwise grow thirty-fold.
	paddingBase   = 64 << 10
	paddingFactor = 4
)

// Pretty lays JSON out over lines for reading. It adds and removes white space
// outside strings and changes nothing else: order, numbers, escapes, duplicate
// keys and even invalid UTF-8 inside strings stay byte for byte. Values more
// than 32 levels deep stay on one line, and so does the rest of a body that
// would grow to more than some four times its size.
//
// It returns body itself and false when body is not JSON.
func Pretty(body []byte) ([]byte, bool) {
	if !json.Valid(body) {
		return body, false
	}
	p := printer{
		out:     make([]byte, 0, 2*len(body)+64),
		padding: paddingBase + paddingFactor*len(body),
	}
	for i := skipSpace(body, 0); i < len(body); i = skipSpace(body, i) {
		i += p.value(body[i:])
	}
	return p.out, true
}

// printer writes JSON that is known to be valid. It keeps its own stack, so the
// depth of a body costs no call frames.
type printer struct {
	out     []byte
	open    []bool // a container each, the outermost first: is it laid out over lines?
	padding int    // bytes of indentation that may still be added
}

// value writes what s begins with, a string, a bracket, a separator or a
// scalar, and returns how many bytes of s it was.
func (p *printer) value(s []byte) int {
	switch s[0] {
	case '{', '[':
		return p.enter(s)
	case '}', ']':
		last := len(p.open) - 1
		spread := p.open[last]
		p.open = p.open[:last]
		if spread {
			p.newline()
		}
		p.out = append(p.out, s[0])
		return 1
	case ',':
		p.out = append(p.out, ',')
		if p.open[len(p.open)-1] {
			p.newline()
		} else {
			p.out = append(p.out, ' ')
		}
		return 1
	case ':':
		p.out = append(p.out, ": "...)
		return 1
	}
	n := scalarEnd(s)
	p.out = append(p.out, s[:n]...)
	return n
}

// enter writes the bracket that opens a container; an empty container is
// written whole.
func (p *printer) enter(s []byte) int {
	p.out = append(p.out, s[0])
	if next := skipSpace(s, 1); s[next] == '}' || s[next] == ']' {
		p.out = append(p.out, s[next])
		return next + 1
	}
	spread := len(p.open) < maxIndent && p.padding > 0
	p.open = append(p.open, spread)
	if spread {
		p.newline()
	}
	return 1
}

func (p *printer) newline() {
	if p.padding <= 0 {
		return
	}
	p.out = append(p.out, '\n')
	for range indentStep * len(p.open) {
		p.out = append(p.out, ' ')
	}
	p.padding -= 1 + indentStep*len(p.open)
}

// scalarEnd returns the length of the string, number or word that s begins with.
func scalarEnd(s []byte) int {
	if s[0] == '"' {
		return stringEnd(s)
	}
	if n := bytes.IndexAny(s, ",:]} \t\r\n"); n > 0 {
		return n
	}
	return len(s)
}

// stringEnd returns the length of the string, quotes included, that s begins
// with; all of s when it is not closed.
func stringEnd[T string | []byte](s T) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}

func skipSpace(s []byte, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r') {
		i++
	}
	return i
}
