//go:build unix

package uitest_test

import (
	"regexp"
	"strings"
	"testing"
)

var (
	privateMode = regexp.MustCompile(`\x1b\[\?([\d;]+)([hl])`)
	keyboard    = regexp.MustCompile(`\x1b\[([<>])\d*u`)
	otherKeys   = regexp.MustCompile(`\x1b\[>4(;\d)?m`)
	title       = regexp.MustCompile(`\x1b\]2;([^\a\x1b]*)`)
)

// changedModes says which modes of a terminal are not, after all that was
// written to it, as they were before.
func changedModes(output string) []string {
	// The two that are on in a terminal that nobody has changed.
	const autowrap, cursor = "7", "25"
	on := map[string]bool{autowrap: true, cursor: true}
	for _, m := range privateMode.FindAllStringSubmatch(output, -1) {
		for mode := range strings.SplitSeq(m[1], ";") {
			on[mode] = m[2] == "h"
		}
	}
	var changed []string
	for mode, is := range on {
		if is != (mode == autowrap || mode == cursor) {
			changed = append(changed, "mode "+mode)
		}
	}
	pushed := 0
	for _, m := range keyboard.FindAllStringSubmatch(output, -1) {
		if pushed++; m[1] == "<" {
			pushed -= 2
		}
	}
	if pushed != 0 {
		changed = append(changed, "keyboard protocol")
	}
	if last := lastOf(otherKeys, output); last != "" {
		changed = append(changed, "keys of other layouts")
	}
	if last := lastOf(title, output); last != "" {
		changed = append(changed, "title "+last)
	}
	return changed
}

// lastOf returns the group of an expression's last match.
func lastOf(r *regexp.Regexp, s string) string {
	all := r.FindAllStringSubmatch(s, -1)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1][1]
}

// restored checks that a program that has ended left the terminal as it found
// it: the modes of the line, and those that sequences set.
func (s *tty) restored() {
	s.t.Helper()
	s.status()
	if s.after == nil || *s.before != *s.after {
		s.t.Errorf("the terminal line is not as it was: %+v, was %+v", s.after, s.before)
	}
	drawn := s.drawn()
	if !strings.Contains(drawn, "\x1b[?1049h") {
		s.t.Errorf("the program never took the screen: %q", drawn)
	}
	if changed := changedModes(drawn); len(changed) > 0 {
		s.t.Errorf("the program leaves behind: %s", strings.Join(changed, ", "))
	}
}

func TestChangedModesAreFound(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		output string
		want   string
	}{
		"a program that changes nothing":        {"hello\x1b[1m", ""},
		"all of it put back":                    {"\x1b[?1049;2004h\x1b[?25l\x1b[>1u\x1b[>4;2m\x1b]2;x\a…\x1b[?1049l\x1b[?2004l\x1b[?25h\x1b[<1u\x1b[>4m\x1b]2;\a", ""},
		"the other screen stays":                {"\x1b[?1049h", "mode 1049"},
		"the cursor stays hidden":               {"\x1b[?25l", "mode 25"},
		"a mode set once more than it is reset": {"\x1b[?2004h\x1b[?2004l\x1b[?2004h", "mode 2004"},
		"the keyboard protocol stays":           {"\x1b[>1u", "keyboard protocol"},
		"keys of other layouts stay":            {"\x1b[>4;2m", "keys of other layouts"},
		"the title stays":                       {"\x1b]2;kvikk\a", "title kvikk"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := strings.Join(changedModes(tt.output), ", "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
