//go:build unix

package uitest_test

import (
	"bytes"
	"image/color"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/hinshun/vt10x"

	"kvikk/ui/theme"
)

// fourEnters walks from step 1 to a verified webhook.
func (s *tty) fourEnters() {
	s.t.Helper()
	s.threeEnters()
	s.types("\r")
	s.shows("5  View the webhook", "✓ CREATED", "Your webhook has arrived")
}

// threeEnters walks from step 1 to a registered callback URL.
func (s *tty) threeEnters() {
	s.t.Helper()
	s.shows("1  Set up", "enter open callback URL")
	s.types("\r")
	s.shows("2  Access token", "enter get token")
	s.types("\r")
	s.shows("3  Register a webhook", "enter register")
	s.types("\r")
	s.shows("4  Trigger an event", "enter create payment")
}

func TestFourEntersAndQ(t *testing.T) {
	t.Parallel()
	s := start(t, launch{args: []string{"--sandbox"}, env: environment(t.TempDir())})
	s.fourEnters()
	s.shows("✓ 1 Set up", "✓ 5 View the webhook", "✓ signature, 3 checks", "1 webhook")
	s.types("q")
	if status := s.status(); status != 0 {
		t.Errorf("q ends with %d: %s", status, s.stderr.String())
	}
	s.restored()
	if got := s.stderr.String(); got != "kvikk: deleted 1 registration at the provider\n" {
		t.Errorf("standard error has %q", got)
	}
}

func TestWhatWasOnTheScreenIsThereAfterwards(t *testing.T) {
	t.Parallel()
	s := start(t, launch{
		program: "sh", args: []string{"-c", `echo before; "$0" --sandbox; echo status $?`, os.Getenv(programVariable)},
		env: environment(t.TempDir()), onScreen: true,
	})
	s.threeEnters()
	s.types("\x03") // ctrl+c, a key like any other while the program runs
	s.status()
	if got, want := s.text(), "before\nkvikk: deleted 1 registration at the provider\nstatus 0"; got != want {
		t.Errorf("the screen has\n%s\nwant\n%s", got, want)
	}
}

func TestScreenNeedsATerminalOnBothSides(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	tests := map[string]launch{
		"output goes into a pipe":    {args: []string{"--sandbox"}, stdout: &out},
		"input comes from a pipe":    {args: []string{"--sandbox"}, stdin: strings.NewReader("\r\r\r\r")},
		"the same without --sandbox": {stdin: strings.NewReader("")},
	}
	for name, l := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l.env = environment(t.TempDir())
			s := start(t, l)
			if status := s.status(); status != 2 {
				t.Errorf("it ends with %d", status)
			}
			if got := s.stderr.String(); !strings.Contains(got, "needs a terminal") || !strings.Contains(got, "kvikk listen") {
				t.Errorf("standard error has %q", got)
			}
			if got := s.drawn(); got != "" {
				t.Errorf("something was drawn: %q", got)
			}
			if l.stdout != nil && out.Len() > 0 {
				t.Errorf("the pipe got %q", out.String())
			}
		})
	}
}

// TestErrorsDoNotAskTheTerminal: asked for its colours, one that does not
// answer would hold the error up for seconds.
func TestErrorsDoNotAskTheTerminal(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args   []string
		env    string
		status int
	}{
		"wrong usage":       {[]string{"nope"}, "", 2},
		"an unknown flag":   {[]string{"listen", "--nope"}, "", 2},
		"an unusable place": {[]string{"--sandbox"}, "KVIKK_DATA_DIR=/dev/null", 1},
		"refused settings":  {[]string{"listen"}, "KVIKK_API_URL=https://api.vipps.no", 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, launch{args: tt.args, env: environment(t.TempDir(), tt.env), onScreen: true})
			if status := s.status(); status != tt.status {
				t.Errorf("it ends with %d, want %d", status, tt.status)
			}
			if got := s.drawn(); !strings.HasPrefix(got, "kvikk: ") || strings.Contains(got, "\x1b") {
				t.Errorf("the terminal got %q", got)
			}
		})
	}
}

func TestSmallTerminalGetsACalmLineUntilItGrows(t *testing.T) {
	t.Parallel()
	s := start(t, launch{args: []string{"--sandbox"}, env: environment(t.TempDir()), width: 20, height: 5})
	s.until("a line that says how much more room it needs", func(screen string) bool {
		return strings.Join(strings.Fields(screen), " ") == "kvikk needs 60 by 16; this is 20 by 5."
	})
	s.resize(80, 24)
	s.shows("1 ▸", "Set up", "enter open callback URL", "q quit")
	s.resize(120, 36)
	s.shows("▸ 1 Set up", "No webhook yet")
	s.resize(20, 5)
	s.shows("this is 20")
	s.types("q")
	if status := s.status(); status != 0 {
		t.Errorf("q ends with %d", status)
	}
	s.restored()
}

func TestTerminalThatIsStoppedAndContinued(t *testing.T) {
	t.Parallel()
	s := start(t, launch{args: []string{"--sandbox"}, env: environment(t.TempDir())})
	s.threeEnters()
	s.signal(syscall.SIGSTOP)
	s.resize(80, 24)
	s.types("\r")
	s.signal(syscall.SIGCONT)
	s.shows("Your webhook has arrived", "✓ CREATED")
	s.types("q")
	s.restored()
}

var selectGraphics = regexp.MustCompile(`\x1b\[([\d;:]*)m`)

// colours returns the parts of the output that choose a colour.
func colours(output string) []string {
	var found []string
	for _, m := range selectGraphics.FindAllStringSubmatch(output, -1) {
		for p := range strings.FieldsFuncSeq(m[1], func(r rune) bool { return r == ';' || r == ':' }) {
			if n, err := strconv.Atoi(p); err == nil && (n >= 30 && n <= 49 || n >= 90 && n <= 107) {
				found = append(found, m[0])
			}
		}
	}
	return found
}

func TestPlainTerminals(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"NO_COLOR":                  {"NO_COLOR=1"},
		"a terminal called dumb":    {"TERM=dumb", "COLORTERM="},
		"a terminal without a name": {"TERM=", "COLORTERM="},
	}
	for name, env := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, launch{args: []string{"--sandbox"}, env: environment(t.TempDir(), env...)})
			s.fourEnters()
			s.types("S")
			s.shows("▸ Pay and capture")
			s.types("\r")
			s.shows("✓ PASS  all 4 checks", "✓ PASS  CREATED")
			s.types("S")
			s.until("no dialog", func(screen string) bool { return !strings.Contains(screen, "╭ Scenario") })
			s.types("q")
			if status := s.status(); status != 0 {
				t.Errorf("q ends with %d: %s", status, s.stderr.String())
			}
			s.restored()
			if found := colours(s.drawn()); len(found) > 0 {
				t.Errorf("there are %d colours, the first %q", len(found), found[0])
			}
		})
	}
}

func TestColoursFollowTheBackground(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer    string
		has, lost theme.Background
	}{
		"a light background": {"ffff/ffff/ffff", theme.Light, theme.Dark},
		"a dark background":  {"1c1c/1c1c/1c1c", theme.Dark, theme.Light},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, launch{args: []string{"--sandbox"}, env: environment(t.TempDir())})
			s.wrote("\x1b]11;?")
			s.types("\x1b]11;rgb:" + tt.answer + "\x1b\\")
			s.fourEnters()
			s.until("the colours of "+name, func(string) bool {
				return s.has(accent(tt.has)) && !s.has(accent(tt.lost))
			})
			s.types("q")
			s.restored()
		})
	}
}

// accent is the theme's accent as the emulator keeps it.
func accent(b theme.Background) vt10x.Color {
	c, _ := color.RGBAModel.Convert(theme.New(b).Accent.GetForeground()).(color.RGBA)
	return vt10x.Color(c.R)<<16 | vt10x.Color(c.G)<<8 | vt10x.Color(c.B)
}

// has reports whether anything on the screen has a colour.
func (s *tty) has(c vt10x.Color) bool {
	s.screen.Lock()
	defer s.screen.Unlock()
	width, height := s.screen.Size()
	for y := range height {
		for x := range width {
			if g := s.screen.Cell(x, y); g.FG == c {
				return true
			}
		}
	}
	return false
}

func TestKeysPastedInTwoPieces(t *testing.T) {
	t.Parallel()
	s := start(t, launch{env: environment(t.TempDir())})
	s.shows("Sandbox", "Test environment")
	s.types("j")
	s.shows("client_id")
	s.types("e\x1b[200~VIPPS_CLIENT_ID=a1296017-477d-4e39-8adb-36c0eeaaaaaa\nVIPPS_CLIENT_SEC")
	s.types("RET=bWFkZS11cC1zZWNyZXQtMDE=\nVIPPS_MSN=522147\n\x1b[201~")
	s.shows("a1296017-477d-4e39-8adb-36c0ee", "522147", "••••••••")
	s.types("\x03")
	s.restored()
	if strings.Contains(s.drawn(), "bWFkZS11cC1") {
		t.Error("the terminal got the secret")
	}
}
