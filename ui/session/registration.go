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
	reg, _, err := s.renew(ctx, events)
	return reg, err
}

// renew registers and deletes the registration before. stays is why that one
// could not be deleted; the end of the session tries again.
func (s *Session) renew(ctx context.Context, events []string) (reg Registered, stays, err error) {
	client, box, r, err := s.plan(events)
	if err != nil {
		return Registered{}, nil, err
	}
	if err := box.Claim(ctx, r); err != nil {
		return Registered{}, nil, fmt.Errorf("note the registration: %w", err)
	}
	got, err := s.ask(ctx, client, box, r)
	if err != nil {
		return Registered{}, nil, err
	}
	if err := box.Activate(context.WithoutCancel(ctx), r.Token, got.ID, got.Secret); err != nil {
		// It stands at the provider, so it is one to delete at the end.
		return Registered{}, nil, fmt.Errorf("note the registration: %w", err)
	}
	reg = Registered{ID: got.ID, URL: r.URL, Token: r.Token, Events: events, Secret: got.Secret}
	s.mu.Lock()
	old := s.active
	s.active, s.secrets[r.Token] = reg, got.Secret
	s.mu.Unlock()
	s.keepSecret(ctx, r.Token, got.Secret)
	if old.ID != "" {
		stays = s.retire(ctx, client, box, old)
	}
	s.signal()
	return reg, stays, nil
}

// retire deletes a registration that a newer one has replaced. Its path goes
// on verifying: webhooks sent before may still arrive.
func (s *Session) retire(ctx context.Context, client *api.Client, box *inbox.Inbox, old Registered) error {
	if err := client.DeleteWebhook(ctx, old.ID); err != nil && !gone(err) {
		s.o.Logger.Warn("delete the replaced registration", "id", old.ID, "err", err)
		return err
	}
	s.warn("release a registration", box.Release(context.WithoutCancel(ctx), old.Token))
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
		case api.Refused, api.Unresolved, api.Unreachable, api.BadProxy:
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

// concluded reports whether the provider itself has ended a register call, so
// that nothing comes of it later. A gateway's answer that it lost patience says
// nothing of the kind.
func concluded(err error) bool {
	if e, ok := errors.AsType[*api.Error](err); ok {
		switch e.Status {
		case http.StatusRequestTimeout, http.StatusBadGateway, http.StatusGatewayTimeout:
			return false
		}
		return true
	}
	if _, ok := errors.AsType[*api.RedirectError](err); ok {
		return true
	}
	_, ok := errors.AsType[*api.ResponseError](err)
	return ok
}

// gone reports whether a registration that was to be deleted is not there.
func gone(err error) bool {
	e, ok := errors.AsType[*api.Error](err)
	return ok && (e.Status == http.StatusNotFound || e.Status == http.StatusGone)
}
