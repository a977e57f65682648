// Package tunnel opens a callback URL: an address at which a provider reaches
// this process with its webhooks.
//
// There are three ways, and [Open] makes them look the same, a [Tunnel] that
// is a [net.Listener] with a public URL:
//
//   - [Local] listens on loopback. It is for a provider on the same machine,
//     such as an embedded sandbox, and needs no network.
//   - [Ngrok] asks ngrok for a public https URL and carries its requests over
//     one outgoing connection, so no port is opened to the world. It needs an
//     authtoken. ngrok is told the operating system, the host name and the
//     path of this program (its SDK has no setting against that).
//   - [Own] listens on loopback behind a public URL that a person brings: a
//     reverse proxy, another tunnel.
//
// A tunnel that has been opened stays one until Close: when the link to ngrok
// drops it comes back by itself, and [Tunnel.Status] says so meanwhile. Every
// failure is an [*Error], which says what happened, the likely cause and what
// to do.
package tunnel

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"
)

// Tunnel is a listener for the connections that reach a public URL. Its
// methods are safe for concurrent use.
type Tunnel struct {
	kind    Kind
	ln      net.Listener
	changed chan struct{}
	now     func() time.Time

	mu     sync.Mutex
	status Status

	closing  sync.Once
	closeErr error
}

// State says whether the public URL leads here.
type State int

const (
	// Connecting is the state before the URL is there for the first time.
	Connecting State = iota
	// Up means that requests to the URL arrive.
	Up
	// Down means that requests to the URL do not arrive, and that the tunnel
	// is at work to change that.
	Down
	// Closed means that the tunnel has been closed.
	Closed
)

// String returns the name of the state in lower case.
func (s State) String() string {
	switch s {
	case Connecting:
		return "connecting"
	case Up:
		return "up"
	case Down:
		return "down"
	case Closed:
		return "closed"
	}
	return "unknown"
}

// Status is how a tunnel fares.
type Status struct {
	State State
	// URL is the public base URL, without a trailing slash.
	URL string
	// Since is when State began.
	Since time.Time
	// Err is why the tunnel is down: an [*Error], free of secrets. It is nil
	// in every other state.
	Err error
}

// Open opens a tunnel. Its context bounds the opening only; the tunnel lives
// until Close. Progress is told in short sentences; it may be nil, and is not
// called after Open has returned.
//
// The error is an [*Error], unless the context ended: then it wraps the
// context's.
func Open(ctx context.Context, o Options, progress func(stage string)) (*Tunnel, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ended(ctx)
	}
	if o.Guard == nil {
		o.Guard = func() {}
	}
	if progress == nil {
		progress = func(string) {}
	}
	t := &Tunnel{kind: o.Kind, changed: make(chan struct{}, 1), now: o.clock()}
	t.status = Status{State: Connecting, Since: t.now()}

	if err := t.open(ctx, o, progress); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *Tunnel) open(ctx context.Context, o Options, progress func(string)) error {
	if o.Kind == Ngrok {
		l, err := openLink(ctx, o, progress, t.set)
		if err != nil {
			return err
		}
		t.ln = l
		return nil
	}
	ln, publicURL, err := openLoopback(ctx, o, progress)
	if err != nil {
		return err
	}
	t.ln = ln
	t.set(Up, publicURL, nil)
	return nil
}

// ended is the error of an opening that was given up.
func ended(ctx context.Context) error {
	return fmt.Errorf("opening the tunnel: %w", ctx.Err())
}

// Accept returns the next connection. After Close the error is
// [net.ErrClosed]; a link that is down meanwhile is no error.
func (t *Tunnel) Accept() (net.Conn, error) { return t.ln.Accept() }

// Addr returns the address on which connections arrive: of the loopback
// listener, or for ngrok the host of the public URL.
func (t *Tunnel) Addr() net.Addr { return t.ln.Addr() }

// Kind returns how the tunnel reaches the world.
func (t *Tunnel) Kind() Kind { return t.kind }

// URL returns the public base URL as it is now, without a trailing slash. It
// changes when the tunnel had to be built anew and ngrok gave another one.
func (t *Tunnel) URL() string { return t.Status().URL }

// Status returns how the tunnel fares.
func (t *Tunnel) Status() Status {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.status
}

// Changed receives when Status or URL have changed. It holds one signal, so
// whoever comes late reads the latest status, and of several readers only one
// is woken.
func (t *Tunnel) Changed() <-chan struct{} { return t.changed }

// Close closes the tunnel and waits for its goroutines, three seconds at most.
// It may be called again and by several goroutines. Connections that came
// through ngrok end with it, since they share its link; requests that were read
// from them have half a second to be answered. Those of a loopback listener
// that were accepted stay open.
func (t *Tunnel) Close() error {
	t.closing.Do(func() {
		t.set(Closed, t.URL(), nil)
		t.closeErr = t.ln.Close()
	})
	return t.closeErr
}

// set records a change and signals it. A closed tunnel stays closed.
func (t *Tunnel) set(state State, url string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	was := t.status
	if was.State == Closed || was.State == state && was.URL == url && sameText(was.Err, err) {
		return
	}
	if was.State != state {
		t.status.Since = t.now()
	}
	t.status.State, t.status.URL, t.status.Err = state, url, err
	select {
	case t.changed <- struct{}{}:
	default:
	}
}

func sameText(a, b error) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Error() == b.Error()
}
