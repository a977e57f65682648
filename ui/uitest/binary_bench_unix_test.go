//go:build unix

package uitest_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// BenchmarkStart measures from exec to the first full frame in a terminal of
// 120 by 36, beside a program that is nothing but Bubble Tea, turn by turn on
// the same machine.
func BenchmarkStart(b *testing.B) {
	minimal := filepath.Join(b.TempDir(), "minimal")
	if err := build("KVIKK_TEST_MINIMAL_PROGRAM", minimal, "./testdata/minimal"); err != nil {
		b.Fatal(err)
	}
	var own, ready, peer []time.Duration
	for b.Loop() {
		s := start(b, launch{args: []string{"--sandbox"}, env: environment(b.TempDir())})
		own = append(own, s.frame("▸ 1 Set up", "5 View the webhook", "No webhook yet", "? help", "q quit"))
		ready = append(ready, s.frame("enter open callback URL"))
		s.types("q")
		s.status()
		s = start(b, launch{program: minimal, env: environment(b.TempDir())})
		peer = append(peer, s.frame("q quit"))
		s.types("q")
		s.status()
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(milliseconds(own), "ms/first-frame")
	b.ReportMetric(milliseconds(ready), "ms/ready")
	b.ReportMetric(milliseconds(peer), "ms/minimal-first-frame")
	b.ReportMetric(milliseconds(own)/milliseconds(peer), "ratio/minimal")
}

// frame waits for a screen with all the texts and returns how long after the
// start the last piece of it came.
func (s *tty) frame(texts ...string) time.Duration {
	s.t.Helper()
	var came time.Time
	s.until("a frame", func(screen string) bool {
		s.mu.Lock()
		came = s.latest
		s.mu.Unlock()
		return hasAll(screen, texts)
	})
	return came.Sub(s.began)
}

// milliseconds returns the median.
func milliseconds(of []time.Duration) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return float64(sorted[len(sorted)/2].Microseconds()) / 1000
}

// BenchmarkFourEnters measures from the first Enter to the verified webhook on
// the screen, with a key pressed as soon as the screen asks for it.
func BenchmarkFourEnters(b *testing.B) {
	var took []time.Duration
	for b.Loop() {
		s := start(b, launch{args: []string{"--sandbox"}, env: environment(b.TempDir())})
		s.shows("enter open callback URL")
		began := time.Now()
		s.fourEnters()
		took = append(took, time.Since(began))
		s.types("q")
		s.status()
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(milliseconds(took), "ms/four-enters")
	b.ReportMetric(float64(slices.Max(took).Microseconds())/1000, "ms/slowest")
}

// BenchmarkSize reports what the program weighs, stripped and without cgo.
func BenchmarkSize(b *testing.B) {
	var size int64
	for b.Loop() {
		info, err := os.Stat(os.Getenv(programVariable))
		if err != nil {
			b.Fatal(err)
		}
		size = info.Size()
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(size)/(1<<20), "MiB")
}
