package session

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kvikk/api/secret"
	"kvikk/tunnel/inbox"
	"kvikk/ui/profile"
)

// SecretStore keeps webhook secrets beyond the run, by registration token.
type SecretStore interface {
	WebhookSecret(ctx context.Context, token string) (secret.Value, error)
	SetWebhookSecret(ctx context.Context, token string, s secret.Value) error
	// RemoveWebhookSecret forgets a secret. One that is not kept is no error.
	RemoveWebhookSecret(ctx context.Context, token string) error
}

// ErrNoSecret means that a webhook cannot be checked again, since its secret
// is not here: it came in an earlier run on the sandbox, or on another
// machine.
var ErrNoSecret = errors.New("the secret of this registration is not stored here, so the signature cannot be checked again")

// keepSecret stores a webhook secret for as long as its webhooks are kept. The
// embedded sandbox stores nothing: its secrets die with it.
func (s *Session) keepSecret(ctx context.Context, token string, v secret.Value) {
	if s.o.Store == nil || s.Snapshot().Sandbox {
		return
	}
	if err := s.o.Store.SetWebhookSecret(context.WithoutCancel(ctx), token, v); err != nil {
		s.o.Logger.Warn("store a webhook secret", "err", err)
		s.tellForGood("The webhook secret could not be stored, so these webhooks can be checked again only in this run: " + err.Error())
		return
	}
	s.mu.Lock()
	s.stored = append(s.stored, token)
	s.mu.Unlock()
}

// dropSecret removes the stored secret of a registration that has been deleted
// and has no webhook. One of this run waits for the end: a webhook that was
// sent before the deletion may still arrive.
func (s *Session) dropSecret(ctx context.Context, box *inbox.Inbox, token string) {
	s.mu.Lock()
	_, ours := s.secrets[token]
	s.mu.Unlock()
	if s.o.Store == nil || ours {
		return
	}
	s.warn("remove a webhook secret", s.removeUnused(ctx, box, token))
}

// dropSecrets removes at the end of a run the secrets that it stored, but for
// those of registrations that stay or have webhooks.
func (s *Session) dropSecrets(ctx context.Context) {
	s.mu.Lock()
	box, stored := s.box, slices.Clone(s.stored)
	s.mu.Unlock()
	if box == nil {
		return
	}
	stays := make(map[string]bool)
	for _, r := range box.Mine() {
		stays[r.Token] = true
	}
	for _, token := range stored {
		if !stays[token] {
			s.warn("remove a webhook secret", s.removeUnused(ctx, box, token))
		}
	}
}

// removeUnused removes a stored secret that checks no webhook.
func (s *Session) removeUnused(ctx context.Context, box *inbox.Inbox, token string) error {
	kept, err := box.Counts(ctx, inbox.Filter{Registration: token})
	if err != nil || kept.Total > 0 {
		return err
	}
	return s.o.Store.RemoveWebhookSecret(ctx, token)
}

func (s *Session) secretOf(ctx context.Context, token string) (secret.Value, error) {
	s.mu.Lock()
	key, ok := s.secrets[token]
	s.mu.Unlock()
	if ok {
		return key, nil
	}
	if s.o.Store == nil {
		return secret.Value{}, ErrNoSecret
	}
	key, err := s.o.Store.WebhookSecret(ctx, token)
	if errors.Is(err, profile.ErrNoSecret) {
		return secret.Value{}, ErrNoSecret
	}
	if err != nil {
		return secret.Value{}, fmt.Errorf("read the webhook secret: %w", err)
	}
	if key.IsZero() {
		return secret.Value{}, ErrNoSecret
	}
	return key, nil
}
