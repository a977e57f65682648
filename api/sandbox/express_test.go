package sandbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"kvikk/api/sandbox"
)

const expressScope = `{"scope":"email name address phoneNumber"}` // in any order

func option(id string, cost int, more string) string {
	return fmt.Sprintf(`{"id":%q,"amount":{"currency":"NOK","value":%d},"name":%q%s}`, id, cost, "The "+id, more)
}

// shipping is one group with options; more are further groups.
func shipping(options, more string) string {
	return `{"fixedOptions":[{"brand":"POSTEN","type":"MAILBOX","options":[` + options + `]}` + more + `]}`
}

func TestShippingThatIsRefused(t *testing.T) {
	t.Parallel()
	dynamic := `"dynamicOptions":{"callbackUrl":"https://example.com/s"}`
	for i, tt := range []refusal{
		{"neither kind of options", "shipping", `{}`, "shipping", "Exactly one of"},
		{"both kinds of options", "shipping", strings.TrimSuffix(shipping(option("a", 1, ""), ""), "}") + "," + dynamic + "}", "shipping", "Exactly one of"},
		{"no groups", "shipping", `{"fixedOptions":[]}`, "shipping.fixedOptions", "The list must have at least one entry."},
		{"no options", "shipping", shipping("", ""), "shipping.fixedOptions[0].options", "The list must have at least one entry."},
		{"an unknown carrier", "shipping", `{"fixedOptions":[{"brand":"STORK","type":"MAILBOX","options":[]}]}`, "shipping.fixedOptions[0].brand", "The value must be one of BRING"},
		{"an unknown kind of delivery", "shipping", `{"fixedOptions":[{"brand":"DHL","type":"DRONE","options":[]}]}`, "shipping.fixedOptions[0].type", "The value must be one of HOME_DELIVERY"},
		{"an option without amount", "shipping", shipping(`{"id":"a","name":"A"}`, ""), "shipping.fixedOptions[0].options[0].amount", "The Amount field is required."},
		{"an option that costs less than nothing", "shipping", shipping(option("a", -1, ""), ""), "shipping.fixedOptions[0].options[0].amount.value", "The field Value must be between"},
		{"a group twice", "shipping", shipping(option("a", 1, ""), `,{"brand":"POSTEN","type":"MAILBOX","options":[`+option("b", 1, "")+`]}`), "shipping.fixedOptions[1]", "There is a group"},
		{"no callback", "shipping", `{"dynamicOptions":{}}`, "shipping.dynamicOptions.callbackUrl", "The CallbackUrl field is required."},
		{"an unknown member", "shipping", shipping(option("a", 1, `,"weight":1`), ""), "shipping.fixedOptions[0].options[0].weight", "The field is not part of the request."},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.check(t, fmt.Sprintf("shipping-%d", i)) })
	}
}

func TestExpressHasRulesOfItsOwn(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	fixed := shipping(option("a", 100, ""), "")
	for i, tt := range []struct{ name, scope, shipping, code string }{
		{"no scope", "", fixed, "4080"},
		{"a scope too little", "name address email", fixed, "4080"},
		{"a scope too much", "name address email phoneNumber birthDate", fixed, "4080"},
		{"shipping in another currency", "name address email phoneNumber", strings.ReplaceAll(fixed, "NOK", "EUR"), "4040"},
		{"a sum over the maximum", "name address email phoneNumber", shipping(option("a", 65000000, ""), ""), "4040"},
		{"a callback over http", "name address email phoneNumber", `{"dynamicOptions":{"callbackUrl":"http://example.com/s"}}`, "4090"},
		{"a callback over https", "name address email phoneNumber", `{"dynamicOptions":{"callbackUrl":"https://example.com/s","callbackAuthorizationToken":"x"}}`, ""},
	} {
		a := m.create(fmt.Sprint("express-rule-", i), "profile", `{"scope":"`+tt.scope+`"}`, "shipping", tt.shipping)
		if tt.code == "" {
			a.want(t, http.StatusCreated)
			continue
		}
		a.want(t, http.StatusBadRequest)
		if got := a.problem(t).field("ErrorCode"); got != tt.code {
			t.Errorf("%s: code %s, want %s", tt.name, got, tt.code)
		}
	}
}

func TestAnExpressPaymentIsAuthorizedWithItsShipping(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	m := start(t, sandbox.Options{})
	m.register(r.URL, "authorized")
	second := `,{"brand":"DHL","type":"HOME_DELIVERY","isDefault":true,"options":[` +
		option("slow", 4900, `,"priority":2`) + "," + option("fast", 9900, `,"priority":1,"meta":"door","estimatedDelivery":"1-2 days"`) + `]}`
	p := m.open(m.create("express-ok", "profile", expressScope, "shipping", shipping(option("mail", 100, `,"isDefault":true`), second)).text(t, "redirectUrl"))
	if got := m.call("GET", paymentsPath+"/express-ok", "").text(t, "shippingDetails"); got != "" {
		t.Errorf("before the approval: %s", got)
	}
	if !strings.Contains(string(p.body), "598.00 NOK") {
		t.Errorf("the page does not show the sum: %s", p.body)
	}
	m.press(p, "approve").want(t, http.StatusSeeOther)
	body := string(r.next(t).body)
	want := `"shippingDetails":{"address":{"addressLine1":"Eksempelveien 1","city":"Oslo","country":"NO","postCode":"0154"},` +
		`"shippingCost":9900,"shippingOptionId":"fast","shippingOptionName":"The fast"}`
	if !strings.Contains(body, want) || !strings.Contains(body, `"amount":{"currency":"NOK","value":59800}`) {
		t.Errorf("webhook %s, want %s", body, want)
	}
	got := m.call("GET", paymentsPath+"/express-ok", "")
	if !strings.Contains(string(got.body), want) || funds(t, got) != "59800 0 0 0" || got.text(t, "amount.value") != "49900" {
		t.Errorf("payment %s", got.body)
	}
	m.modify("capture", "express-ok", 59800, "k").want(t, http.StatusOK)
}
