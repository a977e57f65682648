package apitest

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"

	"kvikk/api"
	"kvikk/api/webhook"
)

// address is a new address below the callback URL.
func (s *scene) address() string {
	s.Helper()
	if s.CallbackURL == "" {
		s.Skip("skipped: the environment names no callback URL")
	}
	return strings.TrimSuffix(s.CallbackURL, "/") + "/hooks/" + rand.Text()
}

// register registers url for all events of ePayment until the test ends.
func (s *scene) register(url string) api.RegisteredWebhook {
	s.Helper()
	r := api.RegisterWebhookRequest{URL: url}
	for _, kind := range webhook.EPaymentTypes() {
		r.Events = append(r.Events, string(kind))
	}
	registered, err := s.client.RegisterWebhook(s.Context(), r)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() {
		err := s.client.DeleteWebhook(context.WithoutCancel(s.Context()), registered.ID)
		if gone, ok := errors.AsType[*api.Error](err); ok && gone.Status < http.StatusInternalServerError {
			return // the test has deleted it
		}
		if err != nil {
			s.Errorf("%s stays registered as %s: %v", url, registered.ID, err)
		}
	})
	return registered
}

// listed returns the registration as the environment lists it.
func (s *scene) listed(id string) (api.Webhook, bool) {
	s.Helper()
	all, err := s.client.Webhooks(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	at := slices.IndexFunc(all, func(w api.Webhook) bool { return w.ID == id })
	if at < 0 {
		return api.Webhook{}, false
	}
	return all[at], true
}

func webhookLifecycle(s *scene) {
	url := s.address()
	registered := s.register(url)
	listed, ok := s.listed(registered.ID)
	if !ok || listed.URL != url {
		s.Fatalf("listed: %t, with the URL %q, want %q", ok, listed.URL, url)
	}
	want := webhook.EPaymentTypes()
	if len(listed.Events) != len(want) {
		s.Errorf("%d events are listed, want %d: %v", len(listed.Events), len(want), listed.Events)
	}
	for _, kind := range want {
		if !slices.Contains(listed.Events, string(kind)) {
			s.Errorf("%s is not listed", kind)
		}
	}
	if err := s.client.DeleteWebhook(s.Context(), registered.ID); err != nil {
		s.Fatal(err)
	}
	if _, ok := s.listed(registered.ID); ok {
		s.Error("the registration is listed after it was deleted")
	}
}

func twoRegistrations(s *scene) {
	url := s.address()
	one, two := s.register(url), s.register(url)
	if one.ID == two.ID || one.Secret.Reveal() == two.Secret.Reveal() {
		s.Error("two registrations of one URL share an id or a secret")
	}
	for _, r := range []api.RegisteredWebhook{one, two} {
		if key, err := base64.StdEncoding.DecodeString(r.Secret.Reveal()); err != nil || len(key) != 64 {
			s.Errorf("a secret is not 64 bytes in Base64: %d bytes, %v", len(key), err)
		}
		if _, ok := s.listed(r.ID); !ok {
			s.Errorf("%s is not listed", r.ID)
		}
	}
}

func webhookMistakes(s *scene) {
	events := []string{"epayments.payment.created.v1"}
	for _, c := range []struct {
		name, field, says string
		send              func() error
	}{
		{"an unknown event", "events", "Unsupported values", func() error {
			return s.tryRegister(s.client, "epayments.payment.created.v9")
		}},
		{"no events", "events", "", func() error {
			return s.tryRegister(s.altered(setMember("events", []string{})), events...)
		}},
		{"no URL", "url", "", func() error { return s.tryRegister(s.altered(setMember("url", nil)), events...) }},
		{"a URL without TLS", "url", "", func() error {
			return s.tryRegister(s.altered(setMember("url", "http://example.com/hooks")), events...)
		}},
	} {
		s.wantField(c.name, c.send(), c.field, c.says)
	}
}

func (s *scene) tryRegister(c *api.Client, events ...string) error {
	_, err := c.RegisterWebhook(s.Context(), api.RegisterWebhookRequest{URL: "https://example.com/hooks/kvikk", Events: events})
	return err
}

// wantField checks for a validation error of a field whose reason starts with
// a text.
func (s *scene) wantField(name string, err error, field, says string) {
	s.Helper()
	refusal, ok := errors.AsType[*api.Error](err)
	if !ok || refusal.Status != http.StatusBadRequest || refusal.Kind != api.KindProblem {
		s.Errorf("%s: error %v, want a problem with the status 400", name, err)
		return
	}
	for _, f := range refusal.Fields {
		if strings.EqualFold(f.Name, field) && strings.HasPrefix(f.Reason, says) && f.Reason != "" {
			return
		}
	}
	s.Errorf("%s: the fields %q do not have %s with a reason %q", name, refusal.Fields, field, says+"…")
}

// unknownWebhook takes 404 as well: the provider documents 400 alone, for no
// case in particular.
func unknownWebhook(s *scene) {
	for _, id := range []string{"8f2a0d1e-6c0b-4a52-9f0e-2f1d6f9f6a11", "no-uuid"} {
		s.wantKind(s.refused(s.client.DeleteWebhook(s.Context(), id), 400, 404), api.KindProblem)
	}
}
