package apitest

import (
	"net/http"
	"time"

	"kvikk/api"
	"kvikk/api/webhook"
)

// Environment is a place where the APIs are served, for [Conformance]. BaseURL
// and Keys are needed. What depends on something else is skipped without it,
// and says so.
type Environment struct {
	// BaseURL is the API's address, subject to [api.CheckBaseURL].
	BaseURL string
	Keys    api.Keys
	// Transport carries the requests; nil means one with the proxy of the
	// process's environment.
	Transport http.RoundTripper
	// Currency is the sales unit's; empty means "NOK".
	Currency api.Currency
	// Phone is a test user (MSISDN digits) for whom force approve works: one
	// who has approved a payment by hand before.
	Phone string
	// CallbackURL is a base URL that the environment can call. The suite
	// registers addresses below it and deletes them again.
	CallbackURL string
	// Deliveries yields every request that arrives below CallbackURL and was
	// answered with 200.
	Deliveries <-chan webhook.Received
	// Patience is how long a payment may take to show what was done to it, and
	// a webhook to arrive; zero means 10 seconds.
	Patience time.Duration
}

func (e Environment) filled() Environment {
	if e.Currency == "" {
		e.Currency = "NOK"
	}
	if e.Patience <= 0 {
		e.Patience = 10 * time.Second
	}
	return e
}
