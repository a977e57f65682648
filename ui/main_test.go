package ui_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// Times on the screen are those of the person's own zone.
	time.Local = time.UTC
	const client = "golang.ngrok.com/ngrok/v2/internal/tunnel/client."
	goleak.VerifyTestMain(
		m,
		// What the ngrok SDK leaves asleep for a while after its end.
		goleak.IgnoreAnyFunction(client+"(*reconnectingSession).connect"),
		goleak.IgnoreAnyFunction("golang.ngrok.com/muxado/v2.(*Heartbeat).requester"),
		goleak.IgnoreAnyFunction("golang.ngrok.com/muxado/v2.(*Heartbeat).check"),
		// Bubble Tea ends without its timers that are under way, without what
		// waits for those, and without a reader that has keys left to hand on.
		goleak.IgnoreAnyFunction("charm.land/bubbletea/v2.Tick.func1"),
		goleak.IgnoreAnyFunction("charm.land/bubbletea/v2.(*Program).execBatchMsg"),
		goleak.IgnoreAnyFunction("charm.land/bubbletea/v2.(*Program).readLoop"),
	)
}
