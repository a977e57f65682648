package profile

import "strings"

// Field is one of the settings that can be read in from elsewhere.
type Field string

// The fields. The first four are the keys of a sales unit, named as
// api.Keys.Validate names them.
const (
	FieldClientID        Field = "client_id"
	FieldClientSecret    Field = "client_secret"
	FieldSubscriptionKey Field = "subscription_key"
	FieldMSN             Field = "msn"
	FieldPhone           Field = "phone"
	FieldAuthtoken       Field = "ngrok_authtoken"
	FieldDomain          Field = "ngrok_domain"
)

// KeyFields returns the four keys of a sales unit, which come from one source
// as a set.
func KeyFields() []Field {
	return []Field{FieldClientID, FieldClientSecret, FieldSubscriptionKey, FieldMSN}
}

// Fields returns all fields in the order of a form.
func Fields() []Field {
	return append(KeyFields(), FieldPhone, FieldAuthtoken, FieldDomain)
}

// Secret reports whether the field's value must not be seen.
func (f Field) Secret() bool {
	return f == FieldClientSecret || f == FieldSubscriptionKey || f == FieldAuthtoken
}

// Variable returns the environment variable that holds the field.
func (f Field) Variable() string {
	switch f {
	case FieldPhone:
		return "VIPPS_PHONE_NUMBER"
	case FieldAuthtoken, FieldDomain:
		return strings.ToUpper(string(f))
	default:
		return "VIPPS_" + strings.ToUpper(string(f))
	}
}

// Label returns what a person calls the field.
func (f Field) Label() string {
	switch f {
	case FieldMSN:
		return "MSN"
	case FieldPhone:
		return "phone number"
	default:
		return strings.ReplaceAll(string(f), "_", " ")
	}
}

// labels joins the labels of fields for a sentence.
func labels(fields []Field) string {
	return join(fields, Field.Label)
}

// variables joins the environment variables of fields for a sentence.
func variables(fields []Field) string {
	return join(fields, Field.Variable)
}

func join(fields []Field, word func(Field) string) string {
	var b strings.Builder
	for i, f := range fields {
		switch {
		case i > 0 && i == len(fields)-1:
			b.WriteString(" and ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(word(f))
	}
	return b.String()
}

// rank orders the names of one field when a file has several: a name that can
// only mean this goes before a general one.
type rank int

const (
	general rank = iota // as the provider's Postman environment has it
	exact               // kvikk's environment variable
)

// recognise returns the field that a name in a .env file or a Postman
// environment stands for. Upper and lower case are the same, and so are hyphens
// and underscores, since a variable cannot be called Ocp-Apim-Subscription-Key.
// The provider's names are those of
// https://developer.vippsmobilepay.com/docs/knowledge-base/api-collections.
func recognise(name string) (Field, rank, bool) {
	switch fold(name) {
	case "vipps_client_id":
		return FieldClientID, exact, true
	case "vipps_client_secret":
		return FieldClientSecret, exact, true
	case "vipps_subscription_key":
		return FieldSubscriptionKey, exact, true
	case "vipps_msn":
		return FieldMSN, exact, true
	case "vipps_phone_number":
		return FieldPhone, exact, true
	case "ngrok_authtoken":
		return FieldAuthtoken, exact, true
	case "ngrok_domain":
		return FieldDomain, exact, true
	case "client_id":
		return FieldClientID, general, true
	case "client_secret":
		return FieldClientSecret, general, true
	case "ocp_apim_subscription_key":
		return FieldSubscriptionKey, general, true
	case "merchantserialnumber", "merchant_serial_number":
		return FieldMSN, general, true
	case "internationalmobilenumber":
		return FieldPhone, general, true
	}
	return "", 0, false
}

func fold(name string) string { return strings.ReplaceAll(strings.ToLower(name), "-", "_") }

// whyNotTaken says why a name that is no field is left alone.
func whyNotTaken(name string) string {
	n := fold(name)
	has := func(parts ...string) bool {
		for _, part := range parts {
			if strings.Contains(n, part) {
				return true
			}
		}
		return false
	}
	switch {
	case has("proxy"):
		return "a proxy is never taken from a file"
	case has("callback"):
		return "a callback address is never taken from a file; kvikk opens its own"
	case has("ngrok_connect"):
		return "where ngrok connects is never taken from a file"
	case has("base_url", "baseurl", "api_url", "apiurl", "endpoint") || n == "url" || n == "host":
		return "an API address is never taken from a file; --api-url sets it"
	default:
		return "not a setting that kvikk reads in"
	}
}
