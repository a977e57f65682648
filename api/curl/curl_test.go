package curl_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kvikk/api/curl"
)

// got is what the server saw of a request.
type got struct {
	method, uri string
	header      http.Header
	length      int64
	body        []byte
}

// shell runs commands against a server that keeps what it receives.
type shell struct {
	t   *testing.T
	url string
	dir string
	saw chan got
}

func newShell(t *testing.T) *shell {
	t.Helper()
	for _, name := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("rendered commands cannot be run here: no %s", name)
		}
	}
	s := &shell{t: t, dir: t.TempDir(), saw: make(chan got, 8)}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("reading what curl sends: %v", err)
		}
		s.saw <- got{r.Method, r.RequestURI, r.Header, r.ContentLength, body}
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	// A file that must not be read, under the names that nasty values use.
	for _, name := range []string{"file", "x"} {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte("Leaked: yes"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// run pastes the command into sh and returns what arrived.
func (s *shell) run(c curl.Command, env ...string) got {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), "sh")
	cmd.Stdin = strings.NewReader(c.String() + "\n")
	cmd.Dir = s.dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "NO_PROXY=*"}, env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("sh: %v\n%s\n%s", err, out, c)
	}
	s.onlyOwnFiles()
	select {
	case g := <-s.saw:
		return g
	default:
		s.t.Fatalf("no request arrived from\n%s", c)
		return got{}
	}
}

// onlyOwnFiles fails when a command has left a file behind.
func (s *shell) onlyOwnFiles() {
	s.t.Helper()
	names, err := os.ReadDir(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	if len(names) != 2 {
		s.t.Fatalf("the command has made files: %v", names)
	}
}

// nasty are values that a careless command would let the shell or curl act on.
func nasty() map[string]string {
	return map[string]string{
		"a command substitution":   `$(touch pwned)`,
		"backticks":                "`touch pwned`",
		"a single quote":           `'; touch pwned; '`,
		"many quotes":              `''"'"'\''`,
		"a double quote":           `"; touch pwned; "`,
		"a variable":               `$HOME ${HOME}`,
		"a leading at sign":        `@file`,
		"a leading dash":           `-o pwned`,
		"a backslash at the end":   `x\`,
		"backslash escapes":        `\n\t\x41\101`,
		"percent signs":            `%s %d %% 100%`,
		"a history mark":           `!! !touch`,
		"a home directory":         `~ ~root`,
		"globs":                    `* ? [a-z] {1,2}`,
		"operators":                `; & | > pwned < x && ||`,
		"letters outside of ASCII": "Tåkelur på Røros – 2 stk 🧦",
	}
}

func TestBodiesArriveByteForByte(t *testing.T) {
	s := newShell(t)
	bodies := nasty()
	bodies["newlines"] = "a\nb\r\n\n'c\n"
	bodies["a newline and a history mark"] = "a\n!b\n%s\\"
	bodies["a NUL"] = "a\x00b\x0001"
	bodies["bytes that are not UTF-8"] = "\xff\xfe'\\%d\x80"
	bodies["an escape sequence"] = "\x1b[201~\x1b]0;x\a"
	bodies["a tab"] = "a\tb"
	bodies["invisible runes"] = "a\u202eb\u200bc\ufeff"
	bodies["a replacement character"] = "a\ufffdb"
	bodies["more than an argument can hold"] = strings.Repeat("0123456789abcde\n", 16<<10)
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			g := s.run(curl.Command{Method: "POST", URL: s.url + "/b", Body: []byte(body)})
			if !bytes.Equal(g.body, []byte(body)) {
				t.Errorf("got %q, want %q", cut(g.body), cut([]byte(body)))
			}
			if g.method != "POST" || g.header.Values("Content-Type") != nil {
				t.Errorf("got %s with Content-Type %q", g.method, g.header["Content-Type"])
			}
		})
	}
}

func cut(b []byte) []byte { return b[:min(len(b), 80)] }

func TestHeaderValuesArriveUnchanged(t *testing.T) {
	s := newShell(t)
	for name, value := range nasty() {
		t.Run(name, func(t *testing.T) {
			g := s.run(curl.Command{URL: s.url, Header: []curl.Header{
				{Name: "X-Test", Value: value},
				{Name: "X-Secret", Value: value, Variable: "SECRET"},
			}}, "SECRET=a '$(touch pwned)' \"b")
			if got := g.header.Get("X-Test"); got != value {
				t.Errorf("got %q, want %q", got, value)
			}
			if got, want := g.header.Get("X-Secret"), value+`a '$(touch pwned)' "b`; got != want {
				t.Errorf("with a variable: got %q, want %q", got, want)
			}
		})
	}
}

func TestOddHeadersAreHarmless(t *testing.T) {
	s := newShell(t)
	g := s.run(curl.Command{URL: s.url, Header: []curl.Header{
		{Name: "X-Break", Value: "a\r\nInjected: yes\x00\x1b"},
		{Name: "X-Blank", Value: "  "},
		{Name: "X-Empty"},
		{Name: "@file", Value: "v"},
		{Name: "A: b\nC", Value: "v"},
		{Name: "", Value: "v"},
		{Name: "X-Variable", Value: "v", Variable: "x; touch pwned"},
	}})
	if got, want := g.header.Get("X-Break"), `a\r\nInjected: yes\x00\x1b`; got != want {
		t.Errorf("a line break: got %q, want %q", got, want)
	}
	for _, name := range []string{"X-Blank", "X-Empty"} {
		if v, ok := g.header[name]; !ok || v[0] != "" {
			t.Errorf("%s: got %q, want an empty field", name, v)
		}
	}
	if got := g.header.Get("X-Variable"); got != "v$x; touch pwned" {
		t.Errorf("an unusable variable: got %q", got)
	}
	for _, name := range []string{"Injected", "Leaked", "C"} {
		if g.header.Get(name) != "" {
			t.Errorf("a field %s was made up", name)
		}
	}
}

func TestURLsArriveUnchanged(t *testing.T) {
	s := newShell(t)
	tests := map[string]struct{ path, want string }{
		"a query with shell signs": {"/p?a=$(touch%20pwned)&b=`x`&c='d'", "/p?a=$(touch%20pwned)&b=`x`&c='d'"},
		"braces and brackets":      {"/{a,b}/[1-3]?x[]=1", "/{a,b}/[1-3]?x[]=1"},
		"dots":                     {"/a/../b/./c", "/a/../b/./c"},
		"spaces and line breaks":   {"/a b\n\x7f", "/a%20b%0A%7F"},
		"letters outside of ASCII": {"/å\xff", "/%C3%A5%FF"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if g := s.run(curl.Command{URL: s.url + tt.path}); g.uri != tt.want || g.method != "GET" {
				t.Errorf("got %s %q, want %q", g.method, g.uri, tt.want)
			}
		})
	}
	t.Run("a URL without its scheme", func(t *testing.T) {
		if g := s.run(curl.Command{URL: strings.TrimPrefix(s.url, "http://") + "/p"}); g.uri != "/p" {
			t.Errorf("got %q", g.uri)
		}
	})
}

func TestAURLIsNeitherOptionNorFile(t *testing.T) {
	t.Parallel()
	for _, u := range []string{"-o", "@file", "--config", "file:///etc/passwd"} {
		if got, want := (curl.Command{URL: u}).String(), "curl 'http://"+u+"'"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestMethods(t *testing.T) {
	s := newShell(t)
	tests := map[string]struct {
		command curl.Command
		length  int64
	}{
		"a POST without a body says so":  {curl.Command{Method: "POST"}, 0},
		"a PUT with an empty body":       {curl.Command{Method: "PUT", Body: []byte{}}, 0},
		"a DELETE":                       {curl.Command{Method: "DELETE"}, 0},
		"a GET with a body stays a GET":  {curl.Command{Method: "GET", Body: []byte("abc")}, 3},
		"a HEAD":                         {curl.Command{Method: "HEAD"}, 0},
		"a method that is no plain word": {curl.Command{Method: "M-SEARCH"}, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.command.URL = s.url
			g := s.run(tt.command)
			if g.method != tt.command.Method || g.length != tt.length {
				t.Errorf("got %s with %d bytes", g.method, g.length)
			}
		})
	}
	if got := (curl.Command{Method: "POST", URL: s.url}).String(); !strings.Contains(got, "-X POST") {
		t.Errorf("the method is not shown: %s", got)
	}
}

func TestVisibleShowsWhatDoesNotPrint(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"blåbær ✓":           "blåbær ✓",
		"a\nb\rc\td":         `a\nb\rc\td`,
		"\x1b]0;owned\a":     `\x1b]0;owned\x07`,
		"\u202e\u200b\u009b": `\u202e\u200b\x9b`,
		"\xff\xfe":           `\xff\xfe`,
		`C:\path`:            `C:\path`,
	} {
		if got := curl.Visible(in); got != want {
			t.Errorf("Visible(%q) = %s, want %s", in, got, want)
		}
	}
}
