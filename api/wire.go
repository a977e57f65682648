package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// looseText reads a JSON string, or a number as its digits: the provider's
// documentation and its answers do not always agree on which it is.
type looseText string

func (t *looseText) UnmarshalJSON(b []byte) error {
	switch {
	case bytes.Equal(b, []byte("null")):
		return nil
	case len(b) > 0 && b[0] == '"':
		return json.Unmarshal(b, (*string)(t))
	}
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return errors.New("neither a string nor a number")
	}
	*t = looseText(n)
	return nil
}

// looseTime reads a point in time; a text that is none stays zero, since one
// odd entry is no reason to lose a whole event log.
type looseTime struct{ time.Time }

func (t *looseTime) UnmarshalJSON(b []byte) error {
	var text looseText
	if err := text.UnmarshalJSON(b); err != nil {
		return nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z"} {
		if parsed, err := time.Parse(layout, strings.TrimSpace(string(text))); err == nil {
			t.Time = parsed
			return nil
		}
	}
	return nil
}

// complete is an answer that can say which part of it is missing.
type complete interface{ missing() string }

type createdWire struct {
	Reference   looseText `json:"reference"`
	RedirectURL string    `json:"redirectUrl"`
}

func (w *createdWire) missing() string { return firstEmpty("reference", string(w.Reference)) }

type paymentWire struct {
	Payment
	PSPReference           looseText `json:"pspReference"`
	Reference              looseText `json:"reference"`
	CaptureGuaranteedUntil looseTime `json:"captureGuaranteedUntil"`
}

func (w *paymentWire) missing() string {
	return firstEmpty("reference", string(w.Reference), "state", string(w.State))
}

func (w *paymentWire) payment() Payment {
	p := w.Payment
	p.PSPReference, p.Reference = string(w.PSPReference), string(w.Reference)
	p.CaptureGuaranteedUntil = w.CaptureGuaranteedUntil.Time
	return p
}

type eventWire struct {
	PaymentEvent
	Reference      looseText `json:"reference"`
	PSPReference   looseText `json:"pspReference"`
	IdempotencyKey looseText `json:"idempotencyKey"`
	Timestamp      looseTime `json:"timestamp"`
}

func (w eventWire) event() PaymentEvent {
	e := w.PaymentEvent
	e.Reference, e.PSPReference = string(w.Reference), string(w.PSPReference)
	e.IdempotencyKey, e.Timestamp = string(w.IdempotencyKey), w.Timestamp.Time
	return e
}

type eventsWire []eventWire

func (w *eventsWire) missing() string {
	if *w == nil {
		return "the list of events"
	}
	return ""
}

type modificationWire struct {
	Modification
	PSPReference looseText `json:"pspReference"`
	Reference    looseText `json:"reference"`
}

func (w *modificationWire) missing() string {
	return firstEmpty("reference", string(w.Reference), "state", string(w.State))
}

func (w *modificationWire) modification() Modification {
	m := w.Modification
	m.PSPReference, m.Reference = string(w.PSPReference), string(w.Reference)
	return m
}

type tokenWire struct {
	TokenType   string    `json:"token_type"`
	ExpiresIn   looseText `json:"expires_in"`
	ExpiresOn   looseText `json:"expires_on"`
	AccessToken string    `json:"access_token"`
}

func (w *tokenWire) missing() string { return firstEmpty("access_token", w.AccessToken) }

type registeredWire struct {
	ID     looseText `json:"id"`
	Secret string    `json:"secret"`
}

func (w *registeredWire) missing() string {
	return firstEmpty("id", string(w.ID), "secret", w.Secret)
}

type webhooksWire struct {
	Webhooks []Webhook `json:"webhooks"`
}

func (w *webhooksWire) missing() string {
	if w.Webhooks == nil {
		return "webhooks"
	}
	return ""
}

// firstEmpty takes names and values in turn and returns the first name whose
// value is empty.
func firstEmpty(pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			return pairs[i]
		}
	}
	return ""
}
