package session

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"kvikk/api"
	"kvikk/api/secret"
	"kvikk/tunnel/inbox"
)

const hooksPath = "/hooks/"

// Registered is this run's registration at the provider.
type Registered struct {
	ID, URL, Token string
	Events         []string
	Secret         secret.Value
}

// HookURL is the address that the next registration will name. It is empty
// before [Session.Connect].
func (s *Session) HookURL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hookURL()
}

func (s *Session) hookURL() string {
	if s.callback == nil {
		return ""
	}
	return s.callback.tunnel.URL() + hooksPath + s.planned
}

// plan takes the address for one registration and makes up the next one.
func (s *Session) plan(events []string) (*api.Client, *inbox.Inbox, inbox.Registration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == nil || s.callback == nil {
		return nil, nil, inbox.Registration{}, errors.New("there is no callback URL yet")
	}
	r := inbox.Registration{
		Token: s.planned, URL: s.hookURL(), APIURL: s.client.BaseURL(), MSN: s.settings.Profile.MSN,
		Events: events, CreatedAt: s.o.Now(),
	}
	s.planned = inbox.NewToken()
	return s.client, s.box, r, nil
}

// Register registers the callback URL for the given event types. It is written
// to the journal before the provider is asked, so that a lost answer leaves no
// registration that nobody knows. An earlier registration of this run is
// deleted when the new one stands.
func (s *Session) Register(ctx context.Context, events []string) (Registered, error) {
	ctx, done, err := s.begin(ctx, s.registering)
	if err != nil {
		return Registered{}, err
	}
	defer done()
	return s.register(ctx, events)
}

func (s *Session) register(ctx context.Context, events []string) (Registered, error) {
	client, box, r, err := s.plan(events)
	if err != nil {
		return Registered{}, err
	}
	if err := box.Claim(ctx, r); err != nil {
		return Registered{}, fmt.Errorf("note the registration: %w", err)
	}
	got, err := client.RegisterWebhook(ctx, api.RegisterWebhookRequest{URL: r.URL, Events: events})
	if err != nil {
		s.undoRegistration(ctx, client, box, r, err)
		return Registered{}, err
	}
	if err := box.Activate(context.WithoutCancel(ctx), r.Token, got.ID, got.Secret); err != nil {
		// It stands at the provider, so it is one to delete at the end.
		return Registered{}, fmt.Errorf("note the registration: %w", err)
	}
	reg := Registered{ID: got.ID, URL: r.URL, Token: r.Token, Events: events, Secret: got.Secret}
	s.mu.Lock()
	old := s.active
	s.active, s.secrets[r.Token] = reg, got.Secret
	s.mu.Unlock()
	s.keepSecret(ctx, r.Token, got.Secret)
	if old.ID != "" {
		s.retire(ctx, client, box, old)
	}
	s.signal()
	return reg, nil
}

// keepSecret stores a webhook secret for as long as its webhooks are kept. The
// embedded sandbox stores nothing: its secrets die with it.
func (s *Session) keepSecret(ctx context.Context, token string, v secret.Value) {
	if s.o.Store == nil || s.Snapshot().Sandbox {
		return
	}
	if err := s.o.Store.SetWebhookSecret(context.WithoutCancel(ctx), token, v); err != nil {
		s.o.Logger.Warn("store a webhook secret", "err", err)
		s.tell("The webhook secret could not be stored, so these webhooks can be checked again only in this run: " + err.Error())
	}
}

// retire deletes a registration that a newer one has replaced. Its path goes
// on verifying: webhooks sent before may still arrive.
func (s *Session) retire(ctx context.Context, client *api.Client, box *inbox.Inbox, old Registered) {
	if err := client.DeleteWebhook(ctx, old.ID); err != nil && !gone(err) {
		s.o.Logger.Warn("delete the replaced registration", "id", old.ID, "err", err)
		return
	}
	if err := box.Release(ctx, old.Token); err != nil {
		s.o.Logger.Warn("release a registration", "err", err)
	}
}

// undoRegistration settles what a failed register call may have left behind.
// A refusal left nothing, and neither did a request that was never sent. After
// anything else the provider's list is asked, for as long as a clean-up may
// take; what cannot be settled stays in the journal and is tried again at the
// end.
func (s *Session) undoRegistration(ctx context.Context, c *api.Client, box *inbox.Inbox, r inbox.Registration, cause error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), CleanupLimit)
	defer cancel()
	if !refused(cause) && !unsent(cause) {
		if err := s.deleteByURL(ctx, c, r.URL); err != nil {
			s.o.Logger.Warn("look for a lost registration", "url", r.URL, "err", err)
			return
		}
	}
	if err := box.Release(ctx, r.Token); err != nil {
		s.o.Logger.Warn("release a registration", "err", err)
	}
}

// deleteByURL deletes the registrations in the provider's list that name url.
func (s *Session) deleteByURL(ctx context.Context, c *api.Client, url string) error {
	list, err := c.Webhooks(ctx)
	if err != nil {
		return err
	}
	for _, w := range list {
		if w.URL != url {
			continue
		}
		if err := c.DeleteWebhook(ctx, w.ID); err != nil && !gone(err) {
			return err
		}
	}
	return nil
}

// refused reports whether the provider, or the client itself, said no before
// anything was registered.
func refused(err error) bool {
	if _, ok := errors.AsType[*api.ValidationError](err); ok {
		return true
	}
	e, ok := errors.AsType[*api.Error](err)
	return ok && e.Status >= 400 && e.Status < 500 && e.Status != http.StatusRequestTimeout
}

// unsent reports whether the register request never reached the provider: the
// token call before it failed, or no connection was made.
func unsent(err error) bool {
	if e, ok := errors.AsType[*api.ConnectionError](err); ok {
		switch e.Problem {
		case api.Refused, api.Unresolved, api.Unreachable, api.Untrusted, api.BadProxy:
			return true
		}
		return e.Operation == api.OperationToken
	}
	if e, ok := errors.AsType[*api.ResponseError](err); ok {
		return e.Operation == api.OperationToken
	}
	e, ok := errors.AsType[*api.Error](err)
	return ok && e.Operation == api.OperationToken
}

// gone reports whether a registration that was to be deleted is not there.
func gone(err error) bool {
	e, ok := errors.AsType[*api.Error](err)
	return ok && (e.Status == http.StatusNotFound || e.Status == http.StatusGone)
}
