package ui_test

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"kvikk/api"
	"kvikk/ui/flow"
	"kvikk/ui/uitest"
)

// clock is a clock that only a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 3, 2, 14, 2, 11, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// size is that of a terminal, in cells.
type size struct{ width, height int }

// held returns parts whose clock stands still.
func held(t testing.TB) (*parts, *clock) {
	p, c := newParts(t), newClock()
	p.now = c.now
	return p, c
}

// run starts the program on a terminal of a size.
func (p *parts) run(s size) *uitest.Terminal {
	p.t.Helper()
	return uitest.Run(p.t, s.width, s.height, p.options())
}

// ready waits until a step is open and its action can be done.
func ready(term *uitest.Terminal, s flow.Step) string {
	verbs := map[flow.Step]string{
		flow.SetUp: "enter open callback URL", flow.AccessToken: "enter get token",
		flow.RegisterWebhook: "enter register", flow.TriggerEvent: "enter create payment", flow.ViewWebhook: "enter what next",
	}
	return term.Wait(title(s), verbs[s])
}

func title(s flow.Step) string { return string(rune('0'+int(s))) + "  " + s.Title() }

// walk does the steps' actions from the first one on until a step is open.
func walk(term *uitest.Terminal, to flow.Step) {
	for _, s := range flow.Steps() {
		ready(term, s)
		if s == to {
			return
		}
		term.Press("enter")
	}
}

// arrived walks the whole quick start and waits for its webhook.
func arrived(term *uitest.Terminal) string {
	walk(term, flow.ViewWebhook)
	return term.Wait("Your webhook has arrived", "✓ signature, 3 checks")
}

// registers makes a registration that is not the program's.
func (p *parts) registers(url string, events ...string) {
	p.t.Helper()
	if _, err := p.client().RegisterWebhook(context.Background(), api.RegisterWebhookRequest{URL: url, Events: events}); err != nil {
		p.t.Fatal(err)
	}
}

// field moves the cursor of a form to the field with a label.
func field(term *uitest.Terminal, label string) {
	term.Wait("enter accept")
	for {
		at := cursorIn(term.Screen())
		if strings.HasPrefix(at, label) {
			return
		}
		term.Press("tab")
		term.Until("the cursor in another field than "+at, func(screen string) bool {
			now := cursorIn(screen)
			return now != at && now != ""
		})
	}
}

// cursorIn returns the label of the field with the cursor: its value changes
// without the cursor's moving.
func cursorIn(screen string) string {
	m := regexp.MustCompile(`▸ ([A-Za-z][A-Za-z_' ]*?)(?:  | *[│\n])`).FindStringSubmatch(screen)
	if m == nil {
		return ""
	}
	return m[1]
}

// wipe empties the field with the cursor.
func wipe(term *uitest.Terminal) { term.Type(strings.Repeat("\x7f", 70)) }
