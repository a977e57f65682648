package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"kvikk/api/secret"
)

// Options says how a [Client] is made. BaseURL and Keys are needed, the rest
// has defaults.
type Options struct {
	// BaseURL is the API's address, subject to [CheckBaseURL]; empty means
	// [TestURL].
	BaseURL string
	Keys    Keys
	System  System
	// Transport carries the requests; nil means a transport of the client's
	// own with time limits and the proxy of the environment.
	Transport http.RoundTripper
	// Record is called once for every HTTP exchange when it has ended, from the
	// goroutine of the call. It must not block.
	Record func(Exchange)
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Timeout is the limit of one request with its answer; 0 means 10 seconds.
	Timeout time.Duration
	// Wait waits between two attempts; nil means a timer.
	Wait func(ctx context.Context, d time.Duration) error
	// Guard is deferred in the client's one goroutine, the request for a token
	// that several callers wait for; it may recover a panic. Nil: nothing is
	// deferred.
	Guard func()
}

// System is what the client says about the program it is part of, in the four
// Vipps-System headers. Each value is cut to 30 characters.
// See https://developer.vippsmobilepay.com/docs/knowledge-base/http-headers/ .
type System struct{ Name, Version, PluginName, PluginVersion string }

// Client calls the APIs for one sales unit. It is safe for concurrent use.
type Client struct {
	base      string
	keys      Keys
	system    System
	userAgent string
	transport http.RoundTripper
	watch     func(Exchange)
	now       func() time.Time
	timeout   time.Duration
	wait      func(context.Context, time.Duration) error
	guard     func()
	loopback  bool
	secrets   secrets
	tokens    tokens
	seq       atomic.Uint64
}

// New returns a client. It returns a [*HostError] for a base URL that keys may
// not be sent to, before it looks at the keys, and a [*ValidationError] for
// keys that cannot be right.
func New(o Options) (*Client, error) {
	if o.BaseURL == "" {
		o.BaseURL = TestURL
	}
	base, err := CheckBaseURL(o.BaseURL)
	if err != nil {
		return nil, err
	}
	if err := o.Keys.Validate(); err != nil {
		return nil, fmt.Errorf("api keys: %w", err)
	}
	c := &Client{
		base: base, keys: o.Keys, system: o.System.filled(), transport: o.Transport, watch: o.Record,
		now: o.Now, timeout: o.Timeout, wait: o.Wait, guard: o.Guard, loopback: isLoopbackURL(base),
	}
	if c.transport == nil {
		c.transport = newTransport(c.loopback)
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.timeout <= 0 {
		c.timeout = 10 * time.Second
	}
	if c.guard == nil {
		c.guard = func() {}
	}
	if c.wait == nil {
		c.wait = sleep
	}
	c.userAgent = "kvikk/" + strings.Map(tokenRune, c.system.Version)
	c.secrets.add(o.Keys.ClientSecret, o.Keys.SubscriptionKey)
	return c, nil
}

// BaseURL returns the API's address without a slash at the end.
func (c *Client) BaseURL() string { return c.base }

// Close ends a token request that is under way and closes idle connections.
func (c *Client) Close() {
	c.tokens.close()
	if t, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// Format prints the client by its address alone, for every verb: its fields
// hold secrets, which fmt would not ask how to print.
func (c *Client) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "api.Client("+c.base+")")
}

// filled returns the system with defaults, each value fit for a header.
func (s System) filled() System {
	fill := func(value, otherwise string) string {
		value = strings.TrimSpace(strings.Map(headerRune, value))
		if value == "" {
			return otherwise
		}
		if utf8.RuneCountInString(value) > 30 {
			value = string([]rune(value)[:30])
		}
		return value
	}
	s.Name = fill(s.Name, "kvikk")
	s.Version = fill(s.Version, "0")
	s.PluginName = fill(s.PluginName, s.Name)
	s.PluginVersion = fill(s.PluginVersion, s.Version)
	return s
}

func headerRune(r rune) rune {
	if r < ' ' || r >= 0x7f {
		return -1
	}
	return r
}

func tokenRune(r rune) rune {
	if r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r) {
		return '-'
	}
	return r
}

// do sends a call with a token and decodes the answer into out, which may be
// nil. An answer 401 to a token from the cache renews the token once.
func (c *Client) do(ctx context.Context, p call, out complete) error {
	if err := validateKey(p.key); err != nil {
		return err
	}
	held, err := c.tokens.get(ctx, c)
	if err != nil {
		return err
	}
	s := sender{client: c, call: p}
	err = s.send(ctx, held.token.AccessToken, out)
	if s.status != http.StatusUnauthorized || held.fresh || ctx.Err() != nil {
		return err
	}
	c.tokens.drop(held.token)
	if held, err = c.tokens.get(ctx, c); err != nil {
		return err
	}
	return s.send(ctx, held.token.AccessToken, out)
}

// sender sends one call until it has an answer that counts.
type sender struct {
	client *Client
	call   call
	// attempt counts the requests, status is the last answer's or 0.
	attempt, status int
	// open is set once an attempt ended without saying whether it was done.
	open bool
}

// send makes up to the allowed number of attempts.
func (s *sender) send(ctx context.Context, token secret.Value, out complete) error {
	for tries := 1; ; tries++ {
		err := s.once(ctx, token, out)
		wait, again := s.again(err, tries)
		if err == nil || !again || ctx.Err() != nil {
			return err
		}
		if s.client.wait(ctx, wait) != nil {
			return err
		}
	}
}

// again decides whether a failed attempt is followed by another, and when.
func (s *sender) again(err error, tries int) (time.Duration, bool) {
	if !s.call.repeatable || tries >= attempts {
		return 0, false
	}
	wait := backOff(tries)
	switch e := err.(type) {
	case *ConnectionError:
		s.open = true
		return wait, e.mayPass()
	case *Error:
		s.open = s.open || e.Status >= 500
		return max(wait, e.RetryAfter), isTransient(e.Status) && e.RetryAfter <= longestWait
	}
	return 0, false
}

// once sends the call once. It is only here that secrets enter a request.
func (s *sender) once(ctx context.Context, token secret.Value, out complete) error {
	c := s.client
	s.attempt++
	s.status = 0
	shown := c.request(s.call)
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(limited, shown.Method, shown.URL, bodyReader(s.call.body()))
	if err != nil {
		return fmt.Errorf("%s: build the request: %w", strings.ToLower(shown.Operation), err)
	}
	req.Header = c.header(shown, token)
	r := &recorder{client: c, request: shown, attempt: s.attempt, next: c.transport}
	resp, err := r.RoundTrip(req)
	if err != nil {
		return c.callError(ctx, limited, shown, err)
	}
	s.status = resp.StatusCode
	body, err := io.ReadAll(resp.Body)
	if err != nil && limited.Err() != nil {
		return c.callError(ctx, limited, shown, err)
	}
	if s.call.method == http.MethodDelete && s.open && resp.StatusCode == http.StatusNotFound {
		return nil
	}
	return c.decode(answer{shown.Operation, resp, body, r.shown, err}, out)
}

func bodyReader(body []byte) io.Reader {
	if body == nil {
		return http.NoBody
	}
	return strings.NewReader(string(body))
}
