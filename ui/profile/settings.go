package profile

import (
	"fmt"
	"net/netip"
	"net/url"

	"kvikk/api"
	"kvikk/tunnel"
)

// Source says where a run's four keys come from.
type Source int

const (
	// Ask means that nothing chose a sales unit: the person is asked.
	Ask Source = iota
	// Sandbox is the embedded sandbox, which makes its own keys.
	Sandbox
	// Environment is the complete VIPPS_* set.
	Environment
	// ProfileSource is a saved sales unit.
	ProfileSource
)

// String returns the source in a person's words.
func (s Source) String() string {
	switch s {
	case Sandbox:
		return "the sandbox"
	case Environment:
		return "the environment"
	case ProfileSource:
		return "a saved profile"
	default:
		return "nothing yet"
	}
}

// Settings are what one run works with.
type Settings struct {
	// Source says where the keys come from.
	Source Source
	// Profile is the public part. Its name is empty unless Source is
	// [ProfileSource], and its APIURL is empty for the sandbox, which has none
	// before it runs. With [Ask] it holds what the environment has, for a form
	// to begin with.
	Profile Profile
	// Secrets is the secret part.
	Secrets Secrets
	// Missing names the keys that are absent or placeholders, as [Field]s in
	// the order of [KeyFields]. It is empty for the sandbox.
	Missing []string
	// Notices are sentences that the person should see: what was ignored and
	// why.
	Notices []string

	partial bool // the environment has some of the four keys
}

// Keys returns the keys for the API's client.
func (s Settings) Keys() api.Keys {
	return api.Keys{
		ClientID: s.Profile.ClientID, ClientSecret: s.Secrets.ClientSecret,
		SubscriptionKey: s.Secrets.SubscriptionKey, MSN: s.Profile.MSN,
	}
}

// TunnelOptions returns how to open the tunnel: the kind that was chosen, else
// local when the API is on this machine and ngrok when it is not.
func (s Settings) TunnelOptions() tunnel.Options {
	t := s.Profile.Tunnel
	kind := tunnel.Kind(t.Kind)
	if kind == "" {
		kind = DefaultTunnel(s.Profile.APIURL)
	}
	return tunnel.Options{
		Kind: kind, ListenAddr: t.ListenAddr, PublicURL: t.CallbackURL,
		Authtoken: s.Secrets.Authtoken, Domain: t.Domain,
		ConnectURL: t.ConnectURL, ConnectCAs: t.ConnectCAs,
	}
}

// DefaultTunnel returns the kind of tunnel for an API that nobody chose one
// for: local when it is on this machine (as is the sandbox, whose URL is empty
// before it runs), else ngrok.
func DefaultTunnel(apiURL string) tunnel.Kind {
	if isLocal(apiURL) {
		return tunnel.Local
	}
	return tunnel.Ngrok
}

// CheckTunnel returns a [*SettingError] when webhooks from the API cannot come
// through that kind of tunnel.
func CheckTunnel(apiURL string, kind tunnel.Kind) error {
	switch kind {
	case "", tunnel.Ngrok, tunnel.Own:
		return nil
	case tunnel.Local:
		if isLocal(apiURL) {
			return nil
		}
		return &SettingError{
			Setting: "tunnel",
			Reason: "local is only for an API on this machine: " + apiURL +
				" cannot deliver webhooks to a loopback address",
			Do: "use ngrok, or own with --callback-url",
		}
	}
	return &SettingError{
		Setting: "tunnel", Reason: "there is no tunnel called " + quote(string(kind)),
		Do: "use ngrok, local or own",
	}
}

// isLocal reports whether an API's base URL is on this machine.
func isLocal(apiURL string) bool {
	u, err := url.Parse(apiURL)
	if apiURL == "" || err != nil {
		return apiURL == ""
	}
	if u.Hostname() == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(u.Hostname())
	return err == nil && addr.Unmap().IsLoopback()
}

// SettingError refuses the value of a flag, an environment variable or a
// profile's key.
type SettingError struct {
	// Setting is where the value stands, such as --tunnel or KVIKK_TUNNEL.
	Setting string
	// Reason is what is wrong with it, half a sentence.
	Reason string
	// Do says what helps.
	Do string
}

// Error returns setting, reason and remedy in one line.
func (e *SettingError) Error() string { return e.Setting + ": " + e.Reason + "; " + e.Do }

// MissingError says which keys a run lacks.
type MissingError struct {
	// Source is where keys were looked for.
	Source Source
	// Profile is the profile's name, or empty.
	Profile string
	// Fields are those that are missing.
	Fields []Field
	// Partial is set when the environment has some of the four and not all.
	Partial bool
}

// portal is where keys are found.
const portal = "portal.vippsmobilepay.com, For developers, API keys, Test"

// Error returns what is missing and what to do in one line.
func (e *MissingError) Error() string {
	switch {
	case e.Source == ProfileSource:
		return fmt.Sprintf("profile %s lacks: %s; enter what is missing in step 1 of kvikk "+
			"(the keys are in %s)", quote(e.Profile), labels(e.Fields), portal)
	case e.Partial:
		return fmt.Sprintf("the keys in the environment are incomplete: %s missing or still a placeholder; "+
			"the four come as a set (from %s)", isOrAre(e.Fields), portal)
	default:
		return fmt.Sprintf("there are no keys: set %s (from %s), name a saved sales unit with --profile, "+
			"or use --sandbox, which needs none", variables(KeyFields()), portal)
	}
}

func isOrAre(fields []Field) string {
	if len(fields) == 1 {
		return variables(fields) + " is"
	}
	return variables(fields) + " are"
}

// Err returns nil when the run has all four keys or is the sandbox's, else a
// [*MissingError], for commands that cannot ask.
func (s Settings) Err() error {
	if s.Source == Sandbox || (s.Source != Ask && len(s.Missing) == 0) {
		return nil
	}
	fields := make([]Field, len(s.Missing))
	for i, name := range s.Missing {
		fields[i] = Field(name)
	}
	return &MissingError{s.Source, s.Profile.Name, fields, s.partial}
}
