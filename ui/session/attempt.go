package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kvikk/api"
	"kvikk/tunnel/inbox"
)

// answerLimit is how much of [CleanupLimit] goes into waiting for answers to
// register calls that nobody else waits for any more. The rest is for deleting.
const answerLimit = 2 * time.Second

// errGuarded is the outcome of a register call in which a guard has recovered
// a panic.
var errGuarded = errors.New("the register call ended unexpectedly")

// attempt is a register call. It outlives the wait for it: a request that is
// cut off may be carried out all the same, later than any look at the
// provider's list, and only its answer brings the id to delete it by.
type attempt struct {
	client *api.Client
	box    *inbox.Inbox
	r      inbox.Registration
	cut    context.CancelFunc // gives the request up
	ended  chan struct{}      // closed: nothing of it is under way any more
}

// answered is how a register call ended.
type answered struct {
	got api.RegisteredWebhook
	err error
}

// ask has a journaled registration made at the provider. When ctx ends first,
// its error is returned and the session settles what comes of the call.
func (s *Session) ask(ctx context.Context, client *api.Client, box *inbox.Inbox, r inbox.Registration) (api.RegisteredWebhook, error) {
	// Without a token nothing is sent, so this wait can be given up.
	_, err := client.Token(ctx)
	if err == nil && ctx.Err() != nil {
		err = fmt.Errorf("register a webhook: %w", ctx.Err())
	}
	if err != nil {
		s.warn("release a registration", box.Release(context.WithoutCancel(ctx), r.Token))
		return api.RegisteredWebhook{}, err
	}
	answers := s.start(ctx, &attempt{client: client, box: box, r: r, ended: make(chan struct{})})
	select {
	case a, ok := <-answers:
		switch {
		case !ok:
			return api.RegisteredWebhook{}, errGuarded
		case a.err != nil:
			s.undo(client, box, r, a.err)
		}
		return a.got, a.err
	case <-ctx.Done():
		return api.RegisteredWebhook{}, fmt.Errorf("register a webhook: %w", ctx.Err())
	}
}

// start sends the request in a goroutine of the session's. The answer goes to
// whoever waits for it until ctx ends; after that it is settled here.
func (s *Session) start(ctx context.Context, a *attempt) <-chan answered {
	call, cut := context.WithCancel(s.life)
	a.cut = cut
	s.mu.Lock()
	s.attempts[a] = struct{}{}
	s.mu.Unlock()
	answers := make(chan answered)
	s.owned.Go(func() {
		defer s.o.Guard()
		defer s.end(a)
		defer close(answers)
		got, err := a.client.RegisterWebhook(call, api.RegisterWebhookRequest{URL: a.r.URL, Events: a.r.Events})
		select {
		case answers <- answered{got, err}:
		case <-ctx.Done():
			s.settle(a, answered{got, err})
		}
	})
	return answers
}

// end notes that nothing of an attempt is under way any more.
func (s *Session) end(a *attempt) {
	a.cut()
	s.mu.Lock()
	delete(s.attempts, a)
	s.mu.Unlock()
	close(a.ended)
}

// settle takes a registration away whose answer came too late for whoever
// asked for it. What cannot be settled stays in the journal.
func (s *Session) settle(a *attempt, got answered) {
	if got.err != nil {
		s.undo(a.client, a.box, a.r, got.err)
		return
	}
	ctx, cancel := context.WithTimeout(s.life, CleanupLimit)
	defer cancel()
	// The id is written down first: it is what a later attempt deletes by.
	s.warn("note the registration", a.box.Activate(context.WithoutCancel(ctx), a.r.Token, got.got.ID, got.got.Secret))
	a.r.ID = got.got.ID
	s.warn("delete a registration that was given up", s.deleteOne(ctx, a.client, a.box, a.r))
}

// settleAttempts waits for register calls that nobody waits for any more, for
// [CleanupLimit] at most. What has no answer after [answerLimit] is cut off
// and looked for in the provider's list. No attempt begins meanwhile, since
// the caller has the turn to register.
func (s *Session) settleAttempts(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, CleanupLimit)
	defer cancel()
	patience, stop := context.WithTimeout(ctx, answerLimit)
	defer stop()
	s.mu.Lock()
	open := make([]*attempt, 0, len(s.attempts))
	for a := range s.attempts {
		open = append(open, a)
	}
	s.mu.Unlock()
	for _, a := range open {
		a.wait(patience)
	}
	for _, a := range open {
		a.cut()
	}
	for _, a := range open {
		a.wait(ctx)
	}
}

// wait returns when the attempt has ended or ctx has.
func (a *attempt) wait(ctx context.Context) {
	select {
	case <-a.ended:
	case <-ctx.Done():
	}
}

// undo settles what a register call without a good answer may have left
// behind. A refusal left nothing, and neither did a request that was never
// sent. After anything else the provider's list is asked, for as long as a
// clean-up may take. A list without the URL is the last word only when the
// provider itself has ended the call; else the registration may still appear,
// and stays in the journal.
func (s *Session) undo(c *api.Client, box *inbox.Inbox, r inbox.Registration, cause error) {
	ctx, cancel := context.WithTimeout(s.life, CleanupLimit)
	defer cancel()
	if !refused(cause) && !unsent(cause) {
		found, err := s.deleteByURL(ctx, c, r.URL)
		if err == nil && !found && !concluded(cause) {
			err = errUnlisted
		}
		if err != nil {
			s.o.Logger.Warn("look for a lost registration", "url", r.URL, "err", err)
			return
		}
	}
	s.warn("release a registration", box.Release(context.WithoutCancel(ctx), r.Token))
}

// deleteByURL deletes the registrations in the provider's list that name url,
// and reports whether there was one.
func (s *Session) deleteByURL(ctx context.Context, c *api.Client, url string) (found bool, err error) {
	list, err := c.Webhooks(ctx)
	if err != nil {
		return false, err
	}
	for _, w := range list {
		if w.URL != url {
			continue
		}
		found = true
		if err := c.DeleteWebhook(ctx, w.ID); err != nil && !gone(err) {
			return true, err
		}
	}
	return found, nil
}
