package ui

import (
	"context"
	"errors"
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
	what := "getting ready"
	if m.settings.Source == profile.Sandbox {
		what = "starting the sandbox"
	}
	ctx, id := m.begin(what)
	s, settings := m.s, m.settings
	return func() tea.Msg { return preparedMsg{id, s.Prepare(ctx, settings)} }
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
		if _, msg.err = s.Connect(ctx); msg.err != nil {
			return msg
		}
		if settings.Source == profile.ProfileSource && store != nil {
			msg.saved, msg.saveErr = store.Save(ctx, settings.Profile, settings.Secrets)
		}
		// Not to know of leftovers is no reason to fail: the next start asks
		// again.
		msg.leftovers, _ = s.Leftovers(ctx)
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
		_, msg.err = s.Register(ctx, events)
		// The list is shown whether or not the registration went well: a full
		// list is a reason why it did not. Without it the step is done all the
		// same; its exchange shows what was wrong.
		msg.list, _ = s.Registrations(ctx)
		return msg
	}
}

func (m *Model) create(a flow.Attempt) tea.Cmd {
	ctx, _ := m.begin("creating the payment")
	s, client, request := m.s, m.s.Client(), m.paymentRequest()
	m.attempted = request.Reference
	return func() tea.Msg {
		arrivals, rejected := s.Arrivals(), s.Rejected()
		created, err := client.CreatePayment(ctx, request, api.WithIdempotencyKey(a.IdempotencyKey))
		return createdMsg{attempt: a, request: request, created: created, arrivals: arrivals, rejected: rejected, err: err}
	}
}

func (m *Model) forceApprove(phone string) tea.Cmd {
	ctx, id := m.begin("approving the payment")
	client, reference, step := m.s.Client(), m.payment.created.Reference, m.flow.Current()
	return func() tea.Msg {
		return approvedMsg{id, step, client.ForceApprove(ctx, reference, api.ForceApproveRequest{PhoneNumber: phone})}
	}
}

func (m *Model) deleteRegistration(id string) tea.Cmd {
	ctx, work := m.begin("deleting a registration")
	s := m.s
	return func() tea.Msg {
		msg := listedMsg{work: work, step: flow.RegisterWebhook}
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
		msg := listedMsg{work: work, step: flow.SetUp, deleted: len(done.Deleted)}
		if len(done.Left) > 0 {
			msg.err = fmt.Errorf("delete %s: %w", done.Left[0].URL, done.Left[0].Err)
		}
		return msg
	}
}

// startOver begins the quick start anew; the embedded sandbox starts empty.
func (m *Model) startOver() tea.Cmd {
	m.reset()
	m.report, m.saved, m.focus = nil, "", onStep
	ctx, id := m.begin("starting over")
	s, settings := m.s, m.settings
	return func() tea.Msg {
		msg := startedOverMsg{work: id}
		if settings.Source == profile.Sandbox {
			msg.err = s.Configure(ctx, settings)
		}
		newest, err := s.Inbox().Rows(ctx, inbox.Query{Limit: 1})
		if len(newest) > 0 {
			msg.floor = newest[0].Seq
		}
		msg.err = errors.Join(msg.err, err)
		return msg
	}
}

// reset forgets everything but the settings and what has arrived.
func (m *Model) reset() {
	m.flow.Undo(flow.SetUp)
	clear(m.failures)
	m.rec.Clear()
	m.forgetPayment()
	m.registrations, m.cursor = nil, 0
	m.zoom, m.opened = false, false
	m.find.Set(fieldFind, "")
	m.list.Reset()
	m.detail.Clear()
	m.arrive()
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
	ctx, limit, w := m.ctx, m.limit, m.wanted()
	return func() tea.Msg { return loadRows(ctx, box, w, limit) }
}

// wanted says which rows the screen wants: those of the list, and those of the
// payment at hand. Rows that come for something else are out of date.
type wanted struct {
	list      inbox.Filter
	floor     int64
	reference string
}

func (m *Model) wanted() wanted {
	w := wanted{
		list:  inbox.Filter{AfterSeq: m.floor, Text: m.list.Find()},
		floor: m.floor, reference: m.payment.created.Reference,
	}
	if m.list.Older() {
		w.list.AfterSeq = 0
	}
	return w
}

func loadRows(ctx context.Context, box *inbox.Inbox, w wanted, limit int) rowsMsg {
	msg := rowsMsg{wanted: w}
	if msg.rows, msg.err = box.Rows(ctx, inbox.Query{Filter: w.list, Limit: limit}); msg.err != nil {
		return msg
	}
	if msg.counts, msg.err = box.Counts(ctx, inbox.Filter{AfterSeq: w.floor}); msg.err != nil {
		return msg
	}
	if w.reference != "" {
		of := inbox.Filter{AfterSeq: w.floor, Reference: w.reference}
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
