package sandbox

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"
)

func TestNobodyWaitsForAClientThatHasGone(t *testing.T) {
	t.Parallel()
	s, err := Start(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	gone, leave := context.WithCancel(t.Context())
	c := &call{s: s, r: httptest.NewRequestWithContext(gone, "GET", "/", nil), mishap: mishap{late: time.Hour}}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c.dawdle(httptest.NewRecorder())
	}()
	leave()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("it still waits")
		if err := s.Close(); err != nil { // which ends it
			t.Error(err)
		}
		<-ended
	}
}
