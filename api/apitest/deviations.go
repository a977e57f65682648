package apitest

import (
	"net/http"
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
	// loosen changes a request to the form that the description asks for, where
	// it is not the document that is too narrow.
	loosen func(*http.Request)
}

// deviations are all that are known. Everything else in the description holds
// as it stands.
func deviations() []deviation {
	return slices.Concat(looseClients(), tokenDeviations(), webhooksDeviations(), paymentsDeviations(), statusDeviations(), requestDeviations())
}

func tokenDeviations() []deviation {
	return []deviation{
		{
			file: tokenFile, reading: "Merchant-Serial-Number has up to 10 digits",
			reason: "the provider's page on events prints a pattern for 4 to 10, and sales units with 7 exist",
			apply: func(d *openapi3.T) bool {
				return longerNumber(d.Components.Parameters["Merchant-Serial-Number"].Value.Schema, 6)
			},
		},
		{
			file: tokenFile, reading: "the miami token is not described",
			reason: "it is for accounting, management and donation keys, which are no part of the quick start",
			apply: func(d *openapi3.T) bool {
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
			file: webhooksFile, reading: "401, 403, 413, 429 and 500 may come on every call",
			reason: "the gateway before the APIs answers the most of them, in forms of its own; see the provider's page on errors",
			apply:  gatewayAnswers,
		},
		{
			file: webhooksFile, reading: "deleting answers 404 where there is no such registration",
			reason: "the description has 400 alone, which says nothing about an id that is well formed",
			apply: func(d *openapi3.T) bool {
				delete := d.Paths.Value("/v1/webhooks/{id}").Delete
				return alsoAnswers(delete, 404, delete.Responses.Status(400))
			},
		},
	}
}

// statusDeviations are about what the ePayment API may answer with.
func statusDeviations() []deviation {
	return []deviation{
		{
			file: paymentsFile, reading: "401, 403, 413, 429 and 500 may come on every call",
			reason: "the gateway before the APIs answers the most of them, in forms of its own; see the provider's page on errors",
			apply:  gatewayAnswers,
		},
		{
			file: paymentsFile, reading: "get, event log and force approve answer 400 and 404 with a problem",
			reason: "the description has their success alone; the error code 5090 is documented for an unknown reference",
			apply: func(d *openapi3.T) bool {
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
			file: paymentsFile, reading: "force approve answers 423 with a problem",
			reason: "423 is documented for a payment that another operation holds, error code 6160",
			apply: func(d *openapi3.T) bool {
				approve := d.Paths.Value("/v1/test/payments/{Reference}/approve").Post
				return alsoAnswers(approve, 423, &openapi3.ResponseRef{Value: d.Components.Responses["ProblemResponse"].Value})
			},
		},
	}
}

func paymentsDeviations() []deviation {
	return []deviation{
		{
			file: paymentsFile, reading: "an MSN has up to 10 digits",
			reason: "the provider's page on events prints a pattern for 4 to 10",
			apply:  func(d *openapi3.T) bool { return longerNumber(d.Components.Schemas["MSN"], 7) },
		},
		{
			file: paymentsFile, reading: "cancel, capture and refund answer application/json",
			reason: "the description has application/problem+json for their success; a published client of the provider reads application/json alone",
			apply: func(d *openapi3.T) bool {
				answer := d.Components.Responses["AdjustResponse"].Value
				content := answer.Content["application/problem+json"]
				answer.Content = openapi3.Content{"application/json": content}
				return content != nil
			},
		},
		{
			file: paymentsFile, reading: "an event has name among its required members, and no paymentAction",
			reason: "paymentAction is required but not described, and no published answer has it",
			apply: func(d *openapi3.T) bool {
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
			file: paymentsFile, reading: "a customer is named in at least one of three ways",
			reason: "oneOf can never hold: none of the three forms requires its member, so each customer fits all three",
			apply: func(d *openapi3.T) bool {
				customer := d.Components.Schemas["Customer"].Value
				customer.AnyOf, customer.OneOf = customer.OneOf, nil
				return len(customer.AnyOf) == 3
			},
		},
	}
}

// longerNumber allows an MSN of up to 10 digits.
func longerNumber(p *openapi3.SchemaRef, from uint64) bool {
	schema := p.Value
	if schema.MaxLength == nil || *schema.MaxLength != from {
		return false
	}
	most := uint64(10)
	schema.MaxLength, schema.Pattern = &most, "^[0-9]{4,10}$"
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
			for _, status := range []int{401, 403, 413, 429, 500} {
				changed = alsoAnswers(o, status, anything) || changed
			}
		}
	}
	return changed
}
