package edgetest

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"
	"sync/atomic"

	"golang.ngrok.com/muxado/v2"
)

// public is the side of an edge that the world sees: one URL.
type public struct {
	edge *Edge
	url  string
	srv  *http.Server

	mu     sync.Mutex
	agents map[net.Conn]*http.Transport // by the client's connection
}

// errOffline is the answer for a URL that no agent serves.
var errOffline = errors.New("the endpoint is offline")

func (e *Edge) newPublic() (*public, error) {
	ln, err := new(net.ListenConfig).Listen(e.ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &public{edge: e, url: "http://" + ln.Addr().String(), agents: make(map[net.Conn]*http.Transport)}
	serve := func() { _ = p.srv.Serve(ln) }
	p.srv = &http.Server{
		Handler:     p.handler(),
		ConnContext: p.enter,
		ConnState:   p.leave,
		ErrorLog:    log.New(io.Discard, "", 0),
	}
	if e.o.PublicScheme == "https" {
		p.url = "https://" + ln.Addr().String()
		p.srv.TLSConfig = e.auth.config()
		serve = func() { _ = p.srv.ServeTLS(ln, "", "") }
	}
	e.work.Go(serve)
	return p, nil
}

func (p *public) close() {
	_ = p.srv.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.agents {
		t.CloseIdleConnections()
	}
}

type transportKey struct{}

// enter gives each client's connection its own way to the agent, so that the
// agent sees whose requests they are.
func (p *public) enter(ctx context.Context, c net.Conn) context.Context {
	t := &http.Transport{
		DisableCompression: true,
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			return p.edge.proxy(p.url, c.RemoteAddr().String())
		},
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.agents[c] = t
	return context.WithValue(ctx, transportKey{}, t)
}

func (p *public) leave(c net.Conn, s http.ConnState) {
	if s != http.StateClosed && s != http.StateHijacked {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if t := p.agents[c]; t != nil {
		t.CloseIdleConnections()
		delete(p.agents, c)
	}
}

// roundTripper sends a request the way that enter has laid.
type roundTripper struct{}

func (roundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	t, ok := r.Context().Value(transportKey{}).(*http.Transport)
	if !ok {
		return nil, errors.New("the request came through no public connection")
	}
	return t.RoundTrip(r)
}

func (p *public) handler() http.Handler {
	scheme := "http"
	if p.edge.o.PublicScheme == "https" {
		scheme = "https"
	}
	return &httputil.ReverseProxy{
		Transport: roundTripper{},
		ErrorLog:  log.New(io.Discard, "", 0),
		Rewrite:   func(r *httputil.ProxyRequest) { forward(r, scheme) },
		ModifyResponse: func(r *http.Response) error {
			r.Header.Del("Ngrok-Error-Code") // only the edge may say that
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			if errors.Is(err, errOffline) {
				refuse(w, http.StatusNotFound, "ERR_NGROK_3200")
				return
			}
			refuse(w, http.StatusBadGateway, "ERR_NGROK_3004")
		},
	}
}

// forward leaves a request as it came, but for what the service adds: it
// appends to X-Forwarded-For and -Proto, and keeps a client's -Host.
func forward(r *httputil.ProxyRequest, scheme string) {
	r.Out.URL.Scheme, r.Out.URL.Host = "http", r.In.Host
	r.Out.URL.RawQuery = r.In.URL.RawQuery
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"} {
		r.Out.Header[name] = r.In.Header[name]
	}
	host, _, _ := net.SplitHostPort(r.In.RemoteAddr)
	r.Out.Header.Add("X-Forwarded-For", host)
	r.Out.Header.Add("X-Forwarded-Proto", scheme)
	if r.Out.Header.Get("X-Forwarded-Host") == "" {
		r.Out.Header.Set("X-Forwarded-Host", r.In.Host)
	}
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Ngrok-Error-Code", code)
	http.Error(w, code, status)
}

// stream is a muxado stream that is safe to write to and close while its
// session dies: muxado may still read a caller's buffer, and its own frame,
// after a failed write has returned.
type stream struct {
	muxado.Stream
	failed atomic.Bool
}

func (s *stream) Write(b []byte) (int, error) {
	n, err := s.Stream.Write(append([]byte(nil), b...))
	if err != nil {
		s.failed.Store(true)
	}
	return n, err
}

func (s *stream) Close() error {
	if s.failed.Load() {
		return nil
	}
	return s.Stream.Close()
}
