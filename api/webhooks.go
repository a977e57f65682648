package api

import (
	"context"

	"kvikk/api/secret"
)

// RegisterWebhookRequest is the body of "register a webhook".
// See https://developer.vippsmobilepay.com/docs/APIs/webhooks-api/api-guide/ .
type RegisterWebhookRequest struct {
	// URL is called with a POST for each event: https, and reachable from the
	// internet. An API on this machine also calls http on a loopback address.
	URL string `json:"url"`
	// Events lists event types, such as "epayments.payment.created.v1".
	Events []string `json:"events"`
}

// RegisteredWebhook is the answer to "register a webhook".
type RegisteredWebhook struct {
	ID string
	// Secret signs the webhooks of this registration. The provider shows it
	// this once.
	Secret secret.Value
}

// Webhook is a registration as the provider lists it.
type Webhook struct {
	ID     string   `json:"id"`
	URL    string   `json:"url"`
	Events []string `json:"events"`
}

// RegisterWebhook registers a webhook. It is never sent twice: after an error
// that leaves the outcome open ([*ConnectionError], or an [*Error] with a
// status from 500), look for the URL in [Client.Webhooks].
func (c *Client) RegisterWebhook(ctx context.Context, r RegisterWebhookRequest) (RegisteredWebhook, error) {
	if err := c.validateWebhook(r); err != nil {
		return RegisteredWebhook{}, err
	}
	var wire registeredWire
	if err := c.do(ctx, registerCall(r), &wire); err != nil {
		return RegisteredWebhook{}, err
	}
	registered := RegisteredWebhook{ID: string(wire.ID), Secret: secret.New(wire.Secret)}
	c.secrets.add(registered.Secret)
	return registered, nil
}

// Webhooks lists the registrations of the sales unit, other programs' too. The
// secrets are not in the list.
func (c *Client) Webhooks(ctx context.Context) ([]Webhook, error) {
	var wire webhooksWire
	err := c.do(ctx, webhooksCall(), &wire)
	return wire.Webhooks, err
}

// DeleteWebhook deletes a registration. A registration that an earlier attempt
// of the same call may have deleted counts as deleted.
func (c *Client) DeleteWebhook(ctx context.Context, id string) error {
	if err := validateWebhookID(id); err != nil {
		return err
	}
	return c.do(ctx, deleteCall(id), nil)
}
