package sandbox

import "net/http"

// domain is the ePayment API's refusal with a numeric code, see
// https://developer.vippsmobilepay.com/docs/APIs/epayment-api/errors. The
// provider publishes no status per code; the package documentation says how
// these are chosen.
func domain(code int, details ...detail) *failure {
	title, text := domainText(code)
	return &failure{status: domainStatus(code), title: title, detail: text, code: code, details: details}
}

func domainStatus(code int) int {
	switch {
	case code == 4010, code == 4020, code == 4150:
		return http.StatusConflict
	case code == 5090:
		return http.StatusNotFound
	case code >= 5010 && code <= 5050, code == 5080:
		return http.StatusForbidden
	case code == 6160:
		return http.StatusLocked
	}
	return http.StatusBadRequest
}

func domainText(code int) (title, text string) {
	switch {
	case code < 6000:
		return requestText(code)
	case code < 10000:
		return modificationText(code)
	}
	return approvalText(code)
}

func requestText(code int) (title, text string) {
	switch code {
	case 4010:
		return "Idempotency key already used", "This Idempotency-Key was used for a capture with another body. A changed request needs a new key."
	case 4020:
		return "Idempotency key already used", "This Idempotency-Key was used for a request with another body. A changed request needs a new key."
	case 4040:
		return "Invalid amount", "The amount must be positive, in minor units and in the currency of the payment."
	case 4080:
		return "Invalid scope", "The scope is a list of known words separated by spaces."
	case 4090:
		return "Invalid URL", "A URL must be absolute and use https or an app's own scheme."
	case 4100:
		return "Too much metadata", "Metadata holds at most 5 pairs."
	case 4110:
		return "Duplicate metadata keys", "Metadata names a key twice."
	case 4120:
		return "Invalid metadata key", "A metadata key has 1 to 100 characters."
	case 4130:
		return "Invalid metadata value", "A metadata value is a string of at most 500 characters."
	case 4140:
		return "Missing parameter", "The user flow needs a parameter that was not sent."
	case 4150:
		return "Reference already exists", "The sales unit has a payment with this reference, or a refund under this Idempotency-Key differs."
	case 4160:
		return "Invalid payment method type", "The test environment takes payments of the type WALLET."
	case 5010:
		return "Blocked sources not allowed", "Commercial cards can be blocked in Denmark and Finland only."
	case 5030:
		return "Illegal scope", "The sales unit may not ask for this scope."
	case 5100:
		return "Refund failed", "The payer's account does not exist any more. Refund the payer in another way."
	default: // 5090
		return "Reference not found", "The sales unit has no payment with this reference."
	}
}

func modificationText(code int) (title, text string) {
	switch code {
	case 6010:
		return "Amount too small", "The minimum is 100 for NOK, 1 for DKK and 1 for EUR, in minor units."
	case 6020:
		return "Cannot refund before reservation", "The payment is not authorized yet."
	case 6030:
		return "Cancel period has passed", "The reservation is too old to be cancelled."
	case 6040:
		return "Cannot cancel captured payment", "All of the payment is captured; refund it instead."
	case 6060:
		return "Cannot cancel authorized payment", "With cancelTransactionOnly an authorized payment is left alone."
	case 6070:
		return "Cannot capture cancelled payment", "What was not captured has been cancelled."
	case 6080:
		return "Cannot capture before reservation", "The payment is not authorized yet."
	case 6090:
		return "Capture amount too high", "The amount is more than what is left to capture."
	case 6100:
		return "Capture period has passed", "The reservation is too old to be captured."
	case 6110:
		return "expiresAt is too late", "expiresAt must be less than 60 days ahead."
	case 6120:
		return "expiresAt is too soon", "expiresAt must be more than 10 minutes ahead."
	case 6130:
		return "Receipt is missing", "A payment with expiresAt needs a receipt."
	case 6150:
		return "Not enough refundable funds", "The amount is more than what is captured and not refunded."
	case 6160:
		return "Order is processing", "The outcome of the approval is not known yet. Try again later."
	case 6170:
		return "Payment already captured", "All of the payment is captured."
	case 6180:
		return "Payment already refunded", "All that was captured is refunded."
	case 6190:
		return "Cannot cancel payment in this state", "The payment has nothing left to cancel."
	case 6200:
		return "Cannot capture payment in this state", "The payment ended without an authorization."
	case 6210:
		return "Cannot refund payment in this state", "The payment ended without an authorization."
	case 6220:
		return "Refund period has passed", "A payment can be refunded for 365 days."
	case 6250:
		return "Cannot cancel while processing", "The payer's approval is under way. Try again when its outcome is known."
	default: // 6230
		return "Payment already reserved", "The payment has been approved before."
	}
}

// approvalText is for force approve.
func approvalText(code int) (title, text string) {
	switch code {
	case 10010:
		return "Approve failed", "The token does not belong to this payment."
	case 10030:
		return "Identification required", "The payer has to confirm this payment in person; open its redirectUrl."
	case 10040:
		return "Payment source failed", "The payment source has refused the payment."
	case 10060:
		return "Approve not supported", "Express payments cannot be force approved."
	default: // 10020
		return "Approve not allowed", "The payment is not waiting for an approval."
	}
}
