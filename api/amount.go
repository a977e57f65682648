package api

import (
	"fmt"
	"strings"
)

// Currency is an ISO 4217 code; see [Currencies].
type Currency = string

// Amount is a sum of money in minor units (øre, cent): 49900 NOK is 499 kroner.
type Amount struct {
	Currency string `json:"currency"`
	Value    int64  `json:"value"`
}

// MaximumAmount is the highest amount of a payment, in minor units.
const MaximumAmount = 65_000_000

// Currencies returns the currencies in which payments can be made.
func Currencies() []string { return []string{"NOK", "DKK", "EUR"} }

// MinimumAmount returns the lowest amount of a payment in the currency, in
// minor units, and false for a currency in which no payment can be made.
func MinimumAmount(currency string) (int64, bool) {
	switch currency {
	case "NOK":
		return 100, true
	case "DKK", "EUR":
		return 1, true
	}
	return 0, false
}

// String returns the amount in major units with its currency: "499.00 NOK".
func (a Amount) String() string {
	sign, value := "", uint64(a.Value)
	if a.Value < 0 {
		sign, value = "-", -value
	}
	return strings.TrimSpace(fmt.Sprintf("%s%d.%02d %s", sign, value/100, value%100, a.Currency))
}
