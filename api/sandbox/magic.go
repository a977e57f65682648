package sandbox

import "time"

// pendingTime is how long the outcome of an approval stays unknown where the
// amount asks for that.
const pendingTime = time.Hour

// The test environment gives some amounts an outcome of their own, see
// https://developer.vippsmobilepay.com/docs/knowledge-base/test-environment.
const (
	amountPending     = 201 // any currency
	amountUnconfirmed = 202 // NOK
	amount3DSecure    = 197 // NOK
	refundNoAccount   = 123
	refundTooLate     = 124
)

// refusal is why the payment source refuses an amount; empty when it does not.
func (m money) refusal() string {
	switch m.Value {
	case 151:
		return "The payment was refused: there is not enough money in the account."
	case 182:
		return "The payment was refused by the bank that issued the card."
	case 183:
		return "The payment was refused: the bank suspects fraud."
	case 184:
		return "The payment was refused: it exceeds the card's withdrawal limit."
	case 186:
		return "The payment was refused: the card has expired."
	case 187:
		return "The payment was refused: the card is not valid."
	case amount3DSecure:
		if m.Currency == "NOK" {
			return "The payment was refused: 3-D Secure denied it."
		}
	}
	return ""
}

// needsConfirmation reports an amount that the payer has to approve twice.
func (m money) needsConfirmation() bool { return m.Currency == "NOK" && m.Value == amountUnconfirmed }

// refundFailure is what a refund of an amount fails with, nil for most.
func (m money) refundFailure() *failure {
	switch m.Value {
	case refundNoAccount:
		return domain(5100)
	case refundTooLate:
		return domain(6220)
	}
	return nil
}
