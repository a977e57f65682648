package sandbox

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"time"
	"unicode"
)

//go:embed page.html landing.html app.html return.html page.css
var pageFiles embed.FS

// pages are what a person sees of the sandbox in a browser. They work without
// script, load nothing but one style sheet, and cannot be framed.
type pages struct {
	all   *template.Template
	style []byte
	key   []byte // of the form tokens
}

func newPages(ids *entropy) (*pages, error) {
	all, err := template.ParseFS(pageFiles, "*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the payer's pages: %w", err)
	}
	style, err := fs.ReadFile(pageFiles, "page.css")
	if err != nil {
		return nil, fmt.Errorf("read the pages' style: %w", err)
	}
	return &pages{all: all, style: style, key: ids.bytes(32, "form key")}, nil
}

func pageStyle(c *call) reply {
	return reply{status: http.StatusOK, contentType: "text/css; charset=utf-8", body: c.s.pages.style, header: [][2]string{noStore()}}
}

// frame is what every page has around its content.
type frame struct {
	Title   string
	Refresh int // seconds until the page loads itself again; 0 for never
}

// bill is what a page shows of a payment.
type bill struct {
	Merchant, Amount, Description, Reference string
	Here                                     string // the payment's own page
	To                                       string // the phone that it was sent to
	Until                                    deadline
}

func (s *Server) bill(u *unit, p *payment, now time.Time) bill {
	return bill{
		Merchant: "Sandbox shop " + u.keys.MSN, Amount: p.total().String(),
		Description: visible(p.description), Reference: visible(p.reference),
		Here: landingPath(p.landing), To: p.addressee(), Until: newDeadline(p.expiresAt, now),
	}
}

// render draws a page. Nothing on it may be kept by the browser, framed, or
// told to the site that it leads to.
func (c *call) render(status int, name string, view any) reply {
	var b bytes.Buffer
	if err := c.s.pages.all.ExecuteTemplate(&b, name, view); err != nil {
		c.s.log.Error("a page could not be drawn", "page", name, "error", err)
		return gatewayError(http.StatusInternalServerError, "The page could not be drawn.")
	}
	return reply{status: status, contentType: "text/html; charset=utf-8", body: b.Bytes(), header: [][2]string{
		// No form-action: browsers apply it to the redirect that follows the
		// form as well, and that leads to the shop. The icon is an empty data
		// URL, so that no browser asks for one.
		{"Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'"},
		{"X-Frame-Options", "DENY"},
		{"Referrer-Policy", "same-origin"},
		noStore(),
	}}
}

func noStore() [2]string { return [2]string{"Cache-Control", "no-store"} }

// seeOther sends the browser on after a form that has settled something, so that
// going back or loading again does not send it twice.
func seeOther(location string) reply {
	return reply{status: http.StatusSeeOther, header: [][2]string{{"Location", location}, noStore()}}
}

// visible writes what a reader cannot see, or what turns the text around, as an
// escape: controls, line breaks, bidirectional and zero-width characters.
func visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case unicode.IsPrint(r), unicode.Is(unicode.Zs, r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// String is the amount as people write it, 499.00 NOK.
func (m money) String() string {
	return fmt.Sprintf("%d.%02d %s", m.Value/100, m.Value%100, m.Currency)
}

// deadline is a point in time as a page shows it. It stays right while the page
// is open, since it names the hour and its zone; only Left is of the moment.
type deadline struct{ Machine, Text, Left string }

func newDeadline(at, now time.Time) deadline {
	at = at.In(now.Location())
	layout := "15:04:05"
	if y, m, d := at.Date(); !sameDay(now, y, m, d) {
		layout = "2 January 2006, 15:04:05"
	}
	return deadline{
		Machine: at.Format(time.RFC3339), Text: at.Format(layout) + " " + zone(at), Left: span(at.Sub(now)),
	}
}

func sameDay(t time.Time, year int, month time.Month, day int) bool {
	y, m, d := t.Date()
	return y == year && m == month && d == day
}

// zone names a time's zone by its offset, which everybody can read.
func zone(t time.Time) string {
	if _, offset := t.Zone(); offset == 0 {
		return "UTC"
	}
	return "UTC" + t.Format("-07:00")
}

// span is a duration in its two largest units: 9 minutes 58 seconds.
func span(d time.Duration) string {
	rest := max(0, d.Round(time.Second))
	units := []struct {
		size time.Duration
		name string
	}{{day, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}}
	for i, u := range units[:len(units)-1] {
		if rest < u.size {
			continue
		}
		text, next := count(rest/u.size, u.name), units[i+1]
		if n := rest % u.size / next.size; n > 0 {
			text += " " + count(n, next.name)
		}
		return text
	}
	return count(rest/time.Second, "second")
}

// count is a number and its noun.
func count(n time.Duration, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", int64(n), noun)
}
