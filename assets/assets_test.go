package assets_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"kvikk/assets"
)

// texts returns every Markdown file of the directory by its path, so that a
// file that nothing embeds is tested too.
func texts(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, pattern := range []string{"*.md", "steps/*.md"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			found[name] = string(text)
		}
	}
	return found
}

func TestEveryTextExists(t *testing.T) {
	t.Parallel()
	onDisk := texts(t)
	if want := assets.Steps + 4; len(onDisk) != want {
		t.Errorf("%d texts on disk, %d can be asked for", len(onDisk), want)
	}
	for n, file := range []string{"1-set-up", "2-access-token", "3-register-a-webhook", "4-trigger-an-event", "5-view-the-webhook"} {
		if got := assets.Step(n + 1); got == "" || got != onDisk["steps/"+file+".md"] {
			t.Errorf("step %d is not %s: %.40q", n+1, file, got)
		}
	}
	for _, name := range []string{assets.Next, assets.Keys, assets.Ngrok, assets.OwnURL} {
		if got, err := assets.Text(name); err != nil || got == "" || got != onDisk[name+".md"] {
			t.Errorf("text %s: %.40q, %v", name, got, err)
		}
	}
}

func TestOtherNamesAndNumbersHaveNoText(t *testing.T) {
	t.Parallel()
	for _, n := range []int{-1, 0, 6, 12} {
		if got := assets.Step(n) + assets.Lead(n); got != "" {
			t.Errorf("step %d says %q", n, got)
		}
	}
	for _, name := range []string{"", "nothing", "../go", "steps/1-set-up.md"} {
		if _, err := assets.Text(name); err == nil {
			t.Errorf("there is a text %q", name)
		}
		if _, err := assets.Fixture(name); err == nil {
			t.Errorf("there is a fixture %q", name)
		}
	}
}

func TestStepsSayWhatHappensAndWhatToLookAt(t *testing.T) {
	t.Parallel()
	for n := 1; n <= assets.Steps; n++ {
		lead := assets.Lead(n)
		if sentences := len(regexp.MustCompile(`[.!?](\s|$)`).FindAllString(lead, -1)); sentences < 2 || sentences > 4 {
			t.Errorf("step %d explains itself in %d sentences", n, sentences)
		}
		if len(lead) > 300 {
			t.Errorf("step %d takes %d letters to explain itself", n, len(lead))
		}
		rest, found := strings.CutPrefix(assets.Step(n), lead+"\n\n## What to look at\n\n- ")
		if !found || !strings.Contains(rest, "](https://developer.vippsmobilepay.com/docs/APIs/") {
			t.Errorf("step %d does not go on with what to look at and a page of the provider's", n)
		}
	}
}

// The Markdown that the texts may use. What is left of a line once code and
// links are taken out must be plain prose.
var (
	inlineCode = regexp.MustCompile("`[^`]+`")
	link       = regexp.MustCompile(`\[[^][]+\]\(([^()\s]+)\)`)
	opening    = regexp.MustCompile(`^(#{1,2} | *- |\d\. |  +\S)`)
	prose      = regexp.MustCompile(`^[\p{L}\p{N} .,:;?!'"()%/…-]*$`)
)

func TestTextsUseTheMarkdownThatIsDrawn(t *testing.T) {
	t.Parallel()
	for name, text := range texts(t) {
		if !strings.HasSuffix(text, "\n") || strings.HasSuffix(text, "\n\n") {
			t.Errorf("%s does not end in one line feed", name)
		}
		code := false
		for i, line := range strings.Split(text, "\n") {
			if strings.HasPrefix(line, "```") {
				code = !code
				continue
			}
			if line != strings.TrimRight(line, " \t\r") || strings.ContainsFunc(line, unicode.IsControl) {
				t.Errorf("%s:%d: a control character or a space at the end", name, i+1)
			}
			rest := opening.ReplaceAllString(link.ReplaceAllString(inlineCode.ReplaceAllString(line, ""), ""), "")
			if !code && !prose.MatchString(rest) {
				t.Errorf("%s:%d: more than prose, code and links: %q", name, i+1, rest)
			}
		}
		if code {
			t.Errorf("%s: a code block is left open", name)
		}
	}
}

func TestLinksLeadToPagesThatWeMean(t *testing.T) {
	t.Parallel()
	hosts := []string{"developer.vippsmobilepay.com", "portal.vippsmobilepay.com", "dashboard.ngrok.com"}
	for name, text := range texts(t) {
		if strings.Contains(text, "http://") {
			t.Errorf("%s: a link without TLS", name)
		}
		for _, found := range link.FindAllStringSubmatch(text, -1) {
			u, err := url.Parse(found[1])
			if err != nil || u.Scheme != "https" || !slices.Contains(hosts, u.Host) {
				t.Errorf("%s: a link to %s", name, found[1])
			}
		}
	}
}

func TestProseWrapsAt72(t *testing.T) {
	t.Parallel()
	for name, text := range texts(t) {
		for i, line := range strings.Split(text, "\n") {
			if len([]rune(link.ReplaceAllString(line, ""))) > 72 {
				t.Errorf("%s:%d is longer than 72", name, i+1)
			}
		}
	}
}

// payload is the shape of an ePayment webhook, members in the provider's order.
type payload struct {
	MSN          string `json:"msn"`
	Reference    string `json:"reference"`
	PSPReference string `json:"pspReference"`
	Name         string `json:"name"`
	Amount       struct {
		Currency string `json:"currency"`
		Value    int64  `json:"value"`
	} `json:"amount"`
	Timestamp      string `json:"timestamp"`
	IdempotencyKey string `json:"idempotencyKey,omitempty"`
	Success        bool   `json:"success"`
}

func TestFixturesAreWrittenAsTheProviderWrites(t *testing.T) {
	t.Parallel()
	reference := regexp.MustCompile(`^[a-zA-Z0-9-]{8,64}$`)
	events := map[string]bool{}
	for _, name := range assets.FixtureNames() {
		body, err := assets.Fixture(name)
		if err != nil {
			t.Fatal(err)
		}
		var p payload
		if err := json.Unmarshal(body, &p); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		// Writing it again gives the same bytes: compact, this order, no more members.
		if again, _ := json.Marshal(p); !bytes.Equal(again, body) {
			t.Errorf("%s: %s\nis not as the provider writes: %s", name, body, again)
		}
		if _, err := time.Parse("2006-01-02T15:04:05.000Z", p.Timestamp); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if p.Name != name || !p.Success || !reference.MatchString(p.Reference) || p.Amount.Value <= 0 {
			t.Errorf("%s: %s", name, body)
		}
		events[p.PSPReference+p.Name] = true
	}
	if len(events) != 8 {
		t.Errorf("%d different events, want 8", len(events))
	}
}

func TestNothingButTextsIsEmbedded(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("fixtures/*")
	if err != nil || len(names) != len(assets.FixtureNames()) {
		t.Errorf("%d files among the fixtures, %v", len(names), err)
	}
	if names, err = filepath.Glob("steps/*"); err != nil || len(names) != assets.Steps {
		t.Errorf("%d files among the steps, %v", len(names), err)
	}
}
