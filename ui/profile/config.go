package profile

import (
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// config is what config.toml says.
type config struct {
	last     string
	profiles []Profile // sorted by name
}

// configTOML is the file's shape. Numbers that people write without quotes are
// taken for what they are meant to be.
type configTOML struct {
	Last     string                 `toml:"last"`
	Profiles map[string]profileTOML `toml:"profiles"`
}

type profileTOML struct {
	APIURL   string     `toml:"api_url"`
	ClientID string     `toml:"client_id"`
	MSN      any        `toml:"msn"`
	Phone    any        `toml:"phone"`
	Currency string     `toml:"currency"`
	Tunnel   tunnelTOML `toml:"tunnel"`
}

type tunnelTOML struct {
	Kind        string `toml:"kind"`
	Domain      string `toml:"domain"`
	ConnectURL  string `toml:"connect_url"`
	ConnectCAs  string `toml:"connect_cas"`
	CallbackURL string `toml:"callback_url"`
	ListenAddr  string `toml:"listen_addr"`
}

// ParseError says that a file of kvikk's cannot be understood. The file is left
// as it is.
type ParseError struct {
	// Path is the file.
	Path string
	// Line and Column, from 1, say where reading stopped; 0 when that is not
	// known.
	Line, Column int
	// Reason is what is wrong there, half a sentence.
	Reason string
	// Do says what helps.
	Do string
}

// Error returns file, line, column, reason and remedy in one line.
func (e *ParseError) Error() string {
	where := plain(e.Path)
	if e.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", where, e.Line, e.Column)
	}
	return fmt.Sprintf("%s: %s; %s", where, e.Reason, e.Do)
}

// remedy is what a person does about a file that does not parse.
const remedy = "correct it, or move the file away and save the sales unit anew; kvikk does not change it"

// parseConfig reads config.toml. Its errors are a [*ParseError].
func parseConfig(path string, text []byte) (config, error) {
	var file configTOML
	if err := toml.Unmarshal(text, &file); err != nil {
		return config{}, parseError(path, err)
	}
	c := config{last: file.Last}
	for name, p := range file.Profiles {
		profile, key, err := p.profile(name)
		if err != nil {
			line, column := position(text, []string{"profiles", name, key})
			return config{}, &ParseError{path, line, column, err.Error(), remedy}
		}
		c.profiles = append(c.profiles, profile)
	}
	sort.Slice(c.profiles, func(i, j int) bool { return c.profiles[i].Name < c.profiles[j].Name })
	return c, nil
}

// parseError keeps position and message of the TOML reader's error.
func parseError(path string, err error) *ParseError {
	e := &ParseError{Path: path, Reason: plain(strings.TrimPrefix(err.Error(), "toml: ")), Do: remedy}
	var decode *toml.DecodeError
	if errors.As(err, &decode) {
		e.Line, e.Column = decode.Position()
	}
	return e
}

// profile returns the profile, or the key whose value is refused and why.
func (p profileTOML) profile(name string) (_ Profile, key string, err error) {
	if err := CheckName(name); err != nil {
		return Profile{}, "", err
	}
	msn, err := digits(p.MSN)
	if err != nil {
		return Profile{}, "msn", fmt.Errorf("msn %w", err)
	}
	phone, err := digits(p.Phone)
	if err != nil {
		return Profile{}, "phone", fmt.Errorf("phone %w", err)
	}
	return Profile{
		Name: name, APIURL: p.APIURL, ClientID: p.ClientID, MSN: msn, Phone: phone,
		Currency: p.Currency, Tunnel: Tunnel(p.Tunnel),
	}, "", nil
}

// digits takes a number with or without its quotes.
func digits(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	default:
		return "", errors.New("has to be digits in quotes")
	}
}

// find returns the profile with that name.
func (c config) find(name string) (Profile, bool) {
	for _, p := range c.profiles {
		if p.Name == name {
			return p, true
		}
	}
	return Profile{}, false
}

// names returns the names of all profiles, sorted.
func (c config) names() []string {
	names := make([]string, len(c.profiles))
	for i, p := range c.profiles {
		names[i] = p.Name
	}
	return names
}

// setting is one key of a profile and its value; an empty value is an absent
// key.
type setting struct {
	key   []string // below profiles.NAME
	value string
}

// settings lists what the file says about p, in the order in which it is
// written.
func (p Profile) settings() []setting {
	t := p.Tunnel
	return []setting{
		{[]string{"api_url"}, p.APIURL},
		{[]string{"client_id"}, p.ClientID},
		{[]string{"msn"}, p.MSN},
		{[]string{"phone"}, p.Phone},
		{[]string{"currency"}, p.Currency},
		{[]string{"tunnel", "kind"}, t.Kind},
		{[]string{"tunnel", "domain"}, t.Domain},
		{[]string{"tunnel", "connect_url"}, t.ConnectURL},
		{[]string{"tunnel", "connect_cas"}, t.ConnectCAs},
		{[]string{"tunnel", "callback_url"}, t.CallbackURL},
		{[]string{"tunnel", "listen_addr"}, t.ListenAddr},
	}
}
