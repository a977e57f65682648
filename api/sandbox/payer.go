package sandbox

import (
	"cmp"
	"slices"
	"strings"
)

const (
	testPhone = "4712345678"
	// cardBIN is the issuer number of the payer's made-up card.
	cardBIN = "411111"
	// guaranteed is how long a capture is sure to succeed: the card network's
	// promise, which ends before the reservation does.
	guaranteed = 7 * day
)

// userDetails is what the payer shares, as far as the scope asks for it, see
// https://developer.vippsmobilepay.com/docs/APIs/epayment-api/api-guide/features/profile-sharing.
type userDetails struct {
	Email        string          `json:"email,omitempty"`
	FirstName    string          `json:"firstName,omitempty"`
	LastName     string          `json:"lastName,omitempty"`
	MobileNumber string          `json:"mobileNumber,omitempty"`
	DateOfBirth  string          `json:"dateOfBirth,omitempty"`
	Addresses    []postalAddress `json:"addresses,omitempty"`
}

type postalAddress struct {
	Line1    string `json:"addressLine1"`
	Line2    string `json:"addressLine2,omitempty"`
	City     string `json:"city"`
	Country  string `json:"country"`
	PostCode string `json:"postCode"`
}

// shippingDetails is where an Express payment goes and what that costs, in
// minor units of the payment's currency.
type shippingDetails struct {
	Address    postalAddress `json:"address"`
	Cost       int64         `json:"shippingCost"`
	OptionID   string        `json:"shippingOptionId"`
	OptionName string        `json:"shippingOptionName"`
}

// home is the payer's address, in the country of the currency.
func (m money) home() postalAddress {
	switch m.Currency {
	case "DKK":
		return postalAddress{Line1: "Eksempelvej 1", City: "København", Country: "DK", PostCode: "1050"}
	case "EUR":
		return postalAddress{Line1: "Esimerkkikatu 1", City: "Helsinki", Country: "FI", PostCode: "00100"}
	}
	return postalAddress{Line1: "Eksempelveien 1", City: "Oslo", Country: "NO", PostCode: "0154"}
}

// approved is what an authorized payment tells of its payer, on the payment
// and in the webhook. Before that it is empty.
type approved struct {
	GuaranteedUntil string           `json:"captureGuaranteedUntil,omitempty"`
	User            *userDetails     `json:"userDetails,omitempty"`
	Shipping        *shippingDetails `json:"shippingDetails,omitempty"`
}

func (p *payment) approved() approved {
	if p.state != stateAuthorized {
		return approved{}
	}
	a := approved{GuaranteedUntil: p.authorizedAt.Add(guaranteed).UTC().Format("2006-01-02T15:04:05.000+00:00")}
	if p.scope != "" {
		a.User = p.shared()
	}
	if p.express {
		a.Shipping = &shippingDetails{p.amount.home(), p.delivery.cost, p.delivery.id, p.delivery.name}
	}
	return a
}

func (p *payment) shared() *userDetails {
	words := strings.Fields(p.scope)
	var d userDetails
	if slices.Contains(words, "email") {
		d.Email = "payer@example.com"
	}
	if slices.Contains(words, "name") {
		d.FirstName, d.LastName = "Kari", "Eksempel"
	}
	if slices.Contains(words, "phoneNumber") {
		d.MobileNumber = cmp.Or(p.phone, testPhone)
	}
	if slices.Contains(words, "birthDate") {
		d.DateOfBirth = "1990-01-31"
	}
	if slices.Contains(words, "address") {
		d.Addresses = []postalAddress{p.amount.home()}
	}
	return &d
}

// card is the number of the payer's card that the shop may see.
func (p *payment) card() string {
	if p.state != stateAuthorized {
		return ""
	}
	return cardBIN
}
