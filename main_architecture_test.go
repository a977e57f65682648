package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// source is one Go file of the module.
type source struct {
	// path is the file's, room is its package's: "." for the top level.
	path, room string
	test       bool
	set        *token.FileSet
	file       *ast.File
}

// sources parses every Go file below the top level, whatever it is built for.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	err := filepath.WalkDir(".", func(p string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && p != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata"):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(p, ".go"):
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, p, nil, parser.ParseComments|parser.SkipObjectResolution)
		slashed := filepath.ToSlash(p)
		out = append(out, source{slashed, path.Dir(slashed), strings.HasSuffix(p, "_test.go"), set, file})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// at is a place in the file, as editors jump to it.
func (s source) at(p token.Pos) string {
	return s.path + ":" + strconv.Itoa(s.set.Position(p).Line)
}

// imports returns the file's imports by path.
func (s source) imports() map[string]token.Pos {
	out := make(map[string]token.Pos, len(s.file.Imports))
	for _, i := range s.file.Imports {
		if name, err := strconv.Unquote(i.Path.Value); err == nil {
			out[name] = i.Pos()
		}
	}
	return out
}

const (
	bubbles   = "charm.land/bubbles/v2/..."
	bubbletea = "charm.land/bubbletea/v2"
	lipgloss  = "charm.land/lipgloss/v2"
	ansi      = "github.com/charmbracelet/x/ansi"
	uuid      = "github.com/google/uuid"
)

// room is what a package may import besides the standard library. A name that
// ends in "/..." means everything below it as well.
type room struct {
	path   string
	may    []string
	reason string
}

func rooms() []room {
	return []room{
		{".", []string{"kvikk/...", "charm.land/fang/v2", "github.com/charmbracelet/x/term", uuid, "github.com/spf13/cobra"}, "main puts the parts together and does nothing else"},
		{"api", []string{"kvikk/api/curl", "kvikk/api/secret"}, "the client stands on the standard library"},
		{"api/curl", nil, "a leaf"},
		{"api/secret", nil, "a leaf, so that everybody can keep secrets the same way"},
		{"api/webhook", []string{"kvikk/api/secret"}, "receivers need it without the client"},
		{"api/sandbox", []string{uuid, "github.com/gofrs/flock", "rsc.io/qr"}, "what it shares with the client it cannot find wrong in the client"},
		{"api/control", nil, "it knows the sandbox by its admin API alone"},
		{"api/scenario", []string{"kvikk/api", "kvikk/api/control", "kvikk/api/webhook"}, "it plays by calling, in whatever process the sandbox runs"},
		{"api/apitest", []string{"kvikk/api", "kvikk/api/sandbox", "kvikk/api/secret", "kvikk/api/webhook", "github.com/getkin/kin-openapi/..."}, "it drives the client against the sandbox, and knows no screen"},
		{"tunnel", []string{"kvikk/api/secret", "golang.ngrok.com/ngrok/v2"}, "a tunnel does not care what comes through it"},
		{"tunnel/edgetest", []string{"golang.ngrok.com/muxado/v2"}, "it stands for the other side and shares nothing with this one"},
		{"tunnel/inbox", []string{"kvikk/api/secret", "kvikk/api/webhook", "modernc.org/sqlite/..."}, "it receives whatever sends, over whatever tunnel"},
		{"assets", nil, "texts and fixtures, no program"},
		{"ui", []string{"kvikk/ui/...", "kvikk/api", "kvikk/api/control", "kvikk/api/curl", "kvikk/api/scenario", "kvikk/api/secret", "kvikk/api/webhook", "kvikk/tunnel", "kvikk/tunnel/inbox", "kvikk/assets", bubbles, bubbletea, lipgloss}, "main hands it what it must not import, the sandbox for one"},
		{"ui/browser", nil, "a leaf"},
		{"ui/cli", []string{"kvikk/ui/profile", "kvikk/ui/session", "kvikk/ui/text", "kvikk/api/...", "kvikk/tunnel/...", "github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/muesli/mango-cobra", "github.com/muesli/roff"}, "it works without a screen"},
		{"ui/flow", nil, "the steps are a pure state machine"},
		{"ui/form", []string{"kvikk/ui/text", "kvikk/ui/theme", bubbles, bubbletea, lipgloss, ansi}, "fields know nothing of what is filled in"},
		{"ui/markdown", []string{"kvikk/ui/text", "kvikk/ui/theme", lipgloss}, "it draws texts, nothing else"},
		{"ui/pane/sandbox", []string{"kvikk/ui/text", "kvikk/ui/theme", "kvikk/api/control", "kvikk/api/scenario", "kvikk/api/webhook", lipgloss}, "it draws what the sandbox tells, and the root asks it"},
		{"ui/pane/...", []string{"kvikk/ui/flow", "kvikk/ui/form", "kvikk/ui/markdown", "kvikk/ui/payload", "kvikk/ui/text", "kvikk/ui/theme", "kvikk/api", "kvikk/api/curl", "kvikk/api/webhook", "kvikk/tunnel/inbox", bubbles, bubbletea, lipgloss}, "panes draw data, and the root brings them together"},
		{"ui/payload", []string{"kvikk/ui/text", "kvikk/ui/theme", lipgloss}, "it draws bytes, wherever they are from"},
		{"ui/profile", []string{"kvikk/api", "kvikk/api/secret", "kvikk/tunnel", "kvikk/ui/text", "github.com/adrg/xdg", "github.com/pelletier/go-toml/v2/...", "github.com/zalando/go-keyring"}, "settings are there with and without a screen"},
		{"ui/qr", []string{"rsc.io/qr"}, "a leaf"},
		{"ui/session", []string{"kvikk/api", "kvikk/api/control", "kvikk/api/scenario", "kvikk/api/secret", "kvikk/api/webhook", "kvikk/tunnel", "kvikk/tunnel/inbox", "kvikk/ui/profile"}, "a run without a screen: no Bubble Tea"},
		{"ui/text", []string{ansi, "github.com/mattn/go-runewidth"}, "a leaf"},
		{"ui/theme", []string{lipgloss, ansi}, "a leaf: every colour and border"},
		{"ui/uitest", []string{"kvikk/ui/...", "kvikk/api/...", "kvikk/tunnel/...", bubbletea, ansi, "github.com/charmbracelet/colorprofile", "github.com/hinshun/vt10x"}, "support for the tests of the screen"},
	}
}

// ban keeps an import out of all files but those that only names; tests too
// where it says so.
type ban struct {
	imports, only string
	tests         bool
	reason        string
}

func bans() []ban {
	return []ban{
		{"github.com/charmbracelet/bubbletea/...", "", true, "that is version 1; version 2 is charm.land/bubbletea/v2"},
		{"github.com/charmbracelet/bubbles/...", "", true, "that is version 1; version 2 is charm.land/bubbles/v2"},
		{"github.com/charmbracelet/lipgloss/...", "", true, "that is version 1; version 2 is charm.land/lipgloss/v2"},
		{"charm.land/lipgloss/v2/compat", "", true, "it asks the terminal for its background behind Bubble Tea's back"},
		{"golang.ngrok.com/ngrok/...", "tunnel/ngrok*.go", false, "one place knows the SDK and its traps"},
		{"golang.ngrok.com/muxado/...", "tunnel/edgetest/*.go", true, "only the test edge speaks the agent's protocol"},
		{"github.com/zalando/go-keyring", "ui/profile/*.go", true, "one place asks the keyring, with its time limit"},
		{"modernc.org/sqlite/...", "tunnel/inbox/*.go", true, "one place knows the database"},
		{"github.com/chromedp/...", "api/sandbox/*_test.go", true, "only tests of the payer's pages need a browser"},
		{"github.com/getkin/kin-openapi/...", "api/*/*.go", true, "only tests of the API read the provider's description"},
		{"kvikk/ui/cli", "*.go", false, "it has no screen, so no part of the screen builds on it"},
		{"kvikk/tunnel/edgetest", "", false, "it is for tests"},
		{"kvikk/api/apitest", "", false, "it is for tests"},
		{"kvikk/ui/uitest", "", false, "it is for tests"},
		{"testing", "*/*test/*.go", false, "it is for tests"},
		{"unsafe", "", true, "nothing here is worth it"},
	}
}

func TestImportsFollowTheArrows(t *testing.T) {
	all := sources(t)
	for _, s := range all {
		if s.test {
			continue
		}
		at := slices.IndexFunc(rooms(), func(r room) bool { return matches(r.path, s.room) })
		if at < 0 {
			t.Errorf("%s: the package %s is not in the table of rooms", s.at(s.file.Package), s.room)
			continue
		}
		r := rooms()[at]
		for name, pos := range s.imports() {
			if !standard(name) && !slices.ContainsFunc(r.may, func(m string) bool { return matches(m, name) }) {
				t.Errorf("%s: %s must not import %s: %s", s.at(pos), s.room, name, r.reason)
			}
		}
	}
	for _, r := range rooms() {
		if !slices.ContainsFunc(all, func(s source) bool { return matches(r.path, s.room) }) {
			t.Errorf("there is no package %s any more", r.path)
		}
	}
}

func TestBannedImportsStayOut(t *testing.T) {
	for _, s := range sources(t) {
		for name, pos := range s.imports() {
			for _, b := range bans() {
				exempt, err := path.Match(b.only, s.path)
				if err != nil {
					t.Fatal(err)
				}
				if matches(b.imports, name) && !exempt && (b.tests || !s.test) {
					t.Errorf("%s: nobody else imports %s: %s", s.at(pos), name, b.reason)
				}
			}
			if strings.HasPrefix(s.room, "ui/pane/") && name == "net/http" && !s.test {
				t.Errorf("%s: panes never talk to the network", s.at(pos))
			}
			described := s.path == "api/sandbox/openapi_test.go" && name == "kvikk/api/apitest" // for the provider's description
			if s.room == "api/sandbox" && strings.HasPrefix(name, "kvikk/") && name != "kvikk/api/sandbox" && !described {
				t.Errorf("%s: the sandbox's tests are a client of their own, as the sandbox is a server of its own", s.at(pos))
			}
		}
	}
}

// TestPanesUseDataAlone: what acts is the root's.
func TestPanesUseDataAlone(t *testing.T) {
	forbidden := []string{"api.New", "api.Client", "control.New", "control.Client", "scenario.Runner", "inbox.Open", "inbox.Inbox"}
	for _, s := range sources(t) {
		if s.test || !strings.HasPrefix(s.room, "ui/pane/") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if name := selector(n); slices.Contains(forbidden, name) {
				t.Errorf("%s: a pane must not use %s: panes get data and draw it", s.at(n.Pos()), name)
			}
			return true
		})
	}
}

// matches reports whether name is what the pattern says.
func matches(pattern, name string) bool {
	below, all := strings.CutSuffix(pattern, "/...")
	return name == below || all && strings.HasPrefix(name, below+"/")
}

func standard(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return first != "kvikk" && !strings.Contains(first, ".")
}

// selector is "package.Name" for such an expression.
func selector(n ast.Node) string {
	s, ok := n.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	x, ok := s.X.(*ast.Ident)
	if !ok {
		return ""
	}
	return x.Name + "." + s.Sel.Name
}
