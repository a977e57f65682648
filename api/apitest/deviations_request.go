package apitest

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// looseClients are requests that the provider takes although they are not
// written as described. The clients that send them are widely used.
func looseClients() []deviation {
	return []deviation{
		{
			reading: "a body of any Content-Type is JSON, with or without a byte order mark; white space is no body",
			reason:  "the quick start's curl command registers a webhook as a form, and plugins name no type at all",
			loosen: func(r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					return
				}
				body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
				r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
				if len(body) > 0 {
					r.Header.Set("Content-Type", "application/json")
				}
			},
		},
		{
			reading: "the path of the access token may be in any case",
			reason:  "a plugin of the provider's own writes /accessToken/get",
			loosen: func(r *http.Request) {
				if lower := strings.ToLower(r.URL.Path); lower == "/accesstoken/get" {
					r.URL.Path = lower
				}
			},
		},
	}
}

// requestDeviations are about the body of "create payment".
func requestDeviations() []deviation {
	return []deviation{
		{
			file: paymentsFile, reading: "reference and phoneNumber may be JSON numbers",
			reason: "a published collection of the provider sends them without quotes",
			apply: func(d *openapi3.T) bool {
				create := d.Components.Schemas["CreatePaymentRequest"].Value
				phone := d.Components.Schemas["CustomerPhoneNumber"].Value
				return orNumber(create, "reference") && orNumber(phone, "phoneNumber")
			},
		},
		{
			file: paymentsFile, reading: "the values of metadata may be JSON numbers",
			reason: "a published plugin of the provider sends the shop's order number so",
			apply: func(d *openapi3.T) bool {
				values := d.Components.Schemas["Metadata"].Value.AdditionalProperties.Schema
				if values == nil || !values.Value.Type.Is(openapi3.TypeString) {
					return false
				}
				text := *values.Value
				values.Value = openapi3.NewAnyOfSchema(&text, openapi3.NewIntegerSchema())
				return true
			},
		},
		{
			file: paymentsFile, reading: "a phone number has 9 digits or more",
			reason: "the provider's sources disagree on 9 and 10",
			apply: func(d *openapi3.T) bool {
				either := d.Components.Schemas["CustomerPhoneNumber"].Value.Properties["phoneNumber"].Value.AnyOf
				if len(either) == 0 || either[0].Value.MinLength != 10 {
					return false
				}
				either[0].Value.MinLength, either[0].Value.Pattern = 9, `^\d{9,15}$`
				return true
			},
		},
		{
			file: paymentsFile, reading: "an optional member that is null is not there",
			reason: "the description says it of some members alone, and serializers write null for all",
			apply: func(d *openapi3.T) bool {
				create, changed := d.Components.Schemas["CreatePaymentRequest"].Value, false
				for name, ref := range create.Properties {
					if member := *ref.Value; !member.Nullable && !slices.Contains(create.Required, name) {
						member.Nullable, changed = true, true
						create.Properties[name] = &openapi3.SchemaRef{Value: &member}
					}
				}
				return changed
			},
		},
	}
}

// orNumber lets a member that is described as a string be a number as well.
func orNumber(o *openapi3.Schema, name string) bool {
	member := o.Properties[name]
	if member == nil || !member.Value.Type.Is(openapi3.TypeString) {
		return false
	}
	text := *member.Value
	o.Properties[name] = openapi3.NewAnyOfSchema(&text, openapi3.NewIntegerSchema()).NewRef()
	return true
}
