package profile

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// change is one edit of a TOML document.
type change struct {
	path  []string
	act   act
	value string // what set writes
}

type act int

const (
	set   act = iota // path = value
	unset            // no path
	drop             // no table at path and nothing below it
)

// edit applies changes to a TOML text that parses. People edit this file, so
// only the lines in question change: comments, order and keys that kvikk does
// not know stay. Whether that succeeded is checked by reading the result; a
// document too unusual for it (inline tables, for one) is written anew from its
// values, which keeps unknown keys and loses comments.
func edit(text []byte, changes []change) ([]byte, error) {
	want := map[string]any{}
	if err := toml.Unmarshal(text, &want); err != nil {
		return nil, err
	}
	edited := text
	for _, c := range changes {
		c.applyTo(want)
		edited = c.apply(edited)
	}
	got := map[string]any{}
	if err := toml.Unmarshal(edited, &got); err == nil && reflect.DeepEqual(prune(got), prune(want)) {
		return edited, nil
	}
	return toml.Marshal(want)
}

// prune removes empty tables: whether the last key's header stays is a matter
// of text, not of values.
func prune(values map[string]any) map[string]any {
	for key, v := range values {
		if below, ok := v.(map[string]any); ok && len(prune(below)) == 0 {
			delete(values, key)
		}
	}
	return values
}

// applyTo makes the change in decoded values.
func (c change) applyTo(values map[string]any) {
	for _, key := range c.path[:len(c.path)-1] {
		below, ok := values[key].(map[string]any)
		if !ok {
			if c.act != set {
				return
			}
			below = map[string]any{}
			values[key] = below
		}
		values = below
	}
	key := c.path[len(c.path)-1]
	if c.act != set {
		delete(values, key)
		return
	}
	values[key] = c.value
}

// apply makes the change in a text, as well as lines can tell.
func (c change) apply(text []byte) []byte {
	entries := scan(text)
	switch c.act {
	case drop:
		return dropTable(text, entries, c.path)
	case unset:
		for _, e := range entries {
			if !e.table && slices.Equal(e.path, c.path) {
				return slices.Concat(text[:lineStart(text, e.start)], text[lineEnd(text, e.end):])
			}
		}
		return text
	default:
		return c.applySet(text, entries)
	}
}

func (c change) applySet(text []byte, entries []entry) []byte {
	parent, key := c.path[:len(c.path)-1], c.path[len(c.path)-1]
	line := tomlKey(key) + " = " + tomlString(c.value) + "\n"
	at := -1
	var table []string
	for _, e := range entries {
		if !e.table && slices.Equal(e.path, c.path) {
			return slices.Concat(text[:e.value], []byte(tomlString(c.value)), text[e.end:])
		}
		if e.table {
			table = e.path
		}
		if slices.Equal(table, parent) {
			at = lineEnd(text, e.end)
		}
	}
	switch {
	case at >= 0:
		return slices.Concat(ended(text[:at]), []byte(line), text[at:])
	case len(parent) == 0:
		at = headEnd(text)
		return slices.Concat(text[:at], []byte(line), text[at:])
	}
	header := "[" + tomlPath(parent) + "]\n"
	if len(text) > 0 {
		header = "\n" + header
	}
	return slices.Concat(ended(text), []byte(header+line))
}

// headEnd returns where a file's opening comment and the empty line after it
// end; 0 when it has none.
func headEnd(text []byte) int {
	for at := 0; at < len(text); {
		end := lineEnd(text, at)
		switch line := bytes.TrimSpace(text[at:end]); {
		case len(line) == 0:
			return end
		case line[0] != '#':
			return 0
		}
		at = end
	}
	return 0
}

// dropTable removes the table at path, those below it and the comments that
// stand directly above them.
func dropTable(text []byte, entries []entry, path []string) []byte {
	var kept []byte
	from := 0
	for i, e := range entries {
		if !e.table || len(e.path) < len(path) || !slices.Equal(e.path[:len(path)], path) {
			continue
		}
		start := blockStart(text, e.start)
		end := len(text)
		for _, next := range entries[i+1:] {
			if next.table {
				end = blockStart(text, next.start)
				break
			}
		}
		kept = append(kept, text[from:start]...)
		from = end
	}
	return append(kept, text[from:]...)
}

// entry is one expression of a document: a table's header, or key = value.
type entry struct {
	path  []string
	table bool
	// start, value and end are offsets of the expression's first byte, of its
	// value and of the byte after it.
	start, value, end int
}

// scan lists the expressions of a document.
func scan(text []byte) []entry {
	var p unstable.Parser
	p.Reset(text)
	var entries []entry
	var table []string
	for p.NextExpression() {
		node := p.Expression()
		e := entry{table: node.Kind != unstable.KeyValue}
		e.start, e.value, e.path = keyPath(node)
		if e.table {
			if node.Kind == unstable.ArrayTable {
				// No setting of kvikk's is in an array of tables.
				e.path = append(e.path, "[]")
			}
			table, e.end = e.path, e.value
		} else {
			e.path = slices.Concat(table, e.path)
			e.start, e.end = int(node.Raw.Offset), int(node.Raw.Offset+node.Raw.Length)
			assign := bytes.IndexByte(text[e.value:e.end], '=') + 1
			value := bytes.TrimLeft(text[e.value+assign:e.end], " \t")
			e.value = e.end - len(value)
		}
		entries = append(entries, e)
	}
	return entries
}

// keyPath returns the parts of an expression's key and where it begins and
// ends.
func keyPath(node *unstable.Node) (start, end int, path []string) {
	start = -1
	for it := node.Key(); it.Next(); {
		raw := it.Node().Raw
		if start < 0 {
			start = int(raw.Offset)
		}
		end = int(raw.Offset + raw.Length)
		path = append(path, string(it.Node().Data))
	}
	return start, end, path
}

// position returns line and column, from 1, of the value at path or of the
// nearest table around it; zeros when there is none.
func position(text []byte, path []string) (line, column int) {
	best, at := -1, 0
	for _, e := range scan(text) {
		if n := len(e.path); n <= len(path) && n > best && slices.Equal(e.path, path[:n]) {
			best, at = n, e.start
		}
	}
	if best < 0 {
		return 0, 0
	}
	return 1 + bytes.Count(text[:at], []byte("\n")), 1 + at - lineStart(text, at)
}

// lineStart and lineEnd return where the line around offset begins and where
// the next one does.
func lineStart(text []byte, offset int) int { return 1 + bytes.LastIndexByte(text[:offset], '\n') }

func lineEnd(text []byte, offset int) int {
	if n := bytes.IndexByte(text[offset:], '\n'); n >= 0 {
		return offset + n + 1
	}
	return len(text)
}

// blockStart returns where the comments directly above a line begin.
func blockStart(text []byte, offset int) int {
	start := lineStart(text, offset)
	for start > 0 {
		above := lineStart(text, start-1)
		if !bytes.HasPrefix(bytes.TrimLeft(text[above:start], " \t"), []byte("#")) {
			break
		}
		start = above
	}
	return start
}

// ended returns text with its last line ended.
func ended(text []byte) []byte {
	if len(text) == 0 || text[len(text)-1] == '\n' {
		return text
	}
	return append(slices.Clip(text), '\n')
}

// tomlPath and tomlKey write keys, tomlString a value.
func tomlPath(path []string) string {
	parts := make([]string, len(path))
	for i, key := range path {
		parts[i] = tomlKey(key)
	}
	return strings.Join(parts, ".")
}

func tomlKey(key string) string {
	for _, r := range key {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-' {
			return tomlString(key)
		}
	}
	return key
}

func tomlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
