package inbox

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	// strangersKept is how many requests to nobody are remembered.
	strangersKept = 200
	// strangerBytes is how much is remembered of each.
	strangerBytes = 4 << 10
)

// Stranger is a request that was addressed to nobody, or that was no POST. Public
// addresses are scanned all the time; the last of it shows whether anything
// reaches the address at all.
type Stranger struct {
	// At is when it arrived.
	At time.Time
	// Method and Path are those of the request line.
	Method, Path string
	// RemoteAddr is where it came from.
	RemoteAddr string
	// Status is what was answered: 404, or 405 when only the method was wrong.
	Status int
	// Start is the beginning of the request (request line, headers, body), at
	// most 4 KiB.
	Start []byte
}

// Strangers returns the last 200, the newest first. They are kept in memory
// only.
func (b *Inbox) Strangers() []Stranger {
	return b.others.list()
}

// strangers is a ring.
type strangers struct {
	mu   sync.Mutex
	ring []Stranger
	next int
}

func (s *strangers) add(one Stranger) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.ring) < strangersKept {
		s.ring = append(s.ring, one)
		return
	}
	s.ring[s.next] = one
	s.next = (s.next + 1) % strangersKept
}

func (s *strangers) list() []Stranger {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Stranger, 0, len(s.ring))
	for i := range s.ring {
		all = append(all, s.ring[(s.next+len(s.ring)-1-i)%len(s.ring)])
	}
	return all
}

// strange counts and remembers a request, and answers it with status.
func (b *Inbox) strange(w http.ResponseWriter, r *http.Request, status int, text string) {
	at := b.now()
	one := Stranger{At: at, Method: r.Method, Path: r.RequestURI, RemoteAddr: r.RemoteAddr, Status: status, Start: startOf(r)}
	b.others.add(one)
	b.counts.change(func(s *Stats) {
		s.Strangers++
		s.LastStranger = at
	})
	answer(w, status, text)
}

// startOf writes the request down as it may have looked on the wire.
func startOf(r *http.Request) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s %s %s\r\nHost: %s\r\n", r.Method, r.RequestURI, r.Proto, r.Host)
	_ = r.Header.Write(&out) // a buffer takes everything
	out.WriteString("\r\n")
	if room := strangerBytes - out.Len(); room > 0 {
		// A body that breaks off is as good as its beginning.
		_, _ = io.Copy(&out, io.LimitReader(r.Body, int64(room)))
	}
	return bytes.Clone(out.Bytes()[:min(out.Len(), strangerBytes)])
}
