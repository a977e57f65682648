package api

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// attempts is how often one request is sent at most.
	attempts = 4
	// firstWait is the longest wait before the second attempt; it doubles.
	firstWait = 300 * time.Millisecond
	// longestWait is the longest Retry-After that is waited for. A server that
	// asks for more gets no second request from this call.
	longestWait = 8 * time.Second
)

// backOff returns how long to wait after the given attempt (from 1). Half of
// it is left to chance, so that clients that failed together do not come back
// together.
func backOff(attempt int) time.Duration {
	full := firstWait << (attempt - 1)
	return full/2 + rand.N(full/2)
}

// isTransient reports whether an answer of this status may differ next time.
func isTransient(status int) bool {
	switch status {
	case http.StatusLocked, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// retryAfter reads the header of that name: seconds or a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if text == "" {
		return 0
	}
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
