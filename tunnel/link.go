package tunnel

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"strconv"
	"sync"
	"time"
)

// link is the listener of a tunnel through ngrok. One session after the other
// serves it; whoever accepts does not notice the change.
type link struct {
	o        Options
	redactor redactor
	roots    *x509.CertPool
	tell     func(State, string, error)

	ctx   context.Context // ends when the link closes
	stop  context.CancelFunc
	conns chan net.Conn
	work  sync.WaitGroup
	done  chan struct{} // closed: every goroutine of the link has ended

	answers answers

	mu      sync.Mutex
	current *session // nil while there is none that serves
	url     string
}

const (
	// backlog is how many connections wait to be accepted, as of a socket.
	backlog = 128
	// closeLimit bounds Close.
	closeLimit = 3 * time.Second
	// answerLimit is how long Close waits for answers that are owed.
	answerLimit = 500 * time.Millisecond
	// firstTries is how often the service is dialled before an opening fails:
	// about two seconds where connections are refused at once.
	firstTries = 4
	// probeLimit bounds the question why TLS fails.
	probeLimit = 5 * time.Second

	retryFirst = 500 * time.Millisecond
	retryMax   = 30 * time.Second
	// steady is how long an endpoint must have served for the next trouble to
	// count as a new one.
	steady = time.Minute
)

// openLink opens a tunnel through ngrok.
func openLink(ctx context.Context, o Options, stage func(string), tell func(State, string, error)) (*link, error) {
	roots, err := loadCAs(o.ConnectCAs)
	if err != nil {
		return nil, err
	}
	l := &link{
		o: o, redactor: newRedactor(o.authtoken()), roots: roots, tell: tell,
		conns: make(chan net.Conn, backlog), done: make(chan struct{}),
	}
	l.ctx, l.stop = context.WithCancel(context.Background())
	limit := o.Timeout
	if limit <= 0 {
		limit = DefaultTimeout
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()

	stage("Connecting to ngrok at " + o.service())
	s, failure := l.attempt(ctx, opening{stage: stage, tries: firstTries, late: timer.C})
	if failure != nil {
		go l.guarded(nil)
		_ = l.Close()
		return nil, failure
	}
	l.adopt(s)
	go l.guarded(s)
	return l, nil
}

// adopt makes a session that has started the one that serves.
func (l *link) adopt(s *session) {
	l.mu.Lock()
	l.current, l.url = s, s.url
	l.mu.Unlock()
	l.follow(s)
}

// follow tells how the session that serves fares. The lock is held so that
// what is told last is what was true last.
func (l *link) follow(s *session) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.current != s {
		return
	}
	if p := s.now(); p.stage == loggedIn {
		l.tell(Up, l.url, nil)
	} else {
		l.tell(Down, l.url, l.explainDown(p))
	}
}

// down tells that no session serves.
func (l *link) down(why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.current = nil
	l.tell(Down, l.url, why)
}

// supervise keeps a session serving until the link closes.
func (l *link) supervise(s *session) {
	defer close(l.done)
	defer l.work.Wait()
	wait := l.firstRetry()
	for s != nil {
		began := time.Now()
		why := l.serve(s)
		if l.ctx.Err() == nil {
			l.down(why)
		} else {
			l.answers.wait(answerLimit)
		}
		s.stop()
		if time.Since(began) > steady {
			wait = l.firstRetry()
		}
		s, wait = l.rebuild(wait)
	}
}

// serve returns when the session is of no more use, and why.
func (l *link) serve(s *session) error {
	select {
	case <-s.ended:
		return l.explainStopped(s.lastErr)
	case <-s.over:
		return l.explainStopped(errors.New("the agent was disconnected"))
	case <-l.ctx.Done():
		return nil
	}
}

// rebuild makes sessions until one serves, or returns nil when the link
// closes; and the pause before the next one.
func (l *link) rebuild(wait time.Duration) (*session, time.Duration) {
	for !within(wait, l.ctx.Done()) {
		wait = min(2*wait, retryMax)
		s, err := l.attempt(l.ctx, opening{})
		if err == nil {
			l.adopt(s)
			return s, wait
		}
		if l.ctx.Err() == nil {
			l.down(err)
		}
	}
	return nil, wait
}

func (l *link) firstRetry() time.Duration {
	if l.o.tuning.retry > 0 {
		return l.o.tuning.retry
	}
	return retryFirst
}

// deliver hands a connection on to Accept.
func (l *link) deliver(raw net.Conn) {
	conn := &proxied{Conn: raw, answers: &l.answers}
	select {
	case <-l.ctx.Done():
		_ = conn.Close()
		return
	default:
	}
	select {
	case l.conns <- conn:
	case <-l.ctx.Done():
		_ = conn.Close()
	}
}

// Accept returns the next connection, whichever session it came through.
func (l *link) Accept() (net.Conn, error) {
	if l.ctx.Err() != nil {
		return nil, net.ErrClosed
	}
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.ctx.Done():
		return nil, net.ErrClosed
	}
}

// Addr returns the host of the public URL.
func (l *link) Addr() net.Addr {
	l.mu.Lock()
	defer l.mu.Unlock()
	return urlHost(l.url)
}

// Close ends the link and waits for its goroutines, up to closeLimit.
func (l *link) Close() error {
	l.stop()
	inTime := within(closeLimit, l.done)
	for {
		select {
		case conn := <-l.conns:
			_ = conn.Close()
			continue
		default:
		}
		break
	}
	if !inTime {
		return &Error{
			What: "The link to ngrok did not end within " + strconv.Itoa(int(closeLimit/time.Second)) + " seconds.",
			Do:   "Nothing: it ends with the program.",
		}
	}
	return nil
}
