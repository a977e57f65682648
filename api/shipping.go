package api

import "kvikk/api/secret"

// Shipping lets the customer choose address and delivery in the app (Express).
// Exactly one of the two is set. Express also needs the payment method WALLET
// and the profile scope "name address email phoneNumber".
// See https://developer.vippsmobilepay.com/docs/APIs/epayment-api/api-guide/features/ .
type Shipping struct {
	FixedOptions   []ShippingGroup  `json:"fixedOptions,omitempty"`
	DynamicOptions *DynamicShipping `json:"dynamicOptions,omitempty"`
}

// ShippingGroup is one carrier and kind of delivery with its variants.
type ShippingGroup struct {
	// Brand is the carrier: BRING, DHL, FEDEX, GLS, HELTHJEM, INSTABOX,
	// MATKAHUOLTO, PORTERBUDDY, POSTEN, POSTI, POSTNORD or OTHER.
	Brand string `json:"brand"`
	// Type is HOME_DELIVERY, PICKUP_POINT, MAILBOX, IN_STORE or OTHER.
	Type      string           `json:"type"`
	IsDefault bool             `json:"isDefault,omitempty"`
	Priority  int              `json:"priority"`
	Options   []ShippingOption `json:"options"`
}

// ShippingOption is one variant that the customer can choose.
type ShippingOption struct {
	ID string `json:"id"`
	// Amount is added to what the customer pays.
	Amount            Amount `json:"amount"`
	Name              string `json:"name"`
	Meta              string `json:"meta,omitempty"`
	EstimatedDelivery string `json:"estimatedDelivery,omitempty"`
	IsDefault         bool   `json:"isDefault,omitempty"`
	Priority          int    `json:"priority"`
}

// DynamicShipping names an address of the merchant that is asked for options
// once the customer's address is known.
type DynamicShipping struct {
	CallbackURL string `json:"callbackUrl"`
	// CallbackAuthorizationToken comes back as the Authorization header of the
	// callback. It is a secret: what is recorded and shown has a mask here.
	CallbackAuthorizationToken secret.Value `json:"callbackAuthorizationToken"`
}

// revealed is the create request as it goes out: with the callback's token,
// which marshals as a mask everywhere else.
type revealed struct {
	CreatePaymentRequest
	Shipping *revealedShipping `json:"shipping,omitempty"`
}

type revealedShipping struct {
	FixedOptions   []ShippingGroup  `json:"fixedOptions,omitempty"`
	DynamicOptions *revealedDynamic `json:"dynamicOptions,omitempty"`
}

type revealedDynamic struct {
	CallbackURL                string `json:"callbackUrl"`
	CallbackAuthorizationToken string `json:"callbackAuthorizationToken"`
}

func reveal(r CreatePaymentRequest) revealed {
	out := revealed{CreatePaymentRequest: r}
	if r.Shipping == nil {
		return out
	}
	out.Shipping = &revealedShipping{FixedOptions: r.Shipping.FixedOptions}
	if d := r.Shipping.DynamicOptions; d != nil {
		out.Shipping.DynamicOptions = &revealedDynamic{d.CallbackURL, d.CallbackAuthorizationToken.Reveal()}
	}
	return out
}
