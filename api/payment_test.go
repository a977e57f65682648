package api_test

import (
	"strings"
	"testing"
	"time"

	"kvikk/api"
	"kvikk/api/secret"
)

// everything returns a request with every field set. It breaks rules between
// fields (fixed and dynamic shipping, …), which previews do not check.
func everything() api.CreatePaymentRequest {
	return api.CreatePaymentRequest{
		Amount:              api.Amount{Currency: "EUR", Value: 65_000_000},
		PaymentMethod:       api.PaymentMethod{Type: api.Wallet, BlockedSources: []string{api.CommercialCards}},
		Customer:            &api.Customer{PhoneNumber: "4712345678", PersonalQR: "https://qr/1", CustomerToken: "tok"},
		CustomerInteraction: api.CustomerPresent,
		MinimumUserAge:      ptr(0),
		IndustryData:        &api.IndustryData{AirlineData: &api.AirlineData{AgencyInvoiceNumber: "1", AirlineCode: "074", AirlineDesignatorCode: "KL", PassengerName: "FLYER / MARY MS.", TicketNumber: "123-1"}},
		Profile:             &api.ProfileRequest{Scope: "name email"},
		Reference:           "acme-shop-123",
		ReturnURL:           "https://example.com/r?a=1&b=<2>",
		UserFlow:            api.QR,
		ExpiresAt:           time.Date(2026, 12, 1, 10, 0, 0, 0, time.FixedZone("", 3600)),
		QRFormat:            &api.QRFormat{Format: "IMAGE/PNG", Size: ptr(200)},
		PaymentDescription:  "Socks & shoes",
		Receipt:             &api.Receipt{OrderLines: []api.OrderLine{line()}, BottomLine: bottomLine()},
		Metadata:            map[string]string{"k": "v"},
		ReceiptURL:          "https://example.com/receipt",
		MerchantLegalLinks:  &api.MerchantLegalLinks{TermsOfSaleURL: "https://example.com/t", PrivacyPolicyURL: "https://example.com/p"},
		Shipping: &api.Shipping{
			FixedOptions: []api.ShippingGroup{{Brand: "POSTEN", Type: "MAILBOX", IsDefault: true, Priority: 1, Options: []api.ShippingOption{
				{ID: "o1", Amount: api.Amount{Currency: "EUR", Value: 9900}, Name: "Home", Meta: "m", EstimatedDelivery: "3 days", IsDefault: true, Priority: 2},
			}}},
			DynamicOptions: &api.DynamicShipping{CallbackURL: "https://example.com/s", CallbackAuthorizationToken: secret.New("callback-token")},
		},
	}
}

func line() api.OrderLine {
	return api.OrderLine{
		Name: "socks", ID: "1", TotalAmount: 1000, TotalAmountExcludingTax: 800, TotalTaxAmount: 200, TaxRate: ptr(2500), TaxPercentage: ptr(25),
		UnitInfo: &api.UnitInfo{UnitPrice: 400, Quantity: "2.5", QuantityUnit: "KG"}, Discount: 1, ProductURL: "https://example.com/socks", IsReturn: true, IsShipping: true,
	}
}

func bottomLine() api.BottomLine {
	return api.BottomLine{
		Currency: "EUR", TipAmount: 1, POSID: "p", PaymentSources: &api.PaymentSources{GiftCard: 1, Card: 2, Voucher: 3, Cash: 4},
		Barcode: &api.Barcode{Format: "EAN-13", Data: "d"}, ReceiptNumber: "n", GiftCardAmount: 2, TotalAmount: 3, TotalTax: 4, TotalDiscount: 5,
		ShippingAmount: 6, ShippingInfo: &api.ShippingInfo{Amount: 7, AmountExcludingTax: 8, TaxAmount: 9, TaxPercentage: 10}, TerminalID: "t",
	}
}

const everythingJSON = `{
	"amount":{"currency":"EUR","value":65000000},"paymentMethod":{"type":"WALLET","blockedSources":["COMMERCIAL_CARDS"]},
	"customer":{"phoneNumber":"4712345678","personalQr":"https://qr/1","customerToken":"tok"},"customerInteraction":"CUSTOMER_PRESENT","minimumUserAge":0,
	"industryData":{"airlineData":{"agencyInvoiceNumber":"1","airlineCode":"074","airlineDesignatorCode":"KL","passengerName":"FLYER / MARY MS.","ticketNumber":"123-1"}},
	"profile":{"scope":"name email"},"reference":"acme-shop-123","returnUrl":"https://example.com/r?a=1&b=<2>","userFlow":"QR",
	"expiresAt":"2026-12-01T10:00:00+01:00","qrFormat":{"format":"IMAGE/PNG","size":200},"paymentDescription":"Socks & shoes",
	"receipt":{"orderLines":[{"name":"socks","id":"1","totalAmount":1000,"totalAmountExcludingTax":800,"totalTaxAmount":200,"taxRate":2500,"taxPercentage":25,
		"unitInfo":{"unitPrice":400,"quantity":"2.5","quantityUnit":"KG"},"discount":1,"productUrl":"https://example.com/socks","isReturn":true,"isShipping":true}],
		"bottomLine":{"currency":"EUR","tipAmount":1,"posId":"p","paymentSources":{"giftCard":1,"card":2,"voucher":3,"cash":4},"barcode":{"format":"EAN-13","data":"d"},
		"receiptNumber":"n","giftCardAmount":2,"totalAmount":3,"totalTax":4,"totalDiscount":5,"shippingAmount":6,
		"shippingInfo":{"amount":7,"amountExcludingTax":8,"taxAmount":9,"taxPercentage":10},"terminalId":"t"}},
	"metadata":{"k":"v"},"receiptUrl":"https://example.com/receipt","merchantLegalLinks":{"termsOfSaleUrl":"https://example.com/t","privacyPolicyUrl":"https://example.com/p"},
	"shipping":{"fixedOptions":[{"brand":"POSTEN","type":"MAILBOX","isDefault":true,"priority":1,"options":[{"id":"o1","amount":{"currency":"EUR","value":9900},
		"name":"Home","meta":"m","estimatedDelivery":"3 days","isDefault":true,"priority":2}]}],
		"dynamicOptions":{"callbackUrl":"https://example.com/s","callbackAuthorizationToken":"••••"}}}`

func TestEveryFieldOfCreateIsWrittenAsTheProviderNamesIt(t *testing.T) {
	t.Parallel()
	body := string(newServer(t).client().PreviewCreatePayment(everything()).Body)
	sameJSON(t, body, everythingJSON)
	if !strings.Contains(body, `"returnUrl":"https://example.com/r?a=1&b=<2>"`) {
		t.Errorf("a URL is not readable in %s", body)
	}
}

func TestTheCallbacksTokenGoesOutAndIsShownMasked(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens().answer("POST /epayment/v1/payments", says(201, created))
	var l log
	r := express()
	if _, err := s.client(l.to).CreatePayment(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	const shipping = `"shipping":{"dynamicOptions":{"callbackUrl":"https://example.com/s","callbackAuthorizationToken":`
	const rest = `{"amount":{"currency":"NOK","value":49900},"paymentMethod":{"type":"WALLET"},"profile":{"scope":"name address email phoneNumber"},
		"reference":"acme-shop-123-order1","returnUrl":"https://example.com/return?reference=acme-shop-123-order1&x=1","userFlow":"WEB_REDIRECT",`
	sameJSON(t, s.only().body, rest+shipping+`"callback-token"}}}`)
	all := l.all()
	sameJSON(t, string(all[len(all)-1].Request.Body), rest+shipping+`"••••"}}}`)
}

func express() api.CreatePaymentRequest {
	r := payment()
	r.Profile = &api.ProfileRequest{Scope: "name address email phoneNumber"}
	r.Shipping = &api.Shipping{DynamicOptions: &api.DynamicShipping{CallbackURL: "https://example.com/s", CallbackAuthorizationToken: secret.New("callback-token")}}
	return r
}

func TestCreatePayment(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens().answer("POST /epayment/v1/payments", says(201, created), says(201, `{"reference":1234567890123456789}`))
	c := s.client()
	got, err := c.CreatePayment(t.Context(), payment(), api.WithIdempotencyKey("my-key"))
	if err != nil || got.Reference != "acme-shop-123-order1" || got.RedirectURL != "https://landing.example/?token=abc" {
		t.Fatalf("got %+v, %v", got, err)
	}
	hasHeaders(t, s.only())
	sameJSON(t, s.only().body, `{"amount":{"currency":"NOK","value":49900},"paymentMethod":{"type":"WALLET"},"reference":"acme-shop-123-order1",
		"returnUrl":"https://example.com/return?reference=acme-shop-123-order1&x=1","userFlow":"WEB_REDIRECT"}`)
	if key := s.only().header.Get("Idempotency-Key"); key != "my-key" {
		t.Errorf("idempotency key %q", key)
	}
	if got, err = c.CreatePayment(t.Context(), payment()); err != nil || got.Reference != "1234567890123456789" {
		t.Errorf("a number: got %+v, %v", got, err)
	}
	if key := s.requests()[1].header.Get("Idempotency-Key"); len(key) < 20 || len(key) > 50 {
		t.Errorf("made up idempotency key %q", key)
	}
}

const aggregate = `{"authorizedAmount":{"currency":"NOK","value":9007199254740993},"cancelledAmount":{"currency":"NOK","value":0},
	"capturedAmount":{"currency":"NOK","value":100},"refundedAmount":{"currency":"NOK","value":50}}`

func TestGetPayment(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens().answer("GET /epayment/v1/payments/acme-shop-1", says(200, `{"aggregate":`+aggregate+`,"amount":{"currency":"NOK","value":49900},
		"state":"AUTHORIZED","paymentMethod":{"type":"WALLET","cardBin":"540185"},"profile":{"sub":"s"},"pspReference":3343121302,"reference":"acme-shop-1",
		"redirectUrl":"https://landing.example/","metadata":{"k":"v"},"captureGuaranteedUntil":"2026-12-06T10:00:00+00:00","userDetails":{"email":"a@b.example"},
		"shippingDetails":{"shippingCost":9900},"somethingNew":[1]}`))
	p, err := s.client().Payment(t.Context(), "acme-shop-1")
	if err != nil {
		t.Fatal(err)
	}
	if p.Aggregate.AuthorizedAmount.Value != 9007199254740993 || p.Aggregate.RefundedAmount.Value != 50 || p.PSPReference != "3343121302" {
		t.Errorf("numbers are not exact: %+v", p)
	}
	if p.State != api.StateAuthorized || p.Reference != "acme-shop-1" || p.PaymentMethod.CardBIN != "540185" || p.Profile.Sub != "s" || p.Metadata["k"] != "v" ||
		p.CaptureGuaranteedUntil.Unix() != 1796551200 || string(p.UserDetails) != `{"email":"a@b.example"}` || string(p.ShippingDetails) != `{"shippingCost":9900}` {
		t.Errorf("got %+v", p)
	}
}

func TestPaymentEvents(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens().answer("GET /epayment/v1/payments/acme-shop-1/events", says(200, `[
		{"reference":"acme-shop-1","pspReference":"p1","name":"CREATED","amount":{"currency":"NOK","value":100},"timestamp":"2026-11-22T06:39:58.4123456Z","idempotencyKey":"k","success":true},
		{"reference":"acme-shop-1","pspReference":12345678901234567890,"name":"ABORTED","amount":{"currency":"NOK","value":100},"timestamp":"2026-11-22T06:40:00","idempotencyKey":null,"success":false},
		{"reference":"acme-shop-1","pspReference":"p3","name":"NEW","amount":{"currency":"NOK","value":1},"timestamp":"yesterday","success":true}]`), says(200, `[]`), says(200, `null`))
	c := s.client()
	events, err := c.PaymentEvents(t.Context(), "acme-shop-1")
	if err != nil || len(events) != 3 {
		t.Fatalf("got %v, %v", events, err)
	}
	if e := events[0]; e.Name != "CREATED" || e.IdempotencyKey != "k" || !e.Success || e.Timestamp.Nanosecond() != 412345600 {
		t.Errorf("first: %+v", e)
	}
	if e := events[1]; e.PSPReference != "12345678901234567890" || e.Success || e.Timestamp.IsZero() || e.IdempotencyKey != "" {
		t.Errorf("second: %+v", e)
	}
	if !events[2].Timestamp.IsZero() {
		t.Errorf("third: %+v", events[2])
	}
	if events, err = c.PaymentEvents(t.Context(), "acme-shop-1"); err != nil || len(events) != 0 {
		t.Errorf("an empty log: %v, %v", events, err)
	}
	if _, err = c.PaymentEvents(t.Context(), "acme-shop-1"); err == nil {
		t.Error("null is no event log")
	}
}

func TestCancelCaptureAndRefund(t *testing.T) {
	t.Parallel()
	const path = "/epayment/v1/payments/acme-shop-1/"
	answer := says(200, `{"amount":{"currency":"NOK","value":49900},"state":"AUTHORIZED","aggregate":`+aggregate+`,"pspReference":"p","reference":"acme-shop-1"}`)
	s := newServer(t).tokens().answer("POST "+path+"cancel", answer).answer("POST "+path+"capture", answer).answer("POST "+path+"refund", answer)
	c, amount := s.client(), api.Amount{Currency: "NOK", Value: 1}
	cancelled, err1 := c.CancelPayment(t.Context(), "acme-shop-1", api.CancelRequest{CancelTransactionOnly: true}, api.WithIdempotencyKey("k1"))
	captured, err2 := c.CapturePayment(t.Context(), "acme-shop-1", amount, api.WithIdempotencyKey("k2"))
	refunded, err3 := c.RefundPayment(t.Context(), "acme-shop-1", amount, api.WithIdempotencyKey("k3"))
	if err1 != nil || err2 != nil || err3 != nil || cancelled != captured || captured != refunded || captured.State != "AUTHORIZED" || captured.PSPReference != "p" {
		t.Fatalf("%v %v %v, %+v", err1, err2, err3, captured)
	}
	bodies := []string{`{"cancelTransactionOnly":true}`, `{"modificationAmount":{"currency":"NOK","value":1}}`, `{"modificationAmount":{"currency":"NOK","value":1}}`}
	for i, r := range s.requests() {
		hasHeaders(t, r)
		sameJSON(t, r.body, bodies[i])
		if key := r.header.Get("Idempotency-Key"); key != "k"+string(rune('1'+i)) {
			t.Errorf("%s: idempotency key %q", r.uri, key)
		}
	}
}

func TestForceApprove(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens().answer("POST /epayment/v1/test/payments/acme-shop-1/approve", says(200, ""))
	c := s.client()
	for want, r := range map[string]api.ForceApproveRequest{
		`{"customer":{"phoneNumber":"4712345678"}}`: {PhoneNumber: "4712345678"},
		`{"token":"abc"}`: {Token: "abc"},
		`{"customer":{"phoneNumber":"4712345678"},"token":"a"}`: {PhoneNumber: "4712345678", Token: "a"},
	} {
		if err := c.ForceApprove(t.Context(), "acme-shop-1", r); err != nil {
			t.Fatal(err)
		}
		all := s.requests()
		sameJSON(t, all[len(all)-1].body, want)
		hasHeaders(t, all[len(all)-1])
	}
}
