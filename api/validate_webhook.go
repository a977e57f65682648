package api

import (
	"net/url"
	"strings"
)

// Validate checks the URL and the event types. Whether the provider knows an
// event type is for it to say. It returns a [*ValidationError] with the names
// url and events.
func (r RegisterWebhookRequest) Validate() error {
	var v validator
	v.callback(r.URL)
	v.events(r.Events)
	return v.err()
}

// validateWebhook adds what depends on the API: only one on this machine can
// call this machine.
func (c *Client) validateWebhook(r RegisterWebhookRequest) error {
	if err := r.Validate(); err != nil {
		return err
	}
	var v validator
	if u, err := url.Parse(r.URL); err == nil && isLoopback(strings.ToLower(u.Hostname())) && !c.loopback {
		v.add("url", "The provider cannot reach this machine; use the address of a tunnel.")
	}
	return v.err()
}

func (v *validator) callback(text string) {
	u, err := url.Parse(text)
	switch {
	case text == "":
		v.add("url", "Missing.")
	case err != nil || u.Hostname() == "":
		v.add("url", "A whole URL, such as https://shop.example/hooks.")
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(strings.ToLower(u.Hostname()))):
		v.add("url", "The URL must start with https://.")
	case u.User != nil:
		v.add("url", "Without a user name or password.")
	case u.Fragment != "":
		v.add("url", "Without a # part, which is never sent.")
	}
}

func (v *validator) events(events []string) {
	v.check(len(events) > 0, "events", "At least one event type.")
	seen := map[string]bool{}
	for _, e := range events {
		switch {
		case strings.TrimSpace(e) == "" || strings.IndexFunc(e, notKeyRune) >= 0 || strings.Contains(e, ","):
			v.add("events", "One event type in each place, such as epayments.payment.created.v1.")
		case strings.HasPrefix(e, "epayment."):
			v.add("events", e+": the name starts with epayments, with an s.")
		case strings.HasPrefix(e, "recurring.charge-cancelled."):
			v.add("events", e+": the provider writes canceled with one l here.")
		case seen[e]:
			v.add("events", e+" stands in the list twice.")
		}
		seen[e] = true
	}
}

func validateWebhookID(id string) error {
	var v validator
	switch {
	case id == "":
		v.add("id", "Missing.")
	case id == "." || id == ".." || len(id) > 200 || strings.IndexFunc(id, notKeyRune) >= 0:
		v.add("id", "The id that the provider gave to the registration, such as a UUID.")
	}
	return v.err()
}
