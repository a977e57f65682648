// Package scenario plays a payment from beginning to end in a kvikk sandbox and
// says of every webhook that has to come of it whether the receiver accepted it.
//
//	s, _ := scenario.Find("pay-and-capture")
//	r := scenario.Runner{API: client, Control: control.New(client.BaseURL(), nil), NewReference: reference}
//	verdict, err := r.Run(ctx, s)
//
// A scenario is data: the steps of merchant and payer, the webhooks that are
// expected, and what the payment shows in the end. The verdict stands on what
// the sandbox has noted about its deliveries and on the payment itself; the
// receiver needs no change and no knowledge of kvikk.
//
// A webhook counts as accepted when the receiver answers it with a 2xx within
// [Runner.Timeout], at whatever attempt: the provider repeats what was not
// accepted, so a receiver may fail once and still do its work. Reasons say how
// many attempts it took. Faults that are set in the sandbox are allowed for: a
// duplicate that a fault made does no harm to a verdict, and a delivery that a
// fault has forged must be refused.
//
// A scenario has the sandbox to itself while it runs: one moves the clock
// forward, and one replaces the faults and puts them back.
package scenario
