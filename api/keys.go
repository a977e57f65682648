package api

import (
	"strings"

	"kvikk/api/secret"
)

// Keys are the API keys of one sales unit. All four belong together; they are
// found in the business portal under For developers, API keys.
// See https://developer.vippsmobilepay.com/docs/knowledge-base/api-keys/ .
type Keys struct {
	// ClientID is "client_id", a GUID in the provider's environments.
	ClientID string
	// ClientSecret is "client_secret".
	ClientSecret secret.Value
	// SubscriptionKey is "Ocp-Apim-Subscription-Key", either of the two.
	SubscriptionKey secret.Value
	// MSN is the merchant serial number: 4 to 10 digits. It is no secret.
	MSN string
}

// Validate checks that the set is complete and that no value is a placeholder
// or ill-formed. It returns a [*ValidationError] with all findings at once,
// under the names client_id, client_secret, subscription_key and msn.
func (k Keys) Validate() error {
	var v validator
	v.key("client_id", k.ClientID)
	v.key("client_secret", k.ClientSecret.Reveal())
	v.key("subscription_key", k.SubscriptionKey.Reveal())
	if v.key("msn", k.MSN) && !isDigits(k.MSN, 4, 10) {
		v.add("msn", "The merchant serial number has 4 to 10 digits and nothing else.")
	}
	return v.err()
}

// key checks what all four values have in common. The shape of a secret is not
// checked: the documented one is not the only one that is in use.
func (v *validator) key(name, value string) bool {
	switch {
	case strings.TrimSpace(value) == "":
		v.add(name, "Missing.")
	case IsPlaceholder(value):
		v.add(name, "Still a placeholder; put the value from the business portal here.")
	case isQuoted(value):
		v.add(name, "Leave out the quotation marks around the value.")
	case strings.IndexFunc(value, notKeyRune) >= 0:
		v.add(name, "Holds a space, a line break or another character that no key has; copy it again.")
	default:
		return true
	}
	return false
}

// notKeyRune reports whether r can be in no key, since no header can carry it.
func notKeyRune(r rune) bool { return r <= ' ' || r >= 0x7f }

func isQuoted(s string) bool {
	return len(s) >= 2 && s[0] == s[len(s)-1] && strings.IndexByte("\"'`", s[0]) >= 0
}

// IsPlaceholder reports whether s stands where a value has yet to be filled
// in: "<client_id>", "{{client_id}}", "your-client-id", "xxxx", "changeme" and
// the like. An absent value is no placeholder.
func IsPlaceholder(s string) bool {
	s = strings.ToLower(strings.Trim(strings.TrimSpace(s), "\"'`"))
	if s == "" {
		return false
	}
	for _, pair := range [][2]string{{"<", ">"}, {"{", "}"}, {"[", "]"}, {"${", "}"}, {"%", "%"}, {"__", "__"}} {
		if len(s) > len(pair[0]) && strings.HasPrefix(s, pair[0]) && strings.HasSuffix(s, pair[1]) {
			return true
		}
	}
	letters := strings.NewReplacer("-", "", "_", "", " ", "", ".", "").Replace(s)
	for _, start := range []string{"your", "changeme", "changethis", "replaceme", "replacewith", "replacethis", "inserthere", "insertyour", "enteryour", "puthere", "pasteyour", "placeholder", "todo", "fillin", "tobefilled"} {
		if strings.HasPrefix(letters, start) {
			return true
		}
	}
	return isFiller(letters)
}

// isFiller reports whether s is one filler character over and over, as in
// "xxxxxxxx", "••••" and the GUID of zeros, or nothing at all.
func isFiller(s string) bool {
	first := ""
	for _, f := range []string{"x", "*", "•", "…", "?", "0"} {
		if strings.HasPrefix(s, f) {
			first = f
		}
	}
	if s == "" || first == "" {
		return s == ""
	}
	return strings.Trim(s, first) == "" && (len(s) >= 3*len(first) || first == "…")
}

func isDigits(s string, shortest, longest int) bool {
	return len(s) >= shortest && len(s) <= longest && strings.Trim(s, "0123456789") == ""
}
