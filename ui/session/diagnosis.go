package session

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kvikk/api/webhook"
	"kvikk/tunnel"
)

// Answer is what is known about one question of a [Diagnosis].
type Answer int

// The answers.
const (
	Unknown Answer = iota
	Yes
	No
)

// Diagnosis is what is known about a webhook that has not come.
type Diagnosis struct {
	// LinkUp: the callback URL is open. Reached: any request came to it since
	// the payment was created. Listed: the provider's list has exactly our
	// URL. Logged: the payment's event log has its event.
	LinkUp, Reached, Listed, Logged Answer
	// LinkErr says why the link is down; ListErr and LogErr why the provider
	// did not tell.
	LinkErr, ListErr, LogErr error
	// Rejected is the number of webhooks of this run whose signature is wrong.
	Rejected int64
}

// Diagnose asks everything that may explain why no webhook of the payment came.
// since is the number of requests, of all kinds, that had come before the
// payment was created; see [Session.Arrivals].
func (s *Session) Diagnose(ctx context.Context, reference string, since int64) Diagnosis {
	var d Diagnosis
	snap, client, box := s.Snapshot(), s.Client(), s.Inbox()
	if !snap.Connected || client == nil || box == nil {
		d.LinkUp = No
		return d
	}
	d.LinkUp, d.LinkErr = answer(snap.Tunnel.State == tunnel.Up), snap.Tunnel.Err
	d.Reached, d.Rejected = answer(s.Arrivals() > since), box.Stats().Rejected
	hooks, err := client.Webhooks(ctx)
	if d.ListErr = err; err == nil {
		d.Listed = No
		for _, h := range hooks {
			if h.URL == snap.Registered.URL {
				d.Listed = Yes
			}
		}
	}
	events, err := client.PaymentEvents(ctx, reference)
	if d.LogErr = err; err == nil {
		d.Logged = answer(len(events) > 0)
	}
	return d
}

func answer(yes bool) Answer {
	if yes {
		return Yes
	}
	return No
}

// Arrivals counts the requests that this run's callback URL has had, of every
// kind.
func (s *Session) Arrivals() int64 {
	box := s.Inbox()
	if box == nil {
		return 0
	}
	st := box.Stats()
	return st.Kept + st.Unkept + st.Strangers
}

// Wants reports whether the active registration asks for an event type.
func (r Registered) Wants(t webhook.Type) bool { return slices.Contains(r.Events, string(t)) }

// Rejected counts the webhooks of this run whose signature is wrong.
func (s *Session) Rejected() int64 {
	box := s.Inbox()
	if box == nil {
		return 0
	}
	return box.Stats().Rejected
}

// Recheck verifies the stored bytes of a webhook again. It returns nil, a
// [webhook.VerifyError], or [ErrNoSecret].
func (s *Session) Recheck(ctx context.Context, seq int64) error {
	box := s.Inbox()
	if box == nil {
		return errors.New("the inbox is not open")
	}
	w, err := box.Webhook(ctx, seq)
	if err != nil {
		return fmt.Errorf("read webhook %d: %w", seq, err)
	}
	key, err := s.secretOf(ctx, w.Registration)
	if err != nil {
		return err
	}
	return webhook.Verify(webhook.Received{
		Method: w.Method, Host: w.Header.Get("Host"), RequestURI: w.Path, Header: w.Header, Body: w.Body,
	}, key, w.URL)
}
