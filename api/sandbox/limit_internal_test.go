package sandbox

import (
	"fmt"
	"testing"
	"time"
)

func TestReferencesWithoutAPaymentAreDroppedSeldomAndNotKept(t *testing.T) {
	t.Parallel()
	u := newUnit(Keys{MSN: "123456"}, nil, nil)
	c := &call{unit: u, now: time.Date(2026, 11, 22, 6, 40, 0, 0, time.UTC)}
	looks, before := 0, u.manyTried
	try := func(from, to int) {
		for i := from; i < to; i++ {
			c.limitCreate(fmt.Sprintf("stray-%06d", i))
			if u.manyTried != before {
				looks, before = looks+1, u.manyTried
			}
		}
	}
	try(0, 30_000)
	if len(u.tried) != 30_000 || looks < 1 || looks > 5 {
		t.Errorf("of 30,000 calls within a minute %d are kept, after %d looks at all of them", len(u.tried), looks)
	}
	c.now = c.now.Add(limitPeriod)
	try(30_000, 70_000)
	if len(u.tried) > 40_000 {
		t.Errorf("a minute later %d are kept", len(u.tried))
	}
}
