package session_test

import (
	"context"
	"sync"
	"testing"
)

func TestCallsFromEverywhereAtOnce(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	s := connected(t, options(t.TempDir()), p.settings())
	reg := register(t, s, created)
	var calls sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	for _, call := range []func(){
		func() { _, _ = s.Register(ctx, []string{created}) },
		func() { _, _ = s.Connect(ctx) },
		func() { _ = s.Prepare(ctx, p.settings()) },
		func() { _ = s.Configure(ctx, p.settings()) },
		func() { _, _ = s.Registrations(ctx) },
		func() { _, _ = s.Leftovers(ctx) },
		func() { _ = s.Diagnose(ctx, "any", s.Arrivals()) },
		func() { _ = s.Delete(ctx, reg.ID) },
		func() { _, _ = s.Snapshot(), s.HookURL() },
	} {
		for range 3 {
			calls.Go(call)
		}
	}
	calls.Wait()
	for range 3 {
		calls.Go(func() { _, _ = s.Register(ctx, []string{created}) })
	}
	var ends sync.WaitGroup
	for range 2 {
		ends.Go(func() { closes(t, s, ctx) })
	}
	ends.Wait()
	cancel()
	calls.Wait()
	if got := p.urls(); len(got) != 0 {
		t.Errorf("the provider still has %q", got)
	}
}
