package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// Status is what a sandbox is doing.
type Status struct {
	// Now is the sandbox's time, ClockOffset how far it is ahead of the
	// machine's.
	Now         time.Time
	ClockOffset time.Duration
	SalesUnits  []SalesUnit
	// PendingDeliveries counts webhooks that are neither accepted nor given up.
	PendingDeliveries int
	// Fired counts the faults that have fired.
	Fired int64
	// Faults are the faults that are set, as [Client.Faults] returns them.
	Faults []string
}

// SalesUnit is one of the sales units that a sandbox serves.
type SalesUnit struct {
	MSN      string `json:"msn"`
	ClientID string `json:"client_id"`
	// Payments and Registrations count what is kept.
	Payments      int `json:"payments"`
	Registrations int `json:"registrations"`
}

// UnmarshalJSON reads the answer of the admin API.
func (s *Status) UnmarshalJSON(b []byte) error {
	var wire struct {
		clockWire
		SalesUnits        []SalesUnit `json:"sales_units"`
		PendingDeliveries int         `json:"pending_deliveries"`
		Fired             int64       `json:"fired"`
		Faults            []string    `json:"faults"`
	}
	if err := json.Unmarshal(b, &wire); err != nil {
		return err
	}
	clock, err := wire.clock()
	*s = Status{clock.Now, clock.Offset, wire.SalesUnits, wire.PendingDeliveries, wire.Fired, wire.Faults}
	return err
}

// Clock is a sandbox's clock.
type Clock struct {
	// Now is the sandbox's time.
	Now time.Time
	// Offset is how far it is ahead of the machine's; it is never negative.
	Offset time.Duration
}

// UnmarshalJSON reads the answer of the admin API.
func (c *Clock) UnmarshalJSON(b []byte) (err error) {
	var wire clockWire
	if err := json.Unmarshal(b, &wire); err != nil {
		return err
	}
	*c, err = wire.clock()
	return err
}

type clockWire struct {
	Now    time.Time `json:"now"`
	Offset string    `json:"clock_offset"`
}

func (w clockWire) clock() (Clock, error) {
	offset, err := time.ParseDuration(w.Offset)
	if err != nil {
		return Clock{}, fmt.Errorf("clock_offset: %w", err)
	}
	return Clock{w.Now, offset}, nil
}

// Status returns what the sandbox is doing.
func (c *Client) Status(ctx context.Context) (Status, error) {
	var s Status
	err := c.call(ctx, http.MethodGet, "/status", nil, nil, &s)
	return s, err
}

// Advance moves the sandbox's clock forward by d, which is more than 0. Tokens,
// payments and retries age by as much at once. The whole offset may reach 10
// years.
func (c *Client) Advance(ctx context.Context, d time.Duration) (Clock, error) {
	var clock Clock
	body := struct {
		Advance string `json:"advance"`
	}{d.String()}
	err := c.call(ctx, http.MethodPost, "/clock", nil, body, &clock)
	return clock, err
}

// Reset makes the sandbox forget payments, registrations, idempotency keys,
// faults and its clock's offset. Keys and access tokens stay good.
func (c *Client) Reset(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, "/reset", nil, nil, nil)
}
