package api

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"kvikk/api/secret"
)

// Token is an access token. It lives an hour in the test environment; several
// may be valid at once.
// See https://developer.vippsmobilepay.com/docs/APIs/access-token-api/ .
type Token struct {
	AccessToken secret.Value
	// Type is "Bearer".
	Type string
	// IssuedAt and ExpiresAt are times of this machine's clock.
	IssuedAt, ExpiresAt time.Time
}

// unknownLife is how long a token is used whose life the answer does not tell.
const unknownLife = 5 * time.Minute

// longestLife caps what an answer may claim.
const longestLife = 7 * 24 * time.Hour

// Token returns the access token: the kept one while it lasts, else a new one.
// Callers that come while one is being fetched share it, each until its own
// context ends.
func (c *Client) Token(ctx context.Context) (Token, error) {
	held, err := c.tokens.get(ctx, c)
	return held.token, err
}

// RenewToken fetches a new token, whatever is kept.
func (c *Client) RenewToken(ctx context.Context) (Token, error) {
	return c.tokens.fetch(ctx, c)
}

// CachedToken returns the kept token, if there is one that has not ended. It
// asks nobody.
func (c *Client) CachedToken() (Token, bool) {
	c.tokens.mu.Lock()
	defer c.tokens.mu.Unlock()
	t := c.tokens.token
	return t, !t.AccessToken.IsZero() && c.now().Before(t.ExpiresAt)
}

// renewAt returns when a token is too old to start a call with: half a minute
// before its end, or a tenth of its life where that is less.
func (t Token) renewAt() time.Time {
	return t.ExpiresAt.Add(-min(30*time.Second, t.ExpiresAt.Sub(t.IssuedAt)/10))
}

// tokens keeps the token and the one request for a new one.
type tokens struct {
	mu     sync.Mutex
	token  Token
	flight *flight
	closed bool
	wg     sync.WaitGroup
}

// flight is a token request that is under way. It ends early when nobody waits
// for it any longer.
type flight struct {
	cancel  context.CancelFunc
	waiting int
	done    chan struct{}
	// token and err are set before done is closed.
	token Token
	err   error
}

// held is a token with where it came from.
type held struct {
	token Token
	// fresh says that it was fetched for this call.
	fresh bool
}

var errClosed = errors.New("the client is closed")

func (t *tokens) get(ctx context.Context, c *Client) (held, error) {
	t.mu.Lock()
	kept := t.token
	t.mu.Unlock()
	if !kept.AccessToken.IsZero() && c.now().Before(kept.renewAt()) {
		return held{token: kept}, nil
	}
	token, err := t.fetch(ctx, c)
	return held{token, true}, err
}

// drop forgets a token that the API has refused, unless it has been replaced.
func (t *tokens) drop(refused Token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token.AccessToken == refused.AccessToken {
		t.token = Token{}
	}
}

// fetch waits for the request that is under way, or starts one.
func (t *tokens) fetch(ctx context.Context, c *Client) (Token, error) {
	if err := ctx.Err(); err != nil {
		return Token{}, fmt.Errorf("access token: %w", err)
	}
	f, err := t.join(c)
	if err != nil {
		return Token{}, fmt.Errorf("access token: %w", err)
	}
	defer t.leave(f)
	select {
	case <-f.done:
		return f.token, f.err
	case <-ctx.Done():
		return Token{}, c.contextError(ctx, c.request(tokenCall()))
	}
}

func (t *tokens) join(c *Client) (*flight, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil, errClosed
	}
	if t.flight == nil {
		ctx, cancel := context.WithCancel(context.Background())
		f := &flight{cancel: cancel, done: make(chan struct{})}
		t.flight = f
		t.wg.Go(func() {
			defer c.guard()
			t.fly(ctx, c, f)
		})
	}
	t.flight.waiting++
	return t.flight, nil
}

// leave ends a request for which nobody waits.
func (t *tokens) leave(f *flight) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f.waiting--; f.waiting > 0 {
		return
	}
	f.cancel()
	if t.flight == f {
		t.flight = nil
	}
}

// errCrashed is what waiters get when the request for a token panicked.
var errCrashed = errors.New("the request for an access token ended unexpectedly")

func (t *tokens) fly(ctx context.Context, c *Client, f *flight) {
	var token Token
	err := errCrashed
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if err == nil {
			t.token = token
		}
		if t.flight == f {
			t.flight = nil
		}
		f.token, f.err = token, err
		close(f.done)
	}()
	token, err = c.fetchToken(ctx)
}

// close ends the request that is under way and waits for its goroutine.
func (t *tokens) close() {
	t.mu.Lock()
	t.closed = true
	if t.flight != nil {
		t.flight.cancel()
	}
	t.mu.Unlock()
	t.wg.Wait()
}

// fetchToken asks for a token.
func (c *Client) fetchToken(ctx context.Context) (Token, error) {
	s := sender{client: c, call: tokenCall()}
	var wire tokenWire
	asked := c.now()
	if err := s.send(ctx, secret.Value{}, &wire); err != nil {
		return Token{}, err
	}
	if strings.IndexFunc(wire.AccessToken, notKeyRune) >= 0 {
		return Token{}, &ResponseError{Operation: OperationToken, Status: s.status, Problem: Incomplete, Detail: "the token holds characters that no header can carry"}
	}
	value := secret.New(wire.AccessToken)
	c.secrets.add(value)
	return Token{AccessToken: value, Type: wire.TokenType, IssuedAt: asked, ExpiresAt: asked.Add(wire.life(asked))}, nil
}

// life returns how long the token lasts. The relative figure comes first: the
// absolute one supposes that both clocks agree.
func (w tokenWire) life(asked time.Time) time.Duration {
	if n, ok := seconds(w.ExpiresIn); ok {
		return time.Duration(min(n, longestLife.Seconds()) * float64(time.Second))
	}
	if n, ok := seconds(w.ExpiresOn); ok {
		at := time.Unix(int64(min(n, 1<<40)), 0)
		return max(0, min(at.Sub(asked), longestLife))
	}
	return unknownLife
}

func seconds(text looseText) (float64, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(string(text)), 64)
	return n, err == nil && n > 0
}
