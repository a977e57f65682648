package profile

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
)

func setTo(value string, path ...string) change { return change{path: path, value: value} }

func TestEditChangesOnlyTheLinesInQuestion(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text   string
		change change
		want   string
	}{
		"a value is replaced and its comment stays": {
			"a = 'x' # why\nb = 2\n", setTo("y", "a"), "a = \"y\" # why\nb = 2\n",
		},
		"a key is added to its table after the last one": {
			"[t]\na = 1\n\n[u]\nb = 2\n", setTo("y", "t", "k"), "[t]\na = 1\nk = \"y\"\n\n[u]\nb = 2\n",
		},
		"a key is added to an empty table":          {"[t] # here\n[u]\n", setTo("y", "t", "k"), "[t] # here\nk = \"y\"\n[u]\n"},
		"a missing table is added at the end":       {"a = 1", setTo("y", "t", "u", "k"), "a = 1\n\n[t.u]\nk = \"y\"\n"},
		"an empty document":                         {"", setTo("y", "t", "k"), "[t]\nk = \"y\"\n"},
		"a top-level key stays above the tables":    {"[t]\na = 1\n", setTo("y", "k"), "k = \"y\"\n[t]\na = 1\n"},
		"and below the comment that opens the file": {"# head\n\n[t]\na = 1\n", setTo("y", "k"), "# head\n\nk = \"y\"\n[t]\na = 1\n"},
		"a key is removed with its line":            {"a = 1\nb = 2 # two\nc = 3\n", change{path: []string{"b"}, act: unset}, "a = 1\nc = 3\n"},
		"a value over several lines is removed": {
			"b = [\n1,\n2,\n]\nc = 3\n", change{path: []string{"b"}, act: unset}, "c = 3\n",
		},
		"an absent key is removed without effect": {"a = 1\n", change{path: []string{"x", "y"}, act: unset}, "a = 1\n"},
		"a table goes with those below it and the comment above it": {
			"# the first\n[t.a]\nk = 1\n\n# the second\n[t.b]\nk = 2\n[t.b.u]\nk = 3\n\n# the third\n[t.c]\nk = 4\n",
			change{path: []string{"t", "b"}, act: drop},
			"# the first\n[t.a]\nk = 1\n\n# the third\n[t.c]\nk = 4\n",
		},
		"names are quoted where they have to be": {"", setTo("y", "t", "Æ \"ø\""), "[t]\n\"Æ \\\"ø\\\"\" = \"y\"\n"},
		"control characters are escaped":         {"", setTo("a\x1b\n\x7fb", "k"), "k = \"a\\u001B\\u000A\\u007Fb\"\n"},
		"dotted keys are found":                  {"[t]\nu.k = 'x'\n", setTo("y", "t", "u", "k"), "[t]\nu.k = \"y\"\n"},
		"an equals sign in a quoted key":         {"[t]\n\"a=b\" = 'x'\n", setTo("y", "t", "a=b"), "[t]\n\"a=b\" = \"y\"\n"},
		"lines that end in CRLF":                 {"[t]\r\na = 1\r\n", setTo("y", "t", "k"), "[t]\r\na = 1\r\nk = \"y\"\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := edit([]byte(c.text), []change{c.change})
			must(t, err)
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEditKeepsEveryValueOfADocumentTooUnusualForLines(t *testing.T) {
	t.Parallel()
	text := "# gone\nt = { a = { k = 'x', mine = [1, 2] } }\nother = 1979-05-27\n"
	got, err := edit([]byte(text), []change{setTo("y", "t", "a", "k"), {path: []string{"t", "a", "none"}, act: unset}})
	must(t, err)
	var before, after map[string]any
	must(t, toml.Unmarshal([]byte(strings.Replace(text, "'x'", "'y'", 1)), &before))
	must(t, toml.Unmarshal(got, &after))
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error(diff)
	}
}

// FuzzEdit changes documents of all shapes: what was written can be read again
// and says what was asked for, and nothing else.
func FuzzEdit(f *testing.F) {
	for _, text := range []string{
		"", "a = 1", "[t]\nk = 'x'\n", "t.k = 1 # c\n", "t = { k = 1 }", "[[t]]\nk = 1\n[t.u]\n", "[t]\nk = '''\na\n'''\n",
		"[t.a]\n[t]\n", "# c\n\n[u]\n\"k\\u0041\" = nan\n", "[t]\nk = [\n # c\n 1,\n]\n",
	} {
		f.Add(text, "y")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		before := map[string]any{}
		if toml.Unmarshal([]byte(text), &before) != nil || strings.ToValidUTF8(value, "") != value {
			return // no document, or no text to put into one
		}
		for _, c := range []change{setTo(value, "t", "k"), {path: []string{"t", "k"}, act: unset}, {path: []string{"t"}, act: drop}} {
			got, err := edit([]byte(text), []change{c})
			if err != nil {
				t.Fatalf("edit: %v", err)
			}
			after := map[string]any{}
			if err := toml.Unmarshal(got, &after); err != nil {
				t.Fatalf("the result does not parse: %v\n%s", err, got)
			}
			table, _ := after["t"].(map[string]any)
			if written, found := table["k"]; found != (c.act == set) || found && written != value {
				t.Fatalf("t.k = %v in %s", written, got)
			}
			if delete(after, "t"); !strings.Contains(text, "nan") && !equalBut(before, after, "t") {
				t.Fatalf("something else changed:\n%s\n%s", text, got)
			}
		}
	})
}

func equalBut(before, after map[string]any, key string) bool {
	rest := map[string]any{}
	for k, v := range before {
		if k != key {
			rest[k] = v
		}
	}
	return reflect.DeepEqual(prune(rest), prune(after))
}
