package api

import (
	"fmt"
	"strings"
	"time"
)

// Kind names the layer that an [Error] comes from, by the shape of its body.
type Kind string

// The kinds of error answers.
const (
	// KindProblem is the APIs' own application/problem+json.
	KindProblem Kind = "problem"
	// KindGateway is Azure API Management in front of the APIs.
	KindGateway Kind = "gateway"
	// KindIdentity is Azure AD, which issues the access tokens.
	KindIdentity Kind = "identity"
	// KindLegacy is the older gateway with responseInfo and result.
	KindLegacy Kind = "legacy"
	// KindOther is everything else, such as a page of a proxy.
	KindOther Kind = "other"
)

// Error is an answer with a status from 400. Its texts are the provider's,
// without known secrets, and may hold control characters; Error and [Explain]
// return texts that are safe to print.
// See https://developer.vippsmobilepay.com/docs/knowledge-base/errors/ .
type Error struct {
	// Operation is one of the Operation constants.
	Operation string
	// Status is the HTTP status code.
	Status int
	// Code is the provider's code, such as "6080" or "AADSTS700016", or empty.
	Code          string
	Title, Detail string
	// Fields names what is wrong with single values of the request.
	Fields []FieldError
	// TraceID is what the provider's support asks for, or empty.
	TraceID string
	// RetryAfter is the time that the answer asks to wait, or zero.
	RetryAfter time.Duration
	Kind       Kind
}

// Error returns the operation, the status, and what the answer says.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: HTTP %d", strings.ToLower(e.Operation), e.Status)
	if e.Code != "" {
		b.WriteString(", code " + e.Code)
	}
	for _, text := range []string{e.Title, e.Detail} {
		if text != "" {
			b.WriteString(": " + text)
		}
	}
	for _, f := range e.Fields {
		b.WriteString("; " + f.Name + ": " + f.Reason)
	}
	if e.TraceID != "" {
		b.WriteString(" (trace id " + e.TraceID + ")")
	}
	return visible(b.String())
}

// FieldError says what is wrong with one value.
type FieldError struct {
	// Name is the value's path in the JSON, such as "amount.value".
	Name   string
	Reason string
}

// ValidationError lists values that were refused before anything was sent.
type ValidationError struct{ Fields []FieldError }

// Error returns all fields with their reasons.
func (e *ValidationError) Error() string {
	texts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		texts[i] = f.Name + ": " + f.Reason
	}
	return visible(strings.Join(texts, " "))
}

// Field returns the reason for the field of that name, or an empty text.
func (e *ValidationError) Field(name string) (reason string) {
	for _, f := range e.Fields {
		if f.Name == name {
			return f.Reason
		}
	}
	return ""
}

// RedirectError is an answer that points elsewhere. The client does not go
// there, since the request's keys would go along.
type RedirectError struct {
	Operation string
	// Status is the HTTP status code, from 300 to 399.
	Status int
	// Location is where the answer points to, as it came but without known
	// secrets; it may be empty or hold control characters.
	Location string
}

// Error returns the target, made safe to print.
func (e *RedirectError) Error() string {
	target := "nowhere"
	if e.Location != "" {
		target = visible(cut(e.Location, 300))
	}
	return fmt.Sprintf("%s: HTTP %d redirects to %s, which is not followed", strings.ToLower(e.Operation), e.Status, target)
}

// ResponseProblem says what is wrong with an answer's body.
type ResponseProblem string

// The problems of an answer.
const (
	// NotJSON is a body that is something else, such as a page.
	NotJSON ResponseProblem = "not JSON"
	// CutOff is a body that ends too early.
	CutOff ResponseProblem = "cut off"
	// TooLarge is a body over 1 MiB.
	TooLarge ResponseProblem = "too large"
	// Incomplete is JSON without a value that must be there, or with one of
	// another type.
	Incomplete ResponseProblem = "incomplete"
)

// ResponseError is an answer that cannot be read.
type ResponseError struct {
	Operation string
	// Status is the HTTP status code.
	Status  int
	Problem ResponseProblem
	// Detail says more, or is empty.
	Detail string
	// Body is the first KiB without secrets.
	Body []byte
}

// Error returns the problem without the body.
func (e *ResponseError) Error() string {
	text := fmt.Sprintf("%s: the answer (HTTP %d) is %s", strings.ToLower(e.Operation), e.Status, e.Problem)
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return visible(text)
}
