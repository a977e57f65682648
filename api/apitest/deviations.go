package apitest

import (
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// deviation is a place where the description is not what the provider does.
type deviation struct {
	file string
	// reading is how the description is read, reason is why.
	reading, reason string
	// apply changes the description. It returns false where the description
	// no longer says what is changed.
	apply func(*openapi3.T) bool
}

// deviations are all that are known. Everything else in the description holds
// as it stands.
func deviations() []deviation {
	return slices.Concat(tokenDeviations(), webhooksDeviations(), paymentsDeviations())
}

func tokenDeviations() []deviation {
	return []deviation{
		{
			tokenFile, "Merchant-Serial-Number has up to 7 digits",
			"sales units with 7 digits exist, and the ePayment description allows them",
			func(d *openapi3.T) bool {
				return longerNumber(d.Components.Parameters["Merchant-Serial-Number"], 6, 7, "^[0-9]{4,7}$")
			},
		},
		{
			tokenFile, "the miami token is not described",
			"it is for accounting, management and donation keys, which are no part of the quick start",
			func(d *openapi3.T) bool {
				described := d.Paths.Value("/miami/v1/token") != nil
				d.Paths.Delete("/miami/v1/token")
				return described
			},
		},
	}
}

func webhooksDeviations() []deviation {
	return []deviation{
		{
			webhooksFile, "401, 403 and 429 may come on every call",
			"the gateway before the APIs answers them, in a form of its own; see the provider's page on errors",
			gatewayAnswers,
		},
		{
			webhooksFile, "deleting answers 404 where there is no such registration",
			"the description has 400 alone, which says nothing about an id that is well formed",
			func(d *openapi3.T) bool {
				delete := d.Paths.Value("/v1/webhooks/{id}").Delete
				return alsoAnswers(delete, 404, delete.Responses.Status(400))
			},
		},
	}
}

func paymentsDeviations() []deviation {
	return []deviation{
		{
			paymentsFile, "401, 403 and 429 may come on every call",
			"the gateway before the APIs answers them, in a form of its own; see the provider's page on errors",
			gatewayAnswers,
		},
		{
			paymentsFile, "get, event log and force approve answer 400 and 404 with a problem",
			"the description has their success alone; the error code 5090 is documented for an unknown reference",
			func(d *openapi3.T) bool {
				changed := true
				problem := &openapi3.ResponseRef{Value: d.Components.Responses["ProblemResponse"].Value}
				for _, o := range []*openapi3.Operation{
					d.Paths.Value("/v1/payments/{Reference}").Get,
					d.Paths.Value("/v1/payments/{Reference}/events").Get,
					d.Paths.Value("/v1/test/payments/{Reference}/approve").Post,
				} {
					changed = alsoAnswers(o, 400, problem) && alsoAnswers(o, 404, problem) && changed
				}
				return changed
			},
		},
		{
			paymentsFile, "cancel, capture and refund answer application/json",
			"the description has application/problem+json for their success; a published client of the provider reads application/json alone",
			func(d *openapi3.T) bool {
				answer := d.Components.Responses["AdjustResponse"].Value
				content := answer.Content["application/problem+json"]
				answer.Content = openapi3.Content{"application/json": content}
				return content != nil
			},
		},
		{
			paymentsFile, "an event has name among its required members, and no paymentAction",
			"paymentAction is required but not described, and no published answer has it",
			func(d *openapi3.T) bool {
				event := d.Components.Schemas["PaymentEvent"].Value
				at := slices.Index(event.Required, "paymentAction")
				if at < 0 {
					return false
				}
				event.Required[at] = "name"
				return true
			},
		},
		{
			paymentsFile, "a customer is named in at least one of three ways",
			"oneOf can never hold: none of the three forms requires its member, so each customer fits all three",
			func(d *openapi3.T) bool {
				customer := d.Components.Schemas["Customer"].Value
				customer.AnyOf, customer.OneOf = customer.OneOf, nil
				return len(customer.AnyOf) == 3
			},
		},
	}
}

// longerNumber allows a parameter more digits.
func longerNumber(p *openapi3.ParameterRef, from, to uint64, pattern string) bool {
	schema := p.Value.Schema.Value
	if schema.MaxLength == nil || *schema.MaxLength != from {
		return false
	}
	schema.MaxLength, schema.Pattern = &to, pattern
	return true
}

// alsoAnswers adds an answer to an operation that does not describe it.
func alsoAnswers(o *openapi3.Operation, status int, answer *openapi3.ResponseRef) bool {
	if o.Responses.Status(status) != nil {
		return false
	}
	o.AddResponse(status, answer.Value)
	return true
}

// gatewayAnswers adds what the gateway answers to every operation that does
// not describe it, in whatever form.
func gatewayAnswers(d *openapi3.T) bool {
	changed := false
	anything := &openapi3.ResponseRef{Value: openapi3.NewResponse().WithDescription("from the gateway")}
	for _, item := range d.Paths.Map() {
		for _, o := range item.Operations() {
			for _, status := range []int{401, 403, 429} {
				changed = alsoAnswers(o, status, anything) || changed
			}
		}
	}
	return changed
}
