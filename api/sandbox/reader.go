package sandbox

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep a body may nest, the default of the provider's platform.
const maxDepth = 64

// problems collects what is wrong with a body, all of it at once.
type problems struct{ details []detail }

func (p *problems) add(name, reason string) {
	p.details = append(p.details, detail{name, reason})
}

// object reads the members of one JSON object by name and type, and notes
// which of them were asked for. A null member counts as absent.
type object struct {
	path    string // with a trailing dot, or empty
	members map[string]any
	asked   map[string]bool
	*problems
}

// readObject parses a body that must be one JSON object.
func readObject(body []byte) (object, *problems, *failure) {
	malformed := func(reason string) *failure {
		return &failure{
			status: http.StatusBadRequest, title: "Bad Request",
			detail: "The request body could not be read.", details: []detail{{"body", reason}},
		}
	}
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return object{}, nil, malformed("The body is empty; a JSON object is required.")
	case !utf8.Valid(body):
		return object{}, nil, malformed("The body is not valid UTF-8.")
	case tooDeep(body):
		return object{}, nil, malformed("The body nests deeper than " + strconv.Itoa(maxDepth) + " levels.")
	}
	if !json.Valid(body) {
		return object{}, nil, malformed("The body is not valid JSON.")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber() // so that a number keeps every digit
	var members map[string]any
	if err := d.Decode(&members); err != nil || members == nil {
		return object{}, nil, malformed("The body must be a JSON object.")
	}
	p := &problems{}
	return object{members: members, asked: make(map[string]bool), problems: p}, p, nil
}

// tooDeep counts brackets outside strings, before any parser recurses.
func tooDeep(body []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

// repeats reports whether an object that is a member of the body, which is
// known to be a JSON object, names one of its own members twice. The decoder
// would let the last one win.
func repeats(body []byte, name string) bool {
	found := false
	eachMember(body, func(member string, value json.RawMessage) {
		if member != name {
			return
		}
		seen := make(map[string]bool)
		eachMember(value, func(inner string, _ json.RawMessage) {
			found = found || seen[inner]
			seen[inner] = true
		})
	})
	return found
}

// eachMember calls fn for the members of a JSON object as they stand; for
// anything else it does nothing.
func eachMember(raw []byte, fn func(name string, value json.RawMessage)) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return
	}
	for d.More() {
		name, err := d.Token()
		text, ok := name.(string)
		var value json.RawMessage
		if err != nil || !ok || d.Decode(&value) != nil {
			return
		}
		fn(text, value)
	}
}

func (o object) get(name string) (any, bool) {
	v, ok := o.members[name]
	if ok {
		o.asked[name] = true
	}
	return v, ok && v != nil
}

func (o object) has(name string) bool {
	_, ok := o.get(name)
	return ok
}

func (o object) fail(name, reason string) { o.add(o.path+name, reason) }

func (o object) wrongType(name, want string) {
	o.fail(name, "The JSON value could not be converted to "+want+".")
}

// require notes each name that is missing.
func (o object) require(names ...string) {
	for _, name := range names {
		if !o.has(name) {
			o.fail(name, "The "+title(name)+" field is required.")
		}
	}
}

func (o object) text(name string) (string, bool) {
	v, ok := o.get(name)
	if !ok {
		return "", false
	}
	s, ok := v.(string)
	if !ok {
		o.wrongType(name, "a string")
	}
	return s, ok
}

// digits reads a string, or a number written in plain digits, whose text is
// then kept digit by digit: collections in the wild leave out the quotes.
func (o object) digits(name string) (string, bool) {
	v, _ := o.get(name)
	if n, ok := v.(json.Number); ok && strings.Trim(n.String(), "0123456789") == "" {
		return n.String(), true
	}
	return o.text(name)
}

func (o object) integer(name string) (int64, bool) {
	v, ok := o.get(name)
	if !ok {
		return 0, false
	}
	n, ok := v.(json.Number)
	i, err := strconv.ParseInt(n.String(), 10, 64)
	if !ok || err != nil {
		o.wrongType(name, "an integer")
		return 0, false
	}
	return i, true
}

func (o object) boolean(name string) bool {
	v, ok := o.get(name)
	if !ok {
		return false
	}
	b, ok := v.(bool)
	if !ok {
		o.wrongType(name, "a boolean")
	}
	return b
}

// child reads an object; false when it is absent or no object.
func (o object) child(name string) (object, bool) {
	v, ok := o.get(name)
	if !ok {
		return object{}, false
	}
	return o.nest(name, v)
}

func (o object) nest(name string, v any) (object, bool) {
	m, ok := v.(map[string]any)
	if !ok {
		o.wrongType(name, "an object")
	}
	return object{path: o.path + name + ".", members: m, asked: make(map[string]bool), problems: o.problems}, ok
}

func (o object) list(name string) []any {
	v, ok := o.get(name)
	if !ok {
		return nil
	}
	l, ok := v.([]any)
	if !ok {
		o.wrongType(name, "an array")
	}
	return l
}

func (o object) texts(name string) []string {
	var out []string
	for i, v := range o.list(name) {
		s, ok := v.(string)
		if !ok {
			o.wrongType(name+"["+strconv.Itoa(i)+"]", "a string")
			continue
		}
		out = append(out, s)
	}
	return out
}

// refuseOthers notes every member that nothing asked for.
func (o object) refuseOthers() {
	for _, name := range slices.Sorted(maps.Keys(o.members)) {
		if !o.asked[name] {
			o.fail(clip(name), "The field is not part of the request.")
		}
	}
}

// title is a field's name as the provider's messages print it.
func title(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
