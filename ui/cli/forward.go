package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"kvikk/tunnel/inbox"
	"kvikk/ui/text"
)

const (
	// forwardTimeout bounds one attempt, its answer included; the provider
	// gives a handler as long.
	forwardTimeout = 10 * time.Second
	// forwardAnswer is how much of an answer is read before the connection is
	// given up, in bytes.
	forwardAnswer = 64 << 10
)

// parseTarget reads --forward-to.
func parseTarget(given string) (*url.URL, error) {
	if given == "" {
		return nil, nil
	}
	u, err := url.Parse(given)
	switch {
	case err != nil || u.Opaque != "":
		return nil, fmt.Errorf("--forward-to: %q is no URL; use one such as http://127.0.0.1:3000/webhooks", given)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("--forward-to: %q starts with neither http:// nor https://", given)
	case u.Hostname() == "":
		return nil, fmt.Errorf("--forward-to: %q names no host", given)
	case u.User != nil:
		return nil, errors.New("--forward-to: a user name cannot be passed on, since the webhook's signature travels in Authorization")
	}
	u.Fragment = ""
	return u, nil
}

// forwarder passes verified webhooks on to a handler of the user's own: in the
// order of their arrival, one attempt each. Its queue holds numbers only; the
// webhooks themselves wait in the inbox.
type forwarder struct {
	to     *url.URL
	box    *inbox.Inbox
	people io.Writer
	now    func() time.Time
	client *http.Client

	mu     sync.Mutex
	queue  []int64
	closed bool
	more   chan struct{} // one slot
	ended  chan struct{}
	cancel context.CancelFunc
}

// forward starts a forwarder that ends with ctx or with finish.
func (p *Parts) forward(ctx context.Context, to *url.URL, box *inbox.Inbox, people io.Writer) *forwarder {
	ctx, cancel := context.WithCancel(ctx)
	f := &forwarder{
		to: to, box: box, people: people, now: p.Now,
		more: make(chan struct{}, 1), ended: make(chan struct{}), cancel: cancel,
		client: &http.Client{
			// A kept connection could make net/http try a second time.
			Transport:     &http.Transport{DisableKeepAlives: true, DisableCompression: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	go func() {
		defer p.Guard()
		defer close(f.ended)
		f.run(ctx)
	}()
	return f
}

// add hands a webhook over. It never waits.
func (f *forwarder) add(seq int64) {
	f.mu.Lock()
	f.queue = append(f.queue, seq)
	f.mu.Unlock()
	f.rouse()
}

// finish ends the forwarder when its queue is empty or ctx ends, and waits
// for it. What was not passed on is named.
func (f *forwarder) finish(ctx context.Context) {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.rouse()
	select {
	case <-f.ended:
	case <-ctx.Done():
	}
	f.cancel()
	<-f.ended
	if n := len(f.queue); n > 0 {
		fmt.Fprintf(f.people, "Not passed on to %s any more: %d.\n", f.to, n)
	}
}

func (f *forwarder) rouse() {
	select {
	case f.more <- struct{}{}:
	default:
	}
}

func (f *forwarder) run(ctx context.Context) {
	for {
		seq, found, closed := f.next()
		switch {
		case ctx.Err() != nil:
			return
		case found && f.pass(ctx, seq):
			f.drop()
		case found: // given up in the middle
		case closed:
			return
		default:
			select {
			case <-f.more:
			case <-ctx.Done():
			}
		}
	}
}

// next returns the webhook whose turn it is; it stays in the queue.
func (f *forwarder) next() (seq int64, found, closed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.queue) == 0 {
		return 0, false, f.closed
	}
	return f.queue[0], true, f.closed
}

func (f *forwarder) drop() {
	f.mu.Lock()
	f.queue = f.queue[1:]
	f.mu.Unlock()
}

// pass makes the one attempt and tells how it went. It reports false when ctx
// ended before there was an answer.
func (f *forwarder) pass(ctx context.Context, seq int64) bool {
	began := f.now()
	status, err := f.send(ctx, seq)
	took := f.now().Sub(began).Round(time.Millisecond)
	switch {
	case err != nil && ctx.Err() != nil:
		return false
	case err != nil:
		fmt.Fprintf(f.people, "%d was not passed on to %s: %v\n", seq, f.to, err)
	default:
		fmt.Fprintf(f.people, "%d passed on to %s: %s in %v\n", seq, f.to, status, took)
	}
	return true
}

func (f *forwarder) send(ctx context.Context, seq int64) (status string, err error) {
	ctx, cancel := context.WithTimeout(ctx, forwardTimeout)
	defer cancel()
	w, err := f.box.Webhook(ctx, seq)
	if err != nil {
		return "", err
	}
	r, err := http.NewRequestWithContext(ctx, w.Method, f.to.String(), bytes.NewReader(w.Body))
	if err != nil {
		return "", err
	}
	r.Header = endToEnd(w.Header)
	answer, err := f.client.Do(r)
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err // the target is named already
	}
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, forwardAnswer) // the status is what counts
	status = answer.Status
	if to := answer.Header.Get("Location"); answer.StatusCode/100 == 3 && to != "" {
		status += " (a redirect to " + text.Visible(to) + ", not followed)"
	}
	return status, nil
}

// endToEnd returns the headers of a request that are meant for its final
// receiver. Host and Content-Length follow from the new request.
// Source: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
func endToEnd(h http.Header) http.Header {
	out := h.Clone()
	for _, list := range h.Values("Connection") {
		for name := range strings.SplitSeq(list, ",") {
			out.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range []string{
		"Host", "Content-Length", "Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate",
		"Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
	} {
		out.Del(name)
	}
	if _, given := out["User-Agent"]; !given {
		out["User-Agent"] = nil // else net/http adds its own
	}
	return out
}
