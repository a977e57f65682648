//go:build unix

package uitest_test

import (
	"os"
	"slices"
	"testing"
	"time"
)

// startLimit is the longest that a test which starts a sandbox may wait for it.
const startLimit = 100 * time.Millisecond

// TestSandboxStartsAtOnce looks at the fastest of a few starts, as the others
// tell more about what else the machine does.
func TestSandboxStartsAtOnce(t *testing.T) {
	var took []time.Duration
	for range 5 {
		took = append(took, startSandbox(t))
	}
	if t.Log(took); slices.Min(took) > startLimit {
		t.Errorf("it takes %v to the first line, more than %v", slices.Min(took), startLimit)
	}
}

// BenchmarkSandboxStart measures from exec to the first line, 40 times a round.
func BenchmarkSandboxStart(b *testing.B) {
	var took []time.Duration
	for b.Loop() {
		for range 40 {
			took = append(took, startSandbox(b))
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(milliseconds(took), "ms/first-line")
	b.ReportMetric(float64(slices.Max(took).Microseconds())/1000, "ms/slowest")
}

// startSandbox returns how long a sandbox takes to say that it is ready.
func startSandbox(t testing.TB) time.Duration {
	t.Helper()
	env := environment(t.TempDir())
	began := time.Now()
	s := run(t, env, "sandbox", "--addr", "127.0.0.1:0", "--json")
	var first sandboxLine
	s.line(&first)
	took := time.Since(began)
	if status := s.end(os.Interrupt); status != 0 {
		t.Errorf("it ends with %d: %s", status, s.stderr.String())
	}
	return took
}
