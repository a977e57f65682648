package session

import (
	"context"
	"testing"

	"kvikk/api"
)

func TestWhatAFailedRegisterCallLeavesOpen(t *testing.T) {
	t.Parallel()
	lost := func(operation string, p api.ConnectionProblem) error {
		return &api.ConnectionError{Operation: operation, Problem: p}
	}
	status := func(n int) error { return &api.Error{Operation: api.OperationRegister, Status: n} }
	for name, c := range map[string]struct {
		err                        error
		refused, unsent, concluded bool
	}{
		"refused by the provider":     {err: status(400), refused: true, concluded: true},
		"a request that was too slow": {err: status(408)},
		"the provider's own failure":  {err: status(500), concluded: true},
		"a gateway's":                 {err: status(502)},
		"a gateway out of patience":   {err: status(504)},
		"an answer that is no JSON":   {err: &api.ResponseError{Operation: api.OperationRegister}, concluded: true},
		"a redirect":                  {err: &api.RedirectError{Operation: api.OperationRegister, Status: 302}, concluded: true},
		"no connection":               {err: lost(api.OperationRegister, api.Refused), unsent: true},
		"a certificate not trusted":   {err: lost(api.OperationRegister, api.Untrusted)},
		"a connection cut":            {err: lost(api.OperationRegister, api.Interrupted)},
		"no answer in time":           {err: lost(api.OperationRegister, api.Timeout)},
		"no token in time":            {err: lost(api.OperationToken, api.Timeout), unsent: true},
		"given up":                    {err: context.Canceled},
		"a panic":                     {err: errGuarded},
	} {
		if refused(c.err) != c.refused || unsent(c.err) != c.unsent || concluded(c.err) != c.concluded {
			t.Errorf("%s: refused %v, unsent %v, concluded %v", name, refused(c.err), unsent(c.err), concluded(c.err))
		}
	}
}
