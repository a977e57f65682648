// Package control steers a running kvikk sandbox from outside, over the admin
// API that it serves under /_kvikk/ beside the provider's own paths: its clock,
// its faults, what it has delivered, what the payer does, and events of APIs
// that the sandbox does not serve. The provider's environments have nothing of
// the kind, so nothing here works against them.
//
//	c := control.New("http://127.0.0.1:8976", nil)
//	clock, err := c.Advance(ctx, 11*time.Minute) // unpaid payments expire
//
// The package stands on the standard library and shares no code with the
// sandbox: what it knows is the admin API as the package documentation of
// kvikk/api/sandbox describes it.
package control
