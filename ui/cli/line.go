package cli

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"kvikk/api"
	"kvikk/tunnel/inbox"
	"kvikk/ui/text"
)

// nanoseconds is RFC 3339 with all nine digits, so that lines sort as texts.
const nanoseconds = "2006-01-02T15:04:05.000000000Z07:00"

// webhookLine is what scripts get of a webhook. Names and order are a promise.
type webhookLine struct {
	Seq            int64       `json:"seq"`
	ReceivedAt     string      `json:"received_at"`
	RegistrationID string      `json:"registration_id"`
	Event          string      `json:"event"`
	Reference      string      `json:"reference"`
	Verified       bool        `json:"verified"`
	Problem        string      `json:"problem"`
	Status         int         `json:"status"`
	Method         string      `json:"method"`
	Path           string      `json:"path"`
	Headers        http.Header `json:"headers"`
	// Body has every byte that is no UTF-8 replaced; BodyBase64 then has them
	// all.
	Body       string `json:"body"`
	BodyBase64 string `json:"body_base64,omitempty"`
}

func newWebhookLine(w inbox.Webhook) webhookLine {
	l := webhookLine{
		Seq: w.Seq, ReceivedAt: w.ReceivedAt.UTC().Format(nanoseconds), RegistrationID: w.RegistrationID,
		Event: string(w.Type), Reference: w.Reference, Verified: w.Verified, Problem: w.Problem,
		Status: w.Status, Method: w.Method, Path: w.Path, Headers: w.Header, Body: string(w.Body),
	}
	if l.Headers == nil {
		l.Headers = http.Header{}
	}
	if !utf8.Valid(w.Body) {
		l.BodyBase64 = base64.StdEncoding.EncodeToString(w.Body)
	}
	return l
}

// printWebhook prints a webhook for a script or, as one line too, for a person.
func (p *Parts) printWebhook(w inbox.Webhook, at func(time.Time) string) error {
	if p.Flags.JSON {
		return p.printJSON(newWebhookLine(w))
	}
	return printed(fmt.Fprintln(p.Stdout, at(w.ReceivedAt)+"  "+describeWebhook(w.Row)))
}

// Widths of the columns that people read, in cells. Longer values push what is
// to the right of them.
const (
	nameWidth      = 10
	referenceWidth = 28
)

// describeWebhook returns verdict, event, reference, amount and, of a rejected
// one, the reason. All of it can be shown on a terminal.
func describeWebhook(r inbox.Row) string {
	mark := "✓ "
	if !r.Verified {
		mark = "✗ "
	}
	name := r.Name
	if name == "" {
		name = "unknown"
	}
	line := mark + pad(text.Visible(name), nameWidth) + "  " + pad(text.Visible(r.Reference), referenceWidth)
	if r.HasAmount {
		line += "  " + text.Visible(api.Amount{Currency: r.Currency, Value: r.Value}.String())
	}
	if !r.Verified {
		line += fmt.Sprintf("  %d: %s", r.Status, text.Visible(r.Problem))
	}
	return strings.TrimRight(line, " ")
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-text.Width(s)))
}

// clock is the time of day, for what has just arrived.
func clock(t time.Time) string { return t.Local().Format(time.TimeOnly) }

// calendar is date and time, for what may be old.
func calendar(t time.Time) string { return t.Local().Format(time.DateTime) }
