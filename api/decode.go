package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"
)

// answer is what came of one request.
type answer struct {
	operation string
	resp      *http.Response
	// body is the body as it came, shown the same without secrets; err says
	// why there is not more of it.
	body, shown []byte
	err         error
}

// decode reads an answer into out, which may be nil, or makes an error of it.
func (c *Client) decode(a answer, out complete) error {
	status := a.resp.StatusCode
	switch {
	case status >= 300 && status < 400:
		return &RedirectError{a.operation, status, c.secrets.text(a.resp.Header.Get("Location"))}
	case errors.Is(a.err, errTooLarge):
		return a.problem(TooLarge, "")
	case a.err != nil:
		return a.problem(CutOff, "")
	case status >= 400:
		e := decodeError(a.shown, c.secrets.text)
		e.Operation, e.Status = a.operation, status
		e.RetryAfter = retryAfter(a.resp.Header, c.now())
		if e.Title == "" {
			e.Title = http.StatusText(status)
		}
		return e
	case out == nil:
		return nil
	}
	if problem, detail := unmarshal(a.body, out); problem != "" {
		return a.problem(problem, c.secrets.text(detail))
	}
	return nil
}

func (a answer) problem(problem ResponseProblem, detail string) error {
	return &ResponseError{a.operation, a.resp.StatusCode, problem, detail, a.shown[:min(len(a.shown), 1<<10)]}
}

// unmarshal decodes the whole of body and names the problem, if there is one.
// The detail never quotes the body.
func unmarshal(body []byte, out complete) (ResponseProblem, string) {
	if len(bytes.TrimSpace(body)) == 0 {
		return Incomplete, "it has no body"
	}
	err := json.Unmarshal(body, out)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		if name := out.missing(); name != "" {
			return Incomplete, name + " is missing"
		}
		return "", ""
	case errors.As(err, &syntax):
		if startsJSON(body) && strings.HasPrefix(syntax.Error(), "unexpected end") {
			return CutOff, ""
		}
		return NotJSON, ""
	case errors.As(err, &kind) && kind.Field != "":
		return Incomplete, kind.Field + " is of another type than expected"
	}
	return Incomplete, "a value is of another type than expected"
}

func startsJSON(body []byte) bool {
	b := bytes.TrimSpace(body)
	return len(b) > 0 && (b[0] == '{' || b[0] == '[')
}

// errorBody is the union of the four shapes. Everything is optional, and
// numbers may come as strings.
type errorBody struct {
	// application/problem+json
	Title        looseAny  `json:"title"`
	Detail       looseAny  `json:"detail"`
	TraceID      looseAny  `json:"traceId"`
	ExtraDetails looseList `json:"extraDetails"`
	// API Management
	StatusCode looseAny `json:"statusCode"`
	Message    looseAny `json:"message"`
	ActivityID looseAny `json:"activityId"`
	// Azure AD
	OAuthError  looseAny `json:"error"`
	Description looseAny `json:"error_description"`
	Trace       looseAny `json:"trace_id"`
	// the old gateway
	ResponseInfo looseMap `json:"responseInfo"`
	Result       looseMap `json:"result"`
}

// decodeError makes an error of a body without secrets. Decoded texts go
// through redact once more, since escapes may have hidden a secret before.
func decodeError(body []byte, redact func(string) string) *Error {
	var b errorBody
	if err := json.Unmarshal(body, &b); err != nil {
		return &Error{Kind: KindOther, Detail: redact(plainText(body))}
	}
	e := b.error()
	for _, text := range []*string{&e.Title, &e.Detail, &e.TraceID, &e.Code} {
		*text = cut(redact(*text), longestText)
	}
	for i, f := range e.Fields {
		e.Fields[i] = FieldError{cut(redact(f.Name), longestText), cut(redact(f.Reason), longestText)}
	}
	return e
}

const (
	// longestText is the length in bytes to which the texts of an error are cut.
	longestText = 1 << 10
	// mostFields is how many fields of an error are kept.
	mostFields = 32
)

func (b errorBody) error() *Error {
	switch {
	case b.OAuthError != "" && (b.Description != "" || b.Trace != ""):
		return &Error{Kind: KindIdentity, Title: string(b.OAuthError), Detail: firstLine(string(b.Description)), TraceID: string(b.Trace), Code: aadCode(string(b.Description))}
	case len(b.ResponseInfo) > 0 || len(b.Result) > 0:
		return &Error{Kind: KindLegacy, Title: b.ResponseInfo["responseMessage"], Detail: b.Result["message"]}
	case b.Title != "" || b.Detail != "" || len(b.ExtraDetails) > 0 || b.TraceID != "":
		e := &Error{Kind: KindProblem, Title: string(b.Title), Detail: string(b.Detail), TraceID: string(b.TraceID)}
		e.takeDetails(b.ExtraDetails)
		return e
	case b.Message != "" || b.StatusCode != "":
		return &Error{Kind: KindGateway, Title: string(b.Message), TraceID: string(b.ActivityID)}
	}
	return &Error{Kind: KindOther, Title: string(b.OAuthError)}
}

// takeDetails sorts extraDetails into the code and the fields.
func (e *Error) takeDetails(details looseList) {
	for _, d := range details {
		name, reason := d["name"], d["reason"]
		switch {
		case strings.EqualFold(name, "ErrorCode"):
			e.Code = reason
		case (name != "" || reason != "") && len(e.Fields) < mostFields:
			e.Fields = append(e.Fields, FieldError{name, reason})
		}
	}
}

// aadCode returns the code at the start of an Azure AD description.
func aadCode(description string) string {
	code, _, _ := strings.Cut(description, ":")
	if digits, ok := strings.CutPrefix(code, "AADSTS"); ok && isDigits(digits, 1, 12) {
		return code
	}
	return ""
}

// plainText returns the start of a body that is a line of text, and nothing of
// a page or of bytes.
func plainText(body []byte) string {
	text := strings.TrimSpace(string(body))
	if text == "" || text[0] == '<' || text[0] == '{' || text[0] == '[' || !utf8.ValidString(text) {
		return ""
	}
	return cut(firstLine(text), 200)
}

// firstLine returns what stands before the first line break. Azure AD repeats
// its ids on the lines below.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSpace(line)
}

// looseAny reads any scalar as text; objects and lists read as nothing.
type looseAny string

func (t *looseAny) UnmarshalJSON(b []byte) error {
	var text looseText
	if text.UnmarshalJSON(b) == nil {
		*t = looseAny(text)
	}
	return nil
}

// looseMap reads an object of scalars; anything else reads as nothing.
type looseMap map[string]string

func (m *looseMap) UnmarshalJSON(b []byte) error {
	var values map[string]looseAny
	if json.Unmarshal(b, &values) != nil || values == nil {
		return nil
	}
	*m = looseMap{}
	for name, value := range values {
		(*m)[name] = string(value)
	}
	return nil
}

// looseList reads a list of such objects.
type looseList []looseMap

func (l *looseList) UnmarshalJSON(b []byte) error {
	var values []looseMap
	if json.Unmarshal(b, &values) == nil {
		*l = values
	}
	return nil
}
