package sandbox

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"github.com/google/uuid"
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
func (k Keys) complete() (Keys, error) {
	if k.ClientID == "" {
		k.ClientID = uuid.NewString()
	}
	if k.ClientSecret == "" {
		k.ClientSecret = base64.StdEncoding.EncodeToString(randomBytes(16))
	}
	if k.SubscriptionKey == "" {
		k.SubscriptionKey = hex.EncodeToString(randomBytes(16))
	}
	if k.MSN == "" {
		k.MSN = randomDigits(6)
	}
	if !msnPattern.MatchString(k.MSN) {
		return Keys{}, fmt.Errorf("sandbox keys: MSN %q: want 4 to 10 digits", k.MSN)
	}
	for _, v := range []struct{ name, value string }{
		{"client id", k.ClientID}, {"client secret", k.ClientSecret}, {"subscription key", k.SubscriptionKey},
	} {
		if strings.ContainsFunc(v.value, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
			return Keys{}, fmt.Errorf("sandbox keys: the %s has characters that an HTTP header cannot carry", v.name)
		}
	}
	return k, nil
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // crypto/rand.Read never fails
	return b
}

// randomDigits returns n decimal digits, the first of them not zero.
func randomDigits(n int) string {
	low := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n-1)), nil)
	span := new(big.Int).Mul(low, big.NewInt(9))
	v, err := rand.Int(rand.Reader, span)
	if err != nil {
		panic("sandbox: the system's random source failed: " + err.Error())
	}
	return v.Add(v, low).String()
}

func randomToken() string { return base64.RawURLEncoding.EncodeToString(randomBytes(32)) }
