package session

import (
	"context"
	"errors"
	"fmt"

	"kvikk/api"
	"kvikk/tunnel/inbox"
)

// Owner says whose a registration in the provider's list is.
type Owner int

// The owners of a registration, as far as this machine's journal knows.
const (
	Foreign  Owner = iota // somebody else's, or made by hand
	Ours                  // this run's
	Sibling               // another running kvikk's, or kept on purpose
	Leftover              // a kvikk's that is gone
)

// Listed is a registration in the provider's list.
type Listed struct {
	api.Webhook
	Owner Owner
}

// Registrations returns the provider's list and marks whose each one is.
func (s *Session) Registrations(ctx context.Context) ([]Listed, error) {
	client, box := s.Client(), s.Inbox()
	if client == nil || box == nil {
		return nil, errors.New("no sales unit is set up")
	}
	hooks, err := client.Webhooks(ctx)
	if err != nil {
		return nil, err
	}
	owners, err := s.owners(ctx, box, client.BaseURL())
	if err != nil {
		return nil, err
	}
	list := make([]Listed, len(hooks))
	for i, h := range hooks {
		list[i] = Listed{Webhook: h, Owner: owners[h.URL]}
	}
	return list, nil
}

// owners maps the URLs that the journal knows to their owners.
func (s *Session) owners(ctx context.Context, box *inbox.Inbox, apiURL string) (map[string]Owner, error) {
	msn := s.Settings().Profile.MSN
	known, err := box.Journaled(ctx, apiURL, msn)
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	left, err := box.Leftovers(ctx, apiURL, msn)
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	owners := make(map[string]Owner, len(known))
	for _, r := range known {
		owners[r.URL] = Sibling
	}
	for _, r := range left {
		owners[r.URL] = Leftover
	}
	for _, r := range box.Mine() {
		owners[r.URL] = Ours
	}
	return owners, nil
}

// Delete deletes one registration by its id, ours or not.
func (s *Session) Delete(ctx context.Context, id string) error {
	client, box := s.Client(), s.Inbox()
	if client == nil || box == nil {
		return errors.New("no sales unit is set up")
	}
	if err := client.DeleteWebhook(ctx, id); err != nil && !gone(err) {
		return err
	}
	s.mu.Lock()
	if s.active.ID == id {
		s.active = Registered{}
	}
	s.mu.Unlock()
	journaled, err := box.Journaled(ctx, client.BaseURL(), s.Settings().Profile.MSN)
	if err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	for _, r := range journaled {
		if r.ID == id {
			err = box.Release(ctx, r.Token)
			s.dropSecret(ctx, box, r.Token)
		}
	}
	s.signal()
	return err
}
