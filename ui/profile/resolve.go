package profile

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"kvikk/api"
	"kvikk/api/secret"
	"kvikk/tunnel"
)

// Flags are the settings that a person gave on the command line; empty ones
// were not given.
type Flags struct {
	// Sandbox is --sandbox: keys, API and tunnel of the embedded sandbox.
	Sandbox bool
	// Profile is --profile, the name of a saved sales unit.
	Profile string
	// APIURL is --api-url.
	APIURL string
	// Tunnel is --tunnel: ngrok, local or own.
	Tunnel string
	// CallbackURL is --callback-url, the public base of an own tunnel.
	CallbackURL string
	// ListenAddr is --listen-addr, a loopback host:port.
	ListenAddr string
}

// Resolve decides what a run works with: the sandbox when it is asked for, else
// the profile that is named, else a complete set of VIPPS_* variables, else the
// last profile, else a question. The four keys come from one of them as a set.
// Everything else comes from the flags, else the environment, else the profile,
// else its default.
//
// The API's host is checked before any secret is asked for. A profile's
// secrets may be in the keyring, so Resolve can take 3 s; the terminal program
// calls it after its first frame. When they cannot be read, or keys are
// missing, that is in the Settings and no error.
//
// s may be nil when there is no store, as when config.toml does not parse and
// the sandbox is to run. The error is an [*api.HostError], a [*SettingError], an
// [*UnknownProfileError] or that of ctx, wrapped.
func Resolve(ctx context.Context, f Flags, getenv func(string) string, s *Store) (Settings, error) {
	r := resolver{flags: f, getenv: getenv, store: s}
	if f.Sandbox {
		return r.sandbox()
	}
	var err error
	if r.apiURL, err = r.givenAPIURL(); err != nil {
		return Settings{}, err
	}
	if f.Profile != "" {
		return r.fromProfile(ctx, f.Profile)
	}
	env := r.fromEnvironment()
	if len(env.Missing) == 0 {
		env.Source = Environment
		return r.finish(env)
	}
	if s != nil {
		if last, ok := s.Last(); ok {
			r.notices = r.unused(env, last)
			return r.fromProfile(ctx, last)
		}
	}
	return r.finish(env)
}

// resolver is one call of Resolve.
type resolver struct {
	flags   Flags
	getenv  func(string) string
	store   *Store
	apiURL  string // from flag or environment, checked
	notices []string
}

// env returns a variable without white space around it.
func (r *resolver) env(name string) string { return strings.TrimSpace(r.getenv(name)) }

// sandbox leaves the keys to the sandbox. Only explicit flags change its
// tunnel; what NGROK_* say matters when a flag asks for ngrok.
func (r *resolver) sandbox() (Settings, error) {
	for _, given := range []struct{ flag, value string }{
		{"--profile", r.flags.Profile}, {"--api-url", r.flags.APIURL},
	} {
		if given.value != "" {
			r.notices = append(r.notices, given.flag+" is ignored: the sandbox brings its own API and keys.")
		}
	}
	return r.finish(Settings{Source: Sandbox})
}

// givenAPIURL returns what flag or environment say about the API, checked.
func (r *resolver) givenAPIURL() (string, error) {
	for _, given := range []struct{ setting, url string }{
		{"--api-url", r.flags.APIURL}, {"KVIKK_API_URL", r.env("KVIKK_API_URL")},
	} {
		if given.url != "" {
			return checkURL(given.setting, given.url)
		}
	}
	return "", nil
}

// checkURL names the setting that a refused URL comes from.
func checkURL(setting, raw string) (string, error) {
	base, err := api.CheckBaseURL(raw)
	if err != nil {
		return "", fmt.Errorf("%s: %w", setting, err)
	}
	return base, nil
}

// fromEnvironment reads the VIPPS_* set. The host has been checked: it is what
// flag or environment say, or the test environment.
func (r *resolver) fromEnvironment() Settings {
	s := Settings{Source: Ask, Profile: Profile{APIURL: r.apiURL}}
	if s.Profile.APIURL == "" {
		s.Profile.APIURL = api.TestURL
	}
	s.Profile.ClientID = r.env(FieldClientID.Variable())
	s.Profile.MSN = r.env(FieldMSN.Variable())
	s.Secrets.ClientSecret = secret.New(r.env(FieldClientSecret.Variable()))
	s.Secrets.SubscriptionKey = secret.New(r.env(FieldSubscriptionKey.Variable()))
	s.partial = s.Profile.ClientID != "" || s.Profile.MSN != "" ||
		!s.Secrets.ClientSecret.IsZero() || !s.Secrets.SubscriptionKey.IsZero()
	return s.withoutPlaceholders()
}

// unused says that a profile is taken although the environment has some keys.
func (r *resolver) unused(env Settings, last string) []string {
	if !env.partial {
		return nil
	}
	var fields []Field
	for _, name := range env.Missing {
		fields = append(fields, Field(name))
	}
	return []string{fmt.Sprintf("The VIPPS_* keys in the environment are not used, since %s missing or "+
		"still a placeholder; profile %s is.", isOrAre(fields), quote(last))}
}

// fromProfile takes a saved sales unit.
func (r *resolver) fromProfile(ctx context.Context, name string) (Settings, error) {
	if r.store == nil {
		return Settings{}, &UnknownProfileError{Name: name}
	}
	p, err := r.store.find(name)
	if err != nil {
		return Settings{}, err
	}
	if p.APIURL, err = r.profileURL(p); err != nil {
		return Settings{}, err
	}
	s := Settings{Source: ProfileSource, Profile: p}
	if _, s.Secrets, err = r.store.Load(ctx, name); err != nil {
		if ctx.Err() != nil {
			return Settings{}, err
		}
		r.notices = append(r.notices, "The secrets are missing: "+err.Error()+".")
	}
	return r.finish(s.withoutPlaceholders())
}

func (r *resolver) profileURL(p Profile) (string, error) {
	switch {
	case r.apiURL != "":
		return r.apiURL, nil
	case p.APIURL == "":
		return api.TestURL, nil
	}
	return checkURL(fmt.Sprintf("api_url of profile %s in %s", quote(p.Name), plain(r.store.dirs.ConfigPath())), p.APIURL)
}

// withoutPlaceholders removes the keys that nobody has filled in yet and lists
// what is missing.
func (s Settings) withoutPlaceholders() Settings {
	s.Missing = nil
	for _, f := range KeyFields() {
		public, hidden := s.key(f)
		switch {
		case public != nil:
			if api.IsPlaceholder(*public) {
				*public = ""
			}
			if *public != "" {
				continue
			}
		case !hidden.IsZero() && !api.IsPlaceholder(hidden.Reveal()):
			continue
		default:
			*hidden = secret.Value{}
		}
		s.Missing = append(s.Missing, string(f))
	}
	return s
}

// key returns where one of the four keys is kept: as text or as a secret.
func (s *Settings) key(f Field) (public *string, hidden *secret.Value) {
	switch f {
	case FieldClientID:
		return &s.Profile.ClientID, nil
	case FieldMSN:
		return &s.Profile.MSN, nil
	case FieldClientSecret:
		return nil, &s.Secrets.ClientSecret
	default:
		return nil, &s.Secrets.SubscriptionKey
	}
}

// finish lays flags and environment over everything that is no key.
func (r *resolver) finish(s Settings) (Settings, error) {
	if s.Source != Sandbox {
		r.overlay(FieldPhone.Variable(), &s.Profile.Phone)
	}
	kind, from, err := r.kind(s)
	if err == nil && s.Source != Ask {
		err = named(from, CheckTunnel(s.Profile.APIURL, kind))
	}
	if err != nil {
		return Settings{}, err
	}
	s.Profile.Tunnel.Kind = string(kind)
	r.overlayTunnel(&s)
	s.Notices = r.notices
	return s, nil
}

// overlayTunnel lays flags and NGROK_* over the tunnel's settings. The sandbox
// has nothing to do with ngrok unless a flag says so.
func (r *resolver) overlayTunnel(s *Settings) {
	t := &s.Profile.Tunnel
	if r.flags.CallbackURL != "" {
		t.CallbackURL = r.flags.CallbackURL
	}
	if r.flags.ListenAddr != "" {
		t.ListenAddr = r.flags.ListenAddr
	}
	if s.Source == Sandbox && t.Kind != string(tunnel.Ngrok) {
		return
	}
	r.overlay(FieldDomain.Variable(), &t.Domain)
	r.overlay("NGROK_CONNECT_URL", &t.ConnectURL)
	r.overlay("NGROK_CONNECT_CAS", &t.ConnectCAs)
	var token string
	if r.overlay(FieldAuthtoken.Variable(), &token); token != "" {
		s.Secrets.Authtoken = secret.New(token)
	}
}

// overlay puts a variable's value in place unless it is empty or a placeholder.
func (r *resolver) overlay(variable string, to *string) {
	switch v := r.env(variable); {
	case v == "":
	case api.IsPlaceholder(v):
		r.notices = append(r.notices, variable+" still holds a placeholder and is ignored.")
	default:
		*to = v
	}
}

// kind returns the kind of tunnel and the setting that chose it; empty when
// nothing did.
func (r *resolver) kind(s Settings) (kind tunnel.Kind, from string, err error) {
	kind, from = tunnel.Kind(r.flags.Tunnel), "--tunnel"
	if r.flags.CallbackURL != "" {
		if kind != "" && kind != tunnel.Own {
			return "", "", &SettingError{
				Setting: "--callback-url", Reason: "it belongs to a tunnel of your own, and --tunnel says " + quote(string(kind)),
				Do: "leave one of the two out, or use --tunnel own",
			}
		}
		return tunnel.Own, "--callback-url", nil
	}
	if kind == "" && s.Source != Sandbox {
		kind, from = tunnel.Kind(r.env("KVIKK_TUNNEL")), "KVIKK_TUNNEL"
	}
	if kind == "" {
		kind, from = tunnel.Kind(s.Profile.Tunnel.Kind), "the profile's tunnel"
	}
	// The question may still end in the sandbox, where local is right.
	return kind, from, named(from, CheckTunnel("", kind))
}

// named puts the setting's name into a SettingError; nil stays nil.
func named(setting string, err error) error {
	var e *SettingError
	if errors.As(err, &e) {
		e.Setting = setting
	}
	return err
}
