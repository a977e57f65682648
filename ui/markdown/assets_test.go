package markdown_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"kvikk/assets"
)

// read returns all texts of package assets by name.
func read(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for n := 1; n <= assets.Steps; n++ {
		texts[fmt.Sprintf("step %d", n)] = assets.Step(n)
	}
	for _, name := range []string{assets.Next, assets.Keys, assets.Ngrok, assets.OwnURL} {
		text, err := assets.Text(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = text
	}
	return texts
}

func TestTheTextsAreDrawnWithoutMarkup(t *testing.T) {
	t.Parallel()
	for name, text := range read(t) {
		for _, width := range []int{30, 53, 80, 160} {
			for _, line := range stripped(text, width) {
				if strings.ContainsAny(line, "`[]#") || strings.HasPrefix(line, "- ") || strings.Contains(line, `\x`) {
					t.Errorf("%s at %d: markup is left in %q", name, width, line)
				}
				if w := ansi.StringWidth(line); w > min(width, 72) {
					t.Errorf("%s at %d: %q takes %d cells", name, width, line, w)
				}
			}
		}
	}
}

func TestTheLeadOfAStepLeavesRoomForItsForm(t *testing.T) {
	t.Parallel()
	for n := 1; n <= assets.Steps; n++ {
		for width, most := range map[int]int{51: 6, 76: 5, 56: 6} {
			if got := len(stripped(assets.Lead(n), width)); got > most {
				t.Errorf("step %d takes %d lines of %d cells, want at most %d", n, got, width, most)
			}
		}
	}
}

func TestAStepLooksLikeThis(t *testing.T) {
	t.Parallel()
	want := `Registering tells the provider which URL to call,
and for which events. The answer holds the secret
that will sign every webhook to this URL. It is
given only once, so kvikk keeps it; a lost secret
means a new registration. What kvikk registers, it
deletes when it ends.

What to look at

• secret is used as the text it is. It looks like
  Base64, but must not be decoded.
• id is what deletes the registration. There is no
  way to change one.
• Webhooks API
  (https://developer.vippsmobilepay.com/docs/APIs/
  webhooks-api/quick-start)`
	if got := strings.Join(stripped(assets.Step(3), 51), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
