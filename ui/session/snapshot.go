package session

import (
	"slices"
	"strings"

	"kvikk/api"
	"kvikk/tunnel"
)

// Snapshot is what the header shows.
type Snapshot struct {
	// Sandbox says that the API is the embedded sandbox, Steerable that it is a
	// kvikk sandbox, that one or another: see [Session.Play].
	Sandbox, Steerable bool

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
	// Notice is what happened by itself and a person should know: what holds
	// until the end, such as a secret that could not be stored, and the last of
	// what passes, such as a new registration after the public URL changed.
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
		Sandbox: s.sandbox != nil, Steerable: s.steering != nil, APIURL: p.APIURL, MSN: p.MSN, Profile: p.Name,
		Registered: s.active, Notice: s.notices(), Stage: s.doing,
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

// notices joins the notices that hold and the last of those that pass. The
// caller has the lock.
func (s *Session) notices() string {
	all := slices.Clone(s.lasting)
	if s.notice != "" {
		all = append(all, s.notice)
	}
	return strings.Join(all, " ")
}

// tell puts a notice in place of the last one that passes.
func (s *Session) tell(notice string) {
	s.mu.Lock()
	s.notice = notice
	s.mu.Unlock()
	s.signal()
}

// tellForGood adds a notice that no later one replaces.
func (s *Session) tellForGood(notice string) {
	s.mu.Lock()
	if !slices.Contains(s.lasting, notice) {
		s.lasting = append(s.lasting, notice)
	}
	s.mu.Unlock()
	s.signal()
}
