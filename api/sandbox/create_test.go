package sandbox_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

const paymentsPath = "/epayment/v1/payments"

func TestAPaymentIsCreatedAndReadBack(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	a := m.create("mugshop-2026-0001", "metadata", `{"order":"7"}`, "customer", `{"phoneNumber":"4712345678"}`)
	a.want(t, http.StatusCreated)
	redirect := a.text(t, "redirectUrl")
	if want := `{"reference":"mugshop-2026-0001","redirectUrl":"` + redirect + `"}`; string(a.body) != want {
		t.Errorf("created %s, want %s", a.body, want)
	}
	if !strings.HasPrefix(redirect, m.s.URL()+"/landing?token=") {
		t.Errorf("redirectUrl %q", redirect)
	}
	got := m.call("GET", paymentsPath+"/mugshop-2026-0001", "")
	got.want(t, http.StatusOK)
	psp := got.text(t, "pspReference")
	zero := `{"currency":"NOK","value":0}`
	want := `{"aggregate":{"authorizedAmount":` + zero + `,"cancelledAmount":` + zero + `,"capturedAmount":` + zero + `,"refundedAmount":` + zero + `},` +
		`"amount":{"currency":"NOK","value":49900},"state":"CREATED","paymentMethod":{"type":"WALLET"},"profile":{},` +
		`"pspReference":"` + psp + `","redirectUrl":"` + redirect + `","reference":"mugshop-2026-0001","metadata":{"order":"7"}}`
	if string(got.body) != want {
		t.Errorf("got  %s\nwant %s", got.body, want)
	}
}

func TestNumbersForReferenceAndPhoneNumberKeepEveryDigit(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	a := m.create("", "reference", "9223372036854775809", "customer", `{"phoneNumber":4712345678}`)
	a.want(t, http.StatusCreated)
	if got := a.text(t, "reference"); got != "9223372036854775809" {
		t.Errorf("reference %s", got)
	}
	m.call("GET", paymentsPath+"/9223372036854775809", "").want(t, http.StatusOK)
}

// refusal is a request with one member changed, and what it is refused with.
type refusal struct{ name, member, value, field, reason string }

func TestFieldsThatAreRefused(t *testing.T) {
	t.Parallel()
	for i, tt := range []refusal{
		{"no amount", "amount", "", "amount", "The Amount field is required."},
		{"no reference", "reference", "", "reference", "The Reference field is required."},
		{"no user flow", "userFlow", "", "userFlow", "The UserFlow field is required."},
		{"no payment method", "paymentMethod", "", "paymentMethod", "The PaymentMethod field is required."},
		{"a short reference", "reference", `"abc"`, "reference", "The field Reference must match the regular expression '^[a-zA-Z0-9-]{8,64}$'."},
		{"a long reference", "reference", `"` + strings.Repeat("a", 65) + `"`, "reference", "The field Reference must match"},
		{"a reference with a line end", "reference", `"abcdefgh\n"`, "reference", "The field Reference must match"},
		{"a reference in scientific notation", "reference", `123456e78`, "reference", "The JSON value could not be converted to a string."},
		{"a decimal amount", "amount", `{"currency":"NOK","value":499.00}`, "amount.value", "The JSON value could not be converted to an integer."},
		{"a quoted amount", "amount", `{"currency":"NOK","value":"49900"}`, "amount.value", "The JSON value could not be converted to an integer."},
		{"an amount beyond 64 bits", "amount", `{"currency":"NOK","value":9223372036854775808}`, "amount.value", "The JSON value could not be converted to an integer."},
		{"too much money", "amount", `{"currency":"NOK","value":65000001}`, "amount.value", "The field Value must be between 0 and 65000000."},
		{"a negative amount", "amount", `{"currency":"NOK","value":-1}`, "amount.value", "The field Value must be between"},
		{"an amount without currency", "amount", `{"value":100}`, "amount.currency", "The Currency field is required."},
		{"an unknown currency", "amount", `{"currency":"SEK","value":100}`, "amount.currency", "The value must be one of NOK, DKK, EUR."},
		{"an amount that is a number", "amount", `49900`, "amount", "The JSON value could not be converted to an object."},
		{"a user flow in lower case", "userFlow", `"web_redirect"`, "userFlow", "The value must be one of WEB_REDIRECT"},
		{"a member in the wrong case", "UserFlow", `"WEB_REDIRECT"`, "UserFlow", "The field is not part of the request."},
		{"an unknown member inside", "paymentMethod", `{"type":"WALLET","x":1}`, "paymentMethod.x", "The field is not part of the request."},
		{"an unknown method", "paymentMethod", `{"type":"CASH"}`, "paymentMethod.type", "The value must be one of WALLET, CARD, CARD_PASSTHROUGH."},
		{"a phone number with a plus", "customer", `{"phoneNumber":"+4712345678"}`, "customer.phoneNumber", `The field PhoneNumber must match`},
		{"a customer twice", "customer", `{"phoneNumber":"4712345678","customerToken":"x"}`, "customer", "Only one of"},
		{"a short description", "paymentDescription", `"ab"`, "paymentDescription", "The field PaymentDescription must have 3 to 100 characters."},
		{"a long description", "paymentDescription", `"` + strings.Repeat("å", 101) + `"`, "paymentDescription", "The field PaymentDescription must have"},
		{"an age", "minimumUserAge", `101`, "minimumUserAge", "The field MinimumUserAge must be between 0 and 100."},
		{"a QR size", "qrFormat", `{"format":"IMAGE/PNG","size":99}`, "qrFormat.size", "The field Size must be between 100 and 2000."},
		{"a QR code without format", "qrFormat", `{"size":100}`, "qrFormat.format", "The Format field is required."},
		{"metadata that is no text", "metadata", `{"a":true}`, "metadata.a", "The JSON value could not be converted to a string."},
		{"a long return URL", "returnUrl", `"https://example.com/` + strings.Repeat("a", 2481) + `"`, "returnUrl", "The field ReturnUrl must have 1 to 2500 characters."},
		{"legal links that are none", "merchantLegalLinks", `{"terms":"https://example.com"}`, "merchantLegalLinks.terms", "The field is not part of the request."},
		{"an interaction", "customerInteraction", `"PRESENT"`, "customerInteraction", "The value must be one of CUSTOMER_PRESENT, CUSTOMER_NOT_PRESENT."},
		{"a short personal QR", "customer", `{"personalQr":"abcd"}`, "customer.personalQr", "The field PersonalQr must have 5 to 255 characters."},
		{"a short phone number", "customer", `{"phoneNumber":"47123456"}`, "customer.phoneNumber", "The field PhoneNumber must match"},
		{"a QR format", "qrFormat", `{"format":"IMAGE/GIF"}`, "qrFormat.format", "The value must be one of TEXT/TARGETURL"},
		{"a date", "expiresAt", `"tomorrow"`, "expiresAt", "The value must be an RFC 3339 date and time."},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.check(t, fmt.Sprintf("refused-%d", i)) })
	}
}

func TestListsThatAreRefused(t *testing.T) {
	t.Parallel()
	receipt := func(line, bottom string) string {
		return `{"orderLines":[` + line + `],"bottomLine":` + bottom + `}`
	}
	line := `{"name":"Mug","id":"1","totalAmount":100,"totalAmountExcludingTax":80,"totalTaxAmount":20}`
	for i, tt := range []refusal{
		{"a receipt without lines", "receipt", receipt("", `{"currency":"NOK"}`), "receipt.orderLines", "The list must have at least one entry."},
		{"a line without id", "receipt", receipt(`{"name":"Mug"}`, `{"currency":"NOK"}`), "receipt.orderLines[0].id", "The Id field is required."},
		{"a line that is none", "receipt", receipt(`7`, `{"currency":"NOK"}`), "receipt.orderLines[0]", "The JSON value could not be converted to an object."},
		{"a bottom line without currency", "receipt", receipt(line, `{}`), "receipt.bottomLine.currency", "The Currency field is required."},
		{"a blocked source", "paymentMethod", `{"type":"WALLET","blockedSources":["CASH"]}`, "paymentMethod.blockedSources[0]", "The value must be COMMERCIAL_CARDS."},
		{"an airline code", "industryData", `{"airlineData":{"airlineCode":"12"}}`, "industryData.airlineData.airlineCode", "The field AirlineCode must have 3 to 3 characters."},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.check(t, fmt.Sprintf("refused-%d", i)) })
	}
}

func (r refusal) check(t *testing.T, reference string) {
	t.Helper()
	m := start(t, sandbox.Options{})
	a := m.create(reference, r.member, r.value)
	a.want(t, http.StatusBadRequest)
	p := a.problem(t)
	if got := p.field(r.field); !strings.HasPrefix(got, r.reason) || got == "" {
		t.Errorf("%s: %q, want it to begin %q; body %s", r.field, got, r.reason, a.body)
	}
	if p.Title != "Bad Request" || p.Type != "https://httpstatuses.io/400" || p.Instance != "/v1/payments" || p.field("ErrorCode") != "" {
		t.Errorf("problem %s", a.body)
	}
	if !regexp.MustCompile(`^00-[0-9a-f]{32}-[0-9a-f]{16}-01$`).MatchString(p.TraceID) {
		t.Errorf("trace id %q", p.TraceID)
	}
}

// ruled is a create request with members changed, and what a rule makes of it.
type ruled struct {
	name    string
	members []string
	status  int
	code    string // empty where it is accepted
}

// hold sends each request and looks at the answer.
func (m *merchant) hold(t *testing.T, tests []ruled) {
	t.Helper()
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := m.create(fmt.Sprintf("rule-%04d", i), tt.members...)
			a.want(t, tt.status)
			if tt.code == "" {
				return
			}
			if p := a.problem(t); p.field("ErrorCode") != tt.code || p.Title == "Bad Request" {
				t.Errorf("want code %s: %s", tt.code, a.body)
			}
		})
	}
}

func TestRulesThatAreRefusedWithACode(t *testing.T) {
	t.Parallel()
	start(t, sandbox.Options{}).hold(t, []ruled{
		{"less than a krone", []string{"amount", `{"currency":"NOK","value":99}`}, 400, "6010"},
		{"no euro cent", []string{"amount", `{"currency":"EUR","value":0}`}, 400, "6010"},
		{"one euro cent", []string{"amount", `{"currency":"EUR","value":1}`}, 201, ""},
		{"a card", []string{"paymentMethod", `{"type":"CARD"}`}, 400, "4160"},
		{"a card that a PSP passes through", []string{"paymentMethod", `{"type":"CARD_PASSTHROUGH"}`}, 400, "4160"},
		{"blocked cards in Finland", []string{"paymentMethod", `{"type":"WALLET","blockedSources":["COMMERCIAL_CARDS"]}`, "amount", `{"currency":"EUR","value":100}`}, 201, ""},
		{"the largest amount", []string{"amount", `{"currency":"NOK","value":65000000}`}, 201, ""},
		{"blocked cards in Norway", []string{"paymentMethod", `{"type":"WALLET","blockedSources":["COMMERCIAL_CARDS"]}`}, 403, "5010"},
		{"a redirect to nowhere", []string{"returnUrl", ""}, 400, "4140"},
		{"a redirect that runs something", []string{"returnUrl", `"javascript:alert(1)"`}, 400, "4090"},
		{"a redirect over http", []string{"returnUrl", `"http://example.com/x"`}, 400, "4090"},
		{"a redirect to this machine", []string{"returnUrl", `"http://localhost:3000/x"`}, 201, ""},
		{"a redirect to an app", []string{"returnUrl", `"mugshop://done"`}, 201, ""},
		{"a push to nobody", []string{"userFlow", `"PUSH_MESSAGE"`}, 400, "4140"},
		{"a forbidden scope", []string{"profile", `{"scope":"name nin"}`}, 403, "5030"},
		{"another forbidden scope", []string{"profile", `{"scope":"accountNumbers"}`}, 403, "5030"},
		{"every scope", []string{"profile", `{"scope":"name address email phoneNumber birthDate"}`}, 201, ""},
		{"a receipt over http", []string{"receiptUrl", `"http://example.com/r"`}, 400, "4090"},
		{"a receipt in an app", []string{"receiptUrl", `"mugshop://receipt"`}, 201, ""},
		{"terms in an app", []string{"merchantLegalLinks", `{"termsOfSaleUrl":"mugshop://terms"}`}, 400, "4090"},
		{"terms on a page that only looks like one", []string{"merchantLegalLinks", `{"privacyPolicyUrl":"httpsx://example.com"}`}, 400, "4090"},
		{"terms and privacy", []string{"merchantLegalLinks", `{"termsOfSaleUrl":"https://example.com/t","privacyPolicyUrl":"https://example.com/p"}`}, 201, ""},
		{"a return URL of 2500 characters", []string{"returnUrl", `"https://example.com/` + strings.Repeat("a", 2480) + `"`}, 201, ""},
		{"an unknown scope", []string{"profile", `{"scope":"name shoeSize"}`}, 400, "4080"},
		{"six pairs of metadata", []string{"metadata", `{"a":"","b":"","c":"","d":"","e":"","f":""}`}, 400, "4100"},
		{"a metadata key without text", []string{"metadata", `{"":"x"}`}, 400, "4120"},
		{"a metadata key of 101 characters", []string{"metadata", `{"` + strings.Repeat("ø", 101) + `":"x"}`}, 400, "4120"},
		{"metadata at its limits", []string{"metadata", `{"` + strings.Repeat("ø", 100) + `":"` + strings.Repeat("å", 500) + `"}`}, 201, ""},
		{"a metadata key that stands twice", []string{"metadata", `{"a":"1","\u0061":"1"}`}, 400, "4110"},
		{"a long metadata value", []string{"metadata", `{"a":"` + strings.Repeat("x", 501) + `"}`}, 400, "4130"},
		{"members that are null", []string{"minimumUserAge", "null", "receipt", "null", "metadata", "null"}, 201, ""},
	})
}

func TestAnEndHasItsRules(t *testing.T) {
	t.Parallel()
	c := newClock()
	in := func(d time.Duration) string { return `"` + c.now().Add(d).Format(time.RFC3339Nano) + `"` }
	receipt := `{"orderLines":[{"name":"Mug","id":"1","totalAmount":1,"totalAmountExcludingTax":1,"totalTaxAmount":0,"unitInfo":{"unitPrice":1,"quantity":"0.5"}}],"bottomLine":{"currency":"NOK"}}`
	start(t, sandbox.Options{Now: c.now}).hold(t, []ruled{
		{"an end too soon", []string{"expiresAt", in(10 * time.Minute), "receipt", receipt}, 400, "6120"},
		{"an end too late", []string{"expiresAt", in(60 * 24 * time.Hour), "receipt", receipt}, 400, "6110"},
		{"an end without receipt", []string{"expiresAt", in(time.Hour)}, 400, "6130"},
		{"an end with receipt", []string{"expiresAt", in(time.Hour), "receipt", receipt}, 201, ""},
	})
}

func TestAPushHasNoRedirectURL(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	a := m.create("push-0001", "userFlow", `"PUSH_MESSAGE"`, "customer", `{"phoneNumber":"4712345678"}`, "returnUrl", "")
	if a.want(t, http.StatusCreated); string(a.body) != `{"reference":"push-0001"}` {
		t.Errorf("body %s", a.body)
	}
}
