package apitest

import (
	"slices"
	"strings"
	"time"

	"kvikk/api"
	"kvikk/api/secret"
)

// shortestLife and longestLife bound the life of an access token: an hour in
// the test environment, a day in production. See
// https://developer.vippsmobilepay.com/docs/APIs/access-token-api/ .
const (
	shortestLife = 30 * time.Minute
	longestLife  = 25 * time.Hour
)

func tokenIsIssued(s *scene) {
	first, err := s.client.Token(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	if !strings.EqualFold(first.Type, "Bearer") || first.AccessToken.Reveal() == "" {
		s.Errorf("token type %q, empty: %t", first.Type, first.AccessToken.Reveal() == "")
	}
	if life := first.ExpiresAt.Sub(first.IssuedAt); life < shortestLife || life > longestLife {
		s.Errorf("the token lives %v, want %v to %v", life, shortestLife, longestLife)
	}
	if _, err := s.client.RenewToken(s.Context()); err != nil {
		s.Fatal(err)
	}
	if _, err := s.client.Webhooks(s.Context()); err != nil {
		s.Errorf("the renewed token: %v", err)
	}
}

// login asks for a token with other keys.
func (s *scene) login(change func(*api.Keys)) error {
	keys := s.Keys
	change(&keys)
	_, err := s.newClient(func(o *api.Options) { o.Keys = keys }).Token(s.Context())
	return err
}

func (s *scene) wantKind(e *api.Error, kinds ...api.Kind) {
	s.Helper()
	if !slices.Contains(kinds, e.Kind) {
		s.Errorf("the answer has the shape %q, want one of %v: %v", e.Kind, kinds, e)
	}
}

func wrongSubscriptionKey(s *scene) {
	err := s.login(func(k *api.Keys) { k.SubscriptionKey = secret.New("0123456789abcdef0123456789abcdef") })
	s.wantKind(s.refused(err, 401), api.KindGateway)
}

func unknownClient(s *scene) {
	refusal := s.refused(s.login(func(k *api.Keys) { k.ClientID = "fb492b5e-7907-4d83-bc20-c7fb60ca35de" }), 400)
	s.wantKind(refusal, api.KindIdentity)
	if refusal.Code != "AADSTS700016" {
		s.Errorf("code %q, want AADSTS700016", refusal.Code)
	}
}

func wrongClientSecret(s *scene) {
	err := s.login(func(k *api.Keys) { k.ClientSecret = secret.New("AAECAwQFBgcICQoLDA0ODw==") })
	s.wantKind(s.refused(err, 401), api.KindIdentity)
}

func foreignToken(s *scene) {
	_, err := s.altered(setHeader("Authorization", "Bearer eyJhbGciOiJSUzI1NiJ9.e30.AAAA")).Webhooks(s.Context())
	s.wantKind(s.refused(err, 401), api.KindLegacy, api.KindGateway)
}

// foreignMSN leaves the choice of the status to the environment: the provider
// documents none.
func foreignMSN(s *scene) {
	msn := "98765"
	if s.Keys.MSN == msn {
		msn = "98764"
	}
	client := s.newClient(func(o *api.Options) { o.Keys.MSN = msn })
	_, err := client.CreatePayment(s.Context(), s.request())
	s.refused(err, 401, 403)
}
