package edgetest

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net"
	"slices"
	"sync"

	"golang.ngrok.com/muxado/v2"
)

// link is the connection of one agent.
type link struct {
	edge *Edge
	conn net.Conn
	mux  muxado.TypedStreamSession
	work sync.WaitGroup // handlers of its streams
	gone chan struct{}  // closed when the link has ended

	clientID string // set when logged in; guarded by edge.mu
	token    string // likewise
	silent   bool   // likewise
}

// endpoint is a public URL that an agent serves.
type endpoint struct {
	id, token, proto string
	link             *link
}

func newLink(e *Edge, conn net.Conn) *link {
	mux := muxado.NewTypedStreamSession(muxado.Server(conn, nil))
	return &link{edge: e, conn: conn, mux: mux, gone: make(chan struct{})}
}

// run answers the agent until the connection ends.
func (l *link) run() {
	for {
		st, err := l.mux.AcceptTypedStream()
		if err != nil {
			break
		}
		l.work.Go(func() { l.handle(st) })
	}
	_ = l.mux.Close()
	l.edge.forgetEndpoints(l)
	close(l.gone)
	l.work.Wait()
	l.edge.change(func() { delete(l.edge.links, l) })
}

// cut ends the connection without a word.
func (l *link) cut() {
	if tcp, ok := l.conn.(interface{ NetConn() net.Conn }); ok {
		_ = tcp.NetConn().Close()
	}
	<-l.gone
}

func (l *link) silence() { l.edge.change(func() { l.silent = true }) }

// mute blocks until the end of a link that has gone silent, and reports
// whether it had.
func (l *link) mute() bool {
	l.edge.mu.Lock()
	silent := l.silent
	l.edge.mu.Unlock()
	if silent {
		<-l.gone
	}
	return silent
}

func (l *link) handle(st muxado.TypedStream) {
	defer st.Close()
	switch st.StreamType() {
	case authStream:
		answer(l, st, l.login)
	case bindStream:
		answer(l, st, l.bind)
	case unbindStream:
		answer(l, st, l.unbind)
	case srvInfoStream:
		answer(l, st, func(struct{}) srvInfoAnswer { return srvInfoAnswer{Region: "loopback"} })
	case heartbeatStream:
		l.echo(st)
	}
}

// answer reads one request, and writes what respond makes of it.
func answer[Q, A any](l *link, st muxado.TypedStream, respond func(Q) A) {
	var q Q
	if err := json.NewDecoder(st).Decode(&q); err != nil {
		var bad *json.SyntaxError
		if errors.As(err, &bad) {
			l.edge.t.Errorf("edgetest: a request of type %d is not JSON: %v", st.StreamType(), err)
		}
		return
	}
	a := respond(q)
	if l.mute() {
		return
	}
	// An agent that is gone by now needs no answer.
	_ = json.NewEncoder(st).Encode(a)
}

// echo sends heartbeats back.
func (l *link) echo(st io.ReadWriter) {
	var beat [4]byte
	for {
		if _, err := io.ReadFull(st, beat[:]); err != nil || l.mute() {
			return
		}
		if _, err := st.Write(beat[:]); err != nil {
			return
		}
		l.edge.change(func() { l.edge.beats++ })
	}
}

// login answers an Auth request.
func (l *link) login(q authRequest) authAnswer {
	e := l.edge
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.tell()
	token := q.Extra.Authtoken
	e.tokens = append(e.tokens, token)
	if r := e.loginRefusal(token, q.ClientID); r != nil {
		return authAnswer{Error: r.message(token)}
	}
	l.clientID, l.token = q.ClientID, token
	if l.clientID == "" {
		l.clientID = e.id("client")
	}
	return authAnswer{Version: "3", ClientID: l.clientID, Extra: authExtra{
		Version: "edgetest", Region: "loopback", Cookie: "cookie of " + l.clientID,
		AccountName: "Edge Test", PlanName: "Free", AgentSessionID: e.id("ts"),
	}}
}

// loginRefusal says why an agent may not log in, or nil. The lock is held.
func (e *Edge) loginRefusal(token, clientID string) *refusal {
	switch {
	case e.faults.auth != nil:
		return e.faults.auth
	case token == "":
		return &refusal{"ERR_NGROK_4018", "Usage requires an account and an authtoken."}
	case len(e.o.Authtokens) > 0 && !slices.Contains(e.o.Authtokens, token):
		return &refusal{"ERR_NGROK_107", "The authtoken is well-formed but not valid."}
	}
	others := make(map[string]bool)
	for l := range e.links {
		if l.clientID != "" && l.clientID != clientID {
			others[l.clientID] = true
		}
	}
	if e.o.MaxAgents > 0 && len(others) >= e.o.MaxAgents {
		return &refusal{"ERR_NGROK_108", "The account is limited in its simultaneous agent sessions."}
	}
	return nil
}

// bind answers a request for a public URL. An endpoint that is taken is given
// again only to the agent that proves, by id and token, that it was its own.
func (l *link) bind(q bindRequest) bindAnswer {
	e := l.edge
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.tell()
	e.binds = append(e.binds, Bind{
		URL: q.askedURL(), Proto: q.Proto, ForwardsTo: q.ForwardsTo, Again: q.ID != "",
	})
	url := e.publics[len(e.publics)-1].url
	taken := e.endpoints[url]
	a := bindAnswer{ID: q.ID, URL: url, Proto: q.Proto, Opts: q.Opts}
	switch {
	case l.clientID == "":
		a.Error = refusal{"ERR_NGROK_4018", "The agent has not logged in."}.message("")
	case e.faults.bind != nil:
		a.Error = e.faults.bind.message(l.token)
	case taken != nil && (taken.id != q.ID || taken.token != q.Extra.Token):
		a.Error = refusal{"ERR_NGROK_334", "The endpoint '" + url + "' is already online."}.message(l.token)
	}
	if a.Error != "" {
		return a
	}
	if a.ID == "" {
		a.ID = e.id("bind")
	}
	ep := &endpoint{id: a.ID, token: e.id("token"), proto: q.Proto, link: l}
	if q.Extra.Token != "" {
		ep.token = q.Extra.Token
	}
	e.endpoints[url] = ep
	a.Extra.Token, a.Extra.TunnelID = ep.token, e.id("tn")
	return a
}

func (l *link) unbind(q unbindRequest) unbindAnswer {
	e := l.edge
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.tell()
	for url, ep := range e.endpoints {
		if ep.link == l && ep.id == q.ID {
			delete(e.endpoints, url)
			return unbindAnswer{}
		}
	}
	return unbindAnswer{Error: "no endpoint " + q.ID}
}

// forgetEndpoints takes the endpoints of a link offline and returns their ids.
func (e *Edge) forgetEndpoints(l *link) []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.tell()
	var ids []string
	for url, ep := range e.endpoints {
		if ep.link == l {
			ids = append(ids, ep.id)
			delete(e.endpoints, url)
		}
	}
	return ids
}

// proxy opens a connection to the agent behind a public URL, for a client.
func (e *Edge) proxy(url, client string) (net.Conn, error) {
	e.mu.Lock()
	ep := e.endpoints[url]
	e.mu.Unlock()
	if ep == nil {
		return nil, errOffline
	}
	st, err := ep.link.mux.OpenTypedStream(proxyStream)
	if err != nil {
		return nil, err
	}
	header, err := json.Marshal(proxyHeader{ID: ep.id, ClientAddr: client, Proto: ep.proto, EdgeType: "3"})
	if err != nil {
		return nil, err
	}
	if _, err := st.Write(append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...)); err != nil {
		return nil, err
	}
	return &stream{Stream: st}, nil
}
