package tunnel

import (
	"context"
	"errors"
	"net"
	"net/url"
	"sync"
	"time"
)

// transport makes the TCP connections on which the SDK speaks TLS, so that
// they are ours to count, to hold and to cut.
//
// A dial that fails is tried again here and not by the SDK, whose pauses grow
// to 30 seconds and cannot be woken.
type transport struct {
	proxy  func(*url.URL) (*url.URL, error)
	dialed func()
	failed func(error)
	guard  func()

	ctx  context.Context // ends with the transport
	stop context.CancelFunc
	hold chan struct{} // closed: nothing more is read

	mu      sync.Mutex
	holding bool
	wires   map[*wire]struct{}
}

const (
	dialTimeout  = 10 * time.Second
	dialRetry    = 250 * time.Millisecond
	dialRetryMax = 5 * time.Second
)

func newTransport(o sessionOptions, dialed func(), failed func(error)) *transport {
	proxy := o.Proxy
	if proxy == nil {
		proxy = environmentProxy
	}
	ctx, stop := context.WithCancel(context.Background())
	return &transport{
		proxy: proxy, dialed: dialed, failed: failed, guard: o.Guard,
		ctx: ctx, stop: stop,
		hold: make(chan struct{}), wires: make(map[*wire]struct{}),
	}
}

// Dial is part of the SDK's interface; it uses DialContext alone.
func (t *transport) Dial(network, addr string) (net.Conn, error) {
	return t.DialContext(context.Background(), network, addr)
}

// DialContext connects to addr, however long it takes: until the context or
// the transport ends. It runs on a goroutine of the SDK.
func (t *transport) DialContext(ctx context.Context, network, addr string) (conn net.Conn, err error) {
	err = errGuarded // unless it returns
	defer t.guard()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(t.ctx, cancel)()

	for wait := dialRetry; ; wait = min(2*wait, dialRetryMax) {
		w, failure := t.dial(ctx, network, addr)
		if failure == nil {
			t.dialed()
			return w, nil
		}
		if ctx.Err() != nil {
			return nil, net.ErrClosed
		}
		t.failed(failure)
		pause := time.NewTimer(wait)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return nil, net.ErrClosed
		}
	}
}

// dial tries once.
func (t *transport) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	conn, err := dialThrough(ctx, t.proxy, network, addr)
	if err != nil {
		return nil, err
	}
	w := &wire{Conn: conn, transport: t, gone: make(chan struct{})}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ctx.Err() != nil {
		_ = conn.Close()
		return nil, net.ErrClosed
	}
	t.wires[w] = struct{}{}
	return w, nil
}

// pause stops the reading, so that no new stream begins.
func (t *transport) pause() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.holding {
		t.holding = true
		close(t.hold)
	}
}

// cut ends every connection and every dial, now and later.
func (t *transport) cut() {
	t.stop()
	t.mu.Lock()
	wires := make([]*wire, 0, len(t.wires))
	for w := range t.wires {
		wires = append(wires, w)
	}
	t.mu.Unlock()
	for _, w := range wires {
		_ = w.Close()
	}
}

// wire is one TCP connection.
type wire struct {
	net.Conn
	transport *transport
	closing   sync.Once
	gone      chan struct{}
}

// Read keeps what it has read to itself once the transport pauses.
func (w *wire) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	select {
	case <-w.transport.hold:
		<-w.gone
		return 0, net.ErrClosed
	default:
		return n, err
	}
}

func (w *wire) Close() error {
	err := net.ErrClosed
	w.closing.Do(func() {
		w.transport.mu.Lock()
		delete(w.transport.wires, w)
		w.transport.mu.Unlock()
		close(w.gone)
		err = w.Conn.Close()
	})
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
