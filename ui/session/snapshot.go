package session

import (
	"kvikk/api"
	"kvikk/tunnel"
)

// Snapshot is what the header shows.
type Snapshot struct {
	Sandbox bool
	APIURL  string
	MSN     string
	Profile string
	// Tunnel is the callback URL's state; its zero value means that none was
	// opened yet.
	Tunnel     tunnel.Status
	TunnelKind tunnel.Kind
	Connected  bool
	Token      api.Token
	HasToken   bool
	Registered Registered
	// Notice is something that happened by itself and that a person should
	// know, such as a new registration after the public URL changed.
	Notice string
	// Stage says what opening the callback URL is at, while that is under way.
	Stage string
}

// Snapshot returns the present state. It does no I/O.
func (s *Session) Snapshot() Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.settings.Profile
	snap := Snapshot{
		Sandbox: s.sandbox != nil, APIURL: p.APIURL, MSN: p.MSN, Profile: p.Name,
		Registered: s.active, Notice: s.notice, Stage: s.doing,
	}
	if s.callback != nil {
		snap.Connected = true
		snap.Tunnel, snap.TunnelKind = s.callback.tunnel.Status(), s.callback.tunnel.Kind()
	}
	if s.client != nil {
		snap.Token, snap.HasToken = s.client.CachedToken()
	}
	return snap
}
