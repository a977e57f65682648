//go:build unix

package main

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"testing"
	"time"
)

// The tests of this file change what the process does about signals, so they
// do not run beside others.

func TestASignalEndsTheRun(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	release := endBySignal(cancel)
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ctx.Done():
	case <-time.After(10 * time.Second):
		t.Error("the run goes on")
	}
	release()
}

func TestARunThatEndsByItselfWaitsForNoSignal(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	endBySignal(cancel)()
	if ctx.Err() != nil {
		t.Error("giving the signals up ends the run")
	}
}

func TestASecondSignalOfARunThatHasEndedDoesNothing(t *testing.T) {
	over := make(chan struct{})
	close(over)
	endProcess(syscall.SIGTERM, nil, over) // else the test process ends here
}

func TestAnIgnoredHangUpStaysIgnored(t *testing.T) {
	if signal.Ignored(syscall.SIGHUP) {
		t.Skip("it is ignored here: the tests run under nohup")
	}
	if !slices.Contains(endings(), os.Signal(syscall.SIGHUP)) {
		t.Error("a closed window does not end the run")
	}
	signal.Ignore(syscall.SIGHUP)
	defer signal.Reset(syscall.SIGHUP)
	if slices.Contains(endings(), os.Signal(syscall.SIGHUP)) {
		t.Error("a closed window ends a run under nohup")
	}
}
