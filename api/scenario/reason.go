package scenario

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"kvikk/api/control"
)

// failure says why an event was not accepted, from its attempts, the last of
// which failed, and from when the next one comes.
func (v evidence) failure(tried []control.Delivery, url string) string {
	last := tried[len(tried)-1]
	at := " at " + url
	if last.Status != 0 {
		at = ""
	}
	attempts := count(len(tried), "attempt")
	if event, rest := v.retry(); event == last.Event && rest >= time.Second {
		attempts += ", the next one in " + rest.Round(time.Second).String()
	}
	return fmt.Sprintf("%s%s (%s); %s", outcomeOf(last), at, attempts, remedy(last))
}

// outcomeOf says what a failed attempt met with.
func outcomeOf(d control.Delivery) string {
	switch {
	case d.Status >= 300 && d.Status <= 399:
		return fmt.Sprintf("the receiver answered %d, a redirect", d.Status)
	case d.Status != 0 && (d.Status < 200 || d.Status > 299):
		return fmt.Sprintf("the receiver answered %d", d.Status)
	case d.Status != 0:
		return fmt.Sprintf("the receiver's answer %d broke off", d.Status)
	}
	switch noAnswer(d.Error) {
	case refused:
		return "connection refused"
	case silent:
		return "no answer within " + duration(d.Took())
	case nameless:
		return "the host's name is not known"
	case closed:
		return "the connection was closed without an answer"
	case untrusted:
		return "the certificate is not trusted"
	}
	return d.Error
}

// remedy says what the receiver's author can do about a failed attempt.
func remedy(d control.Delivery) string {
	switch {
	case d.Status >= 300 && d.Status <= 399:
		return "redirects are not followed: register the URL that it leads to"
	case d.Status == 401 || d.Status == 403:
		return "does it use this registration's secret, and the raw body?"
	case d.Status == 404:
		return "is the path of the callback URL right?"
	case d.Status == 405:
		return "webhooks come as POST"
	case d.Status != 0:
		return "its log should say why"
	}
	switch noAnswer(d.Error) {
	case refused:
		return "is your server running?"
	case silent:
		return "answer first, and do the work afterwards"
	case nameless:
		return "is the callback URL spelled right?"
	case closed:
		return "did your server crash, or does it want TLS?"
	case untrusted:
		return "the sandbox must know the authority that signed it"
	}
	return "is the callback URL right?"
}

// silence is a kind of attempt without an answer.
type silence int

const (
	other silence = iota
	refused
	silent
	nameless
	closed
	untrusted
)

// noAnswer reads the text of the sandbox, which is Go's.
func noAnswer(text string) silence {
	for _, known := range []struct {
		part string
		kind silence
	}{
		{"connection refused", refused},
		{"deadline exceeded", silent},
		{"timeout", silent},
		{"no such host", nameless},
		{"x509", untrusted},
		{"certificate", untrusted},
		{"EOF", closed},
		{"connection reset", closed},
		{"server closed", closed},
	} {
		if strings.Contains(text, known.part) {
			return known.kind
		}
	}
	return other
}

// printable replaces what a terminal would obey: texts may quote the receiver.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
