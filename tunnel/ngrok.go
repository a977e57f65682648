package tunnel

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"sync"
	"sync/atomic"

	"golang.ngrok.com/ngrok/v2"
)

// session is one agent of the ngrok SDK from its making to its end, and its
// one endpoint. It is never used again: the SDK reconnects by itself, and what
// it cannot recover from (a stopped endpoint is bound again with nobody
// behind it) is left behind by making another.
//
// Three rules of the SDK shape it. Connect's context is the life of the whole
// session, so it never carries a timeout. Connect returns on no refusal but
// goes on trying, so only events tell of one. And the SDK's own Close of an
// endpoint can wait for ever, so an end begins with Disconnect.
type session struct {
	agent     ngrok.Agent
	transport *transport
	ctx       context.Context // of the SDK's session
	cancel    context.CancelFunc
	endpoint  string // URL to ask for; empty: the account's own
	deliver   func(net.Conn)
	changed   func() // tells that progress has changed

	trust  atomic.Pointer[tls.Config] // how the SDK checks the service
	logins chan struct{}              // one slot: logged in (again)
	over   chan struct{}              // closed: the SDK has given up
	once   sync.Once

	guard    func()
	mu       sync.Mutex
	progress progress

	// Set before start returns without an error.
	listener ngrok.EndpointListener
	url      string
	accepted atomic.Int64
	ended    chan struct{} // closed: the endpoint accepts no more
	lastErr  error         // why; read after ended
}

// progress is how far a session has come.
type progress struct {
	stage stage
	// dialFailures counts the dials that failed one after the other.
	dialFailures int
	// err is why it is no further, nil when logged in.
	err error
}

type stage int

const (
	dialing stage = iota
	loggingIn
	loggedIn
)

// sessionOptions are the parts of Options that the SDK takes.
type sessionOptions struct {
	Options
	roots   *x509.CertPool // nil: ngrok's own
	logger  *slog.Logger   // free of secrets
	deliver func(net.Conn)
	changed func(*session)
}

func newSession(o sessionOptions) (*session, error) {
	s := &session{
		endpoint: o.endpoint(), deliver: o.deliver, guard: o.Guard,
		logins: make(chan struct{}, 1), over: make(chan struct{}), ended: make(chan struct{}),
	}
	s.changed = func() { o.changed(s) }
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.transport = newTransport(o, s.dialed, s.dialFailed)

	options := []ngrok.AgentOption{
		ngrok.WithAuthtoken(o.authtoken().Reveal()),
		ngrok.WithAgentConnectURL(o.service()),
		ngrok.WithAutoConnect(false),
		ngrok.WithDialer(s.transport),
		ngrok.WithLogger(o.logger),
		ngrok.WithEventHandler(s.event),
		ngrok.WithTLSConfig(func(c *tls.Config) { s.trust.Store(c.Clone()) }),
	}
	if o.roots != nil {
		options = append(options, ngrok.WithAgentConnectCAs(o.roots))
	}
	if o.tuning.heartbeat > 0 {
		options = append(options,
			ngrok.WithHeartbeatInterval(o.tuning.heartbeat),
			ngrok.WithHeartbeatTolerance(o.tuning.tolerance))
	}
	agent, err := ngrok.NewAgent(options...)
	if err != nil {
		s.cancel()
		return nil, fmt.Errorf("making the ngrok agent: %w", err)
	}
	s.agent = agent
	return s, nil
}

// start logs in and binds the endpoint. It returns when connections are being
// delivered, when ngrok refuses the endpoint, or when abandon ends it; not
// when logging in fails, which update tells of.
func (s *session) start() error {
	if err := s.agent.Connect(s.ctx); err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	select {
	case <-s.logins:
	default:
	}
	listener, err := s.listen()
	if err != nil {
		return err
	}
	s.listener = listener
	go func() {
		defer s.guard()
		s.pump()
	}()
	base, bad := publicURL(listener.URL())
	if bad != nil {
		return bad
	}
	s.url = base
	return nil
}

// listen asks for the endpoint, again whenever the link broke meanwhile.
func (s *session) listen() (ngrok.EndpointListener, error) {
	var options []ngrok.EndpointOption
	if s.endpoint != "" {
		options = append(options, ngrok.WithURL(s.endpoint))
	}
	for {
		listener, err := s.agent.Listen(s.ctx, options...)
		if err == nil || codeOf(err) != "" || s.ctx.Err() != nil {
			return listener, err
		}
		s.update(func(p *progress) { p.err = err })
		select {
		case <-s.logins:
		case <-s.over:
			return nil, err
		case <-s.ctx.Done():
			return nil, err
		}
	}
}

// pump takes connections from the SDK at once. It must never wait for who
// uses the tunnel: the SDK's Close waits for connections that nobody took.
func (s *session) pump() {
	defer close(s.ended)
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			s.lastErr = err
			return
		}
		s.accepted.Add(1)
		s.deliver(conn)
	}
}

// event is called by the SDK, which waits for it.
func (s *session) event(e ngrok.Event) {
	defer s.guard()
	switch e := e.(type) {
	case *ngrok.EventAgentConnectSucceeded:
		s.update(func(p *progress) { *p = progress{stage: loggedIn} })
		select {
		case s.logins <- struct{}{}:
		default:
		}
	case *ngrok.EventAgentDisconnected:
		if e.Error == nil {
			s.once.Do(func() { close(s.over) })
			return
		}
		s.update(func(p *progress) {
			if p.stage == loggedIn {
				p.stage = dialing
			}
			p.err = e.Error
		})
	}
}

func (s *session) dialed() {
	s.update(func(p *progress) {
		if p.dialFailures > 0 {
			p.dialFailures, p.err = 0, nil
		}
		p.stage = loggingIn
	})
}

func (s *session) dialFailed(err error) {
	s.update(func(p *progress) {
		p.stage, p.err = dialing, err
		p.dialFailures++
	})
}

func (s *session) update(f func(*progress)) {
	s.mu.Lock()
	f(&s.progress)
	s.mu.Unlock()
	s.changed()
}

func (s *session) now() progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.progress
}

// probe repeats the TLS handshake with the service, whose failure the SDK
// reports as a closed session only. Its error is one of the handshake, not of
// the network.
func (s *session) probe(ctx context.Context, addr string) error {
	trust := s.trust.Load()
	if trust == nil {
		return nil
	}
	conn, err := s.transport.dial(ctx, "tcp", addr)
	if err != nil {
		return nil
	}
	defer conn.Close()
	err = tls.Client(conn, trust.Clone()).HandshakeContext(ctx)
	var record tls.RecordHeaderError
	var certificate *tls.CertificateVerificationError
	var alert tls.AlertError
	if errors.As(err, &record) || errors.As(err, &certificate) || errors.As(err, &alert) {
		return err
	}
	return nil
}

// urlHost is the address of a public URL.
type urlHost string

func (h urlHost) Network() string { return "tcp" }

func (h urlHost) String() string {
	u, err := url.Parse(string(h))
	if err != nil {
		return ""
	}
	return u.Host
}
