package api

import (
	"bytes"
	"context"
	"encoding/json"
	"time"
)

// State is the state of a payment.
type State string

// The states. All but StateCreated are final: captures, refunds and cancels
// after StateAuthorized show in the [Aggregate] alone.
const (
	StateCreated    State = "CREATED"
	StateAuthorized State = "AUTHORIZED"
	StateAborted    State = "ABORTED"
	StateExpired    State = "EXPIRED"
	StateTerminated State = "TERMINATED"
)

// CreatePaymentResponse is the answer to "create payment".
type CreatePaymentResponse struct {
	Reference string `json:"reference"`
	// RedirectURL is where to send the customer; empty for PUSH_MESSAGE.
	RedirectURL string `json:"redirectUrl,omitempty"`
}

// Aggregate says what has happened to a payment's money so far.
type Aggregate struct {
	AuthorizedAmount Amount `json:"authorizedAmount"`
	CancelledAmount  Amount `json:"cancelledAmount"`
	CapturedAmount   Amount `json:"capturedAmount"`
	RefundedAmount   Amount `json:"refundedAmount"`
}

// Payment is a payment as the provider knows it.
type Payment struct {
	Aggregate     Aggregate             `json:"aggregate"`
	Amount        Amount                `json:"amount"`
	State         State                 `json:"state"`
	PaymentMethod PaymentMethodResponse `json:"paymentMethod"`
	Profile       ProfileResponse       `json:"profile"`
	// PSPReference is the provider's name of the payment; a webhook carries
	// that of its own event, which differs.
	PSPReference string            `json:"pspReference"`
	Reference    string            `json:"reference"`
	RedirectURL  string            `json:"redirectUrl,omitempty"`
	Metadata     map[string]string `json:"metadata,omitempty"`
	// CaptureGuaranteedUntil is zero where the provider does not say it.
	CaptureGuaranteedUntil time.Time `json:"captureGuaranteedUntil,omitzero"`
	// UserDetails and ShippingDetails come with profile sharing and Express.
	// They are kept as the provider sends them; its public description has no
	// schema for them.
	UserDetails     json.RawMessage `json:"userDetails,omitempty"`
	ShippingDetails json.RawMessage `json:"shippingDetails,omitempty"`
}

// PaymentMethodResponse says what a payment was made with.
type PaymentMethodResponse struct {
	Type PaymentMethodType `json:"type"`
	// CardBIN is the first six digits of the card, where known.
	CardBIN string `json:"cardBin,omitempty"`
}

// ProfileResponse names the customer towards the Userinfo API.
type ProfileResponse struct {
	Sub string `json:"sub,omitempty"`
}

// PaymentEvent is one entry of a payment's event log.
type PaymentEvent struct {
	Reference    string `json:"reference"`
	PSPReference string `json:"pspReference"`
	// Name is CREATED, AUTHORIZED, ABORTED, EXPIRED, TERMINATED, CANCELLED,
	// CAPTURED or REFUNDED.
	Name   string `json:"name"`
	Amount Amount `json:"amount"`
	// Timestamp is zero where the provider's text could not be read.
	Timestamp      time.Time `json:"timestamp,omitzero"`
	IdempotencyKey string    `json:"idempotencyKey,omitempty"`
	Success        bool      `json:"success"`
}

// Modification is the answer to cancel, capture and refund. Amount is the
// payment's own, not the part that was asked for.
type Modification struct {
	Amount       Amount    `json:"amount"`
	State        State     `json:"state"`
	Aggregate    Aggregate `json:"aggregate"`
	PSPReference string    `json:"pspReference"`
	Reference    string    `json:"reference"`
}

// CancelRequest is the body of "cancel payment".
type CancelRequest struct {
	// CancelTransactionOnly refuses to cancel what the customer has approved.
	CancelTransactionOnly bool `json:"cancelTransactionOnly"`
}

// ForceApproveRequest is the body of "force approve", which plays the customer
// in the test environment. At least one of the two is set.
type ForceApproveRequest struct {
	// PhoneNumber is the test user's, digits only.
	PhoneNumber string
	// Token is the token in the created payment's RedirectURL.
	Token string
}

// MarshalJSON writes the request as the provider expects it.
func (r ForceApproveRequest) MarshalJSON() ([]byte, error) {
	body := struct {
		Customer *Customer `json:"customer,omitempty"`
		Token    string    `json:"token,omitempty"`
	}{Token: r.Token}
	if r.PhoneNumber != "" {
		body.Customer = &Customer{PhoneNumber: r.PhoneNumber}
	}
	return json.Marshal(body)
}

type modificationRequest struct {
	ModificationAmount Amount `json:"modificationAmount"`
}

// CreatePayment creates a payment.
func (c *Client) CreatePayment(ctx context.Context, r CreatePaymentRequest, options ...CallOption) (CreatePaymentResponse, error) {
	if err := c.validatePayment(r); err != nil {
		return CreatePaymentResponse{}, err
	}
	var created createdWire
	err := c.do(ctx, createCall(r, options), &created)
	return CreatePaymentResponse{string(created.Reference), created.RedirectURL}, err
}

// Payment returns a payment.
func (c *Client) Payment(ctx context.Context, reference string) (Payment, error) {
	if err := validateReference(reference); err != nil {
		return Payment{}, err
	}
	var p paymentWire
	err := c.do(ctx, paymentCall(reference), &p)
	return p.payment(), err
}

// PaymentEvents returns a payment's event log, the oldest entry first.
func (c *Client) PaymentEvents(ctx context.Context, reference string) ([]PaymentEvent, error) {
	if err := validateReference(reference); err != nil {
		return nil, err
	}
	var wire eventsWire
	if err := c.do(ctx, eventsCall(reference), &wire); err != nil {
		return nil, err
	}
	events := make([]PaymentEvent, len(wire))
	for i, e := range wire {
		events[i] = e.event()
	}
	return events, nil
}

// CancelPayment cancels what has not been captured yet, all of it.
func (c *Client) CancelPayment(ctx context.Context, reference string, r CancelRequest, options ...CallOption) (Modification, error) {
	if err := validateReference(reference); err != nil {
		return Modification{}, err
	}
	return c.modify(ctx, modifyCall(OperationCancel, reference, "cancel", r, options))
}

// CapturePayment takes the amount, or a part of what is left of it.
func (c *Client) CapturePayment(ctx context.Context, reference string, amount Amount, options ...CallOption) (Modification, error) {
	if err := validateModification(reference, amount); err != nil {
		return Modification{}, err
	}
	return c.modify(ctx, modifyCall(OperationCapture, reference, "capture", modificationRequest{amount}, options))
}

// RefundPayment gives back what was captured, or a part of it.
func (c *Client) RefundPayment(ctx context.Context, reference string, amount Amount, options ...CallOption) (Modification, error) {
	if err := validateModification(reference, amount); err != nil {
		return Modification{}, err
	}
	return c.modify(ctx, modifyCall(OperationRefund, reference, "refund", modificationRequest{amount}, options))
}

func (c *Client) modify(ctx context.Context, call call) (Modification, error) {
	var wire modificationWire
	err := c.do(ctx, call, &wire)
	return wire.modification(), err
}

// ForceApprove approves a payment in the customer's place. It exists in the
// test environment only, and only for test users who have approved a payment
// by hand before.
func (c *Client) ForceApprove(ctx context.Context, reference string, r ForceApproveRequest) error {
	if err := validateReference(reference); err != nil {
		return err
	}
	if err := r.Validate(); err != nil {
		return err
	}
	return c.do(ctx, approveCall(reference, r), nil)
}

// encode writes v as compact JSON without escapes that only HTML needs, so
// that URLs stay readable.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
