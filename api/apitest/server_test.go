package apitest_test

import (
	"errors"
	"testing"
	"time"

	"kvikk/api"
	"kvikk/api/apitest"
	"kvikk/api/sandbox"
)

func TestAServerLivesAsLongAsItsTest(t *testing.T) {
	var s *apitest.Server
	t.Run("while it lives", func(t *testing.T) {
		s = apitest.NewServer(t)
		if _, err := s.Client().Webhooks(t.Context()); err != nil {
			t.Error(err)
		}
	})
	c, err := api.New(api.Options{BaseURL: s.URL(), Keys: s.APIKeys(), Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.RenewToken(t.Context())
	if gone, ok := errors.AsType[*api.ConnectionError](err); !ok || gone.Problem != api.Refused {
		t.Errorf("after its test the server answers, or fails with %v", err)
	}
}

func TestOptionsOfServerAndClientAreTaken(t *testing.T) {
	s := apitest.NewServer(t, func(o *sandbox.Options) {
		o.Keys.MSN = "4321"
		o.TokenLife = time.Minute
	})
	if got := s.APIKeys().MSN; got != "4321" {
		t.Errorf("MSN %q, want 4321", got)
	}
	seen := 0
	c := s.NewClient(t, func(o *api.Options) {
		o.Transport = through(t, described(t))
		o.Record = func(api.Exchange) { seen++ }
	})
	token, err := c.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if life := token.ExpiresAt.Sub(token.IssuedAt); life > time.Minute || seen != 1 {
		t.Errorf("the token lives %v, %d exchanges were recorded", life, seen)
	}
}
