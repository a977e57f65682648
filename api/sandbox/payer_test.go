package sandbox_test

import (
	"net/http"
	"strings"
	"testing"

	"kvikk/api/sandbox"
)

func TestAnAuthorizedPaymentTellsWhatThePayerShares(t *testing.T) {
	t.Parallel()
	c := newClock()
	r := receive(t, nil)
	m := start(t, sandbox.Options{Now: c.now})
	m.register(r.URL, "authorized")
	address := func(rest string) string { return `"addresses":[{` + rest + `}]` }
	for _, tt := range []struct{ reference, currency, scope, customer, details string }{
		{
			"shared-everything", "NOK", "name email phoneNumber birthDate address", `{"phoneNumber":"4787654321"}`,
			`{"email":"payer@example.com","firstName":"Kari","lastName":"Eksempel","mobileNumber":"4787654321","dateOfBirth":"1990-01-31",` +
				address(`"addressLine1":"Eksempelveien 1","city":"Oslo","country":"NO","postCode":"0154"`) + `}`,
		},
		{"shared-name", "NOK", "name", "", `{"firstName":"Kari","lastName":"Eksempel"}`},
		{"shared-phone", "NOK", "phoneNumber", "", `{"mobileNumber":"` + m.s.TestPhone() + `"}`},
		{"shared-address-dk", "DKK", "address", "", `{` + address(`"addressLine1":"Eksempelvej 1","city":"København","country":"DK","postCode":"1050"`) + `}`},
		{"shared-address-fi", "EUR", "address", "", `{` + address(`"addressLine1":"Esimerkkikatu 1","city":"Helsinki","country":"FI","postCode":"00100"`) + `}`},
		{"shared-nothing", "NOK", "", "", ""},
	} {
		m.create(tt.reference, "amount", `{"currency":"`+tt.currency+`","value":1000}`, "profile", `{"scope":"`+tt.scope+`"}`, "customer", tt.customer).want(t, http.StatusCreated)
		before := m.call("GET", paymentsPath+"/"+tt.reference, "")
		for _, name := range []string{"profile.sub", "userDetails", "captureGuaranteedUntil", "paymentMethod.cardBin", "shippingDetails"} {
			if got := before.text(t, name); got != "" {
				t.Errorf("%s: %s before the approval: %s", tt.reference, name, got)
			}
		}
		m.approve(tt.reference).want(t, http.StatusOK)
		hook := string(r.next(t).body)
		after := m.call("GET", paymentsPath+"/"+tt.reference, "")
		sub := after.text(t, "profile.sub")
		end := `,"success":true,"captureGuaranteedUntil":"2026-11-29T06:40:00.413+00:00"`
		if tt.scope == "" {
			if end += "}"; sub != "" || after.text(t, "userDetails") != "" {
				t.Errorf("%s: %s", tt.reference, after.body)
			}
		} else {
			end += `,"userDetails":` + tt.details + `,"sub":"` + sub + `","profile":{"sub":"` + sub + `"}}`
		}
		if !strings.HasSuffix(hook, end) {
			t.Errorf("%s: webhook %s, want it to end %s", tt.reference, hook, end)
		}
		if tt.scope != "" && !strings.Contains(string(after.body), `"userDetails":`+tt.details) {
			t.Errorf("%s: payment %s, want %s", tt.reference, after.body, tt.details)
		}
		if got := after.text(t, "captureGuaranteedUntil"); got != "2026-11-29T06:40:00.413+00:00" || len(after.text(t, "paymentMethod.cardBin")) != 6 {
			t.Errorf("%s: payment %s", tt.reference, after.body)
		}
	}
}

func TestHeadersThatNameAnIntegrationHaveALength(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	m.create("headers-1").want(t, http.StatusCreated)
	for _, name := range []string{"Vipps-System-Name", "Vipps-System-Version", "Vipps-System-Plugin-Name", "Vipps-System-Plugin-Version"} {
		for _, path := range []string{webhooksPath, paymentsPath + "/headers-1"} {
			m.call("GET", path, "", header{name: strings.Repeat("x", 30)}).want(t, http.StatusOK)
			a := m.call("GET", path, "", header{name: strings.Repeat("x", 31)})
			a.want(t, http.StatusBadRequest)
			if got := a.problem(t).field(name); got != "The header has at most 30 characters." {
				t.Errorf("%s: %q", name, got)
			}
		}
	}
}
