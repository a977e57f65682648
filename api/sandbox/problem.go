package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

const (
	jsonType    = "application/json; charset=utf-8"
	problemType = "application/problem+json; charset=utf-8"
)

// detail is one entry of extraDetails.
type detail struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// failure is why an API refuses a request, before it is put into words on the
// wire. A failure with a code is a domain error, see [domain].
type failure struct {
	status  int
	title   string
	detail  string
	code    int
	details []detail
}

// Error makes a failure fit where errors are passed on.
func (f *failure) Error() string { return f.title + ": " + f.detail }

// problemDetails is RFC 9457 as the ePayment and Webhooks APIs fill it, see
// https://developer.vippsmobilepay.com/docs/APIs/epayment-api/errors.
type problemDetails struct {
	Type         string   `json:"type"`
	Title        string   `json:"title"`
	Status       int      `json:"status"`
	Detail       string   `json:"detail"`
	Instance     string   `json:"instance"`
	TraceID      string   `json:"traceId"`
	ExtraDetails []detail `json:"extraDetails"`
}

func (c *call) problem(f *failure) reply {
	if c.layer == adminLayer {
		return adminError(f.status, f.detail)
	}
	body := problemDetails{
		Type: "https://httpstatuses.io/" + strconv.Itoa(f.status), Title: f.title, Status: f.status,
		Detail: f.detail, Instance: c.instance(), TraceID: c.traceID(), ExtraDetails: []detail{},
	}
	if f.code != 0 {
		body.ExtraDetails = append(body.ExtraDetails, detail{"ErrorCode", strconv.Itoa(f.code)})
	}
	body.ExtraDetails = append(body.ExtraDetails, f.details...)
	passing := f.code == 6160 || f.code == 6250
	return reply{status: f.status, contentType: problemType, body: encode(body), passing: passing}
}

// instance is the path without the product's prefix, as the provider prints it.
func (c *call) instance() string {
	_, rest, _ := strings.Cut(strings.TrimPrefix(c.r.URL.Path, "/"), "/")
	return "/" + rest
}

// traceID is a W3C trace context of this request's own.
func (c *call) traceID() string {
	flags := "-01"
	if c.layer == webhooksLayer {
		flags = "-00"
	}
	id := c.s.ids.hex(24, "trace")
	return "00-" + id[:32] + "-" + id[32:] + flags
}

// invalid is a field validation error: no code, one entry a field.
func invalid(details ...detail) *failure {
	return &failure{
		status: http.StatusBadRequest, title: "Bad Request",
		detail: "One or more validation errors occurred.", details: details,
	}
}

// gatewayError is an answer of the old gateway in front of the APIs.
func gatewayError(status int, message string) reply {
	type info struct {
		Code    int    `json:"responseCode"`
		Message string `json:"responseMessage"`
	}
	type result struct {
		Message string `json:"message"`
	}
	return jsonReply(status, struct {
		Info   info   `json:"responseInfo"`
		Result result `json:"result"`
	}{info{status, http.StatusText(status)}, result{message}})
}

// managementError is an answer of Azure API Management, which checks the
// subscription key before any API sees the request.
func managementError(status int, message string) reply {
	return jsonReply(status, struct {
		StatusCode int    `json:"statusCode"`
		Message    string `json:"message"`
	}{status, message})
}

func jsonReply(status int, v any) reply {
	return reply{status: status, contentType: jsonType, body: encode(v)}
}

// encode writes compact JSON without a trailing newline and with <, > and &
// as they are.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("sandbox: encode its own structs: " + err.Error())
	}
	return bytes.Clone(bytes.TrimSuffix(b.Bytes(), []byte("\n"))) // many are kept, so without room to grow
}
