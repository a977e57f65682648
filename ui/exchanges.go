package ui

import (
	"fmt"

	"kvikk/api"
	"kvikk/ui/flow"
	"kvikk/ui/pane/exchange"
)

// showExchanges shows the exchanges of the open step, or the last answer of
// the step before until this one has sent something of its own. What one was
// looking at stays, unless it was the newest.
func (m *Model) showExchanges() {
	var own, before []exchange.Entry
	current := m.flow.Current()
	for _, e := range m.rec.All() {
		s := stepOf(e.Operation)
		entry := exchange.Entry{Exchange: e, Step: label(s, e.Operation)}
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
}

// label names an exchange by its step, and by what it does where that is not
// the step's own action.
func label(s flow.Step, operation string) string {
	switch operation {
	case api.OperationToken, api.OperationRegister, api.OperationCreate:
		return fmt.Sprintf("%d %s", s, s.Title())
	}
	return fmt.Sprintf("%d %s", s, operation)
}

// lastMain is the index of the exchange to show first: the last one that is a
// step's own action, not a look-up that follows it.
func lastMain(entries []exchange.Entry) int {
	for i := len(entries) - 1; i >= 0; i-- {
		switch entries[i].Operation {
		case api.OperationWebhooks, api.OperationDelete, api.OperationPayment, api.OperationEvents:
		default:
			return i
		}
	}
	return len(entries) - 1
}

// stepOf is the step that an operation belongs to.
func stepOf(operation string) flow.Step {
	switch operation {
	case api.OperationToken:
		return flow.AccessToken
	case api.OperationRegister, api.OperationWebhooks, api.OperationDelete:
		return flow.RegisterWebhook
	case api.OperationEvents, api.OperationPayment:
		return flow.ViewWebhook
	}
	return flow.TriggerEvent
}

// showPreview shows the request that the open step would send now, until it is
// done.
func (m *Model) showPreview() {
	m.exchange.SetPreview(nil)
	if s := m.flow.Current(); m.flow.Status(s) != flow.Done {
		m.exchange.SetPreview(m.preview(s))
	}
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
