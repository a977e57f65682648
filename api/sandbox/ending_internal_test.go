package sandbox

import (
	"log/slog"
	"net"
	"testing"
	"time"
)

func TestASandboxThatCanListenNoLongerEndsAndSaysWhy(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	before := newPast()
	before.server.begin(nil)
	if before.server.Keys, err = completeAll([]Keys{{}}, nil); err != nil {
		t.Fatal(err)
	}
	s, err := newServer(t.Context(), Options{Logger: slog.New(slog.DiscardHandler)}, ground{before: before, url: "http://" + ln.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	s.run(ln)
	select {
	case <-s.Done():
		t.Fatal("it has ended before anything happened")
	default:
	}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.Done():
	case <-time.After(10 * time.Second):
		t.Error("it has not ended")
	}
	if err := s.Close(); err == nil {
		t.Error("it says nothing about the listener")
	}
}
