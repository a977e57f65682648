package ui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"kvikk/api"
	"kvikk/tunnel/inbox"
	"kvikk/ui/flow"
	"kvikk/ui/profile"
)

// open opens the inbox and resolves the settings.
func (m *Model) open() tea.Cmd {
	ctx, s, resolve := m.ctx, m.s, m.o.Resolve
	return func() tea.Msg {
		if err := s.Open(ctx); err != nil {
			return openedMsg{err: err}
		}
		settings, err := resolve(ctx)
		return openedMsg{settings: settings, err: err}
	}
}

// prepare makes the client, and starts the sandbox where that is wanted.
func (m *Model) prepare() tea.Cmd {
	ctx, _ := m.begin("starting the sandbox")
	s, settings := m.s, m.settings
	return func() tea.Msg { return preparedMsg{s.Configure(ctx, settings)} }
}

// connect opens the callback URL for the settings in the form, saves them, and
// looks for registrations that an earlier run left behind.
func (m *Model) connect(a flow.Attempt) tea.Cmd {
	ctx, _ := m.begin("opening the callback URL")
	s, settings, store := m.s, m.settings, m.o.Store
	return func() tea.Msg {
		msg := connectedMsg{attempt: a}
		if msg.err = s.Prepare(ctx, settings); msg.err != nil {
			return msg
		}
		if msg.url, msg.err = s.Connect(ctx); msg.err != nil {
			return msg
		}
		if settings.Source == profile.ProfileSource && store != nil {
			msg.saved, msg.saveErr = store.Save(ctx, settings.Profile, settings.Secrets)
		}
		msg.leftovers, msg.err = s.Leftovers(ctx)
		return msg
	}
}

func (m *Model) getToken(a flow.Attempt) tea.Cmd {
	ctx, _ := m.begin("getting an access token")
	client := m.s.Client()
	return func() tea.Msg {
		_, err := client.RenewToken(ctx)
		return tokenMsg{a, err}
	}
}

func (m *Model) register(a flow.Attempt) tea.Cmd {
	ctx, _ := m.begin("registering the callback URL")
	s, events := m.s, m.chosenEvents()
	return func() tea.Msg {
		msg := registeredMsg{attempt: a}
		msg.registered, msg.err = s.Register(ctx, events)
		// The list is shown whether or not the registration went well: a full
		// list is a reason why it did not.
		list, err := s.Registrations(ctx)
		msg.list = list
		if msg.err == nil {
			msg.err = err
		}
		return msg
	}
}

func (m *Model) create(a flow.Attempt) tea.Cmd {
	ctx, _ := m.begin("creating the payment")
	client, request, arrivals := m.s.Client(), m.paymentRequest(), m.s.Arrivals()
	return func() tea.Msg {
		created, err := client.CreatePayment(ctx, request, api.WithIdempotencyKey(a.IdempotencyKey))
		return createdMsg{attempt: a, request: request, created: created, arrivals: arrivals, err: err}
	}
}

func (m *Model) forceApprove(phone string) tea.Cmd {
	ctx, id := m.begin("approving the payment")
	client, reference := m.s.Client(), m.payment.created.Reference
	return func() tea.Msg {
		return approvedMsg{id, client.ForceApprove(ctx, reference, api.ForceApproveRequest{PhoneNumber: phone})}
	}
}

func (m *Model) deleteRegistration(id string) tea.Cmd {
	ctx, work := m.begin("deleting a registration")
	s := m.s
	return func() tea.Msg {
		msg := listedMsg{work: work}
		if msg.err = s.Delete(ctx, id); msg.err != nil {
			return msg
		}
		msg.deleted = 1
		msg.list, msg.err = s.Registrations(ctx)
		return msg
	}
}

func (m *Model) deleteLeftovers(list []inbox.Registration) tea.Cmd {
	ctx, work := m.begin(fmt.Sprintf("deleting %d leftover registrations", len(list)))
	s := m.s
	return func() tea.Msg {
		done := s.DeleteLeftovers(ctx, list)
		msg := listedMsg{work: work, deleted: len(done.Deleted)}
		if len(done.Left) > 0 {
			msg.err = fmt.Errorf("delete %s: %w", done.Left[0].URL, done.Left[0].Err)
		}
		return msg
	}
}

// startOver begins the quick start anew; the embedded sandbox starts empty.
func (m *Model) startOver() tea.Cmd {
	m.flow.Undo(flow.SetUp)
	clear(m.failures)
	m.forgetPayment()
	m.floor = max(m.floor, m.list.Newest())
	m.arrive()
	ctx, id := m.begin("starting over")
	s, settings := m.s, m.settings
	return func() tea.Msg {
		if settings.Source != profile.Sandbox {
			return startedOverMsg{work: id}
		}
		return startedOverMsg{id, s.Configure(ctx, settings)}
	}
}

// pageOfRows is how many webhooks are loaded at a time.
const pageOfRows = 200

// load loads the rows of the list and those of the payment at hand. While one
// load is under way another is only noted, so that a flood of webhooks causes
// no flood of queries.
func (m *Model) load() tea.Cmd {
	box := m.s.Inbox()
	if box == nil {
		return nil
	}
	if m.loading {
		m.stale = true
		return nil
	}
	m.loading, m.stale = true, false
	ctx, floor, limit, reference := m.ctx, m.floor, m.limit, m.payment.created.Reference
	filter := inbox.Filter{AfterSeq: floor, Text: m.list.Find()}
	if m.list.Older() {
		filter.AfterSeq = 0
	}
	return func() tea.Msg { return loadRows(ctx, box, filter, floor, limit, reference) }
}

func loadRows(ctx context.Context, box *inbox.Inbox, f inbox.Filter, floor int64, limit int, reference string) rowsMsg {
	msg := rowsMsg{query: f}
	if msg.rows, msg.err = box.Rows(ctx, inbox.Query{Filter: f, Limit: limit}); msg.err != nil {
		return msg
	}
	if msg.counts, msg.err = box.Counts(ctx, inbox.Filter{AfterSeq: floor}); msg.err != nil {
		return msg
	}
	if reference != "" {
		of := inbox.Filter{AfterSeq: floor, Reference: reference}
		msg.payment, msg.err = box.Rows(ctx, inbox.Query{Filter: of, Limit: pageOfRows})
	}
	return msg
}

// loadSelected loads the whole of the selected webhook.
func (m *Model) loadSelected() tea.Cmd {
	row, ok := m.list.Selected()
	box := m.s.Inbox()
	if !ok || box == nil {
		m.detail.Clear()
		return nil
	}
	if shown, has := m.detail.Webhook(); has && shown.Seq == row.Seq {
		return nil
	}
	m.scrolls[onDetail] = 0
	ctx := m.ctx
	return func() tea.Msg {
		w, err := box.Webhook(ctx, row.Seq)
		return webhookMsg{w, err}
	}
}

// recheck verifies the stored bytes of the selected webhook again.
func (m *Model) recheck() tea.Cmd {
	row, ok := m.list.Selected()
	if !ok {
		return nil
	}
	ctx, s, now := m.ctx, m.s, m.o.Now
	return func() tea.Msg { return recheckedMsg{seq: row.Seq, err: s.Recheck(ctx, row.Seq), at: now()} }
}
