package cli

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"kvikk/tunnel"
	"kvikk/tunnel/inbox"
	"kvikk/ui/session"
)

const (
	// lastLook is how long, after the end, the inbox is still read for webhooks
	// that have been answered.
	lastLook = 500 * time.Millisecond
	// stuckLimit is how long the end waits for standard output. A reader that
	// has stopped reading must not keep the registration from being deleted.
	stuckLimit = time.Second
)

// errPanicked is the end of a goroutine whose panic the guard has recovered.
var errPanicked = errors.New("the program has failed and ends")

// outcome is how printing ended.
type outcome struct {
	came bool // the awaited webhook
	err  error
}

// follow prints what arrives until ctx ends, the time to wait is over, the
// awaited webhook has come or printing fails.
func (l *listener) follow(ctx context.Context) error {
	printing, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan outcome, 1)
	go func() {
		defer l.Guard()
		result := outcome{err: errPanicked}
		defer func() { ended <- result }()
		result = l.pump(printing)
	}()
	over, giveUp := l.asked.wait.timer()
	defer giveUp()
	var result outcome
	why := "before the end"
	select {
	case result = <-ended:
	case <-over:
		why = "within " + l.asked.wait.limit.String()
		result = l.endPump(stop, ended)
	case <-ctx.Done():
		result = l.endPump(stop, ended)
	}
	l.endForward(ctx, result)
	if result.came {
		return nil
	}
	if result.err != nil && !readerGone(result.err) {
		return result.err
	}
	return l.asked.wait.unmet(why, l.box.Stats().Rejected)
}

// endPump ends the printing. When standard output takes nothing the goroutine
// is left to the end of the process.
func (l *listener) endPump(stop context.CancelFunc, ended <-chan outcome) outcome {
	stop()
	stuck := time.NewTimer(lastLook + stuckLimit)
	defer stuck.Stop()
	select {
	case result := <-ended:
		return result
	case <-stuck.C:
		fmt.Fprintln(l.people, "Nobody reads standard output; what has arrived since is in the inbox.")
		return outcome{}
	}
}

// endForward lets the webhooks that led to success be passed on, and gives up
// the others.
func (l *listener) endForward(ctx context.Context, result outcome) {
	if l.forward == nil {
		return
	}
	limit := time.Duration(0)
	if result.came {
		limit = forwardTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	l.forward.finish(ctx)
}

// pump prints what has arrived whenever something has.
func (l *listener) pump(ctx context.Context) outcome {
	for {
		came, err := l.printNew(ctx)
		if came || err != nil && ctx.Err() == nil {
			return outcome{came, err}
		}
		select {
		case <-l.session.Changed():
			l.report()
		case <-ctx.Done():
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastLook)
			defer cancel()
			came, err := l.printNew(ctx)
			if errors.Is(err, context.DeadlineExceeded) {
				err = nil // the rest is in the inbox
			}
			return outcome{came, err}
		}
	}
}

// printNew prints this run's webhooks that have not been printed yet, up to the
// awaited one.
func (l *listener) printNew(ctx context.Context) (came bool, err error) {
	for w, err := range l.box.All(ctx, inbox.Filter{AfterSeq: l.after}) {
		if err != nil {
			return false, err
		}
		l.after = w.Seq
		if !l.isOwn(w.Registration) {
			continue
		}
		if err := l.printWebhook(w, clock); err != nil {
			return false, err
		}
		if l.forward != nil && w.Verified {
			l.forward.add(w.Seq)
		}
		if l.asked.wait.metBy(w) {
			return true, nil
		}
	}
	return false, nil
}

// remember notes that a registration is this run's.
func (l *listener) remember(r session.Registered) {
	if r.Token != "" {
		l.own[r.Token] = true
	}
}

// isOwn reports whether a registration is this run's. The inbox knows one that
// has just replaced another before the session says so.
func (l *listener) isOwn(token string) bool {
	if !l.own[token] {
		for _, r := range l.box.Mine() {
			l.own[r.Token] = true
		}
	}
	return l.own[token]
}

// told is what people have been told already.
type told struct {
	stage, notice string
	state         tunnel.State
}

// reporting does something that takes a while, and tells of its stages.
func (l *listener) reporting(do func() error) error {
	done := make(chan struct{})
	var reporter sync.WaitGroup
	reporter.Go(func() {
		defer l.Guard()
		for {
			select {
			case <-done:
				return
			case <-l.session.Changed():
				l.report()
			}
		}
	})
	err := do()
	close(done)
	reporter.Wait()
	l.report()
	return err
}

// report tells what has changed about the callback URL.
func (l *listener) report() {
	snap := l.session.Snapshot()
	l.remember(snap.Registered)
	if snap.Stage != l.told.stage && snap.Stage != "" {
		fmt.Fprintln(l.people, snap.Stage)
	}
	if snap.Notice != l.told.notice && snap.Notice != "" {
		fmt.Fprintln(l.people, snap.Notice)
	}
	was := l.told.state
	l.told = told{snap.Stage, snap.Notice, snap.Tunnel.State}
	switch {
	case was == tunnel.Up && snap.Tunnel.State == tunnel.Down:
		line, _ := Explain(snap.Tunnel.Err)
		fmt.Fprintf(l.people, "The callback URL is down, and comes back by itself: %s\n", line)
	case was == tunnel.Down && snap.Tunnel.State == tunnel.Up:
		fmt.Fprintf(l.people, "The callback URL is up again: %s\n", snap.Tunnel.URL)
	}
}

// nameLeftovers names registrations that an earlier run could not delete.
func (l *listener) nameLeftovers(ctx context.Context) {
	left, err := l.session.Leftovers(ctx)
	if err != nil && ctx.Err() == nil {
		warn(l.people, err)
	}
	for _, r := range left {
		fmt.Fprintf(l.people, "An earlier kvikk left a registration at the provider: %s (id %s). kvikk offers to delete it.\n", r.URL, r.ID)
	}
}
