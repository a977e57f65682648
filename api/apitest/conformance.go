package apitest

import (
	"testing"
)

// Conformance drives the client through what every environment must do alike.
// The function newEnvironment is called for each part; it may return the same
// environment each time, and it may clean up with t.Cleanup.
//
// Payments that the suite creates are for 499.00 of the environment's currency
// or less. Those that nobody approves end by themselves after ten minutes.
func Conformance(t *testing.T, newEnvironment func(t *testing.T) Environment) {
	for _, p := range parts() {
		t.Run(p.name, func(t *testing.T) {
			p.play(newScene(t, newEnvironment(t)))
		})
	}
}

type part struct {
	name string
	play func(*scene)
}

func parts() []part {
	return []part{
		{"a token is issued and renewed", tokenIsIssued},
		{"a wrong subscription key is refused", wrongSubscriptionKey},
		{"an unknown client is refused", unknownClient},
		{"a wrong client secret is refused", wrongClientSecret},
		{"a foreign access token is refused", foreignToken},
		{"another sales unit's number is refused", foreignMSN},

		{"webhooks are registered, listed and deleted", webhookLifecycle},
		{"one URL can be registered twice", twoRegistrations},
		{"registrations with mistakes are refused by field", webhookMistakes},
		{"a webhook is registered with a form's Content-Type", registeredAsForm},
		{"a webhook that is not there cannot be deleted", unknownWebhook},
		{"webhooks are delivered and signed", signedDelivery},

		{"a payment is created and read", paymentIsCreated},
		{"a payment with everything optional is created", paymentWithEverything},
		{"a payment by QR code is created", paymentByQR},
		{"the same request with the same key is answered alike", paymentReplayed},
		{"another request with the same key is a conflict", keyReused},
		{"a reference can be used once", referenceReused},
		{"references differ by case", caseSensitive},
		{"a request without a good key is refused", keyMissing},
		{"a request without a sales unit's number is refused", numberMissing},
		{"a refusal stays for its key", refusalKept},
		{"one key counts for one operation", keyPerOperation},
		{"bodies that cannot be read are refused", bodiesUnread},
		{"payments with mistakes are refused by field", paymentMistakes},
		{"payments against the rules are refused by code", paymentRules},
		{"too small an amount is refused", amountTooSmall},
		{"an unknown reference is not found", unknownReference},

		{"a payment is cancelled before authorization", cancelledEarly},
		{"nothing is captured or refunded before authorization", notAuthorized},
		{"an approved payment is captured, cancelled and refunded", paymentLifecycle},
		{"an approved payment is let alone where only its request is cancelled", cancelledRequestOnly},

		{"an approved payment says until when it can be captured", captureGuaranteed},
		{"amounts for tests cannot be refunded", testRefunds},
		{"an amount for tests is not covered", insufficientFunds},

		{"creating is limited to 5 a minute and reference", createLimit},
		{"cancelling is limited to 5 a minute and reference", cancelLimit},
		{"capturing is limited to 5 a minute and reference", captureLimit},
		{"refunding is limited to 5 a minute and reference", refundLimit},
	}
}
