package session

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kvikk/api"
	"kvikk/tunnel/inbox"
)

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

// deleteAll deletes registrations at the provider one after the other.
func (s *Session) deleteAll(ctx context.Context, list []inbox.Registration) Cleanup {
	client, box := s.Client(), s.Inbox()
	var done Cleanup
	if client == nil || box == nil {
		return done
	}
	msn := s.Settings().Profile.MSN
	for _, r := range list {
		var err error
		if r.APIURL != client.BaseURL() || r.MSN != msn {
			// Asked for it, this sales unit would answer that there is none.
			err = fmt.Errorf("it belongs to sales unit %s at %s, whose keys are not in use any more", r.MSN, r.APIURL)
		} else {
			err = s.deleteOne(ctx, client, box, r)
		}
		if err != nil {
			done.Left = append(done.Left, Left{URL: r.URL, ID: r.ID, Err: err})
			continue
		}
		done.Deleted = append(done.Deleted, r.URL)
	}
	return done
}

// deleteOne deletes a registration. One without an id, whose register call got
// no answer, is looked up in the list.
func (s *Session) deleteOne(ctx context.Context, c *api.Client, box *inbox.Inbox, r inbox.Registration) error {
	if r.ID == "" {
		found, err := s.deleteByURL(ctx, c, r.URL)
		if err != nil {
			return err
		}
		if !found && !s.stale(r) {
			return errUnlisted
		}
	} else if err := c.DeleteWebhook(ctx, r.ID); err != nil && !gone(err) {
		return err
	}
	if err := box.Release(context.WithoutCancel(ctx), r.Token); err != nil {
		return err
	}
	s.dropSecret(ctx, box, r.Token)
	return nil
}

// errStuck is why a registration stays when the call that makes or replaces it
// does not end in time.
var errStuck = errors.New("a call that is still under way did not end in time")

// Close ends the calls that are under way, waits for the answers to register
// calls and deletes this run's registrations, for three seconds at most, then
// closes tunnel, sandbox and inbox, and waits for everything the session
// started. Secrets of registrations without webhooks are removed. What could not be
// deleted is named in the result. Closing again does nothing.
func (s *Session) Close(ctx context.Context) Cleanup {
	var done Cleanup
	s.closing.Do(func() { done = s.close(context.WithoutCancel(ctx)) })
	return done
}

func (s *Session) close(ctx context.Context) Cleanup {
	s.endCalls()
	limited, cancel := context.WithTimeout(ctx, CleanupLimit)
	defer cancel()
	// A call that is under way puts its own affairs in order first. The turns
	// are kept, so that none begins any more.
	for _, t := range []turn{s.configuring, s.registering, s.playing, s.steers} {
		if !t.take(limited) {
			s.warn("close the session", errStuck)
			break
		}
	}
	s.settleAttempts(limited)
	done := s.withoutEmbedded(ctx, s.deleteMine(limited))
	s.disconnect()
	s.dropSecrets(limited)
	s.stop()
	s.owned.Wait()
	s.mu.Lock()
	box, used := s.box, s.target()
	s.box, s.sandbox, s.client, s.steering, s.active = nil, nil, nil, nil, Registered{}
	s.mu.Unlock()
	s.warn("close the sandbox", used.close())
	if box != nil {
		s.warn("close the inbox", box.Close())
	}
	return done
}

// withoutEmbedded takes what could not be deleted in the embedded sandbox from
// what is left: it ends with the sandbox, and no next run could find it.
func (s *Session) withoutEmbedded(ctx context.Context, done Cleanup) Cleanup {
	s.mu.Lock()
	used, box := s.target(), s.box
	s.mu.Unlock()
	if used.sandbox == nil || box == nil {
		return done
	}
	ended := make(map[string]bool)
	for _, r := range box.Mine() {
		if r.APIURL == used.client.BaseURL() {
			s.warn("release a registration", box.Release(ctx, r.Token))
			ended[r.URL] = true
		}
	}
	done.Left = slices.DeleteFunc(done.Left, func(l Left) bool { return ended[l.URL] })
	return done
}

func (s *Session) warn(doing string, err error) {
	if err != nil {
		s.o.Logger.Warn(doing, "err", err)
	}
}
