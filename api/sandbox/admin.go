package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The admin API is the sandbox's own: it stands beside the provider's under a
// prefix that the provider does not use, and is for tests and for the terminal
// program. The package documentation lists its calls.
const (
	adminPrefix = "/_kvikk"
	adminHeader = "Kvikk-Admin"
)

func adminRoutes() []route {
	at := func(method, path string, h handler) route {
		return route{method: method, pattern: strings.Split(adminPrefix+path, "/")[1:], layer: adminLayer, handle: h}
	}
	return []route{
		at("GET", "/status", showStatus),
		at("POST", "/clock", moveClock),
		at("GET", "/faults", showFaults),
		at("PUT", "/faults", replaceFaults),
		at("DELETE", "/faults", clearFaults),
		at("GET", "/faults/fired", showFired),
		at("GET", "/deliveries", showDeliveries),
		at("POST", "/payments/*/payer", decidePayer),
		at("POST", "/events", sendEvent),
		at("POST", "/reset", resetSandbox),
	}
}

// forAdmin reports a request to the admin API, whether it has such a path or not.
func forAdmin(r *http.Request) bool {
	return r.URL.Path == adminPrefix || strings.HasPrefix(r.URL.Path, adminPrefix+"/")
}

// refuseOutsider wants the header on every admin request. A page of another
// site cannot send it without being allowed to first.
func refuseOutsider(r *http.Request) (reply, bool) {
	if !forAdmin(r) || r.Header.Get(adminHeader) == "1" {
		return reply{}, false
	}
	return adminError(http.StatusForbidden, "The admin API wants the header "+adminHeader+": 1."), true
}

// adminError is a refusal of the admin API: what is wrong and what to do.
func adminError(status int, message string) reply {
	return jsonReply(status, struct {
		Error string `json:"error"`
	}{message})
}

// frontError is a refusal that stands before every API: the admin API's own
// shape under its prefix, the old gateway's elsewhere.
func frontError(r *http.Request, status int, message string) reply {
	if forAdmin(r) {
		return adminError(status, message)
	}
	return gatewayError(status, message)
}

// read decodes an admin request's body, one JSON object without unknown
// members; example shows what it looks like. The reply is the refusal.
func (c *call) read(v any, example string) (reply, bool) {
	refuse := func(what string) (reply, bool) {
		return adminError(http.StatusBadRequest, "The body "+what+". Send it like this: "+example), false
	}
	if first := bytes.TrimSpace(c.body); len(first) == 0 || first[0] != '{' {
		return refuse("must be a JSON object")
	}
	if !utf8.Valid(c.body) {
		return refuse("is not valid UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(c.body))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrongType):
		return refuse("has a " + wrongType.Value + " where " + clip(wrongType.Field) + " stands")
	case err != nil && strings.HasPrefix(err.Error(), "json: unknown field "):
		return refuse("has the unknown member " + clip(strings.TrimPrefix(err.Error(), "json: unknown field ")))
	case err != nil:
		return refuse("is not valid JSON")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return refuse("must be one JSON object and nothing else")
	}
	return reply{}, true
}

// query reads ?after=SEQ&reference=R, either of which may be absent.
func (c *call) query() (after int64, reference string, refused *reply) {
	refuse := func(message string) (int64, string, *reply) {
		a := adminError(http.StatusBadRequest, message)
		return 0, "", &a
	}
	q, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return refuse("The query is malformed. Percent-encode its values.")
	}
	for name, values := range q {
		if name != "after" && name != "reference" || len(values) > 1 {
			return refuse("The query has " + clip(name) + " in excess. It may have after=SEQ and reference=R, once each.")
		}
	}
	if text := q.Get("after"); text != "" {
		if after, err = strconv.ParseInt(text, 10, 64); err != nil || after < 0 {
			return refuse("The query's after is " + clip(text) + ". It must be the seq of an entry, or 0.")
		}
	}
	return after, q.Get("reference"), nil
}

// salesUnit is the one that a request names, the first when it names none.
func (c *call) salesUnit(msn string) (*unit, reply, bool) {
	if msn == "" {
		return c.s.units[0], reply{}, true
	}
	for _, u := range c.s.units {
		if u.keys.MSN == msn {
			return u, reply{}, true
		}
	}
	return nil, adminError(http.StatusNotFound, "The sandbox has no sales unit "+clip(msn)+". GET "+adminPrefix+"/status lists those it has."), false
}
