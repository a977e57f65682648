package control

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
)

// Event is an event of an API that the sandbox does not serve: Recurring,
// Login, QR or Donations.
type Event struct {
	// Event is the event type, such as "recurring.charge-captured.v1". ePayment
	// types are refused: create a payment instead.
	Event string `json:"event"`
	// Payload is a JSON object whose members replace those that the sandbox
	// makes up; nil replaces none.
	Payload json.RawMessage `json:"payload,omitempty"`
}

// Sent is an event that is on its way.
type Sent struct {
	Event string `json:"event"`
	// Reference names the stream in which the event is delivered: what
	// [Query.Reference] wants to hear about it.
	Reference string `json:"reference"`
	// Registrations is how many registrations get it.
	Registrations int `json:"registrations"`
	// Payload is the body as it is sent.
	Payload json.RawMessage `json:"payload"`
}

// SendEvent sends an event to the registrations that ask for its type. It is an
// [*Error] with status 409 when none does, and with 400 for a type that cannot
// be sent.
func (c *Client) SendEvent(ctx context.Context, e Event) (Sent, error) {
	var sent Sent
	body := struct {
		Event
		MSN string `json:"msn,omitempty"`
	}{e, c.msn}
	err := c.call(ctx, http.MethodPost, "/events", nil, body, &sent)
	return sent, err
}

// Decision is what the payer does about a payment.
type Decision string

// The decisions.
const (
	Approve Decision = "approve"
	Decline Decision = "decline"
)

// Decided is what came of a decision.
type Decided struct {
	Reference string `json:"reference"`
	// State is the payment's state then, such as "AUTHORIZED". An amount that
	// the payer's bank refuses leaves it at "CREATED".
	State string `json:"state"`
	// Outcome says the same in words for people.
	Outcome string `json:"outcome"`
}

// Decide does what the payer does on the landing page. It is an [*Error] with
// status 404 for an unknown payment, and with 409 for one that is decided.
func (c *Client) Decide(ctx context.Context, reference string, d Decision) (Decided, error) {
	var decided Decided
	body := struct {
		Decision Decision `json:"decision"`
		MSN      string   `json:"msn,omitempty"`
	}{d, c.msn}
	err := c.call(ctx, http.MethodPost, "/payments/"+url.PathEscape(reference)+"/payer", nil, body, &decided)
	return decided, err
}
