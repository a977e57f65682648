package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// screenTime is how long after the first signal a second one waits. The screen
// is put back within it; a process that ended before would leave a terminal in
// which nothing typed can be seen.
const screenTime = 500 * time.Millisecond

// endBySignal ends the run at the first signal, and the process at the second,
// for when the end takes too long. What it returns gives the signals up.
func endBySignal(end context.CancelCauseFunc) (release func()) {
	signals, over, done := make(chan os.Signal, 2), make(chan struct{}), make(chan struct{})
	signal.Notify(signals, endings()...)
	go func() {
		defer close(done)
		select {
		case <-signals:
		case <-over:
			return
		}
		end(context.Canceled)
		screen := time.After(screenTime)
		select {
		case second := <-signals:
			endProcess(second, screen, over)
		case <-over:
		}
	}()
	return func() {
		signal.Stop(signals)
		close(over)
		<-done
	}
}

// endings are the signals that end a run. SIGHUP is left alone where it is
// ignored, which is what nohup does for programs that outlive their terminal.
func endings() []os.Signal {
	list := []os.Signal{syscall.SIGINT, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	return list
}

// endProcess ends the process as the signal does by itself, once there was time
// for the screen, unless the run is over first.
func endProcess(s os.Signal, screen <-chan time.Time, over <-chan struct{}) {
	select {
	case <-screen:
	case <-over:
		return
	}
	signal.Reset(s)
	if p, err := os.FindProcess(os.Getpid()); err != nil || p.Signal(s) != nil {
		os.Exit(1) // a system without signals between processes
	}
}
