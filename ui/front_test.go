package ui_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"

	"kvikk/api/sandbox"
)

// front stands between the program and a sandbox: it sees every request, and
// may keep one or spoil it.
type front struct {
	mu    sync.Mutex
	fault fault
	seen  map[string]int
	ended chan struct{}
}

// fault is what becomes of a request; pass answers it as usual.
type fault func(w http.ResponseWriter, r *http.Request, pass http.Handler)

// behind starts a sandbox outside the program and puts a front before it.
func (p *parts) behind(o sandbox.Options) *front {
	p.t.Helper()
	target, err := url.Parse(p.outside(o).URL())
	if err != nil {
		p.t.Fatal(err)
	}
	f := &front{seen: make(map[string]int), ended: make(chan struct{})}
	transport := &http.Transport{}
	pass := &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.seen[r.Method+" "+r.URL.Path]++
		spoil := f.fault
		f.mu.Unlock()
		if spoil == nil {
			pass.ServeHTTP(w, r)
			return
		}
		spoil(w, r, pass)
	}))
	p.t.Cleanup(func() {
		close(f.ended)
		server.Close()
		transport.CloseIdleConnections()
	})
	p.flag.APIURL = server.URL
	return f
}

// misbehave replaces what becomes of requests; nil heals it.
func (f *front) misbehave(spoil fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = spoil
}

// count is how often something was asked for, such as POST /accesstoken/get.
func (f *front) count(what string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seen[what]
}

// adminPath is where a kvikk sandbox is steered.
const adminPath = "/_kvikk/"

// heldRequest is a request that is kept until it is let go or its client has
// gone.
type heldRequest struct{ came, letGo, gone chan struct{} }

// hold keeps the next requests, but for looks at how the sandbox stands.
func (f *front) hold() heldRequest {
	h := heldRequest{came: make(chan struct{}, 16), letGo: make(chan struct{}), gone: make(chan struct{}, 16)}
	f.misbehave(func(w http.ResponseWriter, r *http.Request, pass http.Handler) {
		if strings.HasPrefix(r.URL.Path, adminPath) {
			pass.ServeHTTP(w, r)
			return
		}
		// Only once its body has been read a server notices that its client
		// has gone.
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		h.came <- struct{}{}
		select {
		case <-f.ended:
		case <-h.letGo:
			pass.ServeHTTP(w, r)
		case <-r.Context().Done():
			h.gone <- struct{}{}
		}
	})
	return h
}
