package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kvikk/api/webhook"
	"kvikk/tunnel/inbox"
)

// parseEvent reads an event type: the full one, or the short name of an ePayment
// event in any case.
func parseEvent(given string) (webhook.Type, error) {
	name := strings.TrimSpace(given)
	if t, ok := webhook.TypeForName(strings.ToUpper(name)); ok {
		return t, nil
	}
	if info, ok := webhook.Lookup(webhook.Type(strings.ToLower(name))); ok {
		return info.Type, nil
	}
	var short []string
	for _, t := range webhook.EPaymentTypes() {
		short = append(short, strings.ToLower(t.Name()))
	}
	return "", fmt.Errorf("there is no event %q; use %s, or a full type such as %s",
		name, strings.Join(short, ", "), webhook.EPaymentTypes()[0])
}

// parseEvents reads a list of event types with commas between them. An empty
// list means all of ePayment.
func parseEvents(given string) ([]webhook.Type, error) {
	if strings.TrimSpace(given) == "" {
		return webhook.EPaymentTypes(), nil
	}
	var types []webhook.Type
	for one := range strings.SplitSeq(given, ",") {
		t, err := parseEvent(one)
		if err != nil {
			return nil, fmt.Errorf("--events: %w", err)
		}
		if !slices.Contains(types, t) {
			types = append(types, t)
		}
	}
	return types, nil
}

// wait is what --wait-for asks for. Its zero value waits for nothing.
type wait struct {
	event webhook.Type
	// limit is the longest time from the ready line on; zero means no limit.
	limit time.Duration
}

// parseWait reads --wait-for and --timeout against the events that are
// registered.
func parseWait(event string, limit time.Duration, limited bool, registered []webhook.Type) (wait, error) {
	switch {
	case event == "" && limited:
		return wait{}, errors.New("--timeout says how long --wait-for waits, and --wait-for is missing")
	case event == "":
		return wait{}, nil
	case limited && limit <= 0:
		return wait{}, fmt.Errorf("--timeout: %v is no time to wait; use a duration such as 30s", limit)
	}
	t, err := parseEvent(event)
	if err != nil {
		return wait{}, fmt.Errorf("--wait-for: %w", err)
	}
	if !slices.Contains(registered, t) {
		return wait{}, fmt.Errorf("--wait-for: %s is not among the registered events, so it can never come; add it to --events", t)
	}
	return wait{event: t, limit: limit}, nil
}

// metBy reports whether a webhook is the one that is waited for.
func (w wait) metBy(h inbox.Webhook) bool {
	return w.event != "" && h.Verified && h.Type == w.event
}

// timer returns a channel that receives when the time is over, and a function
// that gives the timer up.
func (w wait) timer() (over <-chan time.Time, stop func() bool) {
	if w.limit <= 0 {
		return nil, func() bool { return false }
	}
	t := time.NewTimer(w.limit)
	return t.C, t.Stop
}

// unmet is the error of a wait that ended without its webhook; nil when there
// was nothing to wait for.
func (w wait) unmet(why string, rejected int64) error {
	if w.event == "" {
		return nil
	}
	text := fmt.Sprintf("no verified %s webhook came %s", w.event.Name(), why)
	if rejected > 0 {
		text += fmt.Sprintf("; webhooks with a wrong signature: %d", rejected)
	}
	return errors.New(text)
}
