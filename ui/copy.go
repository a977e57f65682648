package ui

import (
	"errors"
	"fmt"
	"net/url"

	tea "charm.land/bubbletea/v2"

	"kvikk/api"
	"kvikk/api/curl"
	"kvikk/tunnel/inbox"
	"kvikk/ui/flow"
	"kvikk/ui/pane/exchange"
)

// copied says honestly what is known: the terminal was asked, and it gives no
// receipt.
const copied = " sent to the terminal's clipboard."

// webhookSelected returns the webhook that the copying keys mean, where they do
// not mean an exchange.
func (m *Model) webhookSelected() (inbox.Webhook, bool) {
	if m.focus == onList || m.focus == onDetail || m.flow.Current() == flow.ViewWebhook {
		return m.detail.Webhook()
	}
	return inbox.Webhook{}, false
}

// copyCurl copies what is selected in the focused pane as a curl command.
func (m *Model) copyCurl() tea.Cmd {
	if w, ok := m.webhookSelected(); ok {
		return m.copy(replay(w), "The webhook as curl, with its original date and signature,")
	}
	if r, ok := m.exchange.Request(); ok {
		return m.copy(r.Curl(), "The request as curl")
	}
	return m.say("There is nothing to copy here yet.")
}

// copyBody copies the body of what is selected in the focused pane.
func (m *Model) copyBody() tea.Cmd {
	if w, ok := m.webhookSelected(); ok {
		return m.copy(string(w.Body), "The webhook's body")
	}
	if body, ok := m.exchange.Body(); ok {
		return m.copy(string(body), "The body")
	}
	return m.say("There is no body to copy here yet.")
}

func (m *Model) copy(s, what string) tea.Cmd {
	return tea.Batch(tea.SetClipboard(s), m.say(what+copied))
}

// replay is a webhook as a curl command that sends it again, byte for byte, to
// the URL it came to.
func replay(w inbox.Webhook) string {
	c := curl.Command{Method: w.Method, URL: w.URL, Body: w.Body}
	for _, name := range []string{
		"Content-Type", "User-Agent", "X-Ms-Date", "X-Ms-Content-Sha256",
		"Authorization", "X-Vipps-Authorization", "Webhook-Id",
	} {
		if v := w.Header.Get(name); v != "" {
			c.Header = append(c.Header, curl.Header{Name: name, Value: v})
		}
	}
	return c.String()
}

func (m *Model) toggleRaw() {
	if _, ok := m.webhookSelected(); ok {
		m.detail.ToggleRaw()
		return
	}
	m.exchange.ToggleRaw()
}

// openRedirect opens the redirect URL in a browser. Only https, or http on our
// own loopback ports, is opened.
func (m *Model) openRedirect() tea.Cmd {
	if !m.hasRedirect() {
		return nil
	}
	target := m.payment.created.RedirectURL
	if err := m.mayOpen(target); err != nil {
		return m.say(err.Error())
	}
	ctx, open := m.ctx, m.o.OpenURL
	return func() tea.Msg { return openedURLMsg{target, open(ctx, target)} }
}

// mayOpen refuses URLs that no browser should be sent to from here.
func (m *Model) mayOpen(raw string) error {
	u, err := url.Parse(raw)
	if err != nil {
		return errors.New("the redirect URL cannot be read, so it is not opened")
	}
	own, err := url.Parse(m.snap.APIURL)
	switch {
	case u.Scheme == "https" && u.Host != "":
		return nil
	case err == nil && u.Scheme == "http" && u.Host == own.Host && m.snap.Sandbox:
		return nil
	}
	return fmt.Errorf("only https addresses are opened, and this is a %s one: %s", u.Scheme, raw)
}

func (m *Model) onOpenedURL(msg openedURLMsg) tea.Cmd {
	if msg.err == nil {
		return m.say("Opened in your browser.")
	}
	m.dialog = &dialog{
		title: "Open this address yourself",
		text:  "No browser could be started here: " + msg.err.Error() + "\n\n" + msg.url,
	}
	return nil
}

// showExchanges shows the exchanges of the open step, or the last answer of
// the step before until this one has sent something of its own.
func (m *Model) showExchanges() {
	var own, before []exchange.Entry
	current := m.flow.Current()
	for _, e := range m.rec.All() {
		s := stepOf(e.Operation)
		entry := exchange.Entry{Exchange: e, Step: fmt.Sprintf("%d %s", s, s.Title())}
		switch {
		case s == current:
			own = append(own, entry)
		case s < current && m.flow.Status(s) != flow.Waiting:
			before = append(before, entry)
		}
	}
	entries := own
	if len(own) == 0 {
		entries = before
	}
	m.exchange.SetEntries(entries, lastMain(entries))
	m.exchange.SetPreview(nil)
	if m.flow.Status(current) != flow.Done {
		m.exchange.SetPreview(m.preview(current))
	}
}

// lastMain is the index of the exchange to show first: the last one that is a
// step's own action, not a look-up that follows it.
func lastMain(entries []exchange.Entry) int {
	for i := len(entries) - 1; i >= 0; i-- {
		switch entries[i].Operation {
		case "List webhooks", "Get payment", "Payment events":
		default:
			return i
		}
	}
	return len(entries) - 1
}

// stepOf is the step that an operation belongs to.
func stepOf(operation string) flow.Step {
	switch operation {
	case "Access token":
		return flow.AccessToken
	case "Register a webhook", "List webhooks", "Delete a webhook":
		return flow.RegisterWebhook
	case "Payment events", "Get payment":
		return flow.ViewWebhook
	}
	return flow.TriggerEvent
}

// preview is the request that a step's action would send.
func (m *Model) preview(s flow.Step) *api.Request {
	client := m.s.Client()
	if client == nil {
		return nil
	}
	var r api.Request
	switch s {
	case flow.AccessToken:
		r = client.PreviewToken()
	case flow.RegisterWebhook:
		r = client.PreviewRegisterWebhook(m.registerRequest())
	case flow.TriggerEvent:
		r = client.PreviewCreatePayment(m.paymentRequest(), api.WithIdempotencyKey(m.flow.Key(s)))
	default:
		return nil
	}
	return &r
}
