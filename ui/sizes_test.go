package ui_test

import (
	"strings"
	"testing"

	"kvikk/ui/flow"
)

// odd are sizes at and beside those where the screen changes its shape.
func odd() []size {
	var all []size
	for _, width := range []int{60, 61, 79, 80, 109, 110, 117, 118, 159, 160, 211} {
		for _, height := range []int{16, 17, 19, 20, 21, 24, 60} {
			all = append(all, size{width, height})
		}
	}
	return all
}

func TestNoSizeBreaksTheScreen(t *testing.T) {
	t.Parallel()
	for _, step := range flow.Steps() {
		t.Run(step.Title(), func(t *testing.T) {
			t.Parallel()
			p := newParts(t)
			term := p.run(size{120, 36})
			arrived(term)
			term.Press(string(rune('0' + int(step))))
			term.Wait(title(step))
			for _, s := range odd() {
				term.Resize(s.width, s.height)
				screen, whole := term.Try(func(screen string) bool { return sound(screen, s) })
				if !whole {
					t.Fatalf("at %v:\n%s", s, screen)
				}
			}
		})
	}
}

// sound reports whether a screen has as many rows as it should, its frames
// reach the right edge, and header and footer are there.
func sound(screen string, s size) bool {
	rows := strings.Split(screen, "\n")
	if len(rows) != s.height || !strings.HasPrefix(rows[0], " kvikk  SANDBOX · MSN 123456") || !strings.HasSuffix(rows[s.height-1], "? help   q quit") {
		return false
	}
	for n, row := range rows[1 : s.height-1] {
		cells := []rune(row)
		if n == 0 && cells[0] == ' ' {
			continue // the rail in one line
		}
		if len(cells) != s.width || !strings.ContainsRune("╭├│╰", cells[0]) || !strings.ContainsRune("╮┤│╯", cells[s.width-1]) {
			return false
		}
	}
	return true
}
