package sandbox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// faultKind is what goes wrong.
type faultKind uint8

const (
	faultDelay faultKind = iota + 1
	faultDuplicate
	faultReorder
	faultDrop
	faultWrongSignature
	faultOldDate
	faultAlteredBody
	faultTokenExpiry
	fault429
	fault500
	faultSlow
	faultLostAnswer
	faultKinds // one more than there are
)

// faultTarget is what a fault hits.
type faultTarget uint8

const (
	hitsMessage faultTarget = iota + 1 // an event for one registration, once
	hitsAttempt                        // one attempt to deliver it
	hitsCall                           // a call of the API
)

// faultTraits say what a kind is called, what it hits, and how long its by is
// when nothing is said and at most; none has no by.
type faultTraits struct {
	name     string
	hits     faultTarget
	by, most time.Duration
}

func (k faultKind) traits() faultTraits {
	return [faultKinds]faultTraits{
		faultDelay:          {"delay", hitsMessage, 3 * time.Second, 365 * day},
		faultDuplicate:      {name: "duplicate", hits: hitsMessage},
		faultReorder:        {name: "reorder", hits: hitsMessage},
		faultDrop:           {name: "drop", hits: hitsMessage},
		faultWrongSignature: {name: "wrong-signature", hits: hitsAttempt},
		faultOldDate:        {"old-date", hitsAttempt, time.Hour, 365 * day},
		faultAlteredBody:    {name: "altered-body", hits: hitsAttempt},
		faultTokenExpiry:    {name: "token-expiry", hits: hitsCall},
		fault429:            {name: "429", hits: hitsCall},
		fault500:            {name: "500", hits: hitsCall},
		faultSlow:           {"slow", hitsCall, 3 * time.Second, 10 * time.Minute},
		faultLostAnswer:     {name: "lost-answer", hits: hitsCall},
	}[k]
}

func faultNamed(name string) (faultKind, bool) {
	for k := faultKind(1); k < faultKinds; k++ {
		if k.traits().name == name {
			return k, true
		}
	}
	return 0, false
}

// faultNames are the names of all kinds.
func faultNames() []string {
	var names []string
	for k := faultKind(1); k < faultKinds; k++ {
		names = append(names, k.traits().name)
	}
	return names
}

// callNames are the calls of the API that a fault can be kept to.
func callNames() []string {
	return []string{
		"token", "register", "list", "delete",
		"create", "get", "events", "cancel", "capture", "refund", "approve",
	}
}

// Fault is something that goes wrong on request, which a merchant's client or
// receiver has to survive: see the package documentation for the kinds. It is
// made by [ParseFault]; the zero value is no fault and never hits anything.
// Faults can be compared.
type Fault struct {
	kind    faultKind
	share   float64 // in percent, where next is 0
	next    int64   // hits this many in a row and is used up; 0: by share
	how     string  // the share as it was written, empty for all
	by      time.Duration
	event   string // an event type; empty for all
	call    string // one of callNames; empty for all
	options string // as they were written, each after its comma
}

// ParseFault reads a fault as KIND[=HOW][,OPTION=VALUE…].
//
// KIND is one of delay, duplicate, reorder, drop, wrong-signature, old-date,
// altered-body, token-expiry, 429, 500, slow and lost-answer. HOW is N for the
// next N it can hit, or N% for that share of them, from 0% to 100%, decimals
// allowed; without it the fault hits all. The options are by=DURATION for delay
// and slow (3s unless given) and old-date (1h), event=TYPE for faults of
// webhooks (captured is short for epayments.payment.captured.v1), and call=NAME
// for faults of calls: token, register, list, delete, create, get, events,
// cancel, capture, refund or approve.
//
//	duplicate=10%
//	drop=1,event=captured
//	slow,call=capture,by=8s
//
// The error says what to write in place of what cannot be read.
func ParseFault(spec string) (Fault, error) {
	f, err := parseFault(strings.TrimSpace(spec))
	if err != nil {
		return Fault{}, fmt.Errorf("fault %q: %w", clip(spec), err)
	}
	return f, nil
}

func parseFault(spec string) (Fault, error) {
	head, options, more := strings.Cut(spec, ",")
	name, how, hasHow := strings.Cut(head, "=")
	kind, ok := faultNamed(name)
	if !ok {
		return Fault{}, fmt.Errorf("there is no %q; the faults are %s", clip(name), strings.Join(faultNames(), ", "))
	}
	f := Fault{kind: kind, share: 100, by: kind.traits().by}
	if hasHow {
		if err := f.readHow(how); err != nil {
			return Fault{}, err
		}
	}
	if !more {
		return f, nil
	}
	f.options = "," + options
	var given []string
	for option := range strings.SplitSeq(options, ",") {
		name, value, _ := strings.Cut(option, "=")
		if slices.Contains(given, name) {
			return Fault{}, fmt.Errorf("%q is given twice", clip(name))
		}
		given = append(given, name)
		if err := f.readOption(name, value); err != nil {
			return Fault{}, err
		}
	}
	return f, nil
}

// readHow reads 10% or 3. Only plain decimals count, although the parser of
// numbers knows more.
func (f *Fault) readHow(how string) error {
	const want = "write how often as 3 for the next three or as 10% for that share, from 0% to 100%"
	text, isShare := strings.CutSuffix(how, "%")
	if text == "" || strings.Trim(text, "0123456789.") != "" || len(text) > 20 {
		return fmt.Errorf("%q: %s", clip(how), want)
	}
	if isShare {
		share, err := strconv.ParseFloat(text, 64)
		if err != nil || share > 100 {
			return fmt.Errorf("%q: %s", clip(how), want)
		}
		f.share, f.how = share, how
		return nil
	}
	next, err := strconv.ParseInt(text, 10, 64)
	if err != nil || next < 1 {
		return fmt.Errorf("%q: %s", clip(how), want)
	}
	f.share, f.next = 0, next
	return nil
}

func (f *Fault) readOption(name, value string) error {
	traits := f.kind.traits()
	switch {
	case name == "by" && traits.by > 0:
		by, err := time.ParseDuration(value)
		if err != nil || by <= 0 || by > traits.most {
			return fmt.Errorf("by=%q: write a duration such as 500ms, 3s or 1h, more than 0 and at most %s", clip(value), traits.most)
		}
		f.by = by
	case name == "event" && traits.hits != hitsCall:
		kinds := eventTypes()
		for _, kind := range []string{"epayments.payment." + value + ".v1", value} {
			if slices.Contains(kinds, kind) {
				f.event = kind
				return nil
			}
		}
		return fmt.Errorf("event=%q: write created, authorized, aborted, expired, terminated, cancelled, captured, refunded, "+
			"or a whole event type such as recurring.charge-captured.v1", clip(value))
	case name == "call" && traits.hits == hitsCall:
		if !slices.Contains(callNames(), value) {
			return fmt.Errorf("call=%q: write one of %s", clip(value), strings.Join(callNames(), ", "))
		}
		if f.kind == faultTokenExpiry && value == "token" {
			return fmt.Errorf("call=token: that call carries no token; write another call, or none for all")
		}
		f.call = value
	default:
		return fmt.Errorf("%s has no option %q; it takes %s", traits.name, clip(name), strings.Join(traits.options(), " and "))
	}
	return nil
}

// options are the options that a kind takes.
func (t faultTraits) options() []string {
	names := []string{"event=TYPE"}
	if t.hits == hitsCall {
		names = []string{"call=NAME"}
	}
	if t.by > 0 {
		names = append(names, "by=DURATION")
	}
	return names
}

// String writes the fault as [ParseFault] reads it, options as they were given;
// a fault with a count names what is left of it.
func (f Fault) String() string {
	how := f.how
	if f.next > 0 {
		how = strconv.FormatInt(f.next, 10)
	}
	if how != "" {
		how = "=" + how
	}
	return f.kind.traits().name + how + f.options
}
