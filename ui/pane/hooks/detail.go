package hooks

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"kvikk/api/webhook"
	"kvikk/tunnel/inbox"
	"kvikk/ui/payload"
	"kvikk/ui/text"
	"kvikk/ui/theme"
)

// clockLimit is the difference between a webhook's date and its arrival that
// is worth a warning. The provider publishes no rule, so it never is an error.
const clockLimit = 300 * time.Second

// Detail shows one webhook whole: verdict, what it means, payload, headers.
type Detail struct {
	th    theme.Theme
	hook  inbox.Webhook
	has   bool
	style payload.Style
	// checked is the outcome of checking the stored bytes again.
	checked string
	bad     bool

	cacheWidth int
	cache      []string
}

// NewDetail returns an empty detail.
func NewDetail(th theme.Theme) *Detail { return &Detail{th: th} }

// SetTheme changes the colours.
func (d *Detail) SetTheme(th theme.Theme) { d.th, d.cache = th, nil }

// SetWebhook shows another webhook.
func (d *Detail) SetWebhook(w inbox.Webhook) {
	if d.has && d.hook.Seq == w.Seq {
		return
	}
	d.hook, d.has, d.checked, d.cache = w, true, "", nil
}

// Clear shows nothing.
func (d *Detail) Clear() { d.has, d.cache = false, nil }

// Webhook returns the webhook that is shown.
func (d *Detail) Webhook() (inbox.Webhook, bool) { return d.hook, d.has }

// ToggleRaw switches between the payload with white space added and its bytes.
func (d *Detail) ToggleRaw() { d.style, d.cache = d.style.Other(), nil }

// SetChecked shows the outcome of checking the stored bytes again. A nil error
// means that the signature is right.
func (d *Detail) SetChecked(at time.Time, err error) {
	when := at.Local().Format(time.TimeOnly)
	d.bad, d.checked = err != nil, "checked again at "+when+": the stored bytes carry the right signature"
	if err != nil {
		d.checked = "checked again at " + when + ": " + err.Error()
	}
	d.cache = nil
}

// Title names the webhook for the border.
func (d *Detail) Title() string {
	if !d.has {
		return "Webhook"
	}
	title := Name(d.hook.Row)
	if d.hook.Reference != "" {
		title += " · " + text.Visible(d.hook.Reference)
	}
	return title
}

// Lines draws the webhook. The result is kept until something changes.
func (d *Detail) Lines(width int) []string {
	if !d.has {
		return nil
	}
	if d.cache == nil || d.cacheWidth != width {
		d.cacheWidth, d.cache = width, d.draw(width)
	}
	return d.cache
}

func (d *Detail) draw(width int) []string {
	rows := d.verdict(width)
	if info, ok := webhook.Lookup(d.hook.Type); ok {
		sentence := info.Sentence
		if d.hook.Failed {
			sentence = "This was tried and did not succeed: success is false, and the payment is as it was."
		}
		rows = append(rows, d.wrapped(sentence, width, d.th.Dim.Render)...)
	}
	rows = append(rows, "", d.th.Strong.Render("Payload")+d.th.Dim.Render(text.Truncate(
		fmt.Sprintf("  %d bytes, as signed", len(d.hook.Body)), max(width-len("Payload"), 0), theme.Ellipsis)))
	if len(d.hook.Body) == 0 {
		rows = append(rows, d.wrapped("The request had no body.", width, d.th.Dim.Render)...)
	}
	rows = append(rows, payload.Draw(d.th, d.hook.Body, width, d.style)...)
	return append(rows, d.headers(width)...)
}

// verdict says whether the signature is right, and if not, why.
func (d *Detail) verdict(width int) []string {
	w := d.hook
	var rows []string
	if w.Verified {
		rows = append(rows, d.wrapped(theme.MarkDone+" signature, 3 checks: body hash, address and secret", width, d.th.Good.Render)...)
	} else {
		rows = append(rows, d.wrapped(theme.MarkFailed+" "+w.Problem, width, d.th.Bad.Render)...)
	}
	if off := w.ClockOffset.Abs(); off > clockLimit {
		rows = append(rows, d.wrapped(fmt.Sprintf("clock? The date it was signed with is %s from its arrival.", apart(off)), width, d.th.Warn.Render)...)
	}
	if d.checked != "" {
		paint := d.th.Good.Render
		if d.bad {
			paint = d.th.Bad.Render
		}
		rows = append(rows, d.wrapped(d.checked, width, paint)...)
	}
	arrived := w.ReceivedAt.Local().Format("15:04:05.000")
	return append(rows, d.wrapped(fmt.Sprintf("#%d arrived %s, answered %d", w.Seq, arrived, w.Status), width, d.th.Dim.Render)...)
}

// apart writes a difference of clocks in the largest unit that fits.
func apart(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*day:
		return fmt.Sprintf("%d days", d/day)
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", d/time.Hour)
	}
	return fmt.Sprintf("%d minutes", d/time.Minute)
}

func (d *Detail) headers(width int) []string {
	rows := []string{"", d.th.Strong.Render("Headers")}
	rows = append(rows, d.hard(d.hook.Method+" "+d.hook.Path, width, d.th.Text.Render)...)
	for _, name := range slices.Sorted(maps.Keys(d.hook.Header)) {
		for _, v := range d.hook.Header[name] {
			rows = append(rows, d.header(name, v, width)...)
		}
	}
	return append(rows, d.hard("from "+d.hook.RemoteAddr, width, d.th.Dim.Render)...)
}

func (d *Detail) header(name, value string, width int) []string {
	name = text.Visible(name)
	lines := text.WrapHard(name+": "+text.Visible(value), max(width, 1))
	if len(lines[0]) > len(name)+1 {
		lines[0] = d.th.JSONKey.Render(name) + d.th.JSONPunct.Render(":") + lines[0][len(name)+1:]
	}
	return lines
}

func (d *Detail) wrapped(s string, width int, paint func(...string) string) []string {
	return painted(text.Wrap(text.Visible(s), max(width, 8)), paint)
}

func (d *Detail) hard(s string, width int, paint func(...string) string) []string {
	return painted(text.WrapHard(text.Visible(s), max(width, 1)), paint)
}

func painted(lines []string, paint func(...string) string) []string {
	rows := make([]string, len(lines))
	for i, l := range lines {
		rows[i] = paint(l)
	}
	return rows
}
