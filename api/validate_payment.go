package api

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Validate checks the request against the provider's rules as far as they can
// be known without asking, by the clock of this machine. It returns a
// [*ValidationError] with all findings; the names are paths in the JSON, such
// as "amount.value", "customer.phoneNumber" and "receipt.orderLines[0].name".
func (r CreatePaymentRequest) Validate() error { return r.ValidateAt(time.Now()) }

// ValidateAt is Validate at a given time, which matters for ExpiresAt.
func (r CreatePaymentRequest) ValidateAt(now time.Time) error {
	var v validator
	lowest, _ := MinimumAmount(r.Amount.Currency)
	v.amount("amount", r.Amount, max(1, lowest))
	v.method(r)
	v.reference("reference", r.Reference)
	v.flow(r)
	v.customer(r)
	if r.PaymentDescription != "" {
		v.length("paymentDescription", r.PaymentDescription, 3, 100)
	}
	if r.CustomerInteraction != "" {
		v.oneOf("customerInteraction", string(r.CustomerInteraction), string(CustomerPresent), string(CustomerNotPresent))
	}
	if r.MinimumUserAge != nil {
		v.between("minimumUserAge", int64(*r.MinimumUserAge), 0, 100)
	}
	if r.ReceiptURL != "" {
		v.url("receiptUrl", r.ReceiptURL)
	}
	v.qrFormat(r)
	v.expiry(r, now)
	v.metadata(r.Metadata)
	v.scope(r.Profile)
	v.receipt(r)
	v.extras(r)
	v.shipping(r)
	return v.err()
}

func (v *validator) method(r CreatePaymentRequest) {
	kind := r.PaymentMethod.Type
	v.oneOf("paymentMethod.type", string(kind), string(Wallet), string(Card), string(CardPassthrough))
	if kind == Card && r.UserFlow != WebRedirect {
		v.add("paymentMethod.type", "CARD goes with the user flow WEB_REDIRECT only.")
	}
	const name = "paymentMethod.blockedSources"
	for _, source := range r.PaymentMethod.BlockedSources {
		v.oneOf(name, source, CommercialCards)
	}
	if len(r.PaymentMethod.BlockedSources) > 0 {
		v.check(kind == Wallet, name, "Goes with the payment method WALLET only.")
		v.check(r.Amount.Currency != "NOK", name, "For Danish and Finnish sales units only, not for NOK.")
	}
}

// validatePayment adds what depends on the API: only one on this machine sends
// customers back here without https.
func (c *Client) validatePayment(r CreatePaymentRequest) error {
	if err := r.ValidateAt(c.now()); err != nil {
		return err
	}
	var v validator
	v.check(c.loopback || !isHTTPHere(r.ReturnURL), "returnUrl", "Use https, or the URL scheme of an app; http is for APIs on this machine only.")
	return v.err()
}

// isHTTPHere reports a URL of this machine without https.
func isHTTPHere(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "http" && isLoopback(strings.ToLower(u.Hostname())) && len(text) <= maxURL
}

func (v *validator) flow(r CreatePaymentRequest) {
	v.oneOf("userFlow", string(r.UserFlow), string(WebRedirect), string(PushMessage), string(NativeRedirect), string(QR))
	switch {
	case isHTTPHere(r.ReturnURL):
	case r.ReturnURL != "":
		v.url("returnUrl", r.ReturnURL)
	case r.UserFlow == WebRedirect:
		v.add("returnUrl", "WEB_REDIRECT needs the URL that the customer comes back to.")
	}
}

func (v *validator) customer(r CreatePaymentRequest) {
	if r.Customer == nil {
		v.check(r.UserFlow != PushMessage, "customer", "PUSH_MESSAGE needs a customer, such as a phone number.")
		return
	}
	given := 0
	for _, text := range []string{r.Customer.PhoneNumber, r.Customer.PersonalQR, r.Customer.CustomerToken} {
		if text != "" {
			given++
		}
	}
	v.check(given == 1, "customer", "Exactly one of phoneNumber, personalQr and customerToken.")
	if r.Customer.PhoneNumber != "" {
		v.phone("customer.phoneNumber", r.Customer.PhoneNumber)
	}
	if r.Customer.PersonalQR != "" {
		v.length("customer.personalQr", r.Customer.PersonalQR, 5, 255)
	}
}

func (v *validator) qrFormat(r CreatePaymentRequest) {
	if r.QRFormat == nil {
		return
	}
	v.check(r.UserFlow == QR, "qrFormat", "Goes with the user flow QR only.")
	v.oneOf("qrFormat.format", r.QRFormat.Format, "TEXT/TARGETURL", "IMAGE/SVG+XML", "IMAGE/PNG")
	if r.QRFormat.Size != nil {
		v.check(r.QRFormat.Format == "IMAGE/PNG", "qrFormat.size", "Goes with the format IMAGE/PNG only.")
		v.between("qrFormat.size", int64(*r.QRFormat.Size), 100, 2000)
	}
}

func (v *validator) expiry(r CreatePaymentRequest, now time.Time) {
	if r.ExpiresAt.IsZero() {
		return
	}
	ahead := r.ExpiresAt.Sub(now)
	v.check(ahead > 10*time.Minute, "expiresAt", "More than 10 minutes ahead.")
	v.check(ahead < 60*24*time.Hour, "expiresAt", "Less than 60 days ahead.")
	v.check(r.Receipt != nil, "receipt", "A payment with expiresAt needs a receipt.")
}

func (v *validator) metadata(pairs map[string]string) {
	v.check(len(pairs) <= 5, "metadata", fmt.Sprintf("At most 5 pairs; this has %d.", len(pairs)))
	keys := make([]string, 0, len(pairs))
	for key := range pairs {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		v.length("metadata", key, 1, 100)
		v.length("metadata."+key, pairs[key], 0, 500)
	}
}

func (v *validator) scope(p *ProfileRequest) {
	if p == nil {
		return
	}
	for _, s := range strings.Fields(p.Scope) {
		if !slices.Contains([]string{"name", "address", "email", "phoneNumber", "birthDate", "nin"}, s) {
			v.add("profile.scope", "Of name, address, email, phoneNumber, birthDate and nin, with spaces between; "+s+" is none of them.")
		}
	}
}

// extras checks the parts that few payments have.
func (v *validator) extras(r CreatePaymentRequest) {
	if l := r.MerchantLegalLinks; l != nil {
		if l.TermsOfSaleURL != "" {
			v.webURL("merchantLegalLinks.termsOfSaleUrl", l.TermsOfSaleURL)
		}
		if l.PrivacyPolicyURL != "" {
			v.webURL("merchantLegalLinks.privacyPolicyUrl", l.PrivacyPolicyURL)
		}
	}
	if r.IndustryData == nil || r.IndustryData.AirlineData == nil {
		return
	}
	const at = "industryData.airlineData."
	a := r.IndustryData.AirlineData
	v.length(at+"agencyInvoiceNumber", a.AgencyInvoiceNumber, 1, 6)
	v.check(isDigits(a.AirlineCode, 3, 3), at+"airlineCode", "Three digits, such as 074.")
	v.length(at+"airlineDesignatorCode", a.AirlineDesignatorCode, 2, 2)
	v.length(at+"passengerName", a.PassengerName, 1, 49)
	v.length(at+"ticketNumber", a.TicketNumber, 0, 150)
}
