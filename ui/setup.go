package ui

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"kvikk/api"
	"kvikk/api/secret"
	"kvikk/tunnel"
	"kvikk/ui/form"
	"kvikk/ui/profile"
	"kvikk/ui/theme"
)

// The fields of step 1. The keys are called as package profile calls them.
const (
	fieldEnvironment = "environment"
	fieldFile        = "file"
	fieldCurrency    = "currency"
	fieldTunnel      = "tunnel"
	fieldCallback    = "callback_url"
	fieldListen      = "listen_addr"
	fieldProfile     = "profile"
	fieldFind        = "find"

	environmentSandbox = "sandbox"
	environmentTest    = "test"
)

func newSetupForm(th theme.Theme) *form.Form {
	key := func(f profile.Field, label, hint string) form.Field {
		kind := form.Text
		if f.Secret() {
			kind = form.Masked
		}
		return form.Field{Name: string(f), Label: label, Kind: kind, Hint: hint}
	}
	var currencies []form.Option
	for _, c := range api.Currencies() {
		currencies = append(currencies, form.Option{Value: c, Label: c})
	}
	const portal = "portal.vippsmobilepay.com, For developers, API keys, Test"
	return form.New(th,
		form.Field{Name: fieldEnvironment, Label: "Environment", Kind: form.Choice, Options: []form.Option{
			{Value: environmentSandbox, Label: "Sandbox", Detail: "runs inside kvikk: no keys, no network"},
			{Value: environmentTest, Label: "Test environment", Detail: "apitest.vipps.no, with your test keys"},
		}},
		form.Field{
			Name: fieldFile, Label: "Keys from a file", Placeholder: "path of a .env or Postman environment file, or leave empty",
			Hint: "Reads the keys, the phone number and the ngrok settings, and nothing else. You can also paste KEY=value lines here.",
		},
		key(profile.FieldClientID, "client_id", "From "+portal+"."),
		key(profile.FieldClientSecret, "client_secret", "From "+portal+". It stays masked."),
		key(profile.FieldSubscriptionKey, "Subscription key", "Ocp-Apim-Subscription-Key, either of the two. It stays masked."),
		key(profile.FieldMSN, "MSN", "The merchant serial number of your test sales unit: 4 to 10 digits."),
		form.Field{Name: fieldCurrency, Label: "Currency", Kind: form.Choice, Options: currencies, Hint: "The currency of the sales unit's market."},
		key(profile.FieldPhone, "Test user's phone", "With country code, digits only, such as 4712345678. Needed for force approve only."),
		form.Field{Name: fieldTunnel, Label: "Callback URL by", Kind: form.Choice, Options: []form.Option{
			{Value: string(tunnel.Ngrok), Label: "ngrok", Detail: "kvikk opens it for you"},
			{Value: string(tunnel.Own), Label: "own URL", Detail: "a tunnel or proxy of your own"},
			{Value: string(tunnel.Local), Label: "local", Detail: "for an API on this machine"},
		}},
		key(profile.FieldAuthtoken, "ngrok authtoken", "From dashboard.ngrok.com, Your Authtoken. It is kept like a key."),
		form.Field{Name: string(profile.FieldDomain), Label: "ngrok domain", Placeholder: "your account's own, if left empty"},
		form.Field{Name: fieldCallback, Label: "Public URL", Placeholder: "https://…", Hint: "Where the provider can reach you. kvikk appends /hooks/ and a random part."},
		form.Field{Name: fieldListen, Label: "Forwards to", Placeholder: tunnel.DefaultOwnAddr, Hint: "The loopback address that your tunnel forwards to."},
		form.Field{
			Name: fieldProfile, Label: "Save as", Placeholder: "test- and the MSN", Limit: 40,
			Hint: "The keys are saved under this name once the callback URL is open: in the system's keyring, or in a file for you alone.",
		},
	)
}

func newFindForm(th theme.Theme) *form.Form {
	return form.New(th, form.Field{Name: fieldFind, Label: "find", Placeholder: "text in a webhook"})
}

// adaptSetup shows the fields that the choices call for.
func (m *Model) adaptSetup() {
	if m.setup.Value(fieldEnvironment) == environmentSandbox {
		shown := []string{fieldEnvironment}
		if throughNgrok(m.settings) {
			shown = append(shown, string(profile.FieldAuthtoken), string(profile.FieldDomain))
		}
		m.setup.Show(shown...)
		return
	}
	shown := []string{fieldEnvironment, fieldFile, fieldCurrency, fieldTunnel, string(profile.FieldPhone)}
	if m.settings.Source != profile.Environment {
		// Keys of the environment stay there.
		shown = append(shown, fieldProfile)
	}
	for _, f := range profile.KeyFields() {
		shown = append(shown, string(f))
	}
	switch m.setup.Value(fieldTunnel) {
	case string(tunnel.Ngrok):
		shown = append(shown, string(profile.FieldAuthtoken), string(profile.FieldDomain))
	case string(tunnel.Own):
		shown = append(shown, fieldCallback, fieldListen)
	}
	m.setup.Show(shown...)
}

// throughNgrok reports whether the sandbox is to be reached through ngrok, which
// takes a flag.
func throughNgrok(s profile.Settings) bool {
	return s.Source == profile.Sandbox && s.TunnelOptions().Kind == tunnel.Ngrok
}

// fillSetup puts known settings into the form.
func (m *Model) fillSetup(s profile.Settings) {
	p := s.Profile
	environment := environmentTest
	if s.Source == profile.Sandbox || s.Source == profile.Ask && len(s.Missing) == len(profile.KeyFields()) {
		environment = environmentSandbox
	}
	m.setup.Set(fieldEnvironment, environment)
	for name, value := range map[string]string{
		string(profile.FieldClientID): p.ClientID, string(profile.FieldMSN): p.MSN,
		string(profile.FieldPhone): p.Phone, string(profile.FieldDomain): p.Tunnel.Domain,
		string(profile.FieldClientSecret):    s.Secrets.ClientSecret.Reveal(),
		string(profile.FieldSubscriptionKey): s.Secrets.SubscriptionKey.Reveal(),
		string(profile.FieldAuthtoken):       s.Secrets.Authtoken.Reveal(),
		fieldCallback:                        p.Tunnel.CallbackURL, fieldListen: p.Tunnel.ListenAddr,
		fieldTunnel: string(s.TunnelOptions().Kind), fieldProfile: p.Name,
	} {
		m.setup.Set(name, value)
	}
	m.setup.Set(fieldCurrency, cmp.Or(p.Currency, api.Currencies()[0]))
	m.report = s.Notices
	m.adaptSetup()
	m.ask()
}

// ask shows all environments to choose from while nothing is chosen yet.
func (m *Model) ask() {
	if m.asking {
		m.setup.Focus(fieldEnvironment)
	} else {
		m.setup.Blur()
	}
}

// readSetup returns the settings that the form describes.
func (m *Model) readSetup() profile.Settings {
	f, s := m.setup, m.settings
	if f.Value(fieldEnvironment) == environmentSandbox {
		if s.Source != profile.Sandbox {
			s = profile.Settings{Source: profile.Sandbox}
		}
		if throughNgrok(s) {
			s.Profile.Tunnel.Domain = f.Value(string(profile.FieldDomain))
			s.Secrets.Authtoken = secret.New(f.Value(string(profile.FieldAuthtoken)))
		}
		return s
	}
	if s.Source == profile.Sandbox || s.Source == profile.Ask {
		// What flags and environment say holds for the test environment again.
		if s = m.given; s.Source != profile.Environment {
			s.Source = profile.ProfileSource
		}
	}
	p := &s.Profile
	p.APIURL = cmp.Or(p.APIURL, api.TestURL)
	p.ClientID, p.MSN = f.Value(string(profile.FieldClientID)), f.Value(string(profile.FieldMSN))
	p.Phone, p.Currency = f.Value(string(profile.FieldPhone)), f.Value(fieldCurrency)
	if s.Source == profile.ProfileSource {
		p.Name = cmp.Or(f.Value(fieldProfile), "test-"+p.MSN)
	}
	p.Tunnel.Kind, p.Tunnel.Domain = f.Value(fieldTunnel), f.Value(string(profile.FieldDomain))
	p.Tunnel.CallbackURL, p.Tunnel.ListenAddr = f.Value(fieldCallback), f.Value(fieldListen)
	s.Secrets.ClientSecret = secret.New(f.Value(string(profile.FieldClientSecret)))
	s.Secrets.SubscriptionKey = secret.New(f.Value(string(profile.FieldSubscriptionKey)))
	s.Secrets.Authtoken = secret.New(f.Value(string(profile.FieldAuthtoken)))
	return s
}

// validateSetup puts messages at the fields of step 1 that are missing or
// wrong and returns the first.
func (m *Model) validateSetup() string {
	m.setup.ClearErrors()
	s := m.readSetup()
	if s.Source != profile.Sandbox {
		if e, ok := errors.AsType[*api.ValidationError](s.Keys().Validate()); ok {
			mark(m.setup, e.Fields)
		}
	}
	if err := profile.CheckTunnel(s.Profile.APIURL, s.TunnelOptions().Kind); err != nil {
		m.setup.SetError(fieldTunnel, err.Error())
	}
	if err := profile.CheckName(s.Profile.Name); err != nil && s.Source == profile.ProfileSource && s.Profile.MSN != "" {
		m.setup.SetError(fieldProfile, err.Error())
	}
	if e, ok := errors.AsType[*tunnel.Error](s.TunnelOptions().Validate()); ok {
		m.setup.SetError(tunnelField(s.TunnelOptions()), strings.TrimSuffix(e.What, ".")+". "+e.Do)
	}
	return m.setup.FirstError()
}

// tunnelField is the field to blame when a tunnel's options are refused.
func tunnelField(o tunnel.Options) string {
	switch {
	case o.Kind == tunnel.Ngrok && o.Authtoken.IsZero():
		return string(profile.FieldAuthtoken)
	case o.Kind == tunnel.Ngrok:
		return string(profile.FieldDomain)
	case o.Kind == tunnel.Own:
		return fieldCallback
	}
	return fieldTunnel
}

// acceptSetup takes the form's values over. Other keys, another environment or
// another way to be reached mean that the steps start again.
func (m *Model) acceptSetup() tea.Cmd {
	if path := m.setup.Value(fieldFile); path != "" {
		return readKeys(path)
	}
	wrong := m.validateSetup()
	before, now := m.settings, m.readSetup()
	m.settings = now
	m.asking = false
	m.ask()
	if before.Source == now.Source && before.Profile == now.Profile && before.Secrets == now.Secrets {
		return nil
	}
	m.reset()
	m.saved = ""
	if now.Source == profile.Sandbox {
		m.report = nil
	}
	if wrong != "" {
		return m.load()
	}
	return tea.Batch(m.prepare(), m.load())
}

// readKeys reads a .env or Postman file that the person named.
func readKeys(path string) tea.Cmd {
	return func() tea.Msg {
		imported, err := profile.ReadFile(path)
		return importedMsg{imported: imported, source: path, err: err}
	}
}

func (m *Model) onImported(msg importedMsg) tea.Cmd {
	if m.work != nil {
		return m.say("The file was not taken: something is under way.")
	}
	if msg.err != nil {
		m.report = []string{msg.err.Error()}
		m.setup.SetError(fieldFile, msg.err.Error())
		return nil
	}
	m.setup.Set(fieldFile, "")
	m.take(msg.imported, msg.source)
	return m.acceptSetup()
}

// pasteKeys fills all fields from pasted KEY=value lines.
func (m *Model) pasteKeys(pasted string) bool {
	imported, ok := profile.ParsePaste(pasted)
	if !ok {
		return false
	}
	m.take(imported, "the paste")
	return true
}

// take fills the form with what was read in, and reports what was taken and
// what was not.
func (m *Model) take(i profile.Import, source string) {
	m.setup.Set(fieldEnvironment, environmentTest)
	var taken []string
	for _, f := range i.Taken {
		m.setup.Set(string(f), i.Values[f].Reveal())
		taken = append(taken, f.Label())
	}
	m.report = []string{fmt.Sprintf("Nothing in %s could be used.", source)}
	if len(taken) > 0 {
		m.report = []string{fmt.Sprintf("Taken from %s: %s.", source, strings.Join(taken, ", "))}
	}
	for n, ignored := range i.Ignored {
		if n == shownIgnored {
			m.report = append(m.report, fmt.Sprintf("… and %d more were left alone.", len(i.Ignored)-n+i.More))
			break
		}
		m.report = append(m.report, "Left alone: "+ignored.String())
	}
	m.adaptSetup()
	m.validateSetup()
}

// shownIgnored is how many ignored settings are named on the screen.
const shownIgnored = 5

// chooseKey lets the arrows choose the environment while it is asked for.
func (m *Model) chooseKey(msg tea.KeyPressMsg) bool {
	if m.focus != onStep {
		return false
	}
	switch msg.String() {
	case "up", "k", "down", "j", "left", "right", "space":
		other := environmentTest
		if m.setup.Value(fieldEnvironment) == environmentTest {
			other = environmentSandbox
		}
		m.setup.Set(fieldEnvironment, other)
		m.adaptSetup()
		m.settings = m.readSetup()
		return true
	}
	return false
}
