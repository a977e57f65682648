package inbox_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"kvikk/tunnel/inbox"
)

// BenchmarkReceive compares an inbox that verifies and keeps every webhook with
// a handler that does nothing, under the same load of keep-alive connections in
// alternating turns. The figure that means something is the ratio: the machine
// weighs on both alike.
func BenchmarkReceive(b *testing.B) {
	for _, conns := range []int{16, 64} {
		b.Run(fmt.Sprintf("connections=%d", conns), func(b *testing.B) { benchmarkReceive(b, conns) })
	}
}

func benchmarkReceive(b *testing.B, conns int) {
	box, err := inbox.Open(b.Context(), inbox.Options{Path: file(b)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = box.Close() })
	d := serve(b, box)
	bare := serveBare(b)
	var raw bytes.Buffer
	if err := d.signed(payload).Write(&raw); err != nil {
		b.Fatal(err)
	}

	const turns = 4
	n := max(b.N/turns, conns)
	var bareTime, keptTime time.Duration
	b.ResetTimer()
	for range turns {
		bareTime += load(b, bare, raw.Bytes(), conns, n)
		keptTime += load(b, d.base[len("http://"):], raw.Bytes(), conns, n)
	}
	b.StopTimer()
	if got := box.Stats().Verified; got != int64(turns*(n/conns)*conns) {
		b.Fatalf("%d webhooks were sent and %d kept", turns*(n/conns)*conns, got)
	}
	b.ReportMetric(float64(turns*n)/bareTime.Seconds(), "bare/s")
	b.ReportMetric(float64(turns*n)/keptTime.Seconds(), "kept/s")
	b.ReportMetric(bareTime.Seconds()/keptTime.Seconds(), "ratio")
}

// serveBare answers 200 to everything and returns its address.
func serveBare(b *testing.B) string {
	ln, err := new(net.ListenConfig).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusOK)
	})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(ln)
	}()
	b.Cleanup(func() {
		_ = server.Shutdown(context.Background())
		<-ended
	})
	return ln.Addr().String()
}

// load sends n requests over conns connections, each waiting for its answer, and
// returns how long that took. The client does as little as it can.
func load(b *testing.B, addr string, raw []byte, conns, n int) time.Duration {
	var all sync.WaitGroup
	ready := make(chan struct{})
	for range conns {
		conn, err := new(net.Dialer).DialContext(b.Context(), "tcp", addr)
		if err != nil {
			b.Fatal(err)
		}
		all.Go(func() {
			defer conn.Close()
			in := bufio.NewReader(conn)
			<-ready
			for range n / conns {
				if err := exchange(conn, in, raw); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	start := time.Now()
	close(ready)
	all.Wait()
	return time.Since(start)
}

// exchange sends one request and reads an answer without a body.
func exchange(out io.Writer, in *bufio.Reader, raw []byte) error {
	if _, err := out.Write(raw); err != nil {
		return err
	}
	for first := true; ; first = false {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")) {
			return fmt.Errorf("the answer was %q", line)
		}
		if len(line) <= 2 {
			return nil
		}
	}
}
