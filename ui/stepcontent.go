package ui

import (
	"fmt"
	"time"

	"kvikk/assets"
	"kvikk/tunnel"
	"kvikk/ui/flow"
	"kvikk/ui/pane/step"
	"kvikk/ui/session"
)

// fillStep gives the step pane what it shows now.
func (m *Model) fillStep() {
	s := m.flow.Current()
	f := step.Frame{Step: s, Text: assets.Step(int(s)), Failure: m.failures[s], Notice: m.snap.Notice, Editing: m.editing}
	if hint := m.faultsHint(); hint != "" && f.Failure != nil {
		failure := *f.Failure
		failure.Keys += hint
		f.Failure = &failure
	}
	if blocker, blocked := m.flow.Blocker(s); blocked {
		f.Blocker = blocker
	}
	if m.work != nil && m.dialog == nil {
		f.Busy, f.Since = m.work.what, m.o.Now().Sub(m.work.began)
		f.Spinner = spinner(f.Since)
		if m.snap.Stage != "" {
			f.Busy += ": " + m.snap.Stage
		}
	}
	m.step.Set(f, m.content(s))
}

// spinner is the frame of the spinner after some time.
func spinner(since time.Duration) string {
	frames := []rune("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")
	return string(frames[int(since/spinTime)%len(frames)])
}

func (m *Model) content(s flow.Step) step.Content {
	switch s {
	case flow.SetUp:
		return m.setUpContent()
	case flow.AccessToken:
		return step.AccessToken{
			Token: m.snap.Token, Has: m.snap.HasToken, Left: m.snap.Token.ExpiresAt.Sub(m.o.Now()),
			MSN: m.snap.MSN, Revealed: m.revealed.value.Reveal(), Action: m.action(s),
		}
	case flow.RegisterWebhook:
		return m.registerContent()
	case flow.TriggerEvent:
		return m.triggerContent()
	}
	return m.viewContent()
}

func (m *Model) setUpContent() step.SetUp {
	c := step.SetUp{
		Form: m.setup, API: m.snap.APIURL, MSN: m.snap.MSN, Report: m.report, Saved: m.saved, Action: m.action(flow.SetUp),
	}
	if m.snap.Sandbox {
		c.Keys = "made up for this run; y copies them as variables for curl"
	}
	if m.snap.Connected {
		c.CallbackURL, c.Tunnel = m.snap.Tunnel.URL, tunnelWords(m.snap)
	}
	if m.setup.Value(fieldEnvironment) == environmentTest && (m.editing || m.setup.FirstError() != "") {
		c.Help = m.keysHelp()
	}
	return c
}

// keysHelp explains where keys come from, and what the chosen way to be reached
// needs.
func (m *Model) keysHelp() string {
	names := []string{assets.Keys}
	switch m.setup.Value(fieldTunnel) {
	case string(tunnel.Ngrok):
		names = append(names, assets.Ngrok)
	case string(tunnel.Own):
		names = append(names, assets.OwnURL)
	}
	help := ""
	for _, name := range names {
		if t, err := assets.Text(name); err == nil {
			help += t + "\n\n"
		}
	}
	return help
}

func tunnelWords(s session.Snapshot) string {
	switch s.TunnelKind {
	case "local":
		return "local: on this machine only"
	case "own":
		return "your own public URL"
	}
	return "ngrok: reachable from the internet"
}

func (m *Model) registerContent() step.RegisterWebhook {
	r := m.snap.Registered
	c := step.RegisterWebhook{
		CallbackURL: m.s.HookURL(), Form: m.events, Editing: m.editing, Events: m.eventNames(),
		List: m.registrationRows(), Cursor: m.cursor, Action: m.action(flow.RegisterWebhook),
	}
	if r.ID != "" {
		c.CallbackURL, c.ID, c.HasSecret, c.Revealed = r.URL, r.ID, true, m.revealed.value.Reveal()
	}
	return c
}

func (m *Model) triggerContent() step.Trigger {
	p := m.payment
	c := step.Trigger{Form: m.pay, Action: m.action(flow.TriggerEvent)}
	if m.snap.Steerable && c.Action != "" {
		c.Scenarios = "plays a whole payment and checks its webhooks"
	}
	if p.created.Reference == "" {
		return c
	}
	c.Reference, c.RedirectURL, c.State = p.created.Reference, p.created.RedirectURL, m.paymentState()
	c.Phone, c.Approvable = phoneCanReach(p.created.RedirectURL), m.canApprove()
	if m.payerPage() != "" {
		c.Opens = "the payer's phone"
	}
	if !m.snap.Sandbox && c.Approvable {
		c.Approve = "Force approve needs a test user who has approved one payment by hand in the test app."
	}
	return c
}

// action says what Enter does in a step, as a sentence's end.
func (m *Model) action(s flow.Step) string {
	if m.editing || m.work != nil || !m.ready || m.focus == onList {
		return ""
	}
	if _, blocked := m.flow.Blocker(s); blocked {
		return ""
	}
	if m.flow.Status(s) == flow.Done {
		return fmt.Sprintf("goes on to %s", (s + 1).Title())
	}
	if f := m.formOf(s); s != flow.SetUp && f != nil && f.FirstError() != "" {
		return "goes to the field that is wrong"
	}
	switch s {
	case flow.SetUp:
		switch {
		case m.setup.Value(fieldEnvironment) == environmentTest && m.asking:
			return "goes to your test keys"
		case m.setup.FirstError() != "":
			return "goes to the field that is missing or wrong"
		case m.setup.Value(fieldEnvironment) == environmentSandbox && m.snap.APIURL == "":
			return "starts the sandbox and opens the callback URL"
		}
		return "opens the callback URL"
	case flow.AccessToken:
		return "asks for an access token"
	case flow.RegisterWebhook:
		return "registers the callback URL"
	case flow.TriggerEvent:
		return "creates this payment"
	}
	return ""
}
