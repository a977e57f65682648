package ui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"kvikk/ui/flow"
	"kvikk/ui/pane/step"
	"kvikk/ui/session"
	"kvikk/ui/theme"
)

const (
	// patience is how long a webhook is waited for before it is asked why.
	patience = 10 * time.Second
	// askAgain is the time between two questions why.
	askAgain = 30 * time.Second
	// giveUp is when the seconds stop being counted: nothing spins for ever.
	giveUp = 2 * time.Minute
)

// waiting returns how long the payment's webhook has been waited for, or 0
// when it has come, none is expected, or nobody waits any more.
func (m *Model) waiting() time.Duration {
	if m.payment.created.Reference == "" || m.flow.Status(flow.ViewWebhook) == flow.Done {
		return 0
	}
	waited := m.o.Now().Sub(m.payment.at)
	if waited > giveUp {
		return 0
	}
	return max(waited, time.Millisecond)
}

// diagnose asks why the webhook has not come, once patience has run out.
func (m *Model) diagnose() tea.Cmd {
	if m.waiting() < patience || m.diagnosing || m.diagnosis != nil && m.o.Now().Sub(m.diagnosedAt) < askAgain {
		return nil
	}
	m.diagnosing, m.diagnosedAt = true, m.o.Now()
	ctx, s, reference, arrivals := m.ctx, m.s, m.payment.created.Reference, m.payment.arrivals
	return func() tea.Msg {
		return diagnosedMsg{reference, s.Diagnose(ctx, reference, arrivals)}
	}
}

func (m *Model) onDiagnosed(msg diagnosedMsg) tea.Cmd {
	m.diagnosing = false
	if msg.reference == m.payment.created.Reference && m.flow.Status(flow.ViewWebhook) != flow.Done {
		msg.diagnosis.Rejected -= m.payment.rejected
		m.diagnosis = &msg.diagnosis
	}
	m.showExchanges()
	return nil
}

// checks are the answers of a diagnosis in words.
func checks(d session.Diagnosis) []step.Check {
	return []step.Check{
		check(d.LinkUp, "The callback URL is open.", "The callback URL is not open.", d.LinkErr),
		check(d.Reached, "Something has reached the callback URL since.", "Nothing has reached the callback URL since.", nil),
		check(d.Listed, "The provider lists a registration with exactly this URL.", "The provider lists no registration with this URL.", d.ListErr),
		check(d.Logged, "The payment's event log has the event.", "The payment's event log is empty.", d.LogErr),
	}
}

func check(a session.Answer, yes, no string, err error) step.Check {
	switch a {
	case session.Yes:
		return step.Check{Mark: theme.MarkDone, Text: yes}
	case session.No:
		if err != nil {
			no += " " + describe(err).What
		}
		return step.Check{Mark: theme.MarkFailed, Text: no, Bad: true}
	}
	text := "Not known: " + no
	if err != nil {
		text = "The provider did not tell: " + describe(err).What
	}
	return step.Check{Mark: theme.MarkOff, Text: text}
}

// likely names the likeliest cause and the next key.
func (m *Model) likely(d session.Diagnosis) (cause, keys string) {
	switch {
	case d.LinkUp == session.No:
		return "The tunnel is down, so the provider cannot reach this machine. It is being opened again.", "1 shows the tunnel"
	case d.Rejected > 0 && d.Reached == session.Yes:
		return "Webhooks arrive, but their signature is wrong: see the list for which part.", "tab, then enter on the webhook"
	case d.Listed == session.No:
		return "The registration is gone, so the provider has nowhere to send to.", "3, then n registers again"
	case !m.snap.Registered.Wants(eventWanted()):
		return fmt.Sprintf("The registration does not ask for %s.", eventWanted()), "3, then e and n"
	case d.Logged == session.No:
		return "The provider has not noted the event yet, so it is late at the provider's.", "n makes another payment"
	case d.Reached == session.No && d.Logged == session.Yes:
		return "The provider has the event and tries to deliver it, but nothing arrives: a proxy or firewall between may hold it up. It tries again after 60 and 120 seconds.", "n makes another payment"
	}
	return "The provider tries again after 60 and 120 seconds.", "n makes another payment"
}

// viewContent is what step 5 has to say.
func (m *Model) viewContent() step.View {
	v := step.View{Waiting: m.waiting()}
	if m.diagnosis != nil {
		v.Checks = checks(*m.diagnosis)
		v.Likely, v.Keys = m.likely(*m.diagnosis)
	}
	switch {
	case m.flow.Status(flow.ViewWebhook) == flow.Done:
		v.Verdict, v.Good = theme.MarkDone+" Your webhook has arrived and its signature is right.", true
		v.Action = "shows what is worth trying next"
	case m.payment.created.Reference != "" && v.Waiting == 0:
		v.Verdict = "No webhook in two minutes. It is not waited for any more; should it come, it shows up in the list."
	case m.payment.created.Reference == "":
		v.Verdict, v.Good = "No payment yet: step 4 creates one.", true
	}
	return v
}
