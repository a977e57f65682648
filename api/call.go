package api

import (
	"crypto/rand"
	"net/http"
	"net/url"

	"kvikk/api/curl"
	"kvikk/api/secret"
)

// The operations, as they are named in a [Request], an [Exchange] and errors.
const (
	OperationToken    = "Access token"
	OperationRegister = "Register a webhook"
	OperationWebhooks = "List webhooks"
	OperationDelete   = "Delete a webhook"
	OperationCreate   = "Create payment"
	OperationPayment  = "Get payment"
	OperationEvents   = "Payment events"
	OperationCancel   = "Cancel payment"
	OperationCapture  = "Capture payment"
	OperationRefund   = "Refund payment"
	OperationApprove  = "Force approve"
)

// The shell variables that stand for secrets in a [Request].
const (
	VariableAccessToken     = "VIPPS_ACCESS_TOKEN"
	VariableSubscriptionKey = "VIPPS_SUBSCRIPTION_KEY"
	VariableClientID        = "VIPPS_CLIENT_ID"
	VariableClientSecret    = "VIPPS_CLIENT_SECRET"
)

// CallOption changes a single call.
type CallOption func(*call)

// WithIdempotencyKey sets the Idempotency-Key, 1 to 50 characters. The
// provider does an operation once for a key, so one action of a user has one
// key, and a corrected request needs a new one. Without this option the client
// makes a key for the call; its own retries always repeat the key.
func WithIdempotencyKey(key string) CallOption { return func(c *call) { c.key = key } }

// call is one operation with all its values, before it is sent.
type call struct {
	operation    string
	method, path string
	// shown is the body as it is recorded; sent is the real one where that
	// differs.
	shown, sent []byte
	// key is the idempotency key, or empty.
	key string
	// keys asks for client_id and client_secret in place of the token.
	keys bool
	// repeatable says that sending it twice does no harm.
	repeatable bool
}

func (c call) body() []byte {
	if c.sent != nil {
		return c.sent
	}
	return c.shown
}

func tokenCall() call {
	return call{operation: OperationToken, method: http.MethodPost, path: "/accesstoken/get", keys: true, repeatable: true}
}

func registerCall(r RegisterWebhookRequest) call {
	return call{operation: OperationRegister, method: http.MethodPost, path: webhooksPath, shown: encode(r)}
}

const webhooksPath = "/webhooks/v1/webhooks"

func webhooksCall() call {
	return call{operation: OperationWebhooks, method: http.MethodGet, path: webhooksPath, repeatable: true}
}

func deleteCall(id string) call {
	return call{operation: OperationDelete, method: http.MethodDelete, path: webhooksPath + "/" + url.PathEscape(id), repeatable: true}
}

const paymentsPath = "/epayment/v1/payments"

func createCall(r CreatePaymentRequest, options []CallOption) call {
	return keyed(call{operation: OperationCreate, path: paymentsPath, shown: encode(r), sent: encode(reveal(r))}, options)
}

func paymentCall(reference string) call {
	return call{operation: OperationPayment, method: http.MethodGet, path: paymentsPath + "/" + url.PathEscape(reference), repeatable: true}
}

func eventsCall(reference string) call {
	return call{operation: OperationEvents, method: http.MethodGet, path: paymentsPath + "/" + url.PathEscape(reference) + "/events", repeatable: true}
}

func modifyCall(operation, reference, verb string, body any, options []CallOption) call {
	path := paymentsPath + "/" + url.PathEscape(reference) + "/" + verb
	return keyed(call{operation: operation, path: path, shown: encode(body)}, options)
}

func approveCall(reference string, r ForceApproveRequest) call {
	path := "/epayment/v1/test/payments/" + url.PathEscape(reference) + "/approve"
	return call{operation: OperationApprove, method: http.MethodPost, path: path, shown: encode(r)}
}

// keyed makes a call a POST with an idempotency key.
func keyed(c call, options []CallOption) call {
	c.method, c.repeatable = http.MethodPost, true
	for _, option := range options {
		option(&c)
	}
	if c.key == "" {
		c.key = rand.Text()
	}
	return c
}

// Request is a request as it goes out, with shell variables in the place of
// secrets.
type Request struct {
	// Operation is one of the Operation constants.
	Operation   string
	Method, URL string
	// Header leaves out what HTTP itself adds (Host, Content-Length and the
	// like). A field with a Variable holds a secret.
	Header []curl.Header
	// Body is nil where there is none.
	Body []byte
}

// Curl returns the request as a curl command that is safe to paste into a
// POSIX shell. It works once the shell variables are set.
func (r Request) Curl() string {
	return curl.Command{Method: r.Method, URL: r.URL, Header: r.Header, Body: r.Body}.String()
}

// request returns the call as it is shown.
func (c *Client) request(p call) Request {
	r := Request{Operation: p.operation, Method: p.method, URL: c.base + p.path, Body: p.shown}
	add := func(name, value, variable string) {
		r.Header = append(r.Header, curl.Header{Name: name, Value: value, Variable: variable})
	}
	if p.keys {
		add("client_id", "", VariableClientID)
		add("client_secret", "", VariableClientSecret)
	} else {
		add("Authorization", "Bearer ", VariableAccessToken)
	}
	add("Ocp-Apim-Subscription-Key", "", VariableSubscriptionKey)
	add("Merchant-Serial-Number", c.keys.MSN, "")
	if p.method == http.MethodPost {
		add("Content-Type", "application/json", "")
	}
	if p.key != "" {
		add("Idempotency-Key", p.key, "")
	}
	add("Vipps-System-Name", c.system.Name, "")
	add("Vipps-System-Version", c.system.Version, "")
	add("Vipps-System-Plugin-Name", c.system.PluginName, "")
	add("Vipps-System-Plugin-Version", c.system.PluginVersion, "")
	return r
}

// header returns the fields of a shown request with the secrets filled in.
// The names keep the spelling of the provider's documentation, client_id too.
func (c *Client) header(r Request, token secret.Value) http.Header {
	h := make(http.Header, len(r.Header)+1)
	for _, f := range r.Header {
		value := f.Value
		switch f.Variable {
		case VariableAccessToken:
			value += token.Reveal()
		case VariableSubscriptionKey:
			value += c.keys.SubscriptionKey.Reveal()
		case VariableClientID:
			value += c.keys.ClientID
		case VariableClientSecret:
			value += c.keys.ClientSecret.Reveal()
		}
		h[f.Name] = []string{value}
	}
	h["User-Agent"] = []string{c.userAgent}
	return h
}
