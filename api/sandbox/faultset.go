package sandbox

import (
	"encoding/binary"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"
)

// faults are those that are set and those that have fired. Without any set,
// asking costs one atomic load.
type faults struct {
	ids    *entropy
	now    func() time.Time
	log    *slog.Logger
	set    atomic.Pointer[faultSet] // nil while none is set
	fired  ring[firing]
	counts [faultKinds]atomic.Int64 // how often each kind has fired
}

// faultSet is what was set at once.
type faultSet struct {
	all    []*armedFault
	byKind [faultKinds][]*armedFault
	calls  bool // some hit calls
}

// armedFault is a fault that is set, with what is left of its count.
type armedFault struct {
	Fault
	spec string // as it was set
	left atomic.Int64
}

// firing is an entry of the log of faults that fired.
type firing struct {
	at   time.Time // the sandbox's time
	kind faultKind
	spec string
	hit  occasion
}

// occasion is what a fault may hit: a message, an attempt or a call. Members
// that do not apply are empty.
type occasion struct {
	msn, reference, event, call, webhookID string
	attempt                                int
}

func newFaults(ids *entropy, now func() time.Time, log *slog.Logger, set []Fault) *faults {
	f := &faults{ids: ids.scoped("faults"), now: now, log: log}
	f.replace(set)
	return f
}

// replace sets these faults and no others.
func (f *faults) replace(set []Fault) {
	next := &faultSet{}
	for _, fault := range set {
		if fault.kind == 0 {
			continue
		}
		a := &armedFault{Fault: fault, spec: fault.String()}
		a.left.Store(fault.next)
		next.all = append(next.all, a)
		next.byKind[fault.kind] = append(next.byKind[fault.kind], a)
		next.calls = next.calls || fault.kind.traits().hits == hitsCall
	}
	if len(next.all) == 0 {
		next = nil
	}
	f.set.Store(next)
}

// current are the faults that are set and not used up.
func (f *faults) current() []Fault {
	set := f.set.Load()
	if set == nil {
		return nil
	}
	var list []Fault
	for _, a := range set.all {
		fault := a.Fault
		if fault.next > 0 {
			if fault.next = a.left.Load(); fault.next <= 0 {
				continue
			}
		}
		list = append(list, fault)
	}
	return list
}

// specs are the current faults as text.
func (f *faults) specs() []string {
	list := []string{}
	for _, fault := range f.current() {
		list = append(list, fault.String())
	}
	return list
}

// none reports that no fault is set.
func (f *faults) none() bool { return f.set.Load() == nil }

// hitCalls reports whether a fault is set that hits calls.
func (f *faults) hitCalls() bool {
	set := f.set.Load()
	return set != nil && set.calls
}

// hit decides whether a fault of the kind hits the occasion; by is that
// fault's. The first that does is noted, and no other of its kind is asked.
func (f *faults) hit(k faultKind, o occasion) (by time.Duration, ok bool) {
	set := f.set.Load()
	if set == nil {
		return 0, false
	}
	for _, a := range set.byKind[k] {
		if a.event != "" && a.event != o.event || a.call != "" && a.call != o.call || !f.fires(a, o) {
			continue
		}
		f.counts[k].Add(1)
		f.fired.add(firing{at: f.now(), kind: k, spec: a.spec, hit: o})
		f.log.Info("a fault has fired", "fault", a.spec, "event", o.event, "call", o.call,
			"reference", clip(o.reference), "webhook", o.webhookID)
		return a.by, true
	}
	return 0, false
}

func (f *faults) fires(a *armedFault, o occasion) bool {
	if a.next > 0 {
		return a.left.Load() > 0 && a.left.Add(-1) >= 0
	}
	return f.chance(a.spec, o) < a.share
}

// chance draws from 0 up to, but not including, 100. With a seed it depends on
// what the fault may hit and not on what else is under way.
func (f *faults) chance(spec string, o occasion) float64 {
	const bits = 53 // those that a float64 has
	b := f.ids.bytes(8, spec, o.msn, o.webhookID, o.reference, o.event, o.call, strconv.Itoa(o.attempt))
	return float64(binary.BigEndian.Uint64(b)>>(64-bits)) / (1 << bits) * 100
}

// total is how many times faults have fired.
func (f *faults) total() int64 {
	var n int64
	for i := range f.counts {
		n += f.counts[i].Load()
	}
	return n
}

// forget takes all faults away, and the log of those that fired.
func (f *faults) forget() {
	f.replace(nil)
	f.fired.clear()
	for i := range f.counts {
		f.counts[i].Store(0)
	}
}

// SetFaults replaces all faults by these; none takes them away. Counts start
// anew. Deliveries that a fault holds back already stay held back.
func (s *Server) SetFaults(f ...Fault) { s.faults.replace(f) }

// Faults are the faults that are set, with what is left of their counts. One
// whose count is used up is gone.
func (s *Server) Faults() []Fault { return s.faults.current() }

// faultMarks is a set of kinds.
type faultMarks uint16

func markOf(k faultKind) faultMarks { return 1 << k }

func (m faultMarks) has(k faultKind) bool { return m&markOf(k) != 0 }

// names are the names of the kinds in the set, never nil.
func (m faultMarks) names() []string {
	list := []string{}
	for k := faultKind(1); k < faultKinds; k++ {
		if m.has(k) {
			list = append(list, k.traits().name)
		}
	}
	return list
}
