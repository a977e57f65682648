package control

import (
	"context"
	"net/http"
	"time"
)

// Deliveries are the webhooks of a sandbox: attempts that were made, and
// messages that still wait for one.
type Deliveries struct {
	// Deliveries are the last 10,000 attempts at most, the oldest first.
	Deliveries []Delivery `json:"deliveries"`
	// Pending are the messages that are neither accepted nor given up.
	Pending []Pending `json:"pending"`
}

// Delivery is one attempt to deliver a webhook.
type Delivery struct {
	// Seq numbers the attempts of a sandbox, from 1.
	Seq int64     `json:"seq"`
	At  time.Time `json:"at"`
	MSN string    `json:"msn"`
	// WebhookID is the registration's id, URL its callback URL.
	WebhookID string `json:"webhook_id"`
	URL       string `json:"url"`
	// Event is the event type, such as "epayments.payment.created.v1".
	Event string `json:"event"`
	// Reference is the payment's.
	Reference string `json:"reference"`
	// Attempt counts the attempts of one message, from 1.
	Attempt int `json:"attempt"`
	// Status is the HTTP status that the receiver answered, 0 without an answer.
	Status int `json:"status"`
	// Error says why an attempt failed; empty when the receiver accepted it.
	Error string `json:"error"`
	// Faults are the kinds of the faults that hit the attempt.
	Faults []string `json:"faults"`
	// TookMS is how long the attempt took, in milliseconds.
	TookMS float64 `json:"took_ms"`
}

// Accepted reports whether the receiver answered with a status of success.
func (d Delivery) Accepted() bool { return d.Status >= 200 && d.Status <= 299 && d.Error == "" }

// Took is how long the attempt took.
func (d Delivery) Took() time.Duration { return time.Duration(d.TookMS * float64(time.Millisecond)) }

// Pending is a message that waits for its next attempt.
type Pending struct {
	WebhookID string `json:"webhook_id"`
	Event     string `json:"event"`
	Reference string `json:"reference"`
	// Attempt is the number of the next attempt, from 1.
	Attempt int `json:"attempt"`
	// Due is when it is made at the earliest.
	Due time.Time `json:"due"`
}

// Deliveries returns the attempts to deliver webhooks and what still waits.
func (c *Client) Deliveries(ctx context.Context, q Query) (Deliveries, error) {
	var d Deliveries
	err := c.call(ctx, http.MethodGet, "/deliveries", q.values(), nil, &d)
	return d, err
}
