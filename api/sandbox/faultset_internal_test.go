package sandbox

import (
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"
)

func setOf(t *testing.T, seed string, specs ...string) *faults {
	t.Helper()
	var set []Fault
	for _, spec := range specs {
		f, err := ParseFault(spec)
		if err != nil {
			t.Fatal(err)
		}
		set = append(set, f)
	}
	return newFaults(newEntropy(seed), time.Now, slog.New(slog.DiscardHandler), set)
}

func TestAShareOfOccasionsIsHit(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string][2]int{
		"drop": {10000, 10000}, "drop=100%": {10000, 10000}, "drop=0%": {0, 0},
		"drop=10%": {900, 1100}, "drop=0.5%": {30, 70}, "drop=99.9%": {9980, 9999},
	} {
		f, hits := setOf(t, "a seed", spec), 0
		for i := range 10000 {
			if _, ok := f.hit(faultDrop, occasion{reference: fmt.Sprint(i)}); ok {
				hits++
			}
		}
		if hits < want[0] || hits > want[1] {
			t.Errorf("%s hit %d of 10000, want %v", spec, hits, want)
		}
		if f.total() != int64(hits) {
			t.Errorf("%s: %d noted of %d", spec, f.total(), hits)
		}
	}
}

func TestASeedDecidesWhateverElseIsUnderWay(t *testing.T) {
	t.Parallel()
	const n = 500
	decide := func(seed string, order func(int) int) (hit [n]bool) {
		f := setOf(t, seed, "drop=50%")
		for i := range n {
			at := order(i)
			_, hit[at] = f.hit(faultDrop, occasion{reference: fmt.Sprint(at)})
		}
		return hit
	}
	forward := decide("one", func(i int) int { return i })
	if backward := decide("one", func(i int) int { return n - 1 - i }); backward != forward {
		t.Error("the order of requests changes what is hit")
	}
	if other := decide("two", func(i int) int { return i }); other == forward {
		t.Error("another seed decides the same")
	}
}

func TestACountIsUsedUpExactly(t *testing.T) {
	t.Parallel()
	f := setOf(t, "", "drop=30", "drop=7", "duplicate=1")
	var hits sync.Map
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			if _, ok := f.hit(faultDrop, occasion{reference: fmt.Sprint(i)}); ok {
				hits.Store(i, true)
			}
		})
	}
	all.Wait()
	n := 0
	hits.Range(func(any, any) bool { n++; return true })
	if n != 37 || f.total() != 37 {
		t.Errorf("%d hit and %d noted, want 37", n, f.total())
	}
	if left := f.specs(); len(left) != 1 || left[0] != "duplicate=1" {
		t.Errorf("left %v", left)
	}
}

func TestAlteringChangesOneByteOfACopy(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"value":100,"success":true}`: `{"value":101,"success":true}`,
		`{"value":9}`:                  `{"value":0}`,
		`{"id":"abc"}`:                 `{"id":"abc"|`,
		``:                             ``,
	} {
		given := []byte(body)
		if got := string(alter(given)); got != want {
			t.Errorf("%s became %s, want %s", body, got, want)
		}
		if string(given) != body {
			t.Errorf("the original %s was changed to %s", body, given)
		}
	}
}
