package sandbox

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// accessToken is the answer of POST /accesstoken/get, see
// https://developer.vippsmobilepay.com/docs/APIs/access-token-api.
// Every value is a JSON string, the numbers too.
type accessToken struct {
	TokenType    string `json:"token_type"`
	ExpiresIn    string `json:"expires_in"`
	ExtExpiresIn string `json:"ext_expires_in"`
	ExpiresOn    string `json:"expires_on"`
	NotBefore    string `json:"not_before"`
	Resource     string `json:"resource"`
	AccessToken  string `json:"access_token"`
}

const resource = "00000002-0000-0000-c000-000000000000"

func issueToken(c *call) reply {
	id, secret := c.r.Header.Get("client_id"), c.r.Header.Get("client_secret")
	if id == "" {
		return c.directoryError(http.StatusBadRequest, "invalid_request", 900144,
			"The request must contain the following parameter: 'client_id'.")
	}
	unit := c.s.unitOf(id)
	switch {
	case unit == nil:
		return c.directoryError(http.StatusBadRequest, "unauthorized_client", 700016,
			"Application with identifier '"+clip(id)+"' was not found in the directory '"+c.s.mint.tenant+"'. "+
				"The keys may belong to another environment.")
	case secret == "":
		return c.directoryError(http.StatusUnauthorized, "invalid_client", 7000216,
			"'client_secret' is required for the client credentials grant.")
	case !same(secret, unit.keys.ClientSecret):
		return c.directoryError(http.StatusUnauthorized, "invalid_client", 7000215,
			"Invalid client secret provided for application '"+id+"'.")
	}
	in := max(0, int64(c.s.mint.life/time.Second)-1)
	a := jsonReply(http.StatusOK, accessToken{
		TokenType:    "Bearer",
		ExpiresIn:    strconv.FormatInt(in, 10),
		ExtExpiresIn: "0",
		ExpiresOn:    strconv.FormatInt(c.now.Unix()+in, 10),
		NotBefore:    strconv.FormatInt(c.now.Unix()-301, 10),
		Resource:     resource,
		AccessToken:  c.s.mint.issue(unit.keys, c.now),
	})
	a.contentType = "application/json;charset=UTF-8"
	a.header = append(a.header, [2]string{"Cache-Control", "no-store"})
	return a
}

func (s *Server) unitOf(clientID string) *unit {
	return s.byClient[strings.ToLower(clientID)] // GUIDs have no case
}

// directoryError is an answer of the directory that issues the tokens (Azure
// AD). Its code stands in the description and in error_codes.
func (c *call) directoryError(status int, kind string, code int, text string) reply {
	stamp := c.now.UTC().Format("2006-01-02 15:04:05Z")
	trace, correlation := c.s.ids.uuid("trace"), c.s.ids.uuid("correlation")
	return jsonReply(status, struct {
		Error         string `json:"error"`
		Description   string `json:"error_description"`
		Codes         []int  `json:"error_codes"`
		Timestamp     string `json:"timestamp"`
		TraceID       string `json:"trace_id"`
		CorrelationID string `json:"correlation_id"`
		URI           string `json:"error_uri"`
	}{
		kind,
		fmt.Sprintf("AADSTS%d: %s\r\nTrace ID: %s\r\nCorrelation ID: %s\r\nTimestamp: %s", code, text, trace, correlation, stamp),
		[]int{code},
		stamp, trace, correlation,
		"https://login.windows.net/error?code=" + strconv.Itoa(code),
	})
}

// tokenMint issues access tokens and recognises them by themselves: what looks
// like an RS256 signature is a keyed hash of this process.
type tokenMint struct {
	key    []byte
	life   time.Duration
	tenant string
	kid    string
	ids    *entropy

	mu    sync.Mutex
	known map[string]identity // tokens found good, which the next calls carry again
}

// identity is what a token says that counts.
type identity struct {
	clientID string
	expires  int64 // Unix seconds
}

// mostKnown bounds the tokens that are kept; each is good for many calls.
const mostKnown = 1000

// newTokenMint goes on with what was saved, so that tokens outlive the process
// where its state does.
func newTokenMint(saved savedServer, life time.Duration, ids *entropy) *tokenMint {
	return &tokenMint{
		key: saved.TokenKey, life: life, tenant: saved.Tenant, kid: saved.KeyID, ids: ids,
		known: make(map[string]identity),
	}
}

// claims are those of a version 1 Azure AD token; the provider documents none
// of them, and a client has no business reading them.
type claims struct {
	Audience  string `json:"aud"`
	Issuer    string `json:"iss"`
	IssuedAt  int64  `json:"iat"`
	NotBefore int64  `json:"nbf"`
	Expires   int64  `json:"exp"`
	Opaque    string `json:"aio"`
	ClientID  string `json:"appid"`
	AuthClass string `json:"appidacr"`
	Provider  string `json:"idp"`
	ObjectID  string `json:"oid"`
	Subject   string `json:"sub"`
	Tenant    string `json:"tid"`
	TokenID   string `json:"uti"`
	Version   string `json:"ver"`
}

func (m *tokenMint) issue(k Keys, now time.Time) string {
	head := encode(struct {
		Type      string `json:"typ"`
		Algorithm string `json:"alg"`
		X5T       string `json:"x5t"`
		KeyID     string `json:"kid"`
	}{"JWT", "RS256", m.kid, m.kid})
	issuer := "https://sts.windows.net/" + m.tenant + "/"
	body := encode(claims{
		Audience: resource, Issuer: issuer, IssuedAt: now.Unix(), NotBefore: now.Unix() - 301,
		Expires: now.Add(m.life + time.Second - time.Nanosecond).Unix(),
		Opaque:  m.ids.base64(48, "token", k.MSN), ClientID: k.ClientID, AuthClass: "1",
		Provider: issuer, ObjectID: m.ids.uuid("oid", k.MSN), Subject: m.ids.uuid("subject", k.MSN), Tenant: m.tenant,
		TokenID: base64.RawURLEncoding.EncodeToString(m.ids.bytes(16, "uti", k.MSN)), Version: "1.0",
	})
	enc := base64.RawURLEncoding
	signed := enc.EncodeToString(head) + "." + enc.EncodeToString(body)
	return signed + "." + enc.EncodeToString(m.seal(signed))
}

// seal is 256 bytes, the length of a 2048-bit RSA signature.
func (m *tokenMint) seal(signed string) []byte {
	var out []byte
	for block := range byte(4) {
		h := hmac.New(sha512.New, m.key)
		h.Write([]byte{block})
		h.Write([]byte(signed))
		out = h.Sum(out)
	}
	return out
}

// check returns the client id of a token issued here and still alive, or what
// is wrong with it.
func (m *tokenMint) check(token string, now time.Time) (clientID, problem string) {
	m.mu.Lock()
	id, ok := m.known[token]
	m.mu.Unlock()
	if !ok {
		if id, problem = m.read(token); problem != "" {
			return "", problem
		}
		m.keep(token, id)
	}
	if now.Unix() >= id.expires {
		return "", "The access token has expired."
	}
	return id.clientID, ""
}

func (m *tokenMint) keep(token string, id identity) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.known) >= mostKnown {
		clear(m.known)
	}
	m.known[strings.Clone(token)] = id // the header that it is cut from may be long
}

// read verifies a token by its seal and reads what counts of it.
func (m *tokenMint) read(token string) (id identity, problem string) {
	const foreign = "The access token was not issued by this environment."
	dot := strings.LastIndexByte(token, '.')
	if token == "" || dot < 0 {
		return identity{}, "The Authorization header carries no access token."
	}
	enc := base64.RawURLEncoding
	seal, err := enc.DecodeString(token[dot+1:])
	if err != nil || !hmac.Equal(seal, m.seal(token[:dot])) {
		return identity{}, foreign
	}
	_, payload, _ := strings.Cut(token[:dot], ".")
	raw, err := enc.DecodeString(payload)
	if err != nil {
		return identity{}, foreign
	}
	var c claims
	if err := json.Unmarshal(raw, &c); err != nil {
		return identity{}, foreign
	}
	return identity{c.ClientID, c.Expires}, ""
}
