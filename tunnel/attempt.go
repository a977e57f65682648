package tunnel

import (
	"context"
	"errors"
	"time"
)

// errGuarded is the outcome of what a guard has recovered from a panic.
var errGuarded = errors.New("the agent ended unexpectedly")

// opening says how patient an attempt is.
type opening struct {
	stage func(string)     // nil: nobody listens
	tries int              // dials in vain before it fails; 0: no limit
	late  <-chan time.Time // fires when it has taken too long; nil: never
}

// attempt makes a session and returns it once it delivers connections.
func (l *link) attempt(ctx context.Context, o opening) (*session, error) {
	wake := make(chan struct{}, 1)
	s, err := newSession(sessionOptions{
		Options: l.o, roots: l.roots, logger: l.redactor.logger(l.o.Logger), deliver: l.deliver,
		changed: func(s *session) {
			select {
			case wake <- struct{}{}:
			default:
			}
			l.follow(s)
		},
	})
	if err != nil {
		return nil, &Error{What: "The ngrok agent cannot be made.", Cause: oneLine(l.redactor.text(err.Error())), Do: "Try " + useOwn + "."}
	}
	started := make(chan struct{})
	startErr := errGuarded
	l.work.Go(func() {
		defer l.o.Guard()
		defer close(started)
		startErr = s.start()
	})
	failure := l.await(ctx, s, o, wake, started, &startErr)
	if failure != nil {
		s.abandon(started)
		return nil, failure
	}
	return s, nil
}

// guarded supervises under the guard of whoever opened the tunnel.
func (l *link) guarded(s *session) {
	defer l.o.Guard()
	l.supervise(s)
}

// await watches a session start, and returns nil once it has, or why not.
func (l *link) await(ctx context.Context, s *session, o opening, wake, started <-chan struct{}, startErr *error) error {
	var probed chan error
	last := ""
	for {
		select {
		case <-started:
			if *startErr == nil {
				return nil
			}
			return l.explain(progress{stage: loggedIn, err: *startErr})
		case <-wake:
			p := s.now()
			if o.stage != nil {
				if text := l.describe(p); text != last {
					o.stage(text)
					last = text
				}
			}
			if p.err != nil && (codeOf(p.err) != "" || o.tries > 0 && p.dialFailures >= o.tries) {
				return l.explain(p)
			}
			if p.err != nil && p.dialFailures == 0 && probed == nil {
				probed = l.probe(s)
			}
		case err := <-probed:
			if err != nil {
				return l.explainTLS(err)
			}
		case <-o.late:
			return l.explainLate(s.now())
		case <-ctx.Done():
			return ended(ctx)
		}
	}
}

// probe asks in the background why the service does not let TLS through.
func (l *link) probe(s *session) chan error {
	result := make(chan error, 1)
	l.work.Go(func() {
		defer l.o.Guard()
		ctx, cancel := context.WithTimeout(s.transport.ctx, probeLimit)
		defer cancel()
		result <- s.probe(ctx, l.o.service())
	})
	return result
}
