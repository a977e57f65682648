package sandbox

import "time"

// expire is the goroutine that watches for payments that fall due, so that
// their webhooks go out although nobody asks.
func (s *Server) expire() {
	const idle = time.Hour
	timer := time.NewTimer(idle)
	defer timer.Stop()
	for {
		wait := idle
		now := s.now()
		for _, u := range s.units {
			u.sweep(now)
			if at, ok := u.nextExpiry(); ok {
				wait = min(wait, max(at.Sub(now), time.Millisecond))
			}
		}
		timer.Reset(wait)
		select {
		case <-s.life.Done():
			return
		case <-s.deadline:
		case <-timer.C:
		}
	}
}

// expiryHeap orders payments by when time moves them, see [payment.due], and
// keeps each payment's place in it.
type expiryHeap []*payment

func (h expiryHeap) Len() int           { return len(h) }
func (h expiryHeap) Less(i, j int) bool { return h[i].due().Before(h[j].due()) }
func (h expiryHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}

func (h *expiryHeap) Push(x any) {
	p := x.(*payment)
	p.place = len(*h)
	*h = append(*h, p)
}

func (h *expiryHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return last
}
