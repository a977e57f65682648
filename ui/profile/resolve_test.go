package profile

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zalando/go-keyring"

	"kvikk/api"
	"kvikk/tunnel"
)

// vars is an environment.
type vars map[string]string

func (v vars) get(name string) string { return v[name] }

// with returns v and more.
func (v vars) with(pairs ...string) vars {
	all := vars{}
	for name, value := range v {
		all[name] = value
	}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = pairs[i+1]
	}
	return all
}

// keys is a complete set, none of its values like acme's.
func keys() vars {
	return vars{
		"VIPPS_CLIENT_ID": "env-id", "VIPPS_CLIENT_SECRET": "env-secret",
		"VIPPS_SUBSCRIPTION_KEY": "env-key", "VIPPS_MSN": "654321",
	}
}

// shown is what a test looks at; secrets are spelt out.
type shown struct {
	Source                        Source
	Name, API, ID, Secret, MSN    string
	Phone, Token                  string
	Kind                          tunnel.Kind
	Domain, Connect, Public, Addr string
	Missing                       string
}

func show(s Settings) shown {
	o := s.TunnelOptions()
	return shown{
		s.Source, s.Profile.Name, s.Profile.APIURL, s.Keys().ClientID, s.Keys().ClientSecret.Reveal(), s.Keys().MSN,
		s.Profile.Phone, o.Authtoken.Reveal(), o.Kind, o.Domain, o.ConnectURL, o.PublicURL, o.ListenAddr,
		strings.Join(s.Missing, " "),
	}
}

// ofAcme is what acme's profile gives without flags and variables.
func ofAcme(change func(*shown)) shown {
	p, secrets := acme()
	s := shown{
		Source: ProfileSource, Name: p.Name, API: p.APIURL, ID: p.ClientID, Secret: secrets.ClientSecret.Reveal(),
		MSN: p.MSN, Phone: p.Phone, Token: secrets.Authtoken.Reveal(), Kind: tunnel.Ngrok, Domain: p.Tunnel.Domain,
	}
	change(&s)
	return s
}

// ofEnv is what keys() alone give.
func ofEnv(change func(*shown)) shown {
	s := shown{Source: Environment, API: api.TestURL, ID: "env-id", Secret: "env-secret", MSN: "654321", Kind: tunnel.Ngrok}
	change(&s)
	return s
}

func nothing(*shown) {}

// asking is what nothing at all gives.
func asking() shown {
	return shown{Source: Ask, API: api.TestURL, Kind: tunnel.Ngrok, Missing: "client_id client_secret subscription_key msn"}
}

type resolveCase struct {
	flags Flags
	env   vars
	store *Store
	want  shown
}

// whichKeys are cases of where the sales unit comes from: fresh is a store
// without profiles, withAcme one with acme's.
func whichKeys(fresh, withAcme *Store) map[string]resolveCase {
	return map[string]resolveCase{
		"nothing at all asks":                            {store: fresh, want: asking()},
		"no store at all asks":                           {want: asking()},
		"a complete set in the environment":              {env: keys(), store: fresh, want: ofEnv(nothing)},
		"the environment goes before the last profile":   {env: keys(), store: withAcme, want: ofEnv(nothing)},
		"a named profile goes before the environment":    {flags: Flags{Profile: "acme"}, env: keys(), store: withAcme, want: ofAcme(nothing)},
		"the last profile is taken when nothing is said": {store: withAcme, want: ofAcme(nothing)},
		"white space around variables is nobody's": {
			env: keys().with("VIPPS_MSN", " 654321\n"), store: fresh, want: ofEnv(nothing),
		},
		"a partial set begins the form and names the rest": {
			env: vars{"VIPPS_CLIENT_ID": "env-id", "VIPPS_MSN": "654321"}, store: fresh,
			want: shown{Source: Ask, API: api.TestURL, ID: "env-id", MSN: "654321", Kind: tunnel.Ngrok, Missing: "client_secret subscription_key"},
		},
		"placeholders count as missing": {
			env: keys().with("VIPPS_CLIENT_ID", "<client_id>", "VIPPS_CLIENT_SECRET", "your-client-secret"), store: fresh,
			want: shown{Source: Ask, API: api.TestURL, MSN: "654321", Kind: tunnel.Ngrok, Missing: "client_id client_secret"},
		},
		"a partial set is never mixed with a profile": {
			env: vars{"VIPPS_CLIENT_ID": "env-id"}, store: withAcme, want: ofAcme(nothing),
		},
		"variables that are no keys go before the profile": {
			env:   vars{"VIPPS_PHONE_NUMBER": "4512345678", "NGROK_AUTHTOKEN": "env-token", "NGROK_DOMAIN": "env.ngrok.app"},
			store: withAcme, want: ofAcme(func(s *shown) { s.Phone, s.Token, s.Domain = "4512345678", "env-token", "env.ngrok.app" }),
		},
		"placeholders of those are ignored": {
			env: vars{"VIPPS_PHONE_NUMBER": "<phone>", "NGROK_AUTHTOKEN": "your_authtoken"}, store: withAcme, want: ofAcme(nothing),
		},
		"ngrok's connect address comes from the environment": {
			env: keys().with("NGROK_CONNECT_URL", "127.0.0.1:9443"), store: fresh,
			want: ofEnv(func(s *shown) { s.Connect = "127.0.0.1:9443" }),
		},
	}
}

// whichWay are cases of the API, the tunnel and the sandbox.
func whichWay(fresh, withAcme *Store) map[string]resolveCase {
	return map[string]resolveCase{
		"an API on this machine has a local tunnel": {
			env: keys().with("KVIKK_API_URL", "http://127.0.0.1:8080/"), store: fresh,
			want: ofEnv(func(s *shown) { s.API, s.Kind = "http://127.0.0.1:8080", tunnel.Local }),
		},
		"--api-url goes before KVIKK_API_URL and the profile": {
			flags: Flags{Profile: "acme", APIURL: "http://localhost:1"}, env: vars{"KVIKK_API_URL": "http://127.0.0.1:2"}, store: withAcme,
			want: ofAcme(func(s *shown) { s.API = "http://localhost:1" }),
		},
		"KVIKK_TUNNEL goes before the profile": {
			env: vars{"KVIKK_TUNNEL": "own"}, store: withAcme, want: ofAcme(func(s *shown) { s.Kind = tunnel.Own }),
		},
		"--tunnel goes before KVIKK_TUNNEL": {
			flags: Flags{Tunnel: "ngrok"}, env: keys().with("KVIKK_TUNNEL", "own"), store: fresh, want: ofEnv(nothing),
		},
		"--callback-url means a tunnel of the user's own": {
			flags: Flags{CallbackURL: "https://hooks.example.com", ListenAddr: "127.0.0.1:9000"}, env: keys().with("KVIKK_TUNNEL", "ngrok"), store: fresh,
			want: ofEnv(func(s *shown) {
				s.Kind, s.Public, s.Addr = tunnel.Own, "https://hooks.example.com", "127.0.0.1:9000"
			}),
		},
		"the sandbox ignores environment and profiles": {
			flags: Flags{Sandbox: true}, store: withAcme,
			env:  keys().with("KVIKK_API_URL", "https://api.vipps.no", "KVIKK_TUNNEL", "ngrok", "NGROK_AUTHTOKEN", "t", "VIPPS_PHONE_NUMBER", "4748059528"),
			want: shown{Source: Sandbox, Kind: tunnel.Local},
		},
		"the sandbox takes no profile and no API": {
			flags: Flags{Sandbox: true, Profile: "acme", APIURL: "https://api.vipps.no"}, store: withAcme,
			want: shown{Source: Sandbox, Kind: tunnel.Local},
		},
		"an explicit flag changes the sandbox's tunnel": {
			flags: Flags{Sandbox: true, Tunnel: "ngrok"}, env: vars{"NGROK_AUTHTOKEN": "t", "NGROK_CONNECT_URL": "127.0.0.1:1"}, store: fresh,
			want: shown{Source: Sandbox, Kind: tunnel.Ngrok, Token: "t", Connect: "127.0.0.1:1"},
		},
		"KVIKK_TUNNEL=local waits for the answer to the question": {
			env: vars{"KVIKK_TUNNEL": "local"}, store: fresh,
			want: shown{Source: Ask, API: api.TestURL, Kind: tunnel.Local, Missing: asking().Missing},
		},
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	p, secrets := acme()
	fresh, withAcme := opened(t, isolated(t)), saved(t, isolated(t), p, secrets)
	cases := whichKeys(fresh, withAcme)
	maps.Copy(cases, whichWay(fresh, withAcme))
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Resolve(t.Context(), c.flags, c.env.get, c.store)
			must(t, err)
			if diff := cmp.Diff(c.want, show(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestResolveRefusals(t *testing.T) {
	t.Parallel()
	d := isolated(t)
	write(t, d.ConfigPath(), "[profiles.prod]\napi_url = \"https://api.vipps.no\"\n[profiles.near]\ntunnel.kind = \"local\"\n")
	s := opened(t, d)
	host, setting, unknown := new(*api.HostError), new(*SettingError), new(*UnknownProfileError)
	for name, c := range map[string]struct {
		flags Flags
		env   vars
		as    any
		says  []string
	}{
		"production by flag":            {Flags{APIURL: "https://api.vipps.no"}, keys(), host, []string{"--api-url"}},
		"production by variable":        {Flags{}, keys().with("KVIKK_API_URL", "HTTPS://API.vipps.no./"), host, []string{"KVIKK_API_URL"}},
		"production in the file":        {Flags{Profile: "prod"}, nil, host, []string{"profile \"prod\"", d.ConfigPath()}},
		"another host":                  {Flags{APIURL: "https://example.com"}, keys(), host, []string{"--api-url"}},
		"a profile that is not there":   {Flags{Profile: "no\x1bne"}, keys(), unknown, []string{`"no\x1bne"`, "saved are: near, prod"}},
		"local with apitest by flag":    {Flags{Tunnel: "local"}, keys(), setting, []string{"--tunnel", "loopback address", "use ngrok"}},
		"local with apitest by KVIKK_…": {Flags{}, keys().with("KVIKK_TUNNEL", "local"), setting, []string{"KVIKK_TUNNEL"}},
		"local with apitest by profile": {Flags{Profile: "near"}, nil, setting, []string{"the profile's tunnel"}},
		"a tunnel that is not there":    {Flags{Tunnel: "cloud\x1bflare"}, keys(), setting, []string{"--tunnel", `cloud\x1bflare`, "ngrok, local or own"}},
		"so too before the question":    {Flags{}, vars{"KVIKK_TUNNEL": "x"}, setting, []string{"KVIKK_TUNNEL"}},
		"a callback for ngrok":          {Flags{Tunnel: "ngrok", CallbackURL: "https://a.example"}, keys(), setting, []string{"--callback-url", "own"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Resolve(t.Context(), c.flags, c.env.get, s)
			if !errors.As(err, c.as) {
				t.Fatalf("Resolve = %v", err)
			}
			for _, want := range c.says {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("no %q in %q", want, err)
				}
			}
		})
	}
}

func TestNoSecretIsReadBeforeTheHostIsChecked(t *testing.T) {
	t.Parallel()
	d := isolated(t)
	write(t, d.ConfigPath(), "last = \"prod\"\n[profiles.prod]\napi_url = \"https://api.vipps.no\"\n")
	d.Isolated = false
	r := hanging{make(chan struct{}), make(chan struct{}, 9)}
	s, err := open(d, r)
	must(t, err)
	for name, c := range map[string]struct {
		flags Flags
		env   vars
	}{
		"flag":     {Flags{APIURL: "https://api.vipps.no"}, keys()},
		"variable": {Flags{}, keys().with("KVIKK_API_URL", "https://api.vipps.no")},
		"profile":  {Flags{Profile: "prod"}, keys()},
		"last":     {Flags{}, nil},
	} {
		getenv := func(variable string) string {
			secretive := slices.ContainsFunc(Fields(), func(f Field) bool { return f.Secret() && f.Variable() == variable })
			if secretive && name != "last" {
				t.Errorf("%s: %s was read", name, variable)
			}
			return c.env.get(variable)
		}
		var refused *api.HostError
		if _, err := Resolve(t.Context(), c.flags, getenv, s); !errors.As(err, &refused) || !refused.Production {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(r.asked) > 0 {
		t.Error("the keyring was asked")
	}
}

func TestNoticesAndErrorsSayWhatIsMissing(t *testing.T) {
	d := isolated(t)
	p, secrets := acme()
	p.Name = "bare"
	withBare := saved(t, d, p, Secrets{SubscriptionKey: secrets.SubscriptionKey})
	fresh := opened(t, isolated(t))
	for name, c := range map[string]struct {
		flags        Flags
		env          vars
		store        *Store
		notice, fail string
	}{
		"nothing":               {store: fresh, fail: "there are no keys: set VIPPS_CLIENT_ID, VIPPS_CLIENT_SECRET, VIPPS_SUBSCRIPTION_KEY and VIPPS_MSN"},
		"one is missing":        {env: keys().with("VIPPS_MSN", ""), store: fresh, fail: "incomplete: VIPPS_MSN is missing"},
		"one is a placeholder":  {env: keys().with("VIPPS_CLIENT_SECRET", "<client_secret>"), store: fresh, fail: "VIPPS_CLIENT_SECRET is missing or still a placeholder"},
		"two are missing":       {env: vars{"VIPPS_MSN": "1", "VIPPS_CLIENT_ID": "1"}, store: fresh, fail: "VIPPS_CLIENT_SECRET and VIPPS_SUBSCRIPTION_KEY are missing"},
		"the profile has holes": {flags: Flags{Profile: "bare"}, store: withBare, fail: `profile "bare" lacks: client secret; enter`},
		"a set is not used": {
			env: vars{"VIPPS_MSN": "1"}, store: withBare, fail: "lacks",
			notice: "not used, since VIPPS_CLIENT_ID, VIPPS_CLIENT_SECRET and VIPPS_SUBSCRIPTION_KEY are missing",
		},
		"a token is a placeholder":        {env: keys().with("NGROK_AUTHTOKEN", "<token>"), store: fresh, notice: "NGROK_AUTHTOKEN still holds a placeholder"},
		"a flag that the sandbox ignores": {flags: Flags{Sandbox: true, Profile: "x"}, store: fresh, notice: "--profile is ignored"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Resolve(t.Context(), c.flags, c.env.get, c.store)
			must(t, err)
			if notices := strings.Join(s.Notices, "\n"); !strings.Contains(notices, c.notice) || (c.notice == "") != (notices == "") {
				t.Errorf("notices = %q, want %q", notices, c.notice)
			}
			err = s.Err()
			if c.fail == "" && err != nil || c.fail != "" && (err == nil || !strings.Contains(err.Error(), c.fail)) {
				t.Errorf("Err() = %v, want %q", err, c.fail)
			}
			if err != nil && strings.Contains(err.Error(), "env-secret") {
				t.Errorf("Err() repeats a secret: %v", err)
			}
		})
	}
}

func TestSecretsThatCannotBeReadAreMissing(t *testing.T) {
	d := isolated(t)
	d.Isolated = false
	keyring.MockInit()
	p, secrets := acme()
	s := saved(t, d, p, secrets)
	keyring.MockInitWithError(errors.New("locked"))
	got, err := Resolve(t.Context(), Flags{Profile: "acme"}, vars{}.get, s)
	must(t, err)
	if len(got.Missing) != 2 || got.Profile.ClientID != p.ClientID || !strings.Contains(strings.Join(got.Notices, ""), "locked") {
		t.Errorf("Settings = %+v", got)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Resolve(ended, Flags{Profile: "acme"}, vars{}.get, s); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v", err)
	}
}
