package sandbox_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

func TestWhateverAReceiverDoesTheScheduleGoesOnAndNothingElseWaits(t *testing.T) {
	t.Parallel()
	var followed atomic.Bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Store(true) }))
	t.Cleanup(elsewhere.Close)
	for name, fail := range map[string]http.HandlerFunc{
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		},
		"a 404":                func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
		"a 503":                func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		"a closed connection":  func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"an answer that hangs": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"a body without an end": func(w http.ResponseWriter, r *http.Request) {
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tried, good := make(chan struct{}, 100), make(chan struct{}, 1)
			mended := make(chan struct{})
			shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				switch {
				case err != nil:
				case bytes.Contains(body, []byte("good-payment")):
					good <- struct{}{}
				default:
					tried <- struct{}{}
					select {
					case <-mended:
					default:
						fail(w, r)
					}
				}
			}))
			t.Cleanup(shop.Close)
			m := start(t, sandbox.Options{
				DeliveryTimeout: 100 * time.Millisecond, Schedule: func(int) time.Duration { return time.Millisecond },
			})
			m.register(shop.URL, "created")
			m.create("bad-payment").want(t, http.StatusCreated)
			within(t, "a first attempt", tried)
			m.create("good-payment").want(t, http.StatusCreated)
			within(t, "the other payment's webhook", good)
			for range 3 {
				within(t, "another attempt", tried)
			}
			close(mended)
			m.settled()
		})
	}
	t.Cleanup(func() {
		if followed.Load() {
			t.Error("a redirect was followed")
		}
	})
}

func within(t *testing.T, what string, ch <-chan struct{}) {
	t.Helper()
	select {
	case <-ch:
	case <-time.After(10 * time.Second):
		t.Fatal("there is not ", what)
	}
}
