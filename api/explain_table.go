package api

// explainCode looks up the provider's own codes.
// See https://developer.vippsmobilepay.com/docs/APIs/epayment-api/errors/ .
func explainCode(e *Error) (Explanation, bool) {
	if e.Kind == KindIdentity {
		return explainIdentity(e.Code)
	}
	for _, table := range []func(string) (Explanation, bool){
		explainIdempotencyCode, explainValueCode, explainSalesUnitCode, explainCancelCode,
		explainCaptureCode, explainRefundCode, explainPaymentCode, explainTestUserCode,
	} {
		if out, found := table(e.Code); found {
			return out, true
		}
	}
	return Explanation{}, false
}

// say is an Explanation that has been found.
func say(what, cause, do string) (Explanation, bool) { return Explanation{what, cause, do}, true }

func explainIdentity(code string) (Explanation, bool) {
	switch code {
	case "AADSTS700016":
		return say("The client_id is not known here.", "It is misspelt, or it belongs to the production environment.", "Copy the client_id of the test environment from the business portal.")
	case "AADSTS7000215":
		return say("The client_secret is wrong.", "It is misspelt, was cut when copied, or belongs to another sales unit or environment.", "Copy the client_secret of the same test sales unit again.")
	case "AADSTS7000222":
		return say("The client_secret has expired.", "The keys have been renewed in the business portal.", "Copy the present keys from the business portal.")
	case "AADSTS7000216", "AADSTS7000218", "AADSTS900144":
		return say("The client_secret did not arrive.", "It is empty, or something on the way took the header away.", "Check that the client_secret is filled in.")
	case "AADSTS90002":
		return say("The directory of the keys does not exist.", "The keys belong to another environment.", "Copy all four keys of the test environment again.")
	}
	return Explanation{}, false
}

func explainIdempotencyCode(code string) (Explanation, bool) {
	switch code {
	case "3010":
		return say("The API had an internal error.", "Often the request is malformed in a way that the API does not check.", "Check the request, then the provider's status page, then try again.")
	case "4010":
		return say("The capture was sent before with other values.", "The idempotency key has been used for another capture of this payment.", "Repeat the first request exactly, or use a new key for a new capture.")
	case "4020":
		return say("The idempotency key has been used before.", "A request with other values had the same key.", "Use a new idempotency key for a new operation.")
	case "4150":
		return say("The reference is taken, or a refund was repeated with other values.", "Each payment of a sales unit needs a reference of its own.", "Use a new reference, or repeat the refund exactly as it was.")
	}
	return Explanation{}, false
}

func explainValueCode(code string) (Explanation, bool) {
	switch code {
	case "4040":
		return say("The amount is not valid.", "It must be a whole number in minor units: 49900 for 499.00.", "Send an integer without decimals.")
	case "4050":
		return say("The customer token is not valid.", "It has expired or was not copied whole.", "Let the customer check in again and use the new token.")
	case "4060":
		return say("The personal QR code is not valid.", "It was not copied whole.", "Send the complete content of the QR code.")
	case "4070":
		return say("The phone number is not valid.", "It has a plus sign or spaces, or lacks the country code.", "Write digits only, country code first, as in 4712345678.")
	case "4080":
		return say("The profile scope is not valid.", "A scope is misspelt.", "Use name, address, email, phoneNumber and birthDate, with spaces between.")
	case "4090":
		return say("A URL is not valid.", "A returnUrl or callback URL is not https, or not a whole URL.", "Use a whole URL that starts with https://.")
	case "4100":
		return say("There is too much metadata.", "A payment takes at most 5 pairs.", "Leave some pairs out.")
	case "4110":
		return say("A metadata key occurs twice.", "Keys must be unique.", "Rename one of the keys.")
	case "4120":
		return say("A metadata key is too long.", "A key has at most 100 characters.", "Shorten the key.")
	case "4130":
		return say("A metadata value is too long.", "A value has at most 500 characters.", "Shorten the value.")
	case "4140":
		return say("A required value is missing.", "The user flow needs a value that is not there, such as returnUrl or customer.", "Fill the value in.")
	case "4160":
		return say("The payment method type is not valid.", "It is misspelt, or not possible for this sales unit.", "Use WALLET.")
	}
	return Explanation{}, false
}

func explainSalesUnitCode(code string) (Explanation, bool) {
	switch code {
	case "5010":
		return say("Payment sources cannot be blocked here.", "That is for Danish and Finnish sales units only.", "Leave blockedSources out.")
	case "5020":
		return say("The sales unit may not take Express payments.", "Express has not been enabled for it.", "Leave shipping out, or ask the provider to enable Express.")
	case "5030":
		return say("The sales unit may not ask for this scope.", "Some scopes, such as nin, need the provider's permission.", "Leave the scope out, or ask for permission.")
	case "5040":
		return say("The currency is not the sales unit's.", "A Norwegian sales unit takes NOK, a Danish one DKK, a Finnish one EUR.", "Choose the currency of the sales unit's market.")
	case "5050":
		return say("The sales unit may not make long-living payments.", "expiresAt needs the provider's approval.", "Leave expiresAt out, or ask for approval.")
	case "5060":
		return say("The sales unit's bank account is not verified.", "The provider pays out to verified accounts only.", "Verify the account in the business portal.")
	case "5070":
		return say("The payment cannot be created.", "The sales unit is not set up for it, or a precondition is missing.", "Check the sales unit in the business portal.")
	case "5080":
		return say("The sales unit may not send push messages.", "PUSH_MESSAGE needs the provider's approval.", "Use WEB_REDIRECT, or ask for approval.")
	case "5090":
		return say("There is no payment with this reference.", "The reference is misspelt, or the payment belongs to another MSN or environment.", "Check the reference, upper and lower case too, and the MSN.")
	case "5100":
		return say("This sales unit cannot refund.", "Its set-up does not allow it.", "Check the sales unit in the business portal.")
	}
	return Explanation{}, false
}

func explainCancelCode(code string) (Explanation, bool) {
	switch code {
	case "6030":
		return say("It is too late to cancel.", "A reservation can be cancelled for a limited time only.", "Look at the payment's event log.")
	case "6040":
		return say("A captured payment cannot be cancelled.", "The money has been taken.", "Refund it instead.")
	case "6050":
		return say("There is nothing to cancel.", "No money is reserved.", "Look at the payment's state.")
	case "6060":
		return say("The payment was not cancelled, since the customer has approved it.", "The request said to cancel only before approval.", "Cancel without cancelTransactionOnly.")
	case "6190":
		return say("The payment cannot be cancelled.", "Its state does not allow it.", "Look at the payment's state and event log.")
	case "6250":
		return say("The payment cannot be cancelled right now.", "The customer is in the middle of approving it.", "Wait a moment, look at the state, then try again.")
	}
	return Explanation{}, false
}

func explainCaptureCode(code string) (Explanation, bool) {
	switch code {
	case "6070":
		return say("A cancelled payment cannot be captured.", "Its reservation has been released.", "Create a new payment.")
	case "6080":
		return say("The payment cannot be captured yet.", "The customer has not approved it.", "Wait for the state AUTHORIZED, then capture.")
	case "6090":
		return say("The capture is more than what is left.", "All captures together cannot exceed the authorized amount.", "Capture at most what is authorized, less what was captured and cancelled.")
	case "6100":
		return say("It is too late to capture.", "The reservation has ended.", "Create a new payment.")
	case "6140":
		return say("Only the full amount can be captured.", "The sales unit or payment method does not allow parts.", "Capture the full amount.")
	case "6170":
		return say("The payment has been captured already.", "Nothing is left to capture.", "Look at the payment's amounts.")
	case "6200":
		return say("The payment cannot be captured.", "Its state does not allow it.", "Look at the payment's state and event log.")
	case "6280":
		return say("The capture failed this time.", "The provider could not finish it.", "Try again with the same idempotency key.")
	}
	return Explanation{}, false
}

func explainRefundCode(code string) (Explanation, bool) {
	switch code {
	case "6020":
		return say("There is nothing to refund.", "The customer has not approved the payment.", "Look at the payment's event log.")
	case "6150":
		return say("The refund is more than what is left.", "All refunds together cannot exceed what was captured.", "Refund at most what is captured, less what was refunded.")
	case "6180":
		return say("The payment has been refunded already.", "Nothing is left to refund.", "Look at the payment's amounts.")
	case "6210":
		return say("The payment cannot be refunded.", "Its state does not allow it.", "Capture it first, or look at its event log.")
	case "6220":
		return say("It is too late to refund.", "Refunds are possible within 365 days.", "Pay the customer back in another way.")
	}
	return Explanation{}, false
}

func explainPaymentCode(code string) (Explanation, bool) {
	switch code {
	case "6010":
		return say("The amount is too small.", "The least is 100 øre in NOK, 1 øre in DKK and 1 cent in EUR.", "Use a higher amount.")
	case "6110":
		return say("expiresAt is too late.", "It is at most 60 days ahead.", "Choose an earlier time.")
	case "6120":
		return say("expiresAt is too soon.", "It is more than 10 minutes ahead.", "Choose a later time.")
	case "6130":
		return say("The payment needs a receipt.", "Payments with expiresAt must have one.", "Add a receipt with its order lines.")
	case "6160":
		return say("Another operation holds the payment.", "Two operations came at the same time.", "Wait a moment, then try again.")
	case "6230":
		return say("The payment is reserved already.", "The customer has approved this reference before.", "Look at the payment, or use a new reference.")
	case "6260":
		return say("The money is not available.", "The customer's account or card did not cover it.", "Let the customer choose another source, or use another amount in the test environment.")
	case "7010":
		return say("The customer was not found.", "No user of the app has this number, the user cannot pay this business, or is below the minimum age.", "Check the number, or leave the customer out with WEB_REDIRECT.")
	}
	return Explanation{}, false
}

func explainTestUserCode(code string) (Explanation, bool) {
	switch code {
	case "10010":
		return say("The payment could not be approved.", "The test user or the payment is not in a state for it.", "Look at the payment's state, then try by hand in the test app.")
	case "10020":
		return say("Force approve is not allowed here.", "It is for the test environment and for ordinary payments only.", "Approve by hand in the test app.")
	case "10030":
		return say("The test user must identify first.", "The user has not approved a payment by hand before, or must log in again.", "Approve one payment by hand in the test app, then try again.")
	case "10040":
		return say("The test user's payment source is not valid.", "The card or account in the test app cannot pay.", "Choose another card in the test app.")
	case "10050":
		return say("The test user has no card.", "Force approve needs a card in the test app.", "Add a card in the test app.")
	case "10060":
		return say("Force approve does not do this kind of payment.", "Express payments are among those that it cannot approve.", "Approve by hand in the test app.")
	case "10070":
		return say("The test user's limit is reached.", "Payments have limits per day and amount.", "Use a lower amount or another test user.")
	}
	return Explanation{}, false
}
