package sandbox

import (
	"testing"
	"time"
)

func TestKeptTokensAreFewAndEndAsOthersDo(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 6, 40, 0, 0, time.UTC)
	mint, keys := newTokenMint(savedServer{TokenKey: []byte("key")}, time.Hour, newEntropy("")), Keys{ClientID: "shop"}
	first := mint.issue(keys, now)
	for token := first; len(mint.known) < mostKnown; token = mint.issue(keys, now) {
		if id, problem := mint.check(token, now); id != "shop" || problem != "" {
			t.Fatalf("a new token is %q's: %s", id, problem)
		}
	}
	if _, problem := mint.check(mint.issue(keys, now), now); problem != "" || len(mint.known) != 1 {
		t.Errorf("%d tokens are kept; %s", len(mint.known), problem)
	}
	for range 2 { // forgotten and kept again
		if id, problem := mint.check(first, now); id != "shop" || problem != "" {
			t.Errorf("the first token is %q's: %s", id, problem)
		}
	}
	if _, problem := mint.check(first, now.Add(time.Hour)); problem != "The access token has expired." {
		t.Errorf("a kept token that has ended: %q", problem)
	}
	if _, problem := mint.check(first+"A", now); problem == "" {
		t.Error("a token with something behind it is good")
	}
}
