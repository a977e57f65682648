package sandbox

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	soonest = 10 * time.Minute // expiresAt lies further ahead than this
	latest  = 60 * day         // and nearer than this
)

// check applies the business rules to a request whose fields are well formed.
// The first rule that is broken decides, as the provider sends one code.
func (q createRequest) check(now time.Time) *failure {
	for _, rule := range []func() *failure{
		q.checkAmount, q.checkMethod, q.checkFlow, q.checkLinks, q.checkScope, q.checkExpress, q.checkMetadata,
		func() *failure { return q.checkExpiry(now) },
	} {
		if f := rule(); f != nil {
			return f
		}
	}
	return nil
}

func (q createRequest) checkAmount() *failure {
	least := int64(1)
	if q.amount.Currency == "NOK" {
		least = 100
	}
	if q.amount.Value < least {
		return domain(6010)
	}
	return nil
}

func (q createRequest) checkMethod() *failure {
	switch {
	case q.method != "WALLET":
		return domain(4160)
	case q.blocked && q.amount.Currency == "NOK":
		return domain(5010)
	}
	return nil
}

func (q createRequest) checkFlow() *failure {
	switch {
	case q.userFlow == "WEB_REDIRECT" && q.returnURL == "":
		return domain(4140, detail{"returnUrl", "WEB_REDIRECT needs a returnUrl."})
	case q.userFlow == "PUSH_MESSAGE" && !q.customer:
		return domain(4140, detail{"customer", "PUSH_MESSAGE needs a customer."})
	case q.returnURL != "" && !returnable(q.returnURL):
		return domain(4090, detail{"returnUrl", "The URL must use https or an app's own scheme; http is for this machine only."})
	}
	return nil
}

func (q createRequest) checkLinks() *failure {
	for _, l := range q.links {
		ok := secureURL(l.url)
		if l.field == "receiptUrl" {
			ok = returnable(l.url)
		}
		if !ok {
			return domain(4090, detail{l.field, "The URL must be absolute and use https; http is for this machine only."})
		}
	}
	return nil
}

// secureURL reports a web address: https, or http on this machine.
func secureURL(raw string) bool {
	scheme, _, _ := strings.Cut(strings.ToLower(raw), ":")
	return returnable(raw) && (scheme == "https" || scheme == "http")
}

// sameWords compares lists of words without regard to their order.
func sameWords(a, b string) bool {
	one, two := strings.Fields(a), strings.Fields(b)
	slices.Sort(one)
	slices.Sort(two)
	return slices.Equal(one, two)
}

// returnable reports whether a browser may be sent to a URL: https, an app's
// own scheme, or http on this machine, where people develop. The schemes that
// run or read something in the page they are opened from are out.
func returnable(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "https":
		return u.Host != ""
	case "http":
		return loopbackHost(u.Hostname())
	case "", "javascript", "data", "vbscript", "file", "blob", "about", "view-source", "filesystem":
		return false
	}
	return true
}

func (q createRequest) checkScope() *failure {
	for word := range strings.FieldsSeq(q.scope) {
		switch {
		case word == "nin" || word == "accountNumbers":
			return domain(5030)
		case !slices.Contains([]string{"name", "address", "email", "phoneNumber", "birthDate"}, word):
			return domain(4080, detail{"profile.scope", "The scope '" + clip(word) + "' is unknown."})
		}
	}
	return nil
}

func (q createRequest) checkMetadata() *failure {
	if q.repeated {
		return domain(4110)
	}
	if len(q.metadata) > 5 {
		return domain(4100)
	}
	for _, key := range slices.Sorted(maps.Keys(q.metadata)) {
		if n := utf8.RuneCountInString(key); n < 1 || n > 100 {
			return domain(4120)
		}
		if utf8.RuneCountInString(q.metadata[key]) > 500 {
			return domain(4130)
		}
	}
	return nil
}

func (q createRequest) checkExpiry(now time.Time) *failure {
	ahead := q.expiresAt.Sub(now)
	switch {
	case q.expiresAt.IsZero():
		return nil
	case ahead >= latest:
		return domain(6110)
	case ahead <= soonest:
		return domain(6120)
	case !q.receipt:
		return domain(6130)
	}
	return nil
}
