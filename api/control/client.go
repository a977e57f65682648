package control

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
	"unicode"
)

const (
	// prefix is where the admin API is on the sandbox's address.
	prefix = "/_kvikk"
	// limit is how long a call may take with the client that New makes.
	limit = 10 * time.Second
	// longestAnswer is how much of an answer is read: 10,000 deliveries with
	// long URLs stay below it.
	longestAnswer = 32 << 20
	// longestMessage is how much of an error's text is kept, in bytes.
	longestMessage = 1 << 10
)

// Client calls the admin API of one sandbox. It is safe for concurrent use.
type Client struct {
	base string
	msn  string
	http *http.Client
}

// Error is an answer of the admin API that is no success.
type Error struct {
	// Status is the HTTP status code.
	Status int
	// Message says what is wrong and what to do, in the sandbox's words. It
	// holds no control characters.
	Message string
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// New returns a client of the sandbox at baseURL, such as
// "http://127.0.0.1:8976". The URL is not looked at before the first call.
//
// A nil h means a client of its own, which connects to loopback addresses only,
// uses no proxy, follows no redirect and gives a call 10 seconds. Another h is
// used as it is: for a sandbox with a certificate of its own, or on an address
// that is not loopback.
func New(baseURL string, h *http.Client) *Client {
	if h == nil {
		h = newHTTPClient()
	}
	return &Client{base: strings.TrimRight(baseURL, "/"), http: h}
}

// For returns a client for one sales unit of the sandbox, whose payments
// [Client.Decide] decides and whose registrations get what [Client.SendEvent]
// sends. It shares its connections with c. Without it, or with an empty msn,
// both mean the sandbox's first sales unit.
func (c *Client) For(msn string) *Client {
	return &Client{base: c.base, msn: msn, http: c.http}
}

// Close closes connections that wait for another call.
func (c *Client) Close() { c.http.CloseIdleConnections() }

func newHTTPClient() *http.Client {
	dialer := &net.Dialer{Timeout: limit / 2, Control: loopbackOnly}
	return &http.Client{
		Transport:     &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second},
		Timeout:       limit,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// loopbackOnly looks at the address that is dialled, whatever its name was.
func loopbackOnly(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !at.Addr().Unmap().IsLoopback() {
		return fmt.Errorf("%s is not on this machine, where the sandbox is", address)
	}
	return nil
}

// call sends body as JSON, unless it is nil, and decodes the answer into out,
// unless that is nil.
func (c *Client) call(ctx context.Context, method, path string, query url.Values, body, out any) error {
	res, err := c.send(ctx, method, path, query, body)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, longestAnswer+1))
	switch {
	case err != nil:
		return fmt.Errorf("read the sandbox's answer: %w", err)
	case len(answer) > longestAnswer:
		return fmt.Errorf("read the sandbox's answer: it is longer than %d MiB", longestAnswer>>20)
	case res.StatusCode < 200 || res.StatusCode > 299:
		return c.refusal(res.StatusCode, answer)
	case out == nil:
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("read the sandbox's answer: %w; is it a kvikk sandbox that answers at %s?", err, plain(c.base))
	}
	return nil
}

func (c *Client) send(ctx context.Context, method, path string, query url.Values, body any) (*http.Response, error) {
	var content io.Reader = http.NoBody
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("write the request to the sandbox: %w", err)
		}
		content = bytes.NewReader(encoded)
	}
	target := c.base + prefix + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, target, content)
	if err != nil {
		return nil, fmt.Errorf("write the request to the sandbox: %w", err)
	}
	req.Header.Set("Kvikk-Admin", "1")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("call the sandbox: %w", err)
	}
	return res, nil
}

// refusal makes an [Error] of an answer. One without the admin API's shape is
// some other server's.
func (c *Client) refusal(status int, answer []byte) error {
	var body struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(answer, &body) == nil && body.Error != "" {
		return &Error{status, plain(body.Error)}
	}
	return &Error{status, fmt.Sprintf("%s answers %d where a kvikk sandbox has its admin API; "+
		"use the address that kvikk sandbox prints, and a version of it that has this API", plain(c.base), status)}
}

// plain makes a text of the other side safe to print.
func plain(text string) string {
	if len(text) > longestMessage {
		text = text[:longestMessage] + "…"
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
