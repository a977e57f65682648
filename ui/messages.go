package ui

import (
	"time"

	"kvikk/api"
	"kvikk/api/scenario"
	"kvikk/tunnel/inbox"
	"kvikk/ui/flow"
	"kvikk/ui/profile"
	"kvikk/ui/session"
)

// Messages are named for what has happened. Those that answer a step's action
// carry its attempt, so that a late one can be told from the current one.
type (
	// openedMsg: the inbox is open and the settings are known, or not.
	openedMsg struct {
		settings profile.Settings
		err      error
	}
	// preparedMsg: the sandbox or the sales unit of the settings is ready.
	preparedMsg struct {
		work int
		err  error
	}
	// changedMsg: the relay has seen something new in the inbox, the session
	// or the exchanges.
	changedMsg struct{}
	// tickedMsg: time has passed that the screen counts.
	tickedMsg struct{ id int }

	connectedMsg struct {
		attempt   flow.Attempt
		saved     string
		saveErr   error
		leftovers []inbox.Registration
		err       error
	}
	tokenMsg struct {
		attempt flow.Attempt
		err     error
	}
	registeredMsg struct {
		attempt flow.Attempt
		list    []session.Listed
		err     error
	}
	createdMsg struct {
		attempt flow.Attempt
		request api.CreatePaymentRequest
		created api.CreatePaymentResponse
		// How many requests, and how many rejected webhooks, had come before the
		// payment.
		arrivals, rejected int64

		err error
	}
	approvedMsg struct {
		work int
		step flow.Step
		err  error
	}
	listedMsg struct {
		work    int
		step    flow.Step
		list    []session.Listed
		deleted int
		err     error
	}
	diagnosedMsg struct {
		reference string
		diagnosis session.Diagnosis
	}
	startedOverMsg struct {
		work  int
		floor int64
		err   error
	}

	playedMsg struct {
		work    int
		verdict scenario.Verdict
		err     error
	}
	// lookedMsg: how the sandbox stands, in answer to a look, steeredMsg in
	// answer to a change.
	lookedMsg struct {
		apiURL   string
		controls session.Controls
		err      error
	}
	steeredMsg struct {
		what     change
		apiURL   string
		controls session.Controls
		err      error
	}

	rowsMsg struct {
		wanted  wanted
		rows    []inbox.Row
		payment []inbox.Row
		counts  inbox.Counts
		err     error
	}
	webhookMsg struct {
		hook inbox.Webhook
		err  error
	}
	recheckedMsg struct {
		seq int64
		at  time.Time
		err error
	}
	settledMsg   struct{ seqs []int64 }
	hiddenMsg    struct{ id int }
	statusEndMsg struct{ id int }
	openedURLMsg struct {
		url string
		err error
	}
	importedMsg struct {
		imported profile.Import
		source   string
		err      error
	}
)
