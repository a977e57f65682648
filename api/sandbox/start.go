package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Start listens and serves until ctx ends or [Server.Close] is called. It
// refuses an address outside loopback without names for it, keys that no client
// could send, and a state directory that another sandbox uses or that holds
// something else ([*StateError]).
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	names, err := newHosts(o.AllowHosts)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	j, before, err := openJournal(o.StateDir, o.Logger)
	if err != nil {
		return nil, err
	}
	s, ln, err := prepare(ctx, o, ground{journal: j, before: before, names: names})
	if err != nil {
		return nil, errors.Join(err, j.close())
	}
	s.restore(before)
	s.run(ln)
	return s, nil
}

// ground is what a sandbox stands on beside its options.
type ground struct {
	journal *journal
	before  *past
	ids     *entropy
	names   hosts
	url     string
}

// prepare does everything that can fail, so that nothing runs yet if it does.
func prepare(ctx context.Context, o Options, g ground) (*Server, net.Listener, error) {
	server := &g.before.server
	g.ids = newEntropy(o.Seed)
	if server.begin(g.ids); server.Starts > 1 { // a second run makes up other things than the first
		g.ids = g.ids.scoped("start " + strconv.Itoa(server.Starts))
	}
	var err error
	if server.Keys, err = completeAll(g.before.keys(append([]Keys{o.Keys}, o.More...)), g.ids); err != nil {
		return nil, nil, err
	}
	if err := g.journal.begin(g.before); err != nil {
		return nil, nil, err
	}
	ln, err := listen(ctx, o.Addr, g.names)
	if err != nil {
		return nil, nil, err
	}
	g.url = baseURL(o, ln, g.names)
	s, err := newServer(ctx, o, g)
	if err != nil {
		return nil, nil, errors.Join(err, ln.Close())
	}
	return s, ln, nil
}

func newServer(ctx context.Context, o Options, g ground) (*Server, error) {
	pages, err := newPages(g.ids)
	if err != nil {
		return nil, err
	}
	s := &Server{
		url: g.url, ids: g.ids, journal: g.journal, webhookSecret: o.WebhookSecret, log: o.Logger, clock: newClock(o.Now), schedule: o.Schedule, guard: o.Guard,
		names: g.names, policy: &callbackPolicy{anywhere: o.AllowRemoteCallbacks}, pages: pages, deadline: make(chan struct{}, 1),
		attempts: &ring[attempt]{},
	}
	s.now = s.clock.now
	s.faults = newFaults(g.ids, s.now, s.log, o.Faults)
	if s.guard == nil {
		s.guard = func() {}
	}
	if s.schedule == nil {
		s.schedule = ProviderSchedule
	}
	s.life, s.cancel = context.WithCancel(ctx)
	s.mint = newTokenMint(g.before.server, orDefault(o.TokenLife, time.Hour), g.ids)
	s.courier = newCourier(s.policy, o.CallbackCAs, orDefault(o.DeliveryTimeout, 10*time.Second), s.clock.real)
	s.addUnits(g.before.server.Keys)
	s.routes = s.table()
	s.http = &http.Server{
		Handler:           http.HandlerFunc(s.handle),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	if o.Authority != nil {
		if err := o.Authority.secure(s.http, s.now(), g.names); err != nil {
			s.cancel()
			return nil, err
		}
	}
	return s, nil
}

func (s *Server) addUnits(all []Keys) {
	s.byKey, s.byClient = make(map[string]*unit, len(all)), make(map[string]*unit, len(all))
	for _, k := range all {
		u := newUnit(k, s.ids, s.journal)
		s.units = append(s.units, u)
		s.byKey[k.SubscriptionKey], s.byClient[strings.ToLower(k.ClientID)] = u, u
	}
}
