package profile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// environment is a Postman environment as the app exports it.
type environment struct {
	Values []variable `json:"values"`
	// Item stands in collections and in no environment.
	Item json.RawMessage `json:"item"`
}

type variable struct {
	Key     string          `json:"key"`
	Value   json.RawMessage `json:"value"`
	Enabled *bool           `json:"enabled"`
}

// ParsePostman reads settings from a Postman environment, such as the
// provider's https://developer.vippsmobilepay.com/tools/global-postman-environment.json
// filled in and exported. Variables that are switched off are ignored. The
// error is an [*ImportError].
func ParsePostman(r io.Reader) (Import, error) { return parse(r, parsePostman) }

func parsePostman(content []byte) (Import, error) {
	const do = "export the environment from Postman again"
	var e environment
	if err := json.Unmarshal(content, &e); err != nil {
		return Import{}, &ImportError{Reason: jsonReason(content, err), Do: do}
	}
	if len(e.Values) == 0 && e.Item != nil {
		return Import{}, &ImportError{Reason: "it is a Postman collection", Do: "export the environment instead"}
	}
	if len(e.Values) == 0 {
		return Import{}, &ImportError{Reason: "it is JSON but no Postman environment: it has no values", Do: do}
	}
	c := newCollector()
	for _, v := range e.Values {
		value, why := v.text()
		if why != "" {
			c.ignore(v.Key, 0, why)
			continue
		}
		c.offer(v.Key, 0, value)
	}
	return c.done(), nil
}

// text returns the variable's value, numbers digit for digit, or why it has
// none.
func (v variable) text() (_, why string) {
	if v.Enabled != nil && !*v.Enabled {
		return "", "it is switched off in Postman"
	}
	var s string
	if json.Unmarshal(v.Value, &s) == nil {
		return strings.TrimSpace(s), ""
	}
	var n json.Number
	if json.Unmarshal(v.Value, &n) == nil {
		return n.String(), ""
	}
	return "", "its value is not text"
}

// jsonReason says where JSON ends to be a Postman environment. The reader's own
// message may repeat a part of a value, so the error is not passed on.
func jsonReason(content []byte, err error) string {
	var offset int64
	reason := "it is not valid JSON"
	var syntax *json.SyntaxError
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &mismatch):
		offset, reason = mismatch.Offset, "it is JSON but no Postman environment"
	}
	line := 1 + strings.Count(string(content[:min(int(offset), len(content))]), "\n")
	return fmt.Sprintf("%s (line %d)", reason, line)
}
