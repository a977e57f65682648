package sandbox

import (
	"container/heap"
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// maxAtOnce is how many deliveries one registration has under way at once, so
// that a receiver that hangs holds up nobody but itself.
const maxAtOnce = 64

// mailbox delivers one registration's events: those of one payment one after
// the other, those of different payments side by side.
type mailbox struct {
	to       address
	courier  *courier
	schedule func(int) time.Duration
	now      func() time.Time
	attempts *ring[attempt]
	faults   *faults
	journal  *journal
	log      *slog.Logger
	guard    func()
	signal   chan struct{} // one slot: look again
	done     chan struct{} // closed when nothing of it runs any more
	cancel   context.CancelFunc

	mu      sync.Mutex
	streams map[string]*stream // by payment
	ready   []*stream
	parked  []*stream // whose first message may not go yet
	waiting retryHeap
	running int
	unsent  int       // messages in all streams
	failing time.Time // of the first attempt that failed, since one last succeeded

	// unresponsive is set when attempts have failed for [patience]; whoever
	// sees it ends the registration. It tells that by calling retire.
	unresponsive atomic.Bool
	retire       func()
}

// patience is how long a registration's receiver may fail before it is removed.
const patience = 14 * day

// stream is what one payment still has to deliver. While it has messages it is
// in exactly one place: ready, parked, waiting, or in a worker's hands.
type stream struct {
	payment  string
	messages []message
	attempts int       // failed ones of the first message
	held     bool      // waits for a message to go before the first one
	due      time.Time // real time of the next attempt
	dueClock time.Time // the same by the sandbox's clock
	place    int       // in the heap, while it waits
}

// start sets the mailbox going until ctx ends or its cancel is called.
func (m *mailbox) start(ctx context.Context) {
	ctx, m.cancel = context.WithCancel(ctx)
	m.signal = make(chan struct{}, 1)
	m.done = make(chan struct{})
	m.streams = make(map[string]*stream)
	go func() {
		defer m.guard()
		m.run(ctx)
	}()
}

// push queues a message without waking the mailbox; whoever posts it does when
// it may go.
func (m *mailbox) push(payment string, msg message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.streams[payment]
	if !ok {
		s = &stream{payment: payment}
		m.streams[payment] = s
		m.ready = append(m.ready, s)
	}
	s.messages = append(s.messages, msg)
	m.unsent++
	if s.held { // what it waits for is there
		s.held = false
		s.overtake()
		s.due, s.dueClock = time.Time{}, time.Time{}
		heap.Fix(&m.waiting, s.place)
	}
}

// clockMoved brings forward what waits: it goes when the sandbox's clock says so.
func (m *mailbox) clockMoved(now time.Time) {
	m.mu.Lock()
	real := time.Now()
	for _, s := range m.waiting {
		if due := real.Add(s.dueClock.Sub(now)); due.Before(s.due) {
			s.due = due
		}
	}
	heap.Init(&m.waiting)
	m.mu.Unlock()
	signal(m.signal)
}

func (m *mailbox) run(ctx context.Context) {
	defer close(m.done)
	var workers sync.WaitGroup
	defer workers.Wait()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		starts, wait := m.plan()
		for range starts {
			workers.Go(func() {
				defer m.guard()
				m.work(ctx)
			})
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			return
		case <-m.signal:
		case <-timer.C:
		}
	}
}

// plan makes ready what may go and the retries that are due, and says how many workers to start and how long
// to wait for the next retry.
func (m *mailbox) plan() (starts int, wait time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.parked = slices.DeleteFunc(m.parked, func(s *stream) bool {
		goes := s.messages[0].mayGo()
		if goes {
			m.ready = append(m.ready, s)
		}
		return goes
	})
	now := time.Now()
	for len(m.waiting) > 0 && !m.waiting[0].due.After(now) {
		s, _ := heap.Pop(&m.waiting).(*stream)
		s.held = false
		m.ready = append(m.ready, s)
	}
	starts = min(len(m.ready), maxAtOnce-m.running)
	m.running += starts
	if len(m.waiting) == 0 {
		return starts, time.Hour
	}
	return starts, m.waiting[0].due.Sub(now)
}

// work serves ready streams until there are none.
func (m *mailbox) work(ctx context.Context) {
	for {
		s := m.next(ctx)
		if s == nil {
			return
		}
		m.serve(ctx, s)
	}
}

func (m *mailbox) next(ctx context.Context) *stream {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.ready) == 0 || ctx.Err() != nil {
		m.running--
		return nil
	}
	s := m.ready[0]
	m.ready[0] = nil
	m.ready = m.ready[1:]
	return s
}

// serve delivers a stream's messages in order until one fails or none is left.
// What was settled is saved here, where no lock is held.
func (m *mailbox) serve(ctx context.Context, s *stream) {
	for more := true; more; {
		msg, n, ok := m.take(s)
		if more = ok; more {
			err := m.attempt(ctx, s.payment, msg, n)
			if ctx.Err() != nil {
				return
			}
			more = m.settle(s, err)
		}
		_ = m.journal.flush() // kept, logged and tried again with the next
	}
}

// attempt makes attempt n to deliver a message, and notes how it went.
func (m *mailbox) attempt(ctx context.Context, payment string, msg message, n int) error {
	at, began := m.now(), time.Now()
	t := m.tamper(payment, msg.kind, n)
	status, err := m.courier.deliver(ctx, m.to, msg, t)
	if ctx.Err() != nil {
		return err // the sandbox, not the receiver, has ended it
	}
	m.attempts.add(attempt{
		at: at, to: &m.to, event: msg.kind, reference: payment, number: n,
		status: status, failed: err, took: time.Since(began), faults: msg.marks | t.marks,
	})
	if err != nil {
		m.log.Warn("webhook not delivered", "webhook", m.to.id, "event", msg.kind,
			"reference", payment, "attempt", n, "error", err)
	}
	return err
}

// settle notes the outcome of an attempt and reports whether the stream can go
// on at once.
func (m *mailbox) settle(s *stream, failed error) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	head := &s.messages[0]
	m.judge(failed)
	switch {
	case failed != nil:
		s.attempts++
		head.marks &= markOf(faultDuplicate) // the others hit the first attempt only
		if wait := m.schedule(s.attempts + 1); wait >= 0 {
			m.putAside(s, wait)
			return false
		}
		m.log.Error("webhook given up", "webhook", m.to.id, "event", head.kind, "reference", s.payment)
	case head.again:
		head.again, head.marks = false, markOf(faultDuplicate)
		s.attempts = 0
		return true
	}
	return m.shift(s)
}

// judge notes since when the receiver fails, by the sandbox's clock. Two weeks
// count when an attempt fails at their end, not when the clock has passed them.
func (m *mailbox) judge(failed error) {
	now := m.now()
	switch {
	case failed == nil:
		m.failing = time.Time{}
	case m.failing.IsZero():
		m.failing = now
	case now.Sub(m.failing) >= patience:
		m.unresponsive.Store(true)
		m.log.Error("webhook removed, as its receiver has failed for two weeks", "webhook", m.to.id)
		m.retire()
	}
}

// putAside makes a stream wait for its next attempt.
func (m *mailbox) putAside(s *stream, wait time.Duration) {
	s.due, s.dueClock = time.Now().Add(wait), m.now().Add(wait)
	heap.Push(&m.waiting, s)
	signal(m.signal)
}

// shift takes a stream's first message away and reports whether another is left.
func (m *mailbox) shift(s *stream) bool {
	m.journal.settled(s.messages[0].id)
	s.messages[0] = message{}
	s.messages = s.messages[1:]
	s.attempts = 0
	m.unsent--
	if len(s.messages) == 0 {
		delete(m.streams, s.payment)
		return false
	}
	return true
}

// retryHeap orders streams by their next attempt.
type retryHeap []*stream

func (h retryHeap) Len() int           { return len(h) }
func (h retryHeap) Less(i, j int) bool { return h[i].due.Before(h[j].due) }
func (h retryHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}

func (h *retryHeap) Push(x any) {
	s := x.(*stream)
	s.place = len(*h)
	*h = append(*h, s)
}

func (h *retryHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return last
}
