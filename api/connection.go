package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"syscall"
)

// ConnectionProblem says at which point a connection failed.
type ConnectionProblem string

// The problems of a connection.
const (
	// Timeout is no answer in time.
	Timeout ConnectionProblem = "timeout"
	// Unresolved is a host name without an address.
	Unresolved ConnectionProblem = "name not found"
	// Refused is a host on which nothing listens at the port.
	Refused ConnectionProblem = "connection refused"
	// Unreachable is every other failure to connect.
	Unreachable ConnectionProblem = "unreachable"
	// Untrusted is a failure of TLS, above all a certificate that is not valid.
	Untrusted ConnectionProblem = "TLS"
	// BadProxy is a proxy setting of the environment that is no address.
	BadProxy ConnectionProblem = "proxy settings"
	// Interrupted is a connection that broke after it was made.
	Interrupted ConnectionProblem = "interrupted"
)

// ConnectionError is a request without an answer. Whether the provider has
// received it is not known, except where Problem says that no connection was
// made.
type ConnectionError struct {
	Operation string
	// Host is the API's host and port.
	Host    string
	Problem ConnectionProblem
	err     error
}

// Error returns what failed, without known secrets.
func (e *ConnectionError) Error() string {
	text := fmt.Sprintf("%s: no answer from %s: %s", strings.ToLower(e.Operation), e.Host, e.Problem)
	if e.err != nil {
		text += ": " + e.err.Error()
	}
	return visible(text)
}

// Unwrap returns the error of the network.
func (e *ConnectionError) Unwrap() error { return e.err }

// mayPass reports whether the same request may succeed in a moment. A timeout
// may too, but has cost the caller its patience already.
func (e *ConnectionError) mayPass() bool {
	switch e.Problem {
	case Refused, Unreachable, Interrupted:
		return true
	}
	return false
}

// classify names what an error of the network is about.
func classify(err error) (ConnectionProblem, bool) {
	var (
		dns     *net.DNSError
		op      *net.OpError
		cert    *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		alert   tls.AlertError
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
		timeout interface{ Timeout() bool }
	)
	switch {
	case errors.Is(err, errProxy):
		return BadProxy, true
	case errors.As(err, &dns) && !dns.IsTimeout:
		return Unresolved, true
	case errors.As(err, &cert), errors.As(err, &record), errors.As(err, &alert), errors.As(err, &unknown),
		errors.As(err, &name), errors.As(err, &invalid), speaksNoTLS(err):
		return Untrusted, true
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return Timeout, true
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused, true
	case errors.As(err, &op):
		if op.Op == "dial" || op.Op == "proxyconnect" {
			return Unreachable, true
		}
		return Interrupted, true
	}
	return Interrupted, false
}

// speaksNoTLS recognises an error that net/http makes of text alone.
func speaksNoTLS(err error) bool {
	return strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") ||
		strings.HasPrefix(err.Error(), "tls: ")
}

// connectionError makes an error of a request that had no answer, or only a
// part of one. The context is the one with the request's time limit.
func (c *Client) connectionError(r Request, limited context.Context, err error) error {
	if limited.Err() != nil {
		return c.contextError(limited, r)
	}
	problem, _ := classify(err)
	if shown := c.secrets.text(err.Error()); shown != err.Error() {
		// The text of a server's nonsense is part of the error: it may repeat
		// what it was sent.
		err = errors.New(shown)
	}
	return &ConnectionError{Operation: r.Operation, Host: hostOf(r.URL), Problem: problem, err: err}
}

// contextError makes an error of a context that has ended.
func (c *Client) contextError(ctx context.Context, r Request) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &ConnectionError{Operation: r.Operation, Host: hostOf(r.URL), Problem: Timeout, err: ctx.Err()}
	}
	return fmt.Errorf("%s: %w", strings.ToLower(r.Operation), ctx.Err())
}

// callError is connectionError for the caller: when its own context has ended,
// that counts.
func (c *Client) callError(ctx, limited context.Context, r Request, err error) error {
	if ctx.Err() != nil {
		return c.contextError(ctx, r)
	}
	return c.connectionError(r, limited, err)
}

func hostOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return u.Host
}
