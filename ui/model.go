package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"kvikk/api"
	"kvikk/api/secret"
	"kvikk/tunnel/inbox"
	"kvikk/ui/flow"
	"kvikk/ui/form"
	"kvikk/ui/pane/exchange"
	"kvikk/ui/pane/hooks"
	"kvikk/ui/pane/sandbox"
	"kvikk/ui/pane/step"
	"kvikk/ui/pane/steps"
	"kvikk/ui/profile"
	"kvikk/ui/session"
	"kvikk/ui/theme"
)

// focus is the pane that keys go to.
type focus int

const (
	onStep focus = iota
	onExchange
	onList
	onDetail
)

// work is what is under way: its context ends with esc.
type work struct {
	id     int
	what   string
	began  time.Time
	cancel context.CancelFunc
}

// payment is the payment at hand.
type payment struct {
	request  api.CreatePaymentRequest
	created  api.CreatePaymentResponse
	at       time.Time
	arrivals int64
	rejected int64
	rows     []inbox.Row
	// decided says that its payer has approved or declined it.
	decided bool
}

// reveal is a secret that is shown for a moment.
type reveal struct {
	id    int
	value secret.Value
}

// Model is the terminal program. Make one with [New]; it is used through its
// pointer, so that panes can be methods and not copies.
type Model struct {
	o    Options
	ctx  context.Context
	s    *session.Session
	rec  *recorder
	keys keyMap
	th   theme.Theme

	width, height int
	flow          *flow.Flow
	focus         focus
	zoom          bool
	editing       bool
	finding       bool
	mouseOff      bool
	dialog        *dialog
	before        form.Snapshot
	// returnTo is the pane that had the focus before a webhook was opened, and
	// opened says that one is.
	returnTo focus
	opened   bool
	// pending waits until nothing else is in the way of a dialog.
	pending *dialog

	rail     steps.Pane
	step     *step.Pane
	exchange *exchange.Pane
	list     *hooks.List
	detail   *hooks.Detail
	setup    *form.Form
	events   *form.Form
	pay      *form.Form
	find     *form.Form

	scenarios *sandbox.Scenarios
	faults    *sandbox.Faults
	played    *playing // the last scenario
	controls  session.Controls
	looking   bool

	// given are the settings as they were found at the start, settings those in
	// use.
	given, settings profile.Settings

	ready     bool
	asking    bool
	snap      session.Snapshot
	work      *work
	workCount int
	failures  map[flow.Step]*step.Failure
	status    string
	statusID  int
	revealed  reveal
	report    []string
	saved     string

	registrations []session.Listed
	cursor        int
	payment       payment
	attempted     string // the reference that was sent last
	diagnosis     *session.Diagnosis
	diagnosing    bool
	diagnosedAt   time.Time
	counts        inbox.Counts
	floor         int64
	// How many rows of the step and the list were drawn, for the mouse.
	stepRowsInView, listRowsInView int
	loading                        bool
	stale                          bool
	limit                          int
	scrolls                        map[focus]int
	ticking                        int
	tickCount                      int

	dirty bool
	frame tea.View
}

// New returns the program's model for a session. ctx bounds every command.
func New(ctx context.Context, o Options, s *session.Session, rec *recorder) *Model {
	th := theme.New(o.Background)
	m := &Model{
		o: o, ctx: ctx, s: s, rec: rec, keys: defaultKeys(), th: th,
		flow:     flow.New(o.NewKey),
		step:     step.New(th),
		exchange: exchange.New(th),
		list:     hooks.NewList(th),
		detail:   hooks.NewDetail(th),
		setup:    newSetupForm(th),
		events:   newEventsForm(th),
		pay:      newPaymentForm(th),
		find:     newFindForm(th),

		scenarios: sandbox.NewScenarios(th),
		faults:    sandbox.NewFaults(th),
		failures:  make(map[flow.Step]*step.Failure),
		scrolls:   make(map[focus]int),
		limit:     pageOfRows,
		dirty:     true,
	}
	m.rail = steps.Pane{Theme: th, Flow: m.flow}
	if o.Sandbox {
		m.setup.Set(fieldEnvironment, environmentSandbox)
	}
	m.adaptSetup()
	return m
}

// Init opens the inbox and finds out which sales unit is wanted. Both may take
// a while, so they come after the first frame.
func (m *Model) Init() tea.Cmd {
	return m.guarded(tea.Batch(m.open(), tea.RequestBackgroundColor))
}

// recolour rebuilds the theme once the terminal has told its background.
func (m *Model) recolour(b theme.Background) {
	m.th = theme.New(b)
	m.rail.Theme = m.th
	m.step.SetTheme(m.th)
	m.exchange.SetTheme(m.th)
	m.list.SetTheme(m.th)
	m.detail.SetTheme(m.th)
	m.scenarios.SetTheme(m.th)
	m.faults.SetTheme(m.th)
	for _, f := range []*form.Form{m.setup, m.events, m.pay, m.find} {
		f.SetTheme(m.th)
	}
}

// begin notes that something is under way and returns its context, which esc
// and the end of the program cancel.
func (m *Model) begin(what string) (context.Context, int) {
	ctx, cancel := context.WithCancel(m.ctx)
	m.workCount++
	m.work = &work{id: m.workCount, what: what, began: m.o.Now(), cancel: cancel}
	m.ticking = 0 // the spinner does not wait for a slower tick
	return ctx, m.workCount
}

// end notes that nothing is under way any more.
func (m *Model) end() {
	if m.work != nil {
		m.work.cancel()
		m.work = nil
	}
}

// current reports whether a piece of work is the one under way.
func (m *Model) current(id int) bool { return m.work != nil && m.work.id == id }
