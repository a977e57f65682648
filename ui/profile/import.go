package profile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"kvikk/api"
	"kvikk/api/secret"
	"kvikk/ui/text"
)

// Import is what was read in from a file or a paste, and what was not.
type Import struct {
	// Values holds what was taken. All of it is kept as secrets, the public
	// fields too; Reveal those to show them (see [Field.Secret]).
	Values map[Field]secret.Value
	// Taken lists the fields in Values in the order of [Fields].
	Taken []Field
	// Ignored lists what was left alone and why, at most 200 entries.
	Ignored []Ignored
	// More counts what was left alone beyond that.
	More int
}

// Ignored is something that was read and not taken.
type Ignored struct {
	// Name is the setting's name, safe to show. It is empty where a line is no
	// setting: then nothing of the line is repeated.
	Name string
	// Line, from 1, is where it stands; 0 in a Postman environment.
	Line int
	// Why says why, half a sentence.
	Why string
}

// String returns name or line, and the reason.
func (i Ignored) String() string {
	if i.Name == "" {
		return fmt.Sprintf("line %d: %s", i.Line, i.Why)
	}
	return i.Name + ": " + i.Why
}

// Apply returns p and s with what was taken in place.
func (i Import) Apply(p Profile, s Secrets) (Profile, Secrets) {
	put := func(f Field, to *string) {
		if v, ok := i.Values[f]; ok {
			*to = v.Reveal()
		}
	}
	keep := func(f Field, to *secret.Value) {
		if v, ok := i.Values[f]; ok {
			*to = v
		}
	}
	put(FieldClientID, &p.ClientID)
	put(FieldMSN, &p.MSN)
	put(FieldPhone, &p.Phone)
	put(FieldDomain, &p.Tunnel.Domain)
	keep(FieldClientSecret, &s.ClientSecret)
	keep(FieldSubscriptionKey, &s.SubscriptionKey)
	keep(FieldAuthtoken, &s.Authtoken)
	return p, s
}

// ImportError says why nothing could be read in.
type ImportError struct {
	// Path is the file, empty for other readers.
	Path string
	// Reason is what is wrong, half a sentence.
	Reason string
	// Do says what helps.
	Do string
	// Err is the error behind it, or nil.
	Err error
}

// Error returns file, reason and remedy in one line.
func (e *ImportError) Error() string {
	path := ""
	if e.Path != "" {
		path = plain(e.Path) + ": "
	}
	return path + e.Reason + "; " + e.Do
}

// Unwrap returns the error behind e.
func (e *ImportError) Unwrap() error { return e.Err }

// ReadFile reads settings from a .env file or a Postman environment, whichever
// it is: a regular file of at most 1 MiB. A path that begins with ~/ is below
// the home directory, and quotes around a path, as terminals put them around a
// file that is dropped on them, are removed. When the file holds none of the
// settings, the error comes with an Import that says what was ignored. The
// error is an [*ImportError].
func ReadFile(path string) (Import, error) {
	path = typedPath(path)
	content, err := readImport(path)
	if err != nil {
		return Import{}, err
	}
	parse := parseEnv
	if start := bytes.TrimLeftFunc(content, unicode.IsSpace); len(start) > 0 && (start[0] == '{' || start[0] == '[') {
		parse = parsePostman
	}
	i, err := parse(content)
	if err == nil && len(i.Taken) == 0 {
		err = &ImportError{
			Reason: "it has none of the settings that kvikk reads in",
			Do:     "they are called " + variables(Fields()) + " or as in the provider's Postman environment",
		}
	}
	var e *ImportError
	if errors.As(err, &e) {
		e.Path = path
	}
	return i, err
}

// readImport reads a file that a person named.
func readImport(path string) ([]byte, error) {
	refuse := func(reason, do string, err error) ([]byte, error) {
		return nil, &ImportError{Path: path, Reason: reason, Do: do, Err: err}
	}
	// Opening a pipe would wait for its writer, so what it is comes first.
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refuse("there is no such file", "check the path", err)
	case err != nil:
		return refuse(plain(err.Error()), "check the path and its permissions", err)
	case info.IsDir():
		return refuse("it is a directory", "name the file in it", nil)
	case !info.Mode().IsRegular():
		return refuse("it is not a regular file", "copy its content into one", nil)
	}
	f, err := os.Open(path)
	if err != nil {
		return refuse("it cannot be opened", "check its permissions", err)
	}
	defer f.Close()
	content, err := readAll(f)
	if errors.Is(err, errTooLarge) {
		return refuse(err.Error(), "a .env file or a Postman environment is far smaller; check the path", err)
	}
	if err != nil {
		return refuse("it cannot be read", "check the file", err)
	}
	return decoded(path, content)
}

// decoded removes a byte order mark and refuses what is not UTF-8.
func decoded(path string, content []byte) ([]byte, error) {
	if bytes.HasPrefix(content, []byte("\xff\xfe")) || bytes.HasPrefix(content, []byte("\xfe\xff")) {
		return nil, &ImportError{Path: path, Reason: "it is written in UTF-16", Do: "save it as UTF-8"}
	}
	if bytes.IndexByte(content, 0) >= 0 {
		return nil, &ImportError{
			Path: path, Reason: "it is no text file",
			Do: "name a .env file or a Postman environment",
		}
	}
	return bytes.TrimPrefix(content, []byte("\xef\xbb\xbf")), nil
}

// typedPath returns the path that a person means by what was typed or dropped.
func typedPath(path string) string {
	path = strings.TrimSpace(path)
	if n := len(path); n > 2 && (path[0] == '\'' || path[0] == '"') && path[n-1] == path[0] {
		path = path[1 : n-1]
	}
	if rest, ok := strings.CutPrefix(path, "~"+string(filepath.Separator)); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return path
}

// mostIgnored bounds the list of what was ignored.
const mostIgnored = 200

// longestValue is the length in bytes beyond which a value cannot be one of the
// fields.
const longestValue = 4096

// longestName is the width of the longest name that is repeated: what is longer
// is hardly a name, and may be a part of a key.
const longestName = 48

// collector builds an Import.
type collector struct {
	result Import
	from   map[Field]origin
}

// origin says which setting gave a field its value.
type origin struct {
	name string
	line int
	rank rank
}

func newCollector() *collector {
	return &collector{Import{Values: map[Field]secret.Value{}}, map[Field]origin{}}
}

func (c *collector) ignore(name string, line int, why string) {
	if len(c.result.Ignored) == mostIgnored {
		c.result.More++
		return
	}
	name = text.Visible(name)
	if text.Width(name) > longestName {
		name = text.Truncate(name, 8, "…")
	}
	c.result.Ignored = append(c.result.Ignored, Ignored{name, line, why})
}

// offer takes a setting or notes why not. Of two for the same field the more
// exact name goes first, then the later one, as with any .env reader.
func (c *collector) offer(name string, line int, value string) {
	f, r, ok := recognise(name)
	if !ok {
		c.ignore(name, line, whyNotTaken(name))
		return
	}
	v := secret.New(value)
	if why := unusable(v); why != "" {
		c.ignore(name, line, why)
		return
	}
	old, again := c.from[f]
	if again && old.rank > r {
		c.ignore(name, line, old.name+" goes before it")
		return
	}
	if again {
		c.ignore(old.name, old.line, name+" after it goes before it")
	}
	c.from[f] = origin{name, line, r}
	c.result.Values[f] = v
}

// unusable says why a value cannot be a field's, or nothing.
func unusable(v secret.Value) string {
	s := v.Reveal()
	switch {
	case s == "":
		return "it is empty"
	case len(s) > longestValue:
		return "it is too long to be one"
	case strings.HasPrefix(s, "{{") && strings.HasSuffix(s, "}}"):
		return "it refers to another variable"
	case api.IsPlaceholder(s):
		return "it still holds a placeholder"
	case !utf8.ValidString(s) || strings.IndexFunc(s, unicode.IsControl) >= 0:
		return "it holds characters that none has"
	}
	return ""
}

func (c *collector) done() Import {
	for _, f := range Fields() {
		if _, ok := c.result.Values[f]; ok {
			c.result.Taken = append(c.result.Taken, f)
		}
	}
	return c.result
}
