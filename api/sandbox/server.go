package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

const (
	// maxBody is the longest request body served, in bytes.
	maxBody = 1 << 20
	// writeTimeout bounds an answer, from its request on.
	writeTimeout = 30 * time.Second
)

// layer names the part of the provider's stack that answers a route; each has
// its own idea of what an error looks like.
type layer int

const (
	tokenLayer layer = iota
	webhooksLayer
	paymentLayer
	pageLayer
	adminLayer
)

// call is one request on its way through the sandbox.
type call struct {
	s      *Server
	r      *http.Request
	layer  layer
	params []string // path parameters in order
	unit   *unit    // whose keys the request carries; nil before the checks
	body   []byte
	now    time.Time
	wake   []*posted // the events it led to, to go once the answer is out
	mishap mishap
}

// reply is a whole answer; keeping it as a value is what makes an idempotent
// replay byte for byte the same.
type reply struct {
	status      int
	contentType string
	body        []byte
	header      [][2]string
	passing     bool // a refusal that says to try again, so no key may keep it
}

type handler func(*call) reply

type route struct {
	method  string
	pattern []string // path segments; "*" is a parameter
	layer   layer
	call    string // what faults name it; empty for what is not the provider's API
	handle  handler
}

func (s *Server) table() []route {
	at := func(method, path string, l layer, h handler) route {
		return route{method: method, pattern: strings.Split(path, "/")[1:], layer: l, handle: h}
	}
	return append([]route{
		at("POST", "/accesstoken/get", tokenLayer, issueToken).as("token"),
		at("POST", "/webhooks/v1/webhooks", webhooksLayer, registerWebhook).as("register"),
		at("GET", "/webhooks/v1/webhooks", webhooksLayer, listWebhooks).as("list"),
		at("DELETE", "/webhooks/v1/webhooks/*", webhooksLayer, deleteWebhook).as("delete"),
		at("POST", "/epayment/v1/payments", paymentLayer, createPayment).as("create"),
		at("GET", "/epayment/v1/payments/*", paymentLayer, getPayment).as("get"),
		at("GET", "/epayment/v1/payments/*/events", paymentLayer, getEvents).as("events"),
		at("POST", "/epayment/v1/payments/*/cancel", paymentLayer, cancelPayment).as("cancel"),
		at("POST", "/epayment/v1/payments/*/capture", paymentLayer, capturePayment).as("capture"),
		at("POST", "/epayment/v1/payments/*/refund", paymentLayer, refundPayment).as("refund"),
		at("POST", "/epayment/v1/test/payments/*/approve", paymentLayer, forceApprove).as("approve"),
		at("GET", "/landing", pageLayer, showLanding),
		at("POST", "/landing", pageLayer, decideLanding),
		at("GET", "/qr", pageLayer, showQR),
		at("GET", "/app", pageLayer, showApp),
		at("GET", "/return", pageLayer, showReturn),
		at("GET", "/page.css", pageLayer, pageStyle),
	}, adminRoutes()...)
}

// as names the call that a route stands for, one of callNames.
func (rt route) as(call string) route {
	rt.call = call
	return rt
}

// handle answers one request and then sets the deliveries going that it led to.
func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		frontError(r, http.StatusServiceUnavailable, "The sandbox is shutting down.").send(w)
		return
	}
	defer s.handlers.Done()
	defer s.recovered(w, r)
	c := &call{s: s, r: r, now: s.now()}
	defer c.deliver() // whatever becomes of the answer
	a := s.answer(c, w)
	if err := s.journal.flush(); err != nil {
		a = frontError(r, http.StatusInternalServerError,
			"The sandbox cannot save its state: "+err.Error()+". Nothing is lost while it runs; make room in its state directory and ask again.")
	}
	c.suffer(w)
	a.send(w)
	if len(c.wake) > 0 {
		// The answer goes out first, so that a client knows its payment before
		// the webhook about it arrives, as with the provider.
		_ = http.NewResponseController(w).Flush()
	}
}

// deliver sets the deliveries going that the call led to.
func (c *call) deliver() {
	for _, events := range c.wake {
		events.deliver()
	}
	c.wake = nil
}

// recovered answers a request whose handler has panicked, and says so in the
// log: the sandbox goes on, and a bug in it is nothing that a client has to
// guess from a connection that was cut.
func (s *Server) recovered(w http.ResponseWriter, r *http.Request) {
	switch cause := recover(); cause {
	case nil:
	case http.ErrAbortHandler:
		panic(cause) // the connection is cut on purpose
	default:
		s.log.Error("a request made the sandbox panic",
			"method", clip(r.Method), "path", clip(r.URL.Path), "panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
		frontError(r, http.StatusInternalServerError, "The sandbox itself has failed; its log says where.").send(w)
	}
}

func (s *Server) answer(c *call, w http.ResponseWriter) reply {
	if a, refused := s.names.refuseStranger(c.r); refused {
		return a
	}
	if a, refused := refuseOutsider(c.r); refused {
		return a
	}
	rt, params, allowed := s.find(c.r)
	if rt == nil {
		return unrouted(c.r, allowed)
	}
	c.layer, c.params = rt.layer, params
	if a, refused := c.admit(); refused {
		return a
	}
	if rt.layer != tokenLayer { // the token call's body is ignored, whatever it is
		body, err := io.ReadAll(http.MaxBytesReader(w, c.r.Body, maxBody))
		if err != nil {
			return c.unreadable(err)
		}
		c.body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	}
	return c.handled(rt)
}

func (c *call) unreadable(err error) reply {
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		return c.problem(&failure{
			status: http.StatusRequestEntityTooLarge, title: "Payload Too Large",
			detail: "The request body is longer than " + strconv.Itoa(maxBody) + " bytes.",
		})
	}
	return c.problem(&failure{status: http.StatusBadRequest, title: "Bad Request", detail: "The request body could not be read to its end."})
}

// find looks a route up; without one it says which methods the path has.
func (s *Server) find(r *http.Request) (*route, []string, []string) {
	segments := strings.Split(r.URL.EscapedPath(), "/")[1:]
	var allowed []string
	for i := range s.routes {
		rt := &s.routes[i]
		params, ok := rt.match(segments)
		switch {
		case !ok:
		case rt.method == r.Method:
			return rt, params, nil
		default:
			allowed = append(allowed, rt.method)
		}
	}
	return nil, nil, allowed
}

func (rt *route) match(segments []string) ([]string, bool) {
	if len(segments) != len(rt.pattern) {
		return nil, false
	}
	var params []string
	for i, want := range rt.pattern {
		got, err := url.PathUnescape(segments[i])
		switch {
		case err != nil:
			return nil, false
		case want == "*" && got != "":
			params = append(params, got)
		case want != got && (rt.layer != tokenLayer || !strings.EqualFold(want, got)):
			return nil, false // plugins in the wild write /accessToken/get; the other paths are exact
		}
	}
	return params, true
}

func unrouted(r *http.Request, allowed []string) reply {
	if len(allowed) == 0 {
		return frontError(r, http.StatusNotFound, "There is no resource at "+clip(r.URL.Path)+".")
	}
	a := frontError(r, http.StatusMethodNotAllowed, "The resource does not have the method "+clip(r.Method)+".")
	a.header = append(a.header, [2]string{"Allow", strings.Join(allowed, ", ")})
	return a
}

func (a reply) send(w http.ResponseWriter) {
	h := w.Header()
	if a.contentType != "" {
		h.Set("Content-Type", a.contentType)
	}
	for _, kv := range a.header {
		h.Set(kv[0], kv[1])
	}
	h.Set("X-Content-Type-Options", "nosniff")
	if a.status != http.StatusNoContent {
		h.Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that has gone has nothing to be told
}

// clip shortens what a client sent before it is echoed.
func clip(s string) string {
	const most = 100
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
