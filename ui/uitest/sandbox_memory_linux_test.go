package uitest_test

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// BenchmarkSandboxMemory reports how much memory a sandbox holds after 100,000
// payments: without a registration, and with one that has got them all.
func BenchmarkSandboxMemory(b *testing.B) {
	const payments = 100_000
	var fresh, alone, registered []float64
	for b.Loop() {
		shop := newShop(b)
		fresh = append(fresh, shop.resident())
		for shop.created < payments {
			drive(b, loadRound, shop.create())
		}
		alone = append(alone, shop.resident())
		shop.sandbox.end(os.Interrupt)

		shop = newShop(b)
		hooks := shop.register()
		for shop.created < payments {
			hooks.expect(loadRound)
			drive(b, loadRound, shop.create())
			hooks.wait()
		}
		registered = append(registered, shop.resident())
		shop.sandbox.end(os.Interrupt)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(fresh), "MiB/fresh")
	b.ReportMetric(median(alone), "MiB/payments")
	b.ReportMetric(median(registered), "MiB/payments-and-webhooks")
}

// resident is how many MiB of the machine's memory the sandbox takes up.
func (s *shop) resident() float64 {
	s.b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.sandbox.cmd.Process.Pid))
	if err != nil {
		s.b.Fatal(err)
	}
	found := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(status)
	if found == nil {
		s.b.Fatalf("no VmRSS in %s", status)
	}
	kib, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		s.b.Fatal(err)
	}
	return kib / 1024
}
