package sandbox_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"kvikk/api/sandbox"
)

// description is one of the provider's OpenAPI files, which this project does
// not contain.
func description(t *testing.T, file string) openapi3.Schemas {
	t.Helper()
	dir := os.Getenv("KVIKK_OPENAPI_DIR")
	if dir == "" {
		t.Skip("KVIKK_OPENAPI_DIR does not name the folder with the provider's OpenAPI files")
	}
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	return doc.Components.Schemas
}

// fits checks an answer's body against a schema of the description.
func (a answer) fits(t *testing.T, schemas openapi3.Schemas, name string) {
	t.Helper()
	var v any
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatal(err)
	}
	if err := schemas[name].Value.VisitJSON(v, openapi3.MultiErrors()); err != nil {
		t.Errorf("%s does not fit %s: %v", a.body, name, err)
	}
}

func TestPaymentAnswersFitTheProvidersDescription(t *testing.T) {
	t.Parallel()
	schemas := description(t, "epayment-swagger-id.yaml")
	// The list of required members names one that no answer has.
	event := schemas["PaymentEvent"].Value
	event.Required = slices.DeleteFunc(event.Required, func(s string) bool { return s == "paymentAction" })
	schemas["Events"] = openapi3.NewArraySchema().WithItems(event).NewRef()

	r := receive(t, nil)
	m := start(t, sandbox.Options{})
	m.register(r.URL, "created", "authorized", "captured", "refunded", "cancelled", "terminated")
	answer{body: []byte(paymentBody("openapi-01"))}.fits(t, schemas, "CreatePaymentRequest")
	m.create("openapi-01", "metadata", `{"a":"b"}`).fits(t, schemas, "CreatePaymentResponse")
	m.call("GET", paymentsPath+"/openapi-01", "").fits(t, schemas, "GetPaymentResponse")
	m.approve("openapi-01").want(t, http.StatusOK)
	m.modify("capture", "openapi-01", 500, "a").fits(t, schemas, "ModificationResponse")
	m.modify("refund", "openapi-01", 500, "b").fits(t, schemas, "ModificationResponse")
	m.call("POST", paymentsPath+"/openapi-01/cancel", "").fits(t, schemas, "ModificationResponse")
	m.call("GET", paymentsPath+"/openapi-01/events", "").fits(t, schemas, "Events")
	m.create("openapi-02", "userFlow", `"QR"`).fits(t, schemas, "CreatePaymentResponse")
	m.call("POST", paymentsPath+"/openapi-02/cancel", "").fits(t, schemas, "ModificationResponse")
	m.create("x").fits(t, schemas, "Problem")
	m.approve("openapi-02").fits(t, schemas, "Problem")
	for range 7 {
		answer{body: r.next(t).body}.fits(t, schemas, "WebhookEvent")
	}
}

func TestWebhookAnswersFitTheProvidersDescription(t *testing.T) {
	t.Parallel()
	schemas := description(t, "webhooks-swagger-id.yaml")
	m := start(t, sandbox.Options{})
	body := `{"url":"http://localhost:9/x","events":["epayments.payment.created.v1"]}`
	m.call("POST", webhooksPath, body).fits(t, schemas, "RegisterResponse")
	m.call("GET", webhooksPath, "").fits(t, schemas, "QueryResponse")
	m.call("POST", webhooksPath, `{}`).fits(t, schemas, "ProblemDetails")
}

func TestATokenFitsTheProvidersDescription(t *testing.T) {
	t.Parallel()
	schemas := description(t, "access-token-swagger-id.yaml")
	m := start(t, sandbox.Options{})
	m.login().fits(t, schemas, "AuthorizationTokenResponse")
}
