package api

import (
	"time"
)

// UserFlow is how the customer gets to the payment in the app.
type UserFlow string

// The user flows.
const (
	// WebRedirect opens the app or a landing page; it needs a ReturnURL.
	WebRedirect UserFlow = "WEB_REDIRECT"
	// PushMessage sends a push message; it needs a Customer, and the sales unit
	// needs the provider's approval.
	PushMessage UserFlow = "PUSH_MESSAGE"
	// NativeRedirect switches between two apps on one phone.
	NativeRedirect UserFlow = "NATIVE_REDIRECT"
	// QR answers with a QR code to scan; see [QRFormat].
	QR UserFlow = "QR"
)

// PaymentMethodType is how the payment is made.
type PaymentMethodType string

// The payment methods.
const (
	// Wallet is a card kept in the app.
	Wallet PaymentMethodType = "WALLET"
	// Card is a card typed in on a page; only with [WebRedirect], and not in
	// the test environment.
	Card PaymentMethodType = "CARD"
	// CardPassthrough is for payment service providers.
	CardPassthrough PaymentMethodType = "CARD_PASSTHROUGH"
)

// CustomerInteraction says whether the customer stands at the point of sale.
type CustomerInteraction string

// The kinds of interaction; absent means CustomerNotPresent.
const (
	CustomerPresent    CustomerInteraction = "CUSTOMER_PRESENT"
	CustomerNotPresent CustomerInteraction = "CUSTOMER_NOT_PRESENT"
)

// CommercialCards is the one payment source that can be blocked.
const CommercialCards = "COMMERCIAL_CARDS"

// CreatePaymentRequest is the body of "create payment". Amount,
// PaymentMethod.Type, Reference and UserFlow are required; the rest is left
// out of the JSON where it is zero.
// See https://developer.vippsmobilepay.com/api/epayment/ .
type CreatePaymentRequest struct {
	Amount        Amount        `json:"amount"`
	PaymentMethod PaymentMethod `json:"paymentMethod"`
	// Customer is required for PUSH_MESSAGE.
	Customer            *Customer           `json:"customer,omitempty"`
	CustomerInteraction CustomerInteraction `json:"customerInteraction,omitempty"`
	// MinimumUserAge is in years, 0 to 100.
	MinimumUserAge *int            `json:"minimumUserAge,omitempty"`
	IndustryData   *IndustryData   `json:"industryData,omitempty"`
	Profile        *ProfileRequest `json:"profile,omitempty"`
	// Reference is the payment's name, unique for the sales unit: 8 to 64
	// letters, digits and hyphens.
	Reference string `json:"reference"`
	// ReturnURL is where the customer comes back to: https, the scheme of an
	// app or, for an API on this machine, http on this machine. Required for
	// WEB_REDIRECT.
	ReturnURL string   `json:"returnUrl,omitempty"`
	UserFlow  UserFlow `json:"userFlow"`
	// ExpiresAt is more than 10 minutes and less than 60 days ahead. It needs a
	// Receipt, and the sales unit needs the provider's approval.
	ExpiresAt time.Time `json:"expiresAt,omitzero"`
	// QRFormat goes with the user flow QR.
	QRFormat *QRFormat `json:"qrFormat,omitempty"`
	// PaymentDescription is shown to the customer: 3 to 100 characters.
	PaymentDescription string   `json:"paymentDescription,omitempty"`
	Receipt            *Receipt `json:"receipt,omitempty"`
	// Metadata is kept with the payment: at most 5 pairs, keys up to 100 and
	// values up to 500 characters.
	Metadata           map[string]string   `json:"metadata,omitempty"`
	ReceiptURL         string              `json:"receiptUrl,omitempty"`
	MerchantLegalLinks *MerchantLegalLinks `json:"merchantLegalLinks,omitempty"`
	// Shipping makes the payment an Express payment.
	Shipping *Shipping `json:"shipping,omitempty"`
}

// PaymentMethod says how the payment is made, and what it may not be made with.
type PaymentMethod struct {
	Type PaymentMethodType `json:"type"`
	// BlockedSources holds [CommercialCards] or nothing; for Danish and Finnish
	// sales units only.
	BlockedSources []string `json:"blockedSources,omitempty"`
}

// Customer says who pays, in exactly one of three ways.
type Customer struct {
	// PhoneNumber is digits only, country code first: "4712345678".
	PhoneNumber string `json:"phoneNumber,omitempty"`
	// PersonalQR is the whole content of the customer's QR code: 5 to 255
	// characters.
	PersonalQR string `json:"personalQr,omitempty"`
	// CustomerToken comes with the webhook user.checked-in.v1.
	CustomerToken string `json:"customerToken,omitempty"`
}

// ProfileRequest asks the customer to share profile data.
type ProfileRequest struct {
	// Scope is space-separated: name, address, email, phoneNumber, birthDate,
	// nin (the last needs the provider's permission).
	Scope string `json:"scope,omitempty"`
}

// QRFormat says what the answer's URL leads to in the user flow QR.
type QRFormat struct {
	// Format is "TEXT/TARGETURL", "IMAGE/SVG+XML" or "IMAGE/PNG".
	Format string `json:"format"`
	// Size is the width of a PNG in pixels, 100 to 2000; absent means 1024.
	Size *int `json:"size,omitempty"`
}

// IndustryData is what some trades must add.
type IndustryData struct {
	AirlineData *AirlineData `json:"airlineData,omitempty"`
}

// AirlineData describes an airline ticket. All but TicketNumber is required.
type AirlineData struct {
	// AgencyInvoiceNumber has 1 to 6 characters.
	AgencyInvoiceNumber string `json:"agencyInvoiceNumber"`
	// AirlineCode is IATA's accounting code of three digits, such as "074".
	AirlineCode string `json:"airlineCode"`
	// AirlineDesignatorCode is IATA's code of two characters, such as "KL".
	AirlineDesignatorCode string `json:"airlineDesignatorCode"`
	// PassengerName has 1 to 49 characters: last name, first name, title.
	PassengerName string `json:"passengerName"`
	// TicketNumber has up to 150 characters.
	TicketNumber string `json:"ticketNumber,omitempty"`
}

// MerchantLegalLinks are shown to the customer beside the payment.
type MerchantLegalLinks struct {
	TermsOfSaleURL   string `json:"termsOfSaleUrl,omitempty"`
	PrivacyPolicyURL string `json:"privacyPolicyUrl,omitempty"`
}
