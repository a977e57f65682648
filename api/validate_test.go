package api_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"kvikk/api"
)

var testTime = time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)

// cases are changes to a good request with the fields that they make wrong.
type cases map[string]struct {
	change func(*api.CreatePaymentRequest)
	want   string
}

func (c cases) run(t *testing.T, good func() api.CreatePaymentRequest) {
	t.Helper()
	for name, tt := range c {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := good()
			tt.change(&r)
			sameFields(t, r.ValidateAt(testTime), strings.Fields(tt.want))
		})
	}
}

func TestAmountsAndReferencesAreChecked(t *testing.T) {
	t.Parallel()
	amount := func(currency string, value int64) func(*api.CreatePaymentRequest) {
		return func(r *api.CreatePaymentRequest) { r.Amount = api.Amount{Currency: currency, Value: value} }
	}
	reference := func(s string) func(*api.CreatePaymentRequest) {
		return func(r *api.CreatePaymentRequest) { r.Reference = s }
	}
	cases{
		"the least in NOK":          {amount("NOK", 100), ""},
		"too little in NOK":         {amount("NOK", 99), "amount.value"},
		"the least in DKK":          {amount("DKK", 1), ""},
		"nothing in DKK":            {amount("DKK", 0), "amount.value"},
		"the least in EUR":          {amount("EUR", 1), ""},
		"less than nothing":         {amount("EUR", -1), "amount.value"},
		"the most":                  {amount("NOK", 65_000_000), ""},
		"too much":                  {amount("NOK", 65_000_001), "amount.value"},
		"another currency":          {amount("SEK", 100), "amount.currency"},
		"a currency in small":       {amount("nok", 100), "amount.currency"},
		"no amount":                 {amount("", 0), "amount.currency amount.value"},
		"the shortest reference":    {reference("a-B-1234"), ""},
		"a short reference":         {reference("a-B-123"), "reference"},
		"the longest reference":     {reference(strings.Repeat("x", 64)), ""},
		"a long reference":          {reference(strings.Repeat("x", 65)), "reference"},
		"a reference with a line":   {reference("acme_shop_1"), "reference"},
		"a reference with a slash":  {reference("acme/../shop"), "reference"},
		"a reference with letters":  {reference("bestilling-ø1"), "reference"},
		"a reference with a digit٣": {reference("acme-shop-٣"), "reference"},
		"no reference":              {reference(""), "reference"},
	}.run(t, payment)
}

func TestFlowsAndCustomersAreChecked(t *testing.T) {
	t.Parallel()
	flow := func(f api.UserFlow, returnURL string, c *api.Customer) func(*api.CreatePaymentRequest) {
		return func(r *api.CreatePaymentRequest) { r.UserFlow, r.ReturnURL, r.Customer = f, returnURL, c }
	}
	phone := func(s string) func(*api.CreatePaymentRequest) {
		return flow(api.PushMessage, "", &api.Customer{PhoneNumber: s})
	}
	cases{
		"WEB_REDIRECT without returnUrl": {flow(api.WebRedirect, "", nil), "returnUrl"},
		"NATIVE_REDIRECT to an app":      {flow(api.NativeRedirect, "myapp://done", nil), ""},
		"QR without returnUrl":           {flow(api.QR, "", nil), ""},
		"PUSH_MESSAGE without customer":  {flow(api.PushMessage, "", nil), "customer"},
		"an unknown flow":                {flow("UserFlow", "https://a.example", nil), "userFlow"},
		"no flow":                        {flow("", "https://a.example", nil), "userFlow"},
		"a returnUrl with http":          {flow(api.WebRedirect, "http://a.example", nil), "returnUrl"},
		"a returnUrl on this machine":    {flow(api.WebRedirect, "http://127.0.0.1:8080/return?reference=a", nil), ""},
		"a too long one on this machine": {flow(api.WebRedirect, "http://127.0.0.1:8080/"+strings.Repeat("x", 2500), nil), "returnUrl"},
		"a returnUrl that looks like it": {flow(api.WebRedirect, "http://127.0.0.1.example/", nil), "returnUrl"},
		"a returnUrl without scheme":     {flow(api.WebRedirect, "a.example/return", nil), "returnUrl"},
		"a returnUrl without host":       {flow(api.WebRedirect, "https:///return", nil), "returnUrl"},
		"a returnUrl with a line break":  {flow(api.WebRedirect, "https://a.example/\n", nil), "returnUrl"},
		"a returnUrl that is too long":   {flow(api.WebRedirect, "https://a.example/"+strings.Repeat("x", 2500), nil), "returnUrl"},
		"an empty customer":              {flow(api.PushMessage, "", &api.Customer{}), "customer"},
		"a customer named twice":         {flow(api.PushMessage, "", &api.Customer{PhoneNumber: "4712345678", CustomerToken: "t"}), "customer"},
		"a personal QR code":             {flow(api.PushMessage, "", &api.Customer{PersonalQR: "https://qr.example/1"}), ""},
		"a short personal QR code":       {flow(api.PushMessage, "", &api.Customer{PersonalQR: "1234"}), "customer.personalQr"},
		"a customer token":               {flow(api.PushMessage, "", &api.Customer{CustomerToken: "t"}), ""},
		"a phone number":                 {phone("4712345678"), ""},
		"a Finnish phone number":         {phone("358401234567"), ""},
		"a phone number with a plus":     {phone("+4712345678"), "customer.phoneNumber"},
		"a phone number with zeros":      {phone("004712345678"), "customer.phoneNumber"},
		"a phone number with spaces":     {phone("47 12 34 56 78"), "customer.phoneNumber"},
		"a phone number without country": {phone("12345678"), "customer.phoneNumber"},
		"a short phone number":           {phone("4712"), "customer.phoneNumber"},
		"a long phone number":            {phone("4712345678901234"), "customer.phoneNumber"},
	}.run(t, payment)
}

func TestAPhoneNumberWithoutCountryIsAnswered(t *testing.T) {
	t.Parallel()
	var v *api.ValidationError
	err := api.ForceApproveRequest{PhoneNumber: "12345678"}.Validate()
	if !errors.As(err, &v) || !strings.Contains(v.Field("customer.phoneNumber"), "country code in front") {
		t.Errorf("got %v", err)
	}
}

func TestOptionalValuesAreChecked(t *testing.T) {
	t.Parallel()
	cases{
		"CARD on the web":        {func(r *api.CreatePaymentRequest) { r.PaymentMethod.Type = api.Card }, ""},
		"CARD in the app":        {func(r *api.CreatePaymentRequest) { r.PaymentMethod.Type, r.UserFlow = api.Card, api.QR }, "paymentMethod.type"},
		"no method":              {func(r *api.CreatePaymentRequest) { r.PaymentMethod.Type = "" }, "paymentMethod.type"},
		"blocked sources in NOK": {func(r *api.CreatePaymentRequest) { r.PaymentMethod.BlockedSources = []string{"COMMERCIAL_CARDS"} }, "paymentMethod.blockedSources"},
		"blocked sources in DKK": {func(r *api.CreatePaymentRequest) {
			r.Amount.Currency, r.PaymentMethod.BlockedSources = "DKK", []string{"COMMERCIAL_CARDS"}
		}, ""},
		"an unknown blocked source": {func(r *api.CreatePaymentRequest) {
			r.Amount.Currency, r.PaymentMethod.BlockedSources = "DKK", []string{"CARDS"}
		}, "paymentMethod.blockedSources"},
		"a short description":        {func(r *api.CreatePaymentRequest) { r.PaymentDescription = "ab" }, "paymentDescription"},
		"the longest description":    {func(r *api.CreatePaymentRequest) { r.PaymentDescription = strings.Repeat("ø", 100) }, ""},
		"a long description":         {func(r *api.CreatePaymentRequest) { r.PaymentDescription = strings.Repeat("ø", 101) }, "paymentDescription"},
		"a description not in UTF-8": {func(r *api.CreatePaymentRequest) { r.PaymentDescription = "abc\xff" }, "paymentDescription"},
		"an unknown interaction":     {func(r *api.CreatePaymentRequest) { r.CustomerInteraction = "PRESENT" }, "customerInteraction"},
		"a high age":                 {func(r *api.CreatePaymentRequest) { r.MinimumUserAge = ptr(101) }, "minimumUserAge"},
		"age 0":                      {func(r *api.CreatePaymentRequest) { r.MinimumUserAge = ptr(0) }, ""},
		"a receiptUrl with http":     {func(r *api.CreatePaymentRequest) { r.ReceiptURL = "http://a.example" }, "receiptUrl"},
		"a QR format elsewhere":      {func(r *api.CreatePaymentRequest) { r.QRFormat = &api.QRFormat{Format: "IMAGE/PNG"} }, "qrFormat"},
		"an unknown QR format":       {func(r *api.CreatePaymentRequest) { r.UserFlow, r.QRFormat = api.QR, &api.QRFormat{Format: "PNG"} }, "qrFormat.format"},
		"a size of an SVG": {func(r *api.CreatePaymentRequest) {
			r.UserFlow, r.QRFormat = api.QR, &api.QRFormat{Format: "IMAGE/SVG+XML", Size: ptr(200)}
		}, "qrFormat.size"},
		"a small PNG": {func(r *api.CreatePaymentRequest) {
			r.UserFlow, r.QRFormat = api.QR, &api.QRFormat{Format: "IMAGE/PNG", Size: ptr(99)}
		}, "qrFormat.size"},
		"six pairs of metadata": {func(r *api.CreatePaymentRequest) {
			r.Metadata = map[string]string{"a": "", "b": "", "c": "", "d": "", "e": "", "f": ""}
		}, "metadata"},
		"a long metadata key":   {func(r *api.CreatePaymentRequest) { r.Metadata = map[string]string{strings.Repeat("k", 101): "v"} }, "metadata"},
		"an empty metadata key": {func(r *api.CreatePaymentRequest) { r.Metadata = map[string]string{"": "v"} }, "metadata"},
		"a long metadata value": {func(r *api.CreatePaymentRequest) { r.Metadata = map[string]string{"k": strings.Repeat("v", 501)} }, "metadata.k"},
		"a good scope":          {func(r *api.CreatePaymentRequest) { r.Profile = &api.ProfileRequest{Scope: "name  birthDate nin"} }, ""},
		"a misspelt scope":      {func(r *api.CreatePaymentRequest) { r.Profile = &api.ProfileRequest{Scope: "name,email"} }, "profile.scope"},
		"legal links with http": {func(r *api.CreatePaymentRequest) {
			r.MerchantLegalLinks = &api.MerchantLegalLinks{TermsOfSaleURL: "http://a.example", PrivacyPolicyURL: "app://x"}
		}, "merchantLegalLinks.termsOfSaleUrl merchantLegalLinks.privacyPolicyUrl"},
		"empty airline data": {
			func(r *api.CreatePaymentRequest) { r.IndustryData = &api.IndustryData{AirlineData: &api.AirlineData{}} },
			"industryData.airlineData.agencyInvoiceNumber industryData.airlineData.airlineCode industryData.airlineData.airlineDesignatorCode industryData.airlineData.passengerName",
		},
	}.run(t, payment)
}

func TestExpiryIsChecked(t *testing.T) {
	t.Parallel()
	in := func(d time.Duration) func(*api.CreatePaymentRequest) {
		return func(r *api.CreatePaymentRequest) { r.ExpiresAt = testTime.Add(d) }
	}
	cases{
		"in 10 minutes":         {in(10 * time.Minute), "expiresAt"},
		"a second later":        {in(10*time.Minute + time.Second), ""},
		"just before 60 days":   {in(60*24*time.Hour - time.Second), ""},
		"in 60 days":            {in(60 * 24 * time.Hour), "expiresAt"},
		"in the past":           {in(-time.Hour), "expiresAt"},
		"without a receipt":     {func(r *api.CreatePaymentRequest) { r.ExpiresAt, r.Receipt = testTime.Add(time.Hour), nil }, "receipt"},
		"by the machine's time": {func(r *api.CreatePaymentRequest) {}, ""},
	}.run(t, withReceipt)
	r := withReceipt()
	if r.ExpiresAt = time.Now().Add(time.Hour); r.Validate() != nil {
		t.Errorf("an hour from now: %v", r.Validate())
	}
}

// withReceipt returns a good request with a receipt.
func withReceipt() api.CreatePaymentRequest {
	r := payment()
	l, b := line(), bottomLine()
	l.TaxPercentage, b.Currency = nil, "NOK"
	r.Receipt = &api.Receipt{OrderLines: []api.OrderLine{l}, BottomLine: b}
	return r
}

func TestReceiptsAreChecked(t *testing.T) {
	t.Parallel()
	const at, end = "receipt.orderLines[0].", "receipt.bottomLine."
	change := func(f func(*api.OrderLine, *api.BottomLine)) func(*api.CreatePaymentRequest) {
		return func(r *api.CreatePaymentRequest) { f(&r.Receipt.OrderLines[0], &r.Receipt.BottomLine) }
	}
	cases{
		"a good one":         {func(*api.CreatePaymentRequest) {}, ""},
		"no lines":           {func(r *api.CreatePaymentRequest) { r.Receipt.OrderLines = nil }, "receipt.orderLines"},
		"no name and no id":  {change(func(l *api.OrderLine, _ *api.BottomLine) { l.Name, l.ID = "", "" }), at + "name " + at + "id"},
		"no tax":             {change(func(l *api.OrderLine, _ *api.BottomLine) { l.TaxRate = nil }), at + "taxRate"},
		"two taxes":          {change(func(l *api.OrderLine, _ *api.BottomLine) { l.TaxPercentage = ptr(25) }), at + "taxRate"},
		"a high rate":        {change(func(l *api.OrderLine, _ *api.BottomLine) { l.TaxRate = ptr(10_001) }), at + "taxRate"},
		"a high percentage":  {change(func(l *api.OrderLine, _ *api.BottomLine) { l.TaxRate, l.TaxPercentage = nil, ptr(101) }), at + "taxPercentage"},
		"a negative price":   {change(func(l *api.OrderLine, _ *api.BottomLine) { l.UnitInfo.UnitPrice, l.Discount = -1, -1 }), at + "discount " + at + "unitInfo.unitPrice"},
		"a worded quantity":  {change(func(l *api.OrderLine, _ *api.BottomLine) { l.UnitInfo.Quantity = "two" }), at + "unitInfo.quantity"},
		"a long quantity":    {change(func(l *api.OrderLine, _ *api.BottomLine) { l.UnitInfo.Quantity = "1234567.8901" }), at + "unitInfo.quantity"},
		"an unknown unit":    {change(func(l *api.OrderLine, _ *api.BottomLine) { l.UnitInfo.QuantityUnit = "TON" }), at + "unitInfo.quantityUnit"},
		"a product with ftp": {change(func(l *api.OrderLine, _ *api.BottomLine) { l.ProductURL = "socks" }), at + "productUrl"},
		"another currency":   {change(func(_ *api.OrderLine, b *api.BottomLine) { b.Currency = "EUR" }), end + "currency"},
		"negative sums":      {change(func(_ *api.OrderLine, b *api.BottomLine) { b.TipAmount, b.TotalTax = -1, -1 }), end + "tipAmount " + end + "totalTax"},
		"an empty barcode":   {change(func(_ *api.OrderLine, b *api.BottomLine) { b.Barcode = &api.Barcode{} }), end + "barcode.format " + end + "barcode.data"},
		"a shipping tax":     {change(func(_ *api.OrderLine, b *api.BottomLine) { b.ShippingInfo.TaxPercentage = 101 }), end + "shippingInfo.taxPercentage"},
	}.run(t, withReceipt)
}

func TestShippingIsChecked(t *testing.T) {
	t.Parallel()
	const at = "shipping.fixedOptions[0]."
	group := api.ShippingGroup{Brand: "POSTEN", Type: "MAILBOX", Options: []api.ShippingOption{{ID: "1", Name: "n", Amount: api.Amount{Currency: "NOK"}}}}
	fixed := func(groups ...api.ShippingGroup) func(*api.CreatePaymentRequest) {
		return func(r *api.CreatePaymentRequest) { r.Shipping = &api.Shipping{FixedOptions: groups} }
	}
	cases{
		"dynamic":              {func(*api.CreatePaymentRequest) {}, ""},
		"fixed":                {fixed(group), ""},
		"neither":              {fixed(), "shipping"},
		"both":                 {func(r *api.CreatePaymentRequest) { r.Shipping.FixedOptions = []api.ShippingGroup{group} }, "shipping"},
		"a group twice":        {fixed(group, group), "shipping.fixedOptions[1].type"},
		"an empty group":       {fixed(api.ShippingGroup{}), at + "brand " + at + "type " + at + "options"},
		"an empty option":      {fixed(api.ShippingGroup{Brand: "DHL", Type: "OTHER", Options: []api.ShippingOption{{}}}), at + "options[0].id " + at + "options[0].name " + at + "options[0].amount.currency"},
		"without a scope":      {func(r *api.CreatePaymentRequest) { r.Profile = nil }, "profile.scope"},
		"with a smaller one":   {func(r *api.CreatePaymentRequest) { r.Profile.Scope = "name address" }, "profile.scope"},
		"with a card":          {func(r *api.CreatePaymentRequest) { r.PaymentMethod.Type = api.Card }, "paymentMethod.type"},
		"an empty callback":    {func(r *api.CreatePaymentRequest) { r.Shipping.DynamicOptions = &api.DynamicShipping{} }, "shipping.dynamicOptions.callbackUrl shipping.dynamicOptions.callbackAuthorizationToken"},
		"a callback by an app": {func(r *api.CreatePaymentRequest) { r.Shipping.DynamicOptions.CallbackURL = "app://x" }, "shipping.dynamicOptions.callbackUrl"},
	}.run(t, express)
}

func TestAmountsAreWrittenInMajorUnits(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]api.Amount{
		"499.00 NOK": {Currency: "NOK", Value: 49900}, "0.01 EUR": {Currency: "EUR", Value: 1}, "-0.50 DKK": {Currency: "DKK", Value: -50},
		"-92233720368547758.08 NOK": {Currency: "NOK", Value: -1 << 63}, "1.00": {Value: 100},
	} {
		if got := a.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
