package api

import (
	"fmt"
	"net/http"
	"strings"
)

// explainText recognises errors that have no code by what they say. The texts
// come from layers whose wording has not changed in years; where it does, the
// status still explains.
func explainText(e *Error) (Explanation, bool) {
	text := strings.ToLower(e.Title + " " + e.Detail)
	for _, f := range e.Fields {
		text += " " + strings.ToLower(f.Reason)
	}
	switch {
	case strings.Contains(text, "missing subscription key"):
		return say("The subscription key did not arrive.", "It is empty, or something on the way took the header Ocp-Apim-Subscription-Key away.", "Fill in the subscription key.")
	case strings.Contains(text, "invalid subscription key"):
		return say("The subscription key is wrong.", "It is misspelt, or belongs to production or to another sales unit.", "Copy the Ocp-Apim-Subscription-Key of the same test sales unit from the business portal.")
	case strings.Contains(text, "invalid msn"), strings.Contains(text, "merchant serial number"):
		return say("The MSN does not go with the keys.", "The keys belong to another sales unit.", "Use the MSN of the sales unit that the keys are from.")
	case strings.Contains(text, "merchant not allowed for ecommerce"):
		return say("The sales unit may not take payments.", "It has been set up for another product, such as Login.", "Use a sales unit with the ePayment API.")
	case strings.Contains(text, "unsupported values"):
		return say("The provider does not know an event type.", "The name is misspelt: ePayment's start with epayments, with an s, and recurring charges are canceled with one l.", "Correct the event type.")
	case e.Kind == KindIdentity && strings.Contains(text, "invalid_client"):
		return say("The client_secret is wrong.", "It does not go with the client_id.", "Copy client_id and client_secret of the same sales unit again.")
	case e.Kind == KindIdentity && strings.Contains(text, "unauthorized_client"):
		return say("The client_id is not known here.", "It is misspelt, or belongs to the production environment.", "Copy the client_id of the test environment again.")
	}
	return Explanation{}, false
}

// explainStatus explains by HTTP status and operation.
func explainStatus(e *Error) Explanation {
	switch e.Status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return Explanation{"The API did not accept the request.", sentence(said(e)), "Correct what it names and try again."}
	case http.StatusUnauthorized:
		return explainUnauthorized(e)
	case http.StatusForbidden:
		return Explanation{"The sales unit may not do this.", "It lacks the product or the permission, or the keys are another sales unit's.", "Check in the business portal what the sales unit is allowed to do."}
	case http.StatusNotFound:
		return explainNotFound(e)
	case http.StatusConflict:
		return Explanation{"The request contradicts an earlier one.", "The idempotency key or the reference has been used with other values.", "Use a new key or reference, or repeat the earlier request exactly."}
	case http.StatusLocked:
		return Explanation{"The payment is locked.", "Another operation on it has not ended.", "Wait a moment, then try again."}
	case http.StatusTooManyRequests:
		return Explanation{"There were too many requests.", "A payment takes 5 changes and 120 look-ups a minute.", "Wait a minute, then try again."}
	}
	if e.Status >= 500 {
		return explainServer(e)
	}
	return Explanation{fmt.Sprintf("The API answered %d.", e.Status), sentence(said(e)), "Look at the answer."}
}

func explainUnauthorized(e *Error) Explanation {
	if e.Operation == OperationToken {
		return Explanation{"The keys were not accepted.", "client_id, client_secret and subscription key must all be of the same sales unit and environment.", "Copy all keys of the test sales unit again."}
	}
	return Explanation{"The access token was not accepted.", "It has ended, or the subscription key or MSN is another sales unit's.", "Get a new token; if that does not help, check that all keys are from one sales unit."}
}

func explainNotFound(e *Error) Explanation {
	switch {
	case e.Kind == KindLegacy || e.Kind == KindGateway || e.Kind == KindOther:
		return Explanation{"The address does not exist.", "The API URL has a path too many, or is not the provider's.", "Use the API URL without a path, such as " + TestURL + "."}
	case e.Operation == OperationDelete:
		return Explanation{"There is no such registration.", "It has been deleted, or belongs to another sales unit.", "Look at the list of registrations."}
	}
	return Explanation{"There is no payment with this reference.", "The reference is misspelt, or the payment belongs to another MSN or environment.", "Check the reference and the MSN."}
}

func explainServer(e *Error) Explanation {
	if e.Operation == OperationApprove && e.Status == http.StatusInternalServerError {
		return Explanation{"The payment could not be approved.", "In the test environment this is how an expired test card shows.", "Make a new test user or add a new card, then try again."}
	}
	out := Explanation{fmt.Sprintf("The API failed (%d).", e.Status), "The fault is most likely on the provider's side.", "Try again in a minute, and look at the provider's status page if it stays."}
	if e.Operation == OperationRegister {
		out.Do = "Look for the URL in the list of registrations before you register again."
	}
	return out
}

// said returns what the answer says, shortened.
func said(e *Error) string {
	if e.Detail != "" {
		return cut(e.Detail, 300)
	}
	return cut(e.Title, 300)
}
