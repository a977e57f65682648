package webhook

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"
)

// members are the members of a JSON object, in their order and undecoded. They
// are looked up by their exact names; encoding/json's struct tags would also
// take REFERENCE for reference. Payloads have about eight members, for which a
// list is faster than a map.
type members []member

type member struct{ name, value []byte }

// membersOf takes an object apart. The text has to be valid JSON; anything but
// an object has no members.
func membersOf(object []byte) members {
	rest := bytes.TrimLeft(object, whiteSpace)
	if len(rest) == 0 || rest[0] != '{' {
		return nil
	}
	all := make(members, 0, 8)
	for rest = next(rest[1:]); rest[0] != '}'; rest = next(rest) {
		var m member
		m.name, rest = value(rest)
		m.value, rest = value(next(rest))
		all = append(all, m)
	}
	return all
}

const whiteSpace = " \t\r\n"

// next skips what stands between names and values.
func next(rest []byte) []byte { return bytes.TrimLeft(rest, whiteSpace+",:") }

// value cuts the value off with which rest begins.
func value(rest []byte) (raw, after []byte) {
	depth := 0
	for i := 0; i < len(rest); i++ {
		switch rest[i] {
		case '"':
			for i++; rest[i] != '"'; i++ {
				if rest[i] == '\\' {
					i++
				}
			}
			if depth == 0 {
				return rest[:i+1], rest[i+1:]
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return rest[:i+1], rest[i+1:]
			}
			if depth < 0 { // of the object around a number or a literal
				return rest[:i], rest[i:]
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return rest[:i], rest[i:]
			}
		}
	}
	return rest, nil
}

// raw returns the undecoded value; of several with one name, the last.
func (m members) raw(name string) []byte {
	for i := len(m) - 1; i >= 0; i-- {
		if quoted := m[i].name; string(quoted[1:len(quoted)-1]) == name ||
			bytes.IndexByte(quoted, '\\') >= 0 && unquote(quoted) == name {
			return m[i].value
		}
	}
	return nil
}

// text returns a string, or a number as its digits stand in the payload.
func (m members) text(name string) string {
	raw := m.raw(name)
	if len(raw) == 0 {
		return ""
	}
	switch c := raw[0]; {
	case c == '"':
		return unquote(raw)
	case c == '-' || '0' <= c && c <= '9':
		return string(raw)
	}
	return ""
}

// unquote decodes a JSON string. Most have no escapes, and those need no decoder.
func unquote(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

func (m members) flag(name string) (value, ok bool) {
	switch string(m.raw(name)) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

func (m members) time(names ...string) time.Time {
	for _, name := range names {
		if t, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(m.text(name))); err == nil {
			return t
		}
	}
	return time.Time{}
}
