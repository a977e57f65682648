package session

import (
	"context"

	"kvikk/tunnel/inbox"
)

// Leftovers are registrations of this sales unit that an earlier kvikk made
// and could not delete.
func (s *Session) Leftovers(ctx context.Context) ([]inbox.Registration, error) {
	client, box := s.Client(), s.Inbox()
	if client == nil || box == nil {
		return nil, nil
	}
	return box.Leftovers(ctx, client.BaseURL(), s.Settings().Profile.MSN)
}

// DeleteLeftovers deletes the given leftovers, and only those.
func (s *Session) DeleteLeftovers(ctx context.Context, list []inbox.Registration) Cleanup {
	return s.deleteAll(ctx, list)
}

// Cleanup says what became of registrations that were to be deleted.
type Cleanup struct {
	Deleted []string
	Left    []Left
}

// Left is a registration that could not be deleted, and why.
type Left struct {
	URL, ID string
	Err     error
}

func (s *Session) deleteMine(ctx context.Context) Cleanup {
	box := s.Inbox()
	if box == nil {
		return Cleanup{}
	}
	return s.deleteAll(ctx, box.Mine())
}

// deleteAll deletes registrations at the provider one after the other. Those
// without an id, whose register call got no answer, are looked up in the list.
func (s *Session) deleteAll(ctx context.Context, list []inbox.Registration) Cleanup {
	client, box := s.Client(), s.Inbox()
	var done Cleanup
	if client == nil || box == nil {
		return done
	}
	for _, r := range list {
		var err error
		if r.ID == "" {
			err = s.deleteByURL(ctx, client, r.URL)
		} else if err = client.DeleteWebhook(ctx, r.ID); gone(err) {
			err = nil
		}
		if err == nil {
			err = box.Release(context.WithoutCancel(ctx), r.Token)
		}
		if err != nil {
			done.Left = append(done.Left, Left{URL: r.URL, ID: r.ID, Err: err})
			continue
		}
		done.Deleted = append(done.Deleted, r.URL)
	}
	return done
}

// Close deletes this run's registrations, for three seconds at most, then
// closes tunnel, sandbox and inbox, and waits for everything the session
// started. What could not be deleted is named in the result. Closing again
// does nothing.
func (s *Session) Close(ctx context.Context) Cleanup {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), CleanupLimit)
	defer cancel()
	done := s.deleteMine(limited)
	s.disconnect()
	s.stop()
	s.owned.Wait()
	s.mu.Lock()
	box, sandbox, client := s.box, s.sandbox, s.client
	s.box, s.sandbox, s.client, s.active = nil, nil, nil, Registered{}
	s.mu.Unlock()
	if client != nil {
		client.Close()
	}
	if sandbox != nil {
		s.warn("close the sandbox", sandbox.Close())
	}
	if box != nil {
		s.warn("close the inbox", box.Close())
	}
	return done
}

func (s *Session) warn(doing string, err error) {
	if err != nil {
		s.o.Logger.Warn(doing, "err", err)
	}
}
