package ui

import (
	"context"
	"errors"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"kvikk/api"
	"kvikk/ui/flow"
	"kvikk/ui/pane/step"
	"kvikk/ui/profile"
)

// onOpened takes the settings over. Without any the first face of step 1 asks;
// the sandbox and a known sales unit are prepared at once.
func (m *Model) onOpened(msg openedMsg) tea.Cmd {
	if msg.err != nil {
		m.fail(flow.SetUp, msg.err)
	}
	box := m.s.Inbox()
	if box == nil {
		m.advise(flow.SetUp, "q quits: kvikk cannot do without its files")
		return nil
	}
	m.ready, m.floor = true, box.RunStart()
	if msg.err != nil {
		// What is wrong can be left behind by choosing something else.
		m.advise(flow.SetUp, "choose below what to use instead, then enter")
		m.asking = true
		m.ask()
		return nil
	}
	m.settings, m.given = msg.settings, msg.settings
	m.asking = msg.settings.Source == profile.Ask
	m.fillSetup(msg.settings)
	m.pay.Set(fieldReference, m.o.NewReference())
	if m.asking || m.validate(flow.SetUp) != "" {
		return m.load()
	}
	m.setup.ClearErrors()
	return tea.Batch(m.prepare(), m.load())
}

func (m *Model) onPrepared(msg preparedMsg) tea.Cmd {
	if !m.current(msg.work) {
		return nil
	}
	m.end()
	m.snap = m.s.Snapshot()
	if msg.err != nil {
		m.fail(flow.SetUp, msg.err)
	}
	m.fillPayment()
	return m.look()
}

// settle ends a step's attempt and reports whether it went well. A late result
// of an attempt that was given up changes nothing.
func (m *Model) settle(a flow.Attempt, err error) bool {
	if err == nil {
		if !m.flow.Succeed(a) {
			return false
		}
		m.end()
		m.snap = m.s.Snapshot()
		delete(m.failures, a.Step)
		m.arrive()
		return true
	}
	if m.flow.Fail(a, outcome(err)) {
		m.end()
		m.snap = m.s.Snapshot()
		m.fail(a.Step, err)
		if a.Step == flow.TriggerEvent && m.flow.Current() == flow.ViewWebhook {
			// Another payment was asked for from step 5.
			m.flow.Open(flow.TriggerEvent)
		}
		m.arrive()
	}
	return false
}

// outcome says whether the provider has answered: if not, the same idempotency
// key is used again.
func outcome(err error) flow.Outcome {
	if _, ok := errors.AsType[*api.Error](err); ok {
		return flow.Answered
	}
	if _, ok := errors.AsType[*api.ValidationError](err); ok {
		return flow.Answered
	}
	return flow.Unanswered
}

// fail shows an error at its step: what happened, the likely cause, the next
// key, and a message at each field that is to blame.
func (m *Model) fail(s flow.Step, err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	e := describe(err)
	keys := nextKey(s, err)
	if m.flow.Status(s) == flow.Done {
		keys = "e edits, n tries again" // Enter goes on, since the step is done
	}
	m.failures[s] = &step.Failure{What: e.What, Cause: e.Cause, Do: e.Do, Keys: keys}
	m.markFields(s, err)
}

// advise names another next key for a failure.
func (m *Model) advise(s flow.Step, keys string) {
	if f := m.failures[s]; f != nil {
		f.Keys = keys
	}
}

func (m *Model) onConnected(msg connectedMsg) tea.Cmd {
	if !m.settle(msg.attempt, msg.err) {
		return nil
	}
	m.asking = false
	m.ask()
	m.saved = ""
	switch {
	case msg.saveErr != nil:
		m.saved = "Your keys could not be saved: " + msg.saveErr.Error()
	case msg.saved != "":
		m.saved = "Saved: " + msg.saved
	}
	m.fillPayment()
	if len(msg.leftovers) > 0 {
		m.askLeftovers(msg.leftovers)
	}
	return tea.Batch(m.look(), m.load())
}

func (m *Model) onToken(msg tokenMsg) tea.Cmd {
	m.settle(msg.attempt, msg.err)
	return nil
}

func (m *Model) onRegistered(msg registeredMsg) tea.Cmd {
	if msg.list != nil {
		m.setRegistrations(msg.list)
	}
	m.settle(msg.attempt, msg.err)
	return nil
}

func (m *Model) onCreated(msg createdMsg) tea.Cmd {
	if !m.settle(msg.attempt, msg.err) {
		return nil
	}
	m.payment = payment{
		request: msg.request, created: msg.created, at: m.o.Now(), arrivals: msg.arrivals, rejected: msg.rejected,
	}
	m.diagnosis = nil
	m.flow.Await()
	m.list.SetFollow(true)
	return m.load()
}

func (m *Model) onApproved(msg approvedMsg) tea.Cmd {
	if !m.current(msg.work) {
		return nil
	}
	took := m.o.Now().Sub(m.work.began)
	m.end()
	m.showExchanges()
	if _, ok := errors.AsType[*api.ValidationError](msg.err); ok {
		m.openStep(flow.TriggerEvent)
		m.markFields(flow.TriggerEvent, msg.err)
		return m.edit(fieldPhone)
	}
	if msg.err != nil {
		m.fail(msg.step, msg.err)
		m.advise(msg.step, "a tries again, 4 shows the payment")
		return nil
	}
	m.payment.decided = true
	delete(m.failures, msg.step)
	return m.say(fmt.Sprintf("Approved in %d ms. An AUTHORIZED webhook is on its way.", took.Milliseconds()))
}

func (m *Model) onListed(msg listedMsg) tea.Cmd {
	if !m.current(msg.work) {
		return nil
	}
	m.end()
	m.snap = m.s.Snapshot()
	if msg.list != nil {
		m.setRegistrations(msg.list)
	}
	m.showExchanges()
	if msg.err != nil {
		m.fail(msg.step, msg.err)
		return nil
	}
	if m.flow.Status(flow.RegisterWebhook) == flow.Done && m.snap.Registered.ID == "" {
		m.flow.Undo(flow.RegisterWebhook)
		m.arrive()
	}
	return m.say(fmt.Sprintf("Deleted %d %s.", msg.deleted, plural(msg.deleted, "registration")))
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// onRows takes loaded rows over, unless another search was asked for since.
func (m *Model) onRows(msg rowsMsg) tea.Cmd {
	m.loading = false
	if errors.Is(msg.err, context.Canceled) {
		return nil
	}
	if msg.err != nil {
		return m.say("The inbox cannot be read: " + msg.err.Error())
	}
	if msg.wanted != m.wanted() {
		// Something else is wanted by now: another payment, another search.
		return m.load()
	}
	var cmds []tea.Cmd
	if fresh := m.list.SetRows(msg.rows); len(fresh) > 0 {
		cmds = append(cmds, tea.Tick(freshTime, func(time.Time) tea.Msg { return settledMsg{fresh} }))
	}
	m.counts, m.payment.rows = msg.counts, msg.payment
	m.complete()
	if m.stale {
		cmds = append(cmds, m.load())
	}
	return tea.Batch(append(cmds, m.loadSelected())...)
}

// freshTime is how long a new row is marked.
const freshTime = time.Second

// complete marks the last step done when the payment's webhook has come and
// its signature is right.
func (m *Model) complete() {
	if m.flow.Status(flow.TriggerEvent) != flow.Done {
		return
	}
	for _, r := range m.payment.rows {
		if r.Verified {
			m.flow.Complete()
			m.diagnosis = nil
		}
	}
}

func (m *Model) onWebhook(msg webhookMsg) tea.Cmd {
	if msg.err != nil {
		m.detail.Clear()
		return m.say("The webhook cannot be read: " + msg.err.Error())
	}
	if row, ok := m.list.Selected(); ok && row.Seq == msg.hook.Seq {
		m.detail.SetWebhook(msg.hook)
	}
	return nil
}

func (m *Model) onRechecked(msg recheckedMsg) tea.Cmd {
	if shown, ok := m.detail.Webhook(); ok && shown.Seq == msg.seq {
		m.detail.SetChecked(msg.at, msg.err)
	}
	return nil
}

func (m *Model) onSettled(msg settledMsg) tea.Cmd {
	m.list.Settle(msg.seqs)
	return nil
}
