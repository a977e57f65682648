package edgetest

import (
	"encoding/json"

	"golang.ngrok.com/muxado/v2"
)

// Types of streams, the first four bytes of each.
const (
	authStream       muxado.StreamType = 0
	bindStream       muxado.StreamType = 1
	unbindStream     muxado.StreamType = 2
	proxyStream      muxado.StreamType = 3
	srvInfoStream    muxado.StreamType = 8
	stopTunnelStream muxado.StreamType = 9
	heartbeatStream  muxado.StreamType = 0xFFFFFFFF
)

// The messages of the agent protocol, as far as the edge reads and writes
// them. Each is one JSON value on a stream of its own; the answer follows on
// the same stream.
type (
	authRequest struct {
		ClientID string `json:"ClientId"` // empty for a new session
		Extra    struct{ Authtoken string }
	}
	authAnswer struct {
		Version  string
		ClientID string `json:"ClientId"`
		Error    string
		Extra    authExtra
	}
	authExtra struct {
		Version, Region, Cookie, AccountName, PlanName, AgentSessionID string
	}
	bindRequest struct {
		ID         string `json:"Id"` // empty for a new endpoint
		Proto      string
		ForwardsTo string
		Opts       json.RawMessage
		Extra      struct{ Token string } // of the first answer, at a reconnect
	}
	bindAnswer struct {
		ID    string `json:"Id"`
		URL   string
		Proto string
		Opts  json.RawMessage // required: the agent reads it back
		Error string
		Extra struct{ Token, TunnelID string }
	}
	unbindRequest struct {
		ID string `json:"Id"`
	}
	unbindAnswer  struct{ Error string }
	srvInfoAnswer struct{ Region string }
	stopTunnel    struct {
		ID        string `json:"Id"`
		Message   string
		ErrorCode string
	}
	proxyHeader struct {
		ID         string `json:"Id"`
		ClientAddr string
		Proto      string
		EdgeType   string
	}
)

// askedURL returns the URL that a bind asks for in its options.
func (r bindRequest) askedURL() string {
	var opts struct{ URL string }
	if err := json.Unmarshal(r.Opts, &opts); err != nil {
		return ""
	}
	return opts.URL
}
