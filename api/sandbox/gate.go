package sandbox

import (
	"crypto/subtle"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// admit runs the checks that stand before an API, each answering in the shape
// of its own layer: subscription key (API Management), bearer token (the old
// gateway), Merchant-Serial-Number (the API itself).
func (c *call) admit() (reply, bool) {
	if c.layer == pageLayer || c.layer == adminLayer { // their own checks are elsewhere
		return reply{}, false
	}
	unit, a, refused := c.subscription()
	if refused || c.layer == tokenLayer {
		c.unit = unit
		return a, refused
	}
	clientID, problem := c.bearer()
	if problem == "" && clientID != unit.keys.ClientID {
		problem = "The access token and the subscription key belong to different sales units."
	}
	if problem != "" {
		return gatewayError(http.StatusUnauthorized, problem), true
	}
	c.unit = unit
	for _, check := range []func() *failure{c.checkMSN, c.checkSystem} {
		if f := check(); f != nil {
			return c.problem(f), true
		}
	}
	return reply{}, false
}

func (c *call) subscription() (*unit, reply, bool) {
	key := c.r.Header.Get("Ocp-Apim-Subscription-Key")
	if key == "" {
		return nil, managementError(http.StatusUnauthorized,
			"Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API."), true
	}
	if u := c.s.byKey[key]; u != nil {
		return u, reply{}, false
	}
	return nil, managementError(http.StatusUnauthorized,
		"Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription."), true
}

// bearer returns the client id of a good token, or what is wrong.
func (c *call) bearer() (clientID, problem string) {
	header := c.r.Header.Get("Authorization")
	token, ok := strings.CutPrefix(header, "Bearer ")
	switch {
	case header == "":
		return "", "The Authorization header is missing."
	case !ok:
		return "", "The Authorization header must be the word Bearer, a space and the access token."
	}
	return c.s.mint.check(strings.TrimSpace(token), c.now)
}

// checkMSN demands the sales unit's number on ePayment calls; with the keys of
// a single sales unit the Webhooks API does without.
func (c *call) checkMSN() *failure {
	const name = "Merchant-Serial-Number"
	msn := c.r.Header.Get(name)
	switch {
	case msn == "" && c.layer == webhooksLayer:
		return nil
	case msn == "":
		return invalid(detail{name, "The header is required."})
	case !msnPattern.MatchString(msn):
		return invalid(detail{name, "The header must be the 4 to 10 digits of a merchant serial number."})
	case msn != c.unit.keys.MSN:
		return &failure{
			status: http.StatusForbidden, title: "Forbidden",
			detail: "Invalid MSN: " + msn + ". The API keys belong to another sales unit.",
		}
	}
	return nil
}

// checkSystem holds the headers by which integrations name themselves to their
// length. All are optional, and some clients send them empty.
func (c *call) checkSystem() *failure {
	const most = 30 // characters
	for _, name := range []string{"Vipps-System-Name", "Vipps-System-Version", "Vipps-System-Plugin-Name", "Vipps-System-Plugin-Version"} {
		if utf8.RuneCountInString(c.r.Header.Get(name)) > most {
			return invalid(detail{name, "The header has at most " + strconv.Itoa(most) + " characters."})
		}
	}
	return nil
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
