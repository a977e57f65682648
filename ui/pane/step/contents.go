package step

import (
	"fmt"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"kvikk/api"
	"kvikk/ui/form"
	"kvikk/ui/text"
	"kvikk/ui/theme"
)

// SetUp is step 1.
type SetUp struct {
	Form *form.Form
	// API and MSN are known once the sandbox runs or keys are there.
	API, MSN string
	// CallbackURL is the open public URL; Tunnel says through what.
	CallbackURL, Tunnel string
	// Report says what a file or a paste brought; Saved where keys are kept.
	Report []string
	Saved  string
	// Keys says how to get at the sandbox's made-up keys.
	Keys string
	// Help explains where keys and tokens come from, in Markdown.
	Help string
	// Action says what Enter does.
	Action string
}

func (c SetUp) draw(d *drawer) {
	for _, line := range c.Report {
		d.say(d.th.Dim, line)
	}
	d.blank()
	d.form(c.Form)
	d.blank()
	d.fact("API", c.API)
	d.fact("Sales unit", c.MSN)
	d.fact("Keys", c.Keys)
	d.fact("Tunnel", c.Tunnel)
	d.styledFact("Callback URL", c.CallbackURL, d.th.Strong)
	d.blank()
	d.say(d.th.Dim, c.Saved)
	d.action(c.Action)
	d.blank()
	d.prose(c.Help)
}

// AccessToken is step 2.
type AccessToken struct {
	Token api.Token
	Has   bool
	Left  time.Duration
	MSN   string
	// Revealed is the token while it is shown on request.
	Revealed string
	Action   string
}

func (c AccessToken) draw(d *drawer) {
	if c.Has {
		shown := "••••  s shows it for ten seconds"
		if c.Revealed != "" {
			shown = c.Revealed
		}
		d.fact("Type", c.Token.Type)
		d.fact("Token", shown)
		d.fact("Good until", fmt.Sprintf("%s, %s from now", c.Token.ExpiresAt.Local().Format(time.TimeOnly), Countdown(c.Left)))
		d.fact("Good for", "every call to the Webhooks and ePayment APIs for sales unit "+c.MSN)
		d.blank()
	}
	d.action(c.Action)
}

// Countdown writes a remaining time as minutes and seconds.
func Countdown(left time.Duration) string {
	left = max(left, 0).Round(time.Second)
	if left >= time.Hour {
		return fmt.Sprintf("%d:%02d:%02d", int(left.Hours()), int(left.Minutes())%60, int(left.Seconds())%60)
	}
	return fmt.Sprintf("%d:%02d", int(left.Minutes()), int(left.Seconds())%60)
}

// Registration is one row of the provider's list.
type Registration struct {
	ID, URL string
	Events  int
	// Mark says whose it is; Mine picks it out.
	Mark string
	Mine bool
}

// RegisterWebhook is step 3.
type RegisterWebhook struct {
	CallbackURL string
	ID          string
	// Secret is shown as bullets, or in clear while it is revealed.
	HasSecret bool
	Revealed  string
	Form      *form.Form
	Editing   bool
	Events    []string
	// List is what the provider returned; Cursor the selected row.
	List   []Registration
	Cursor int
	Action string
}

func (c RegisterWebhook) draw(d *drawer) {
	d.styledFact("Callback URL", c.CallbackURL, d.th.Strong)
	if c.Editing {
		d.say(d.th.Dim, "Event types: space ticks, enter accepts.")
		d.form(c.Form)
		return
	}
	d.fact("Registered as", c.ID)
	if c.HasSecret {
		shown := "••••  s shows it for ten seconds"
		if c.Revealed != "" {
			shown = c.Revealed
		}
		d.fact("Secret", shown)
	}
	c.events(d)
	d.blank()
	d.action(c.Action)
	c.list(d)
}

// events draws the chosen event types as one flowing list.
func (c RegisterWebhook) events(d *drawer) {
	if len(c.Events) == 0 {
		d.styledFact("Events", "none chosen: press e to choose", d.th.Warn)
		return
	}
	indent := min(factLabel, d.width/3)
	label := "Events"
	for _, line := range flowed(c.Events, max(d.width-indent, 8)) {
		d.add(d.th.Dim.Render(theme.Fit(label, indent)) + d.th.Text.Render(line))
		label = ""
	}
}

// flowed puts ticked names into lines, without breaking one apart.
func flowed(names []string, width int) []string {
	var lines []string
	line := ""
	for _, n := range names {
		item := theme.MarkDone + " " + n
		if line != "" && text.Width(line)+2+text.Width(item) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += "  "
		}
		line += item
	}
	return append(lines, line)
}

func (c RegisterWebhook) list(d *drawer) {
	if len(c.List) == 0 {
		return
	}
	d.blank()
	d.add(d.th.Strong.Render("Registrations of this sales unit") + d.th.Dim.Render(fmt.Sprintf("  %d", len(c.List))))
	marks := 0
	for _, r := range c.List {
		marks = max(marks, text.Width(r.Mark))
	}
	for i, r := range c.List {
		cursor, style := "  ", d.th.Text
		if i == c.Cursor {
			cursor, style = d.th.Accent.Render(theme.MarkCurrent)+" ", d.th.Selected
		}
		mark := d.th.Dim
		if r.Mine {
			mark = d.th.Good
		}
		events := fmt.Sprintf("%d events", r.Events)
		if r.Events == 1 {
			events = "1 event"
		}
		right := mark.Render(theme.Fit(r.Mark, marks)) + d.th.Dim.Render("  "+theme.Fit(events, len("99 events")))
		url := theme.Fit(text.Visible(r.URL), max(d.width-4-lipgloss.Width(right), 8))
		d.add(cursor + style.Render(url) + "  " + right)
	}
}

// Trigger is step 4.
type Trigger struct {
	Form *form.Form
	// Created is the payment that was made, if any.
	Reference, RedirectURL string
	State                  string
	// Opens is what the key o opens where there is no redirect URL.
	Opens string
	// Phone says whether a phone can reach the redirect URL, so that a QR
	// code is of use.
	Phone bool
	// Approvable says that the payment still waits for its customer.
	Approvable bool
	// Approve is a remark on force approve.
	Approve string
	Action  string
	// Scenarios says what the key for them does, where there are any.
	Scenarios string
}

func (c Trigger) draw(d *drawer) {
	if c.Reference != "" {
		d.fact("Created", c.Reference)
		d.fact("State", c.State)
		d.styledFact("Redirect URL", c.RedirectURL, d.th.Link)
		d.fact("", c.keys())
		d.say(d.th.Dim, c.Approve)
		d.blank()
	}
	d.action(c.Action)
	d.key("S", c.Scenarios)
	d.blank()
	d.form(c.Form)
}

// keys says what the created payment offers.
func (c Trigger) keys() string {
	var offers []string
	switch {
	case c.RedirectURL != "":
		offers = append(offers, "o opens it")
	case c.Opens != "":
		offers = append(offers, "o opens "+c.Opens)
	}
	if c.Phone {
		offers = append(offers, "Q shows a QR code for a phone")
	}
	if c.Approvable {
		offers = append(offers, "a force approves the payment")
	}
	return strings.Join(offers, ", ")
}

// Check is one thing that is known about a webhook that has not come.
type Check struct {
	Mark, Text string
	Bad        bool
}

// View is step 5.
type View struct {
	// Waiting is how long the webhook has been waited for; 0 when it came or
	// none is expected.
	Waiting time.Duration
	// Checks is what is known about why, Likely the likeliest cause, Keys the
	// next key.
	Checks []Check
	Likely string
	Keys   string
	// Verdict is said of the webhook that came.
	Verdict string
	Good    bool
	Action  string
}

func (c View) draw(d *drawer) {
	if c.Waiting > 0 {
		d.say(d.th.Accent, fmt.Sprintf("Waiting for the webhook: %d s (usually about one).", int(c.Waiting.Seconds())))
	}
	for _, k := range c.Checks {
		style := d.th.Text
		if k.Bad {
			style = d.th.Bad
		}
		d.say(style, k.Mark+" "+k.Text)
	}
	d.say(d.th.Warn, c.Likely)
	d.say(d.th.Accent, c.Keys)
	if c.Verdict != "" {
		style := d.th.Bad
		if c.Good {
			style = d.th.Good
		}
		d.say(style, c.Verdict)
	}
	d.action(c.Action)
}

// action draws what Enter does, in the accent of the next action.
func (d *drawer) action(what string) { d.key("enter", what) }

// key draws what a key does.
func (d *drawer) key(name, what string) {
	if what == "" {
		return
	}
	room := max(d.width-len(name)-1, 1)
	d.add(d.th.Key.Render(name) + " " + d.th.Text.Render(text.Truncate(what, room, theme.Ellipsis)))
}
