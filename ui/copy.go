package ui

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	tea "charm.land/bubbletea/v2"

	"kvikk/api/curl"
	"kvikk/tunnel/inbox"
	"kvikk/ui/flow"
)

// copied says honestly what is known: the terminal was asked, and it gives no
// receipt.
const copied = " sent to the terminal's clipboard"

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
		return m.copy(replay(w), "Webhook as curl", "with its original date and signature")
	}
	if m.flow.Current() == flow.SetUp && m.snap.Sandbox {
		return m.copy(m.sandboxKeys(), "Keys as variables")
	}
	if r, ok := m.exchange.Request(); ok {
		return m.copy(r.Curl(), "Request as curl")
	}
	return m.say("There is nothing to copy here yet.")
}

// copyBody copies the body of what is selected in the focused pane.
func (m *Model) copyBody() tea.Cmd {
	if w, ok := m.webhookSelected(); ok {
		return m.copy(string(w.Body), "Webhook body")
	}
	if body, ok := m.exchange.Body(); ok {
		return m.copy(string(body), "Body")
	}
	return m.say("There is no body to copy here yet.")
}

// sandboxKeys are the variables that the curl commands name, for a shell. They
// are made up for this run and of no use elsewhere, so they may be copied.
func (m *Model) sandboxKeys() string {
	keys := m.s.Settings().Keys()
	lines := []struct{ name, value string }{
		{"KVIKK_API_URL", m.snap.APIURL},
		{"VIPPS_CLIENT_ID", keys.ClientID},
		{"VIPPS_CLIENT_SECRET", keys.ClientSecret.Reveal()},
		{"VIPPS_SUBSCRIPTION_KEY", keys.SubscriptionKey.Reveal()},
		{"VIPPS_MSN", keys.MSN},
		{"VIPPS_ACCESS_TOKEN", m.snap.Token.AccessToken.Reveal()},
	}
	var b strings.Builder
	for _, l := range lines {
		if l.value != "" {
			fmt.Fprintf(&b, "export %s=%s\n", l.name, curl.Quote(l.value))
		}
	}
	return b.String()
}

func (m *Model) copy(s, what string, remarks ...string) tea.Cmd {
	sentence := strings.Join(append([]string{what + copied}, remarks...), ", ")
	return tea.Batch(tea.SetClipboard(s), m.say(sentence+"."))
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

// openPayerPage opens the payer's page in a browser. Only https, or http on our
// own loopback ports, is opened.
func (m *Model) openPayerPage() tea.Cmd {
	target := m.payerPage()
	if target == "" {
		return nil
	}
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
