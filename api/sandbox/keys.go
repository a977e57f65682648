package sandbox

import (
	"fmt"
	"regexp"
	"strings"
)

// Keys are the API keys of one sales unit, in the shapes of
// https://developer.vippsmobilepay.com/docs/knowledge-base/api-keys.
// They are never anybody's real keys.
type Keys struct {
	ClientID        string // a GUID
	ClientSecret    string // Base64 of 16 bytes
	SubscriptionKey string // 32 hexadecimal digits
	MSN             string // the merchant serial number, 4 to 10 digits
}

var msnPattern = regexp.MustCompile(`^[0-9]{4,10}$`)

// complete makes up what is missing and refuses what no HTTP header could carry.
func (k Keys) complete(ids *entropy) (Keys, error) {
	if k.MSN == "" {
		k.MSN = ids.digits(6, "msn")
	}
	if !msnPattern.MatchString(k.MSN) {
		return Keys{}, fmt.Errorf("sandbox keys: MSN %q: want 4 to 10 digits", k.MSN)
	}
	if k.ClientID == "" {
		k.ClientID = ids.uuid("client id", k.MSN)
	}
	if k.ClientSecret == "" {
		k.ClientSecret = ids.base64(16, "client secret", k.MSN)
	}
	if k.SubscriptionKey == "" {
		k.SubscriptionKey = ids.hex(16, "subscription key", k.MSN)
	}
	for _, v := range []struct{ name, value string }{
		{"client id", k.ClientID}, {"client secret", k.ClientSecret}, {"subscription key", k.SubscriptionKey},
	} {
		if !headerValue(v.value) {
			return Keys{}, fmt.Errorf("sandbox keys of MSN %s: the %s has characters that an HTTP header cannot carry", k.MSN, v.name)
		}
	}
	return k, nil
}

func headerValue(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}

// completeAll completes the keys of every sales unit. What tells sales units
// apart must be each one's own.
func completeAll(all []Keys, ids *entropy) ([]Keys, error) {
	seen := make(map[string]string, 3*len(all))
	out := make([]Keys, 0, len(all))
	for _, k := range all {
		k, err := k.complete(ids)
		if err != nil {
			return nil, err
		}
		for _, v := range [][2]string{
			{"MSN", k.MSN}, {"client id", strings.ToLower(k.ClientID)}, {"subscription key", k.SubscriptionKey},
		} {
			if other, taken := seen[v[0]+v[1]]; taken {
				return nil, fmt.Errorf("sandbox keys: the sales units %s and %s have the same %s; each needs its own", other, k.MSN, v[0])
			}
			seen[v[0]+v[1]] = k.MSN
		}
		out = append(out, k)
	}
	return out, nil
}
