package main_test

import (
	"go/ast"
	"go/token"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	// mostLines is how long a file may be, mostFunctionLines how long a
	// function.
	mostLines         = 400
	mostFunctionLines = 60
)

func TestFilesAndFunctionsAreShort(t *testing.T) {
	for _, s := range sources(t) {
		if n := s.set.Position(s.file.FileEnd).Line; n > mostLines {
			t.Errorf("%s has %d lines, and %d is the end: split it by concept", s.path, n, mostLines)
		}
		for _, f := range functions(s.file) {
			n := s.set.Position(f.End()).Line - s.set.Position(f.Pos()).Line + 1
			if n > mostFunctionLines && !s.test {
				t.Errorf("%s: %s has %d lines, and %d is the end", s.at(f.Pos()), f.Name.Name, n, mostFunctionLines)
			}
		}
	}
}

func TestNamesSayWhatIsInside(t *testing.T) {
	empty := []string{"util", "utils", "common", "helper", "helpers", "types", "misc", "base"}
	for _, s := range sources(t) {
		name := strings.TrimSuffix(strings.TrimSuffix(s.path[strings.LastIndexByte(s.path, '/')+1:], ".go"), "_test")
		for _, n := range []string{name, s.file.Name.Name} {
			if slices.Contains(empty, n) {
				t.Errorf("%s: %q says nothing about what is inside", s.path, n)
			}
		}
	}
}

func TestNothingExportedIsWithoutComment(t *testing.T) {
	described := map[string]bool{}
	first := map[string]source{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		if _, ok := first[s.room]; !ok {
			first[s.room] = s
		}
		described[s.room] = described[s.room] || s.file.Doc.Text() != ""
		if s.room != "." {
			for _, n := range undescribed(s.file) {
				t.Errorf("%s: %s is exported and has no comment", s.at(n.Pos()), n.Name)
			}
		}
	}
	for room, s := range first {
		if !described[room] {
			t.Errorf("%s: no file of the package %s says what it is for", s.at(s.file.Package), room)
		}
	}
}

// undescribed returns what a file exports without a comment. A group of
// constants may have one comment for all.
func undescribed(f *ast.File) []*ast.Ident {
	var out []*ast.Ident
	want := func(n *ast.Ident, comments ...*ast.CommentGroup) {
		if n.IsExported() && !slices.ContainsFunc(comments, func(c *ast.CommentGroup) bool { return c.Text() != "" }) {
			out = append(out, n)
		}
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil || receiver(d).IsExported() {
				want(d.Name, d.Doc)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					want(spec.Name, spec.Doc, d.Doc)
				case *ast.ValueSpec:
					for _, n := range spec.Names {
						want(n, spec.Doc, spec.Comment, d.Doc)
					}
				}
			}
		}
	}
	return out
}

func TestNoExportedFunctionTakesABool(t *testing.T) {
	for _, s := range sources(t) {
		for _, f := range functions(s.file) {
			if s.test || !f.Name.IsExported() || f.Recv != nil && !receiver(f).IsExported() {
				continue
			}
			for _, p := range f.Type.Params.List {
				if x, ok := p.Type.(*ast.Ident); ok && x.Name == "bool" && !setter(f) {
					t.Errorf("%s: %s takes a bool, which nobody can read where it is called", s.at(p.Pos()), f.Name.Name)
				}
			}
		}
	}
}

// setter reports whether a function is one like SetFollow(on bool), which reads
// well where it is called.
func setter(f *ast.FuncDecl) bool {
	return f.Recv != nil && strings.HasPrefix(f.Name.Name, "Set") && f.Type.Params.NumFields() == 1
}

func TestNoStateOutsideOfValues(t *testing.T) {
	for _, s := range sources(t) {
		for _, f := range functions(s.file) {
			if f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: an init function runs at every start, wanted or not", s.at(f.Pos()))
			}
		}
		for _, d := range s.file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR || s.test {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				if !fixed(v) && !embedded(g, v) {
					t.Errorf("%s: the package variable %s can change; make it a field, a constant or a function", s.at(v.Pos()), v.Names[0])
				}
			}
		}
	}
}

// fixed reports whether a package variable is one that nothing changes: an
// error, a compiled expression, or a statement about interfaces.
func fixed(v *ast.ValueSpec) bool {
	if v.Names[0].Name == "_" {
		return true
	}
	for _, value := range v.Values {
		call, ok := value.(*ast.CallExpr)
		if !ok || !slices.Contains([]string{"errors.New", "fmt.Errorf", "regexp.MustCompile"}, selector(call.Fun)) {
			return false
		}
	}
	return len(v.Values) > 0
}

func embedded(g *ast.GenDecl, v *ast.ValueSpec) bool {
	for _, c := range []*ast.CommentGroup{g.Doc, v.Doc} {
		if c != nil && slices.ContainsFunc(c.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") }) {
			return true
		}
	}
	return false
}

// TestOnlyTheProgramSpeaks: what else is printed lands in the middle of the
// screen, and what else exits leaves the terminal and registrations behind.
func TestOnlyTheProgramSpeaks(t *testing.T) {
	forbidden := []string{"fmt.Print", "fmt.Printf", "fmt.Println", "os.Exit", "os.Stdout", "os.Stderr"}
	logs := []string{"log.Print", "log.Fatal", "log.Panic", "log.Default", "log.Writer", "log.SetOutput"}
	for _, s := range sources(t) {
		if s.test || s.room == "." || s.room == "ui/cli" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			name := selector(n)
			if slices.Contains(forbidden, name) || slices.ContainsFunc(logs, func(l string) bool { return strings.HasPrefix(name, l) }) {
				t.Errorf("%s: %s belongs to main and ui/cli", s.at(n.Pos()), name)
			}
			if call, ok := n.(*ast.CallExpr); ok {
				if f, ok := call.Fun.(*ast.Ident); ok && (f.Name == "print" || f.Name == "println") {
					t.Errorf("%s: %s belongs to nobody", s.at(n.Pos()), f.Name)
				}
			}
			return true
		})
	}
}

// TestTheReadmeNamesEveryDependency: each has a reason to be there.
func TestTheReadmeNamesEveryDependency(t *testing.T) {
	readme, mod := read(t, "README.md"), read(t, "go.mod")
	rows := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`[a-z][^|]*\\.[a-z]+/[^|]*) \\|").FindAllStringSubmatch(readme, -1) {
		for module := range strings.SplitSeq(row[1], ", ") {
			rows[strings.Trim(module, "`")] = true
		}
	}
	for module := range rows {
		if !strings.Contains(mod, "\t"+module+" v") {
			t.Errorf("README.md lists %s, which go.mod does not require", module)
		}
	}
	for _, s := range sources(t) {
		for name, pos := range s.imports() {
			listed := slices.ContainsFunc(slices.Collect(maps.Keys(rows)), func(module string) bool { return matches(module+"/...", name) })
			if !standard(name) && !strings.HasPrefix(name, "kvikk/") && !listed {
				t.Errorf("%s: README.md gives no reason for %s", s.at(pos), name)
			}
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func functions(f *ast.File) []*ast.FuncDecl {
	var out []*ast.FuncDecl
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok {
			out = append(out, fn)
		}
	}
	return out
}

// receiver is the name of a method's type.
func receiver(f *ast.FuncDecl) *ast.Ident {
	x := f.Recv.List[0].Type
	for {
		switch at := x.(type) {
		case *ast.StarExpr:
			x = at.X
		case *ast.IndexExpr:
			x = at.X
		case *ast.IndexListExpr:
			x = at.X
		case *ast.Ident:
			return at
		default:
			return ast.NewIdent("")
		}
	}
}
