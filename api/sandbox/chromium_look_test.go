package sandbox_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"

	"kvikk/api/sandbox"
)

// scene is a page in one of its states.
type scene struct {
	name string
	open func(x *tab)
}

// scenes are the payer's pages, each as full as it can be.
func scenes(t *testing.T) []scene {
	m := start(t, sandbox.Options{Keys: sandbox.Keys{MSN: "1234567890"}})
	long := `"` + strings.Repeat("Wwwwwwwwww", 10) + `"`
	web := func(reference string, members ...string) string {
		return m.create(reference, append([]string{"paymentDescription", long}, members...)...).text(t, "redirectUrl")
	}
	wide := strings.Repeat("w", 43) // as long as the key of its creation may be
	asks := web(wide, "amount", nok(65_000_000))
	approved, refused := web("scene-approved"), web("scene-refused", "amount", nok(182))
	m.approve("scene-approved").want(t, 200)
	m.push("scene-pushed", "paymentDescription", long, "customer", `{"phoneNumber":"471234567890123"}`).want(t, 201)
	at := func(url string) func(*tab) { return func(x *tab) { x.open(url) } }
	empty := start(t, sandbox.Options{}).s.URL()
	return []scene{
		{"landing", at(asks)},
		{"landing, later", at(asks + "&after=wait")},
		{"landing, approved", at(approved)},
		{"landing, refused", func(x *tab) {
			x.open(refused)
			x.click("Approve")
		}},
		{"landing of none", func(x *tab) { x.missing(m.s.URL() + "/landing") }},
		{"app", at(m.s.URL() + "/app")},
		{"app, empty", at(empty + "/app")},
		{"return, waiting", at(m.s.URL() + "/return?reference=" + wide)},
		{"return, approved", at(m.s.URL() + "/return?reference=scene-approved")},
		{"return to none", func(x *tab) { x.missing(m.s.URL() + "/return") }},
	}
}

// missing opens a page that answers 404, which the browser notes.
func (x *tab) missing(url string) {
	x.t.Helper()
	x.open(url)
	if got := x.complained(); len(got) != 1 || !strings.Contains(got[0], "404") {
		x.t.Errorf("opening what is not there: %q", got)
	}
}

func fitAPhone(t *testing.T, x *tab) {
	for _, width := range []int64{360, 320} {
		x.do(chromedp.EmulateViewport(width, 740, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulateScale(2)))
		for _, s := range scenes(t) {
			s.open(x)
			got := evaluate[[]int64](x, `[innerWidth, document.documentElement.scrollWidth]`)
			if got[0] != width || got[1] > width {
				t.Errorf("%s at %d pixels: the window is %d wide and its content %d", s.name, width, got[0], got[1])
			}
			small := evaluate[[]string](x, `[...document.querySelectorAll("button, a")]
				.filter(e => e.getBoundingClientRect().height < 44 || e.getBoundingClientRect().width < 44)
				.map(e => e.innerText + " " + e.getBoundingClientRect().height)`)
			if len(small) > 0 {
				t.Errorf("%s at %d pixels: too small for a finger: %q", s.name, width, small)
			}
		}
	}
}

// contrasts is every text on the page with the contrast of its colours, as
// https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio computes it. A background
// that is half transparent would need more than this and stops it.
const contrasts = `(() => {
	const rgba = c => { const n = c.match(/[\d.]+/g).map(Number); return n.length > 3 ? n : [...n, 1] }
	const light = c => {
		const [r, g, b] = rgba(c).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
		return 0.2126 * r + 0.7152 * g + 0.0722 * b
	}
	const ground = e => {
		for (; e; e = e.parentElement) {
			const c = getComputedStyle(e).backgroundColor, alpha = rgba(c)[3]
			if (alpha === 1) return c
			if (alpha !== 0) throw new Error("half transparent: " + c)
		}
		throw new Error("there is no ground")
	}
	const found = []
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
	while (walk.nextNode()) {
		const e = walk.currentNode.parentElement, text = walk.currentNode.textContent.trim()
		if (!text) continue
		const [a, b] = [light(getComputedStyle(e).color), light(ground(e))]
		found.push({Text: text, Ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)})
	}
	return found
})()`

func haveContrast(t *testing.T, x *tab) {
	x.open(shop(t, `<body style="background: #fff"><p style="color: #777">grey</p>`))
	type contrast struct {
		Text  string
		Ratio float64
	}
	if got := evaluate[[]contrast](x, contrasts); len(got) != 2 || got[0].Ratio != 21 || fmt.Sprintf("%.2f", got[1].Ratio) != "4.48" {
		t.Fatalf("measured %+v, want 21 and 4.48", got)
	}
	grounds := make(map[string]string)
	for _, scheme := range []string{"light", "dark"} {
		x.prefers(scheme)
		for _, s := range scenes(t) {
			s.open(x)
			texts := evaluate[[]contrast](x, contrasts)
			if len(texts) < 4 {
				t.Errorf("%s, %s: only %d texts", s.name, scheme, len(texts))
			}
			for _, c := range texts {
				if c.Ratio < 4.5 {
					t.Errorf("%s, %s: %q has a contrast of %.2f", s.name, scheme, c.Text, c.Ratio)
				}
			}
			grounds[scheme] = evaluate[string](x, `getComputedStyle(document.body).backgroundColor`)
		}
	}
	if grounds["light"] == grounds["dark"] {
		t.Errorf("dark and light are both %s", grounds["dark"])
	}
}

// canBeHeard goes through what the browser tells a screen reader.
func canBeHeard(t *testing.T, x *tab) {
	for _, s := range scenes(t) {
		s.open(x)
		if got := evaluate[[]string](x, `[document.documentElement.lang, document.title]`); got[0] != "en" || !strings.HasSuffix(got[1], " – kvikk sandbox") {
			t.Errorf("%s: language and title are %q", s.name, got)
		}
		tree, err := chromedp.Call(x.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		if err != nil {
			t.Fatal(err)
		}
		roles := make(map[string][]string)
		var levels []int
		for _, n := range tree.Nodes {
			if n.Ignored {
				continue
			}
			role, name := heard(n.Role), heard(n.Name)
			roles[role] = append(roles[role], name)
			if role == "heading" {
				levels = append(levels, level(t, n))
			}
		}
		for _, role := range []string{"button", "link", "heading"} {
			if slices.Contains(roles[role], "") {
				t.Errorf("%s: a %s has no name: %q", s.name, role, roles[role])
			}
		}
		for _, role := range []string{"main", "banner"} {
			if len(roles[role]) != 1 {
				t.Errorf("%s: %d of the role %s, want 1", s.name, len(roles[role]), role)
			}
		}
		if !inOrder(levels) {
			t.Errorf("%s: headings of the levels %v", s.name, levels)
		}
		if n := len(roles["alert"]); (n == 1) != (s.name == "landing, refused") {
			t.Errorf("%s: %d alerts", s.name, n)
		}
	}
}

// inOrder reports whether there is one heading of level 1, the first, and no
// level is left out on the way down.
func inOrder(levels []int) bool {
	for i, l := range levels {
		if i == 0 && l != 1 || i > 0 && (l == 1 || l > levels[i-1]+1) {
			return false
		}
	}
	return len(levels) > 0
}

func heard(v *accessibility.Value) string {
	var s string
	if v == nil || json.Unmarshal(v.Value, &s) != nil {
		return ""
	}
	return s
}

func level(t *testing.T, n *accessibility.Node) int {
	t.Helper()
	for _, p := range n.Properties {
		if p.Name == "level" {
			var l int
			if err := json.Unmarshal(p.Value.Value, &l); err != nil {
				t.Fatal(err)
			}
			return l
		}
	}
	t.Fatal("a heading without a level")
	return 0
}
