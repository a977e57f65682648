package edgetest

import (
	"encoding/json"
	"fmt"
)

// faults are what the edge does wrong with whoever comes next.
type faults struct {
	auth, bind *refusal
	hang       bool
}

// refusal is a code and the text around it.
type refusal struct{ code, text string }

// message is an error as the service words it: the text, the authtoken in
// clear, and the code in a line of its own.
func (r refusal) message(token string) string {
	return fmt.Sprintf("%s\nYour authtoken: %s\r\n\r\n%s\r\n", r.text, token, r.code)
}

// Refuse makes the edge refuse every agent that logs in from now on, with an
// ngrok code such as "ERR_NGROK_107" and a text; the answer repeats the
// authtoken in clear, as the service's does. Recover ends it.
func (e *Edge) Refuse(code, text string) {
	e.change(func() { e.faults.auth = &refusal{code, text} })
}

// RefuseBind makes the edge let agents in but refuse them a public URL.
// Recover ends it.
func (e *Edge) RefuseBind(code, text string) {
	e.change(func() { e.faults.bind = &refusal{code, text} })
}

// Hang makes the edge accept connections of agents and never say a word on
// them, not even in TLS. Recover ends it, and those connections.
func (e *Edge) Hang() { e.change(func() { e.faults.hang = true }) }

// GoOffline closes the port for agents, so that they are refused by the
// system. Those that are connected stay. Recover ends it.
func (e *Edge) GoOffline() {
	e.change(func() {
		if e.door != nil {
			_ = e.door.Close()
			e.door = nil
		}
	})
}

// Recover ends what Refuse, RefuseBind, Hang and GoOffline began.
func (e *Edge) Recover() {
	e.t.Helper()
	offline := false
	e.change(func() {
		e.faults = faults{}
		for conn := range e.hung {
			_ = conn.Close()
			delete(e.hung, conn)
		}
		offline = e.door == nil && !e.closed
	})
	if !offline {
		return
	}
	if err := e.listen(e.addr); err != nil {
		e.t.Fatalf("edgetest: coming back: %v", err)
	}
}

// Drop cuts the connection of every agent, as a lost network does.
func (e *Edge) Drop() {
	for _, l := range e.linksLocked() {
		l.cut()
	}
}

// Silence leaves the connections of agents open but answers nothing on them
// any more, heartbeats included. Agents that connect afterwards are answered.
func (e *Edge) Silence() {
	for _, l := range e.linksLocked() {
		l.silence()
	}
}

// StopTunnel ends every endpoint with a code and a message, as the service
// does when somebody stops one in the dashboard. The agents stay connected.
func (e *Edge) StopTunnel(code, text string) {
	e.t.Helper()
	for _, l := range e.linksLocked() {
		if err := l.stopTunnels(code, text); err != nil {
			e.t.Errorf("edgetest: stopping a tunnel: %v", err)
		}
	}
}

// stopTunnels tells the agent about each of its endpoints.
func (l *link) stopTunnels(code, text string) error {
	for _, id := range l.edge.forgetEndpoints(l) {
		st, err := l.mux.OpenTypedStream(stopTunnelStream)
		if err != nil {
			return fmt.Errorf("opening the stream: %w", err)
		}
		if err := json.NewEncoder(st).Encode(stopTunnel{ID: id, Message: text, ErrorCode: code}); err != nil {
			return fmt.Errorf("sending the message: %w", err)
		}
		_ = st.Close()
	}
	return nil
}

func (e *Edge) change(f func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	f()
	e.tell()
}

func (e *Edge) linksLocked() []*link {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.linksNow()
}
