package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kvikk/api"
	"kvikk/tunnel/inbox"
)

// lostLimit is how long a registration whose register call got no answer may
// take to appear in the provider's list. Then it is taken never to have been
// made.
const lostLimit = 10 * time.Minute

// errUnlisted is why a registration whose register call got no answer stays in
// the journal.
var errUnlisted = errors.New("its register call got no answer and the provider's list does not have it so far, so it may still appear there")

// Leftovers are registrations of this sales unit that an earlier kvikk made
// and could not delete. Those whose register call got no answer are looked up
// in the provider's list: the ones in it get their id from there, the others
// are left out, and forgotten ten minutes after the call. When the list cannot
// be had, the error comes with the leftovers that need no looking up.
func (s *Session) Leftovers(ctx context.Context) ([]inbox.Registration, error) {
	client, box := s.Client(), s.Inbox()
	if client == nil || box == nil {
		return nil, nil
	}
	left, err := box.Leftovers(ctx, client.BaseURL(), s.Settings().Profile.MSN)
	if err != nil || !slices.ContainsFunc(left, lost) {
		return left, err
	}
	hooks, err := client.Webhooks(ctx)
	if err != nil {
		return slices.DeleteFunc(left, lost), fmt.Errorf("look for registrations whose answer was lost: %w", err)
	}
	var known []inbox.Registration
	for _, r := range left {
		at := slices.IndexFunc(hooks, func(h api.Webhook) bool { return h.URL == r.URL })
		switch {
		case !lost(r):
			known = append(known, r)
		case at >= 0:
			r.ID = hooks[at].ID
			known = append(known, r)
		case s.stale(r):
			s.warn("release a registration", box.Release(ctx, r.Token))
		}
	}
	return known, nil
}

// DeleteLeftovers deletes the given leftovers, and only those.
func (s *Session) DeleteLeftovers(ctx context.Context, list []inbox.Registration) Cleanup {
	return s.deleteAll(ctx, list)
}

// lost reports whether the answer to a register call never came.
func lost(r inbox.Registration) bool { return r.ID == "" }

// stale reports whether a lost registration would be in the list by now.
func (s *Session) stale(r inbox.Registration) bool { return s.o.Now().Sub(r.CreatedAt) > lostLimit }
