package scenario

import (
	"time"

	"kvikk/api"
)

const (
	created    = "epayments.payment.created.v1"
	authorized = "epayments.payment.authorized.v1"
	aborted    = "epayments.payment.aborted.v1"
	expired    = "epayments.payment.expired.v1"
	cancelled  = "epayments.payment.cancelled.v1"
	captured   = "epayments.payment.captured.v1"
	refunded   = "epayments.payment.refunded.v1"
)

const (
	// price is what a payment costs unless the amount has a meaning, in minor
	// units.
	price = 49900
	// noFunds is the amount that the test environment answers with
	// "insufficient funds", in minor units.
	noFunds = 151
	// paymentLife is how long a payer has by default.
	paymentLife = 10 * time.Minute
	// lateness is how long a late delivery is held back.
	lateness = 2 * time.Second
)

// All returns every scenario, the simplest first.
//
// Sources: the payment states of
// https://developer.vippsmobilepay.com/docs/APIs/epayment-api/ and, for the
// amount that is refused,
// https://developer.vippsmobilepay.com/docs/knowledge-base/test-environment .
func All() []Scenario {
	return []Scenario{
		payAndCapture(), partialCapturesAndRefund(), userDeclines(), expires(),
		cancelAfterAuthorization(), insufficientFunds(), duplicateAndLate(),
	}
}

func nok(value int64) api.Amount { return api.Amount{Currency: "NOK", Value: value} }

func payAndCapture() Scenario {
	return Scenario{
		Name:   "pay-and-capture",
		Title:  "Pay and capture",
		About:  "The payer approves and the whole amount is captured: the way of most payments.",
		amount: nok(price),
		steps:  []step{{action: create}, {action: approve}, {action: capture, value: price}},
		expect: []expectation{{event: created, times: 1}, {event: authorized, times: 1}, {event: captured, times: 1}},
		ends:   ending{state: api.StateAuthorized, authorized: price, captured: price},
	}
}

func partialCapturesAndRefund() Scenario {
	const first, second, back = 30000, 19900, 10000
	return Scenario{
		Name:  "partial-captures-and-refund",
		Title: "Partial captures and a refund",
		About: "Two captures share the amount, and a part of it is paid back. Each event carries its own part, " +
			"so a receiver adds up and does not take the last one for the whole.",
		amount: nok(price),
		steps: []step{
			{action: create},
			{action: approve},
			{action: capture, value: first},
			{action: capture, value: second},
			{action: refund, value: back},
		},
		expect: []expectation{
			{event: created, times: 1},
			{event: authorized, times: 1},
			{event: captured, times: 2, note: "one for each part"},
			{event: refunded, times: 1},
		},
		ends: ending{state: api.StateAuthorized, authorized: price, captured: first + second, refunded: back},
	}
}

func userDeclines() Scenario {
	return Scenario{
		Name:   "user-declines",
		Title:  "The payer declines",
		About:  "The payer says no. The payment is final, and nothing can be captured.",
		amount: nok(price),
		steps:  []step{{action: create}, {action: decline}},
		expect: []expectation{{event: created, times: 1}, {event: aborted, times: 1}, {event: authorized}},
		ends:   ending{state: api.StateAborted},
	}
}

func expires() Scenario {
	return Scenario{
		Name:   "expires",
		Title:  "The payment expires",
		About:  "The payer does nothing for ten minutes. The sandbox's clock is moved forward, for everything that it serves.",
		amount: nok(price),
		steps:  []step{{action: create}, {action: advance, by: paymentLife + time.Second}},
		expect: []expectation{{event: created, times: 1}, {event: expired, times: 1}, {event: authorized}},
		ends:   ending{state: api.StateExpired},
	}
}

func cancelAfterAuthorization() Scenario {
	return Scenario{
		Name:   "cancel-after-authorization",
		Title:  "Cancelled after authorization",
		About:  "The payer approves and the merchant lets the money go. The state stays AUTHORIZED: only the aggregates and CANCELLED tell.",
		amount: nok(price),
		steps:  []step{{action: create}, {action: approve}, {action: cancel}},
		expect: []expectation{{event: created, times: 1}, {event: authorized, times: 1}, {event: cancelled, times: 1}},
		ends:   ending{state: api.StateAuthorized, authorized: price, cancelled: price},
	}
}

func insufficientFunds() Scenario {
	return Scenario{
		Name:  "insufficient-funds",
		Title: "Insufficient funds",
		About: "The payer approves, the bank refuses, the payer gives up. AUTHORIZED comes with success false: " +
			"a receiver that ships the goods at its name alone gives them away.",
		amount: nok(noFunds),
		steps:  []step{{action: create}, {action: approve}, {action: decline}},
		expect: []expectation{
			{event: created, times: 1},
			{event: authorized, times: 1, failed: true, note: "success false"},
			{event: aborted, times: 1},
		},
		ends: ending{state: api.StateAborted},
	}
}

func duplicateAndLate() Scenario {
	return Scenario{
		Name:  "duplicate-and-late",
		Title: "Duplicate and late deliveries",
		About: "AUTHORIZED comes when the money is captured already, and CAPTURED comes twice. " +
			"A receiver tells duplicates by pspReference and name, and accepts them all the same.",
		amount: nok(price),
		steps: []step{
			{action: setFaults, says: "From now on AUTHORIZED is held back and CAPTURED delivered twice", faults: []string{
				"delay=%d,by=" + lateness.String() + ",event=" + authorized,
				"duplicate=%d,event=" + captured,
			}},
			{action: create},
			{action: approve},
			{action: capture, value: price},
		},
		expect: []expectation{
			{event: created, times: 1},
			{event: authorized, times: 1, fault: "delay", note: "late by " + lateness.String()},
			{event: captured, times: 2, fault: "duplicate", note: "the second a duplicate"},
		},
		ends: ending{state: api.StateAuthorized, authorized: price, captured: price},
	}
}
