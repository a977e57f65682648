package cli

import (
	"context"

	"kvikk/api"
	"kvikk/api/sandbox"
	"kvikk/api/secret"
	"kvikk/ui/session"
)

// embedded is the sandbox as a session knows it.
type embedded struct{ *sandbox.Server }

// StartSandbox returns what starts the embedded sandbox on a free loopback
// port. guard is deferred in its goroutines.
func StartSandbox(guard func()) func(context.Context) (session.Sandbox, error) {
	return func(ctx context.Context) (session.Sandbox, error) {
		s, err := sandbox.Start(ctx, sandbox.Options{Guard: guard})
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
