package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"kvikk/api"
	"kvikk/api/sandbox"
	"kvikk/api/secret"
	"kvikk/ui/session"
)

// embedded tells at its end how many registrations it still has.
type embedded struct{ *sandbox.Server }

// StartSandbox starts a sandbox that panics in a way that KVIKK_CRASH names:
// "goroutine" when it delivers its first webhook, in the goroutine that does
// so; "command" when it is started again, in one of Bubble Tea's commands.
func StartSandbox(guard func()) func(context.Context) (session.Sandbox, error) {
	starts := 0
	return func(ctx context.Context) (session.Sandbox, error) {
		o := sandbox.Options{Guard: guard}
		starts++
		switch crash := os.Getenv("KVIKK_CRASH"); {
		case crash == "goroutine":
			// No receiver is that fast, so the delivery fails and is planned anew.
			o.DeliveryTimeout = time.Nanosecond
			o.Schedule = func(int) time.Duration { panic("made to panic in a goroutine") }
		case crash == "command" && starts > 1:
			panic("made to panic in a command")
		}
		// It outlives the run, so that its end can count.
		s, err := sandbox.Start(context.WithoutCancel(ctx), o)
		if err != nil {
			return nil, err
		}
		return embedded{s}, nil
	}
}

// Keys returns the keys in the client's type.
func (e embedded) Keys() api.Keys {
	k := e.Server.Keys()
	return api.Keys{
		ClientID: k.ClientID, ClientSecret: secret.New(k.ClientSecret),
		SubscriptionKey: secret.New(k.SubscriptionKey), MSN: k.MSN,
	}
}

// Close counts the registrations first.
func (e embedded) Close() error {
	c, err := api.New(api.Options{BaseURL: e.URL(), Keys: e.Keys()})
	if err != nil {
		return err
	}
	defer c.Close()
	list, err := c.Webhooks(context.Background())
	if err == nil {
		fmt.Fprintf(os.Stderr, "the sandbox ends with %d registrations\n", len(list))
	}
	return errors.Join(err, e.Server.Close())
}
