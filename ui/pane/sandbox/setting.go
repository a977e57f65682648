package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// kind is a kind of fault, by the name that a specification begins with.
type kind struct {
	name string
	// does says in a few words what it does.
	does string
}

// deliveryKinds are the faults of webhooks.
func deliveryKinds() []kind {
	return []kind{
		{"delay", "comes 3 s late"},
		{"duplicate", "comes twice"},
		{"reorder", "comes after the next one"},
		{"drop", "never comes"},
		{"wrong-signature", "a wrong secret signs it"},
		{"old-date", "dated an hour ago"},
		{"altered-body", "one byte of it is changed"},
	}
}

// callKinds are the faults of calls to the API.
func callKinds() []kind {
	return []kind{
		{"token-expiry", "401: the token expired"},
		{"429", "429: too many calls"},
		{"500", "500, and nothing is done"},
		{"slow", "answered 3 s late"},
		{"lost-answer", "done, but no answer comes"},
	}
}

func kinds() []kind { return append(deliveryKinds(), callKinds()...) }

// settings are what a kind is set to with one key, as specifications: off, the
// next one, two shares, always.
func settings(name string) []string {
	return []string{"", name + "=1", name + "=10%", name + "=50%", name}
}

// next is the setting after one, or before it.
func next(name, spec string, by int) string {
	all := settings(name)
	at := slices.Index(all, spec)
	if at < 0 && by < 0 {
		return all[len(all)-1]
	}
	if at < 0 {
		return ""
	}
	return all[(at+by+len(all))%len(all)]
}

// kindOf is the kind that a specification is of.
func kindOf(spec string) string {
	name, _, _ := strings.Cut(spec, ",")
	name, _, _ = strings.Cut(name, "=")
	return name
}

// words says how often a fault hits, and with which options.
func words(spec string) (how, options string) {
	head, options, _ := strings.Cut(spec, ",")
	_, how, has := strings.Cut(head, "=")
	share, isShare := strings.CutSuffix(how, "%")
	switch {
	case spec == "":
		return "off", ""
	case !has || share == "100":
		return "always", options
	case isShare:
		return share + " %", options
	case how == "1":
		return "next one", options
	}
	return "next " + how, options
}

// merged is what becomes of the faults that are set when some kinds are set to
// something else. The others stay as they are.
func merged(set []string, wanted map[string]string) []string {
	var out []string
	for _, spec := range set {
		if _, other := wanted[kindOf(spec)]; !other {
			out = append(out, spec)
		}
	}
	for _, k := range kinds() {
		if spec := wanted[k.name]; spec != "" {
			out = append(out, spec)
		}
	}
	return out
}

// several says of more than one fault of a kind what they are.
func several(specs []string) string {
	return fmt.Sprintf("%d: %s", len(specs), strings.Join(specs, " "))
}
