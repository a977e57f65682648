package profile

import (
	"io"
	"regexp"
	"strings"
)

// ParseEnv reads settings from the text of a .env file. Values are taken as
// they stand: $ and backslashes mean nothing, quotes around a value go, so does
// a comment after it. The error is an [*ImportError].
func ParseEnv(r io.Reader) (Import, error) { return parse(r, parseEnv) }

// parse reads at most 1 MiB of text and parses it.
func parse(r io.Reader, parse func([]byte) (Import, error)) (Import, error) {
	content, err := readAll(r)
	if err != nil {
		return Import{}, &ImportError{Reason: plain(err.Error()), Do: "check what is read in", Err: err}
	}
	if content, err = decoded("", content); err != nil {
		return Import{}, err
	}
	return parse(content)
}

// envName is what can stand before the equals sign.
var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// parseEnv cannot fail: a line that is no setting is listed as ignored.
func parseEnv(content []byte) (Import, error) {
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(content)), "\n")
	c := newCollector()
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, ok := assignment(line)
		if !ok {
			c.ignore("", i+1, "not NAME=value")
			continue
		}
		if last := lastLine(lines, i, value); last > i {
			c.ignore(name, i+1, "its value goes over several lines")
			i = last
			continue
		}
		value, why := unquote(value)
		if why != "" {
			c.ignore(name, i+1, why)
			continue
		}
		c.offer(name, i+1, value)
	}
	return c.done(), nil
}

// assignment splits a line at its first equals sign. The value keeps the white
// space before it, which tells a comment from a value that begins with #.
func assignment(line string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(line, "=")
	name = strings.TrimSpace(name)
	if words := strings.Fields(name); len(words) == 2 && words[0] == "export" {
		name = words[1]
	}
	return name, value, ok && envName.MatchString(name)
}

// unquote returns a value without quotes and comment, or why it cannot.
func unquote(value string) (_, why string) {
	trimmed := strings.TrimSpace(value)
	if trimmed == "" || (trimmed[0] != '"' && trimmed[0] != '\'') {
		for i := 1; i < len(value); i++ {
			if value[i] == '#' && (value[i-1] == ' ' || value[i-1] == '\t') {
				return strings.TrimSpace(value[:i]), ""
			}
		}
		return trimmed, ""
	}
	inside, after, closed := strings.Cut(trimmed[1:], trimmed[:1])
	if !closed {
		return "", "its quote is not closed"
	}
	if after = strings.TrimSpace(after); after != "" && after[0] != '#' {
		return "", "something follows its closing quote"
	}
	return inside, ""
}

// lastLine returns the line that ends a quoted value begun in lines[i], so that
// the lines of a private key are not taken for settings. A quote that is never
// closed, or only after a setting that kvikk knows, ends in its own line.
func lastLine(lines []string, i int, value string) int {
	value = strings.TrimSpace(value)
	if value == "" || (value[0] != '"' && value[0] != '\'') || strings.IndexByte(value[1:], value[0]) >= 0 {
		return i
	}
	for n, line := range lines[i+1:] {
		if name, _, ok := assignment(line); ok {
			if _, _, known := recognise(name); known {
				return i
			}
		}
		if strings.IndexByte(line, value[0]) >= 0 {
			return i + 1 + n
		}
	}
	return i
}
