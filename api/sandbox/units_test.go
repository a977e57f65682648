package sandbox_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"kvikk/api/sandbox"
)

// as makes calls with another sales unit's keys and token.
func (m *merchant) as(k sandbox.Keys) header {
	m.t.Helper()
	a := m.login(header{"client_id": k.ClientID, "client_secret": k.ClientSecret, "Ocp-Apim-Subscription-Key": k.SubscriptionKey})
	return header{
		"Authorization": "Bearer " + a.text(m.t, "access_token"), "Ocp-Apim-Subscription-Key": k.SubscriptionKey,
		"Merchant-Serial-Number": k.MSN,
	}
}

func TestSalesUnitsKnowNothingOfEachOther(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	m := start(t, sandbox.Options{More: []sandbox.Keys{{MSN: "222222"}, {}}})
	units := m.s.SalesUnits()
	if len(units) != 3 || units[0] != m.s.Keys() || units[1].MSN != "222222" {
		t.Fatalf("sales units %+v", units)
	}
	other := m.as(units[1])
	m.register(r.URL, "created")
	m.call("POST", paymentsPath, paymentBody("one-reference"), other).want(t, http.StatusCreated)
	m.create("one-reference").want(t, http.StatusCreated)
	if d := r.next(t); !strings.Contains(string(d.body), `"msn":"`+units[0].MSN+`"`) {
		t.Errorf("the first sales unit's receiver got %s", d.body)
	}
	m.call("GET", paymentsPath+"/one-reference", "", m.as(units[2])).want(t, http.StatusNotFound)
	mixed := m.as(units[1])
	mixed["Ocp-Apim-Subscription-Key"] = units[2].SubscriptionKey
	m.call("GET", paymentsPath+"/one-reference", "", mixed).want(t, http.StatusUnauthorized)
	wrongMSN := m.as(units[1])
	wrongMSN["Merchant-Serial-Number"] = units[2].MSN
	m.call("GET", paymentsPath+"/one-reference", "", wrongMSN).want(t, http.StatusForbidden)
}

func TestSalesUnitsThatCannotBeToldApartAreRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		first, second sandbox.Keys
		says          string
	}{
		"the same MSN":                      {sandbox.Keys{MSN: "1111"}, sandbox.Keys{MSN: "1111"}, "same MSN"},
		"the same client id, other case":    {sandbox.Keys{ClientID: "abc"}, sandbox.Keys{ClientID: "ABC"}, "same client id"},
		"the same subscription key":         {sandbox.Keys{SubscriptionKey: "k"}, sandbox.Keys{SubscriptionKey: "k"}, "same subscription key"},
		"a key that no header can carry":    {sandbox.Keys{}, sandbox.Keys{ClientSecret: "a b"}, "header"},
		"a number that is none, further on": {sandbox.Keys{}, sandbox.Keys{MSN: "12"}, "4 to 10 digits"},
	} {
		s, err := sandbox.Start(context.Background(), sandbox.Options{Keys: tt.first, More: []sandbox.Keys{tt.second}})
		if err == nil {
			_ = s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want words with %q", name, err, tt.says)
		}
	}
}

// ids is what a run makes up, in an order of requests that backwards turns.
func ids(t *testing.T, seed string, backwards bool) string {
	t.Helper()
	m := start(t, sandbox.Options{Seed: seed, Keys: sandbox.Keys{MSN: "123456"}, Now: newClock().now})
	references := []string{"seeded-one", "seeded-two"}
	if backwards {
		references[0], references[1] = references[1], references[0]
	}
	id, secret := m.register("http://127.0.0.1:9/x", "created")
	all := map[string]string{}
	for _, ref := range references {
		redirect := m.create(ref).text(t, "redirectUrl")
		m.approve(ref).want(t, http.StatusOK)
		m.modify("capture", ref, 100, "k").want(t, http.StatusOK)
		all[ref] = strings.TrimPrefix(redirect, m.s.URL()) + string(m.call("GET", paymentsPath+"/"+ref+"/events", "").body)
	}
	return fmt.Sprint(m.s.Keys(), id, secret, all)
}

func TestASeedRepeatsEveryIDWhateverTheOrder(t *testing.T) {
	t.Parallel()
	first := ids(t, "42", false)
	if again := ids(t, "42", false); again != first {
		t.Errorf("the same seed made\n%s\nthen\n%s", first, again)
	}
	if turned := ids(t, "42", true); turned != first {
		t.Errorf("the order of the payments changed\n%s\ninto\n%s", first, turned)
	}
	if other := ids(t, "43", false); other == first {
		t.Error("another seed makes the same ids")
	}
	if one, another := ids(t, "", false), ids(t, "", false); one == another {
		t.Error("without a seed the ids repeat")
	}
}

func TestSeededIDsHaveTheirRealShapes(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{Seed: "shapes"})
	checkShapes(t, m.s.Keys())
	_, secret := m.register("http://127.0.0.1:9/x", "created")
	if len(secret) != 88 {
		t.Errorf("secret of %d characters, want 88", len(secret))
	}
	_, second := m.register("http://127.0.0.1:9/x", "created")
	if second == secret {
		t.Error("two registrations have one secret")
	}
}

func TestAFixedWebhookSecretIsEveryRegistrations(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	m := start(t, sandbox.Options{WebhookSecret: "known-before"})
	if _, secret := m.register(r.URL, "created"); secret != "known-before" {
		t.Errorf("secret %q", secret)
	}
	m.create("fixed-secret").want(t, http.StatusCreated)
	r.next(t).verify(t, "known-before")
}
