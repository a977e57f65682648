package control

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Query says which entries of a log are wanted. The zero value wants all that
// the sandbox has kept.
type Query struct {
	// After is the number of the last entry that is known already.
	After int64
	// Reference is the payment that the entries are about; empty means any.
	Reference string
}

func (q Query) values() url.Values {
	v := url.Values{}
	if q.After > 0 {
		v.Set("after", strconv.FormatInt(q.After, 10))
	}
	if q.Reference != "" {
		v.Set("reference", q.Reference)
	}
	return v
}

// Fired are faults that have fired.
type Fired struct {
	// Fired are the last 10,000 at most, the oldest first.
	Fired []Firing `json:"fired"`
	// Counts says how often each kind has fired.
	Counts map[string]int `json:"counts"`
}

// Firing is one time that a fault hit something.
type Firing struct {
	// Seq numbers the firings of a sandbox, from 1.
	Seq int64     `json:"seq"`
	At  time.Time `json:"at"`
	// Kind is the fault's kind, such as "drop"; Fault is all of it, such as
	// "drop=1,event=captured".
	Kind  string `json:"kind"`
	Fault string `json:"fault"`
	MSN   string `json:"msn"`
	// Reference is the payment, where there is one.
	Reference string `json:"reference"`
	// Event and WebhookID name the event type and the registration of a
	// message that was hit, Call the operation of a call.
	Event     string `json:"event"`
	Call      string `json:"call"`
	WebhookID string `json:"webhook_id"`
}

// faultList is the body and the answer of the calls about faults.
type faultList struct {
	Faults []string `json:"faults"`
}

// Faults returns the faults that are set, each as KIND[=HOW][,OPTION=VALUE…]
// with what is left of a count: "drop=1,event=captured".
func (c *Client) Faults(ctx context.Context) ([]string, error) {
	var set faultList
	err := c.call(ctx, http.MethodGet, "/faults", nil, nil, &set)
	return set.Faults, err
}

// SetFaults replaces all faults and returns those that are set then. None
// clears them. The error says what to write in place of a fault that does not
// exist.
func (c *Client) SetFaults(ctx context.Context, faults []string) ([]string, error) {
	var set faultList
	if len(faults) == 0 {
		err := c.call(ctx, http.MethodDelete, "/faults", nil, nil, &set)
		return set.Faults, err
	}
	err := c.call(ctx, http.MethodPut, "/faults", nil, faultList{faults}, &set)
	return set.Faults, err
}

// Fired returns the faults that have fired.
func (c *Client) Fired(ctx context.Context, q Query) (Fired, error) {
	var fired Fired
	err := c.call(ctx, http.MethodGet, "/faults/fired", q.values(), nil, &fired)
	return fired, err
}
