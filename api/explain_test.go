package api_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"kvikk/api"
)

// codes are all that the provider documents for ePayment.
func codes() []string {
	return strings.Fields(`3010 4010 4020 4040 4050 4060 4070 4080 4090 4100 4110 4120 4130 4140 4150 4160
		5010 5020 5030 5040 5050 5060 5070 5080 5090 5100
		6010 6020 6030 6040 6050 6060 6070 6080 6090 6100 6110 6120 6130 6140 6150 6160 6170 6180 6190 6200 6210 6220 6230 6250 6260 6280
		7010 10010 10020 10030 10040 10050 10060 10070`)
}

// isWhole checks that an explanation has three single sentences.
func isWhole(t *testing.T, name string, x api.Explanation) {
	t.Helper()
	for _, text := range []string{x.What, x.Cause, x.Do} {
		if !strings.HasSuffix(text, ".") || strings.ContainsAny(text, "\n\x1b") || strings.TrimSpace(text) != text || len(text) > 700 {
			t.Errorf("%s: %q is no sentence", name, text)
		}
	}
}

func TestEveryCodeHasAnExplanationOfItsOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	generic := api.Explain(&api.Error{Operation: "Create payment", Status: 400, Title: "x"})
	for _, code := range codes() {
		x := api.Explain(&api.Error{Operation: "Create payment", Status: 400, Code: code, Title: "x", Kind: api.KindProblem})
		isWhole(t, code, x)
		if x.What == generic.What {
			t.Errorf("%s is not explained", code)
		}
		if other, twice := seen[x.What]; twice {
			t.Errorf("%s and %s read the same: %s", code, other, x.What)
		}
		seen[x.What] = code
	}
	if x := api.Explain(&api.Error{Operation: "Create payment", Status: 400, Code: "9999", Title: "New"}); x.What != generic.What || x.Cause != "New." {
		t.Errorf("an unknown code: %+v", x)
	}
}

func TestEveryStatusOfEveryOperationIsExplained(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"Access token", "Register a webhook", "Delete a webhook", "Create payment", "Force approve"} {
		for status := 400; status < 600; status++ {
			e := &api.Error{Operation: operation, Status: status, Title: "Title", Kind: api.KindProblem}
			isWhole(t, operation+" "+strconv.Itoa(status), api.Explain(e))
		}
	}
}

func TestWhatTheLayersSayIsRecognised(t *testing.T) {
	t.Parallel()
	const token, create, register = "Access token", "Create payment", "Register a webhook"
	tests := map[string]struct {
		err  api.Error
		want string
	}{
		"no subscription key":        {api.Error{Operation: token, Status: 401, Kind: api.KindGateway, Title: "Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API."}, "The subscription key did not arrive."},
		"a wrong subscription key":   {api.Error{Operation: token, Status: 401, Kind: api.KindGateway, Title: "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription."}, "The subscription key is wrong."},
		"keys of production":         {api.Error{Operation: token, Status: 400, Kind: api.KindIdentity, Code: "AADSTS700016", Title: "unauthorized_client"}, "The client_id is not known here."},
		"a wrong client_secret":      {api.Error{Operation: token, Status: 401, Kind: api.KindIdentity, Code: "AADSTS7000215", Title: "invalid_client"}, "The client_secret is wrong."},
		"an old client_secret":       {api.Error{Operation: token, Status: 401, Kind: api.KindIdentity, Code: "AADSTS7000222", Title: "invalid_client"}, "The client_secret has expired."},
		"no client_secret":           {api.Error{Operation: token, Status: 401, Kind: api.KindIdentity, Code: "AADSTS7000216", Title: "invalid_client"}, "The client_secret did not arrive."},
		"another directory":          {api.Error{Operation: token, Status: 400, Kind: api.KindIdentity, Code: "AADSTS90002", Title: "invalid_request"}, "The directory of the keys does not exist."},
		"invalid_client alone":       {api.Error{Operation: token, Status: 401, Kind: api.KindIdentity, Title: "invalid_client"}, "The client_secret is wrong."},
		"unauthorized_client alone":  {api.Error{Operation: token, Status: 400, Kind: api.KindIdentity, Title: "unauthorized_client"}, "The client_id is not known here."},
		"any other refusal of keys":  {api.Error{Operation: token, Status: 401}, "The keys were not accepted."},
		"a refused token":            {api.Error{Operation: create, Status: 401}, "The access token was not accepted."},
		"an MSN of others":           {api.Error{Operation: create, Status: 403, Title: "Invalid MSN: 123456"}, "The MSN does not go with the keys."},
		"a sales unit for Login":     {api.Error{Operation: create, Status: 403, Title: "Merchant Not Allowed for Ecommerce Payment"}, "The sales unit may not take payments."},
		"a path too many":            {api.Error{Operation: token, Status: 404, Kind: api.KindLegacy}, "The address does not exist."},
		"a registration that is not": {api.Error{Operation: "Delete a webhook", Status: 404, Kind: api.KindProblem}, "There is no such registration."},
		"a payment that is not":      {api.Error{Operation: "Get payment", Status: 404, Kind: api.KindProblem}, "There is no payment with this reference."},
		"a misspelt event":           {api.Error{Operation: register, Status: 400, Fields: []api.FieldError{{Name: "events", Reason: "Unsupported values: epayment.x"}}}, "The provider does not know an event type."},
		"an expired test card":       {api.Error{Operation: "Force approve", Status: 500}, "The payment could not be approved."},
		"a failure elsewhere":        {api.Error{Operation: create, Status: 500}, "The API failed (500)."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := api.Explain(fmt.Errorf("step 2: %w", &tt.err))
			isWhole(t, name, x)
			if x.What != tt.want {
				t.Errorf("got %q, want %q", x.What, tt.want)
			}
		})
	}
}

func TestFieldsAndWaitsAreInTheExplanation(t *testing.T) {
	t.Parallel()
	fields := []api.FieldError{{Name: "a", Reason: "one."}, {Name: "b", Reason: "two"}, {Name: "c", Reason: "three"}, {Name: "d", Reason: "four"}}
	x := api.Explain(&api.Error{Operation: "Create payment", Status: 429, Fields: fields, RetryAfter: 61500 * time.Millisecond})
	if x.Cause != "a: one; b: two; c: three; and 1 more." || x.Do != "Wait 1m2s, then try again." {
		t.Errorf("got %+v", x)
	}
	x = api.Explain(&api.ValidationError{Fields: fields[:1]})
	if x.Cause != "a: one." || x.What != "Nothing was sent, since a value cannot be right." {
		t.Errorf("got %+v", x)
	}
	if x = api.Explain(&api.ValidationError{Fields: fields}); !strings.Contains(x.What, "4 values") {
		t.Errorf("got %+v", x)
	}
}

func TestNothingIsSaidAboutWhatWasCanceled(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.client().Webhooks(ctx)
	for _, err := range []error{nil, context.Canceled, fmt.Errorf("x: %w", context.Canceled), err} {
		if x := api.Explain(err); x != (api.Explanation{}) {
			t.Errorf("%v: got %+v", err, x)
		}
	}
}

func TestErrorsOfOthersAreExplained(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"The server did not answer in time.": context.DeadlineExceeded,
		"The server's name has no address.":  &net.DNSError{Err: "no such host", IsNotFound: true},
		"The server accepts no connection.":  &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED},
		"The server cannot be reached.":      &net.OpError{Op: "dial", Err: errors.New("x")},
		"something \\x1b new.":               errors.New("something \x1b new"),
	} {
		if got := api.Explain(err).What; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAnOpenOutcomeIsNotToBeRepeatedBlindly(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens().answer("POST /webhooks/v1/webhooks", hangsUp, says(503, `{}`), says(201, `{"id":"x"}`)).
		answer("POST /epayment/v1/test/payments/acme-shop-1/approve", hangsUp)
	c := s.client()
	for range 3 {
		_, err := c.RegisterWebhook(t.Context(), webhook())
		if x := api.Explain(err); !strings.Contains(x.Do, "list") {
			t.Errorf("%v: %s", err, x.Do)
		}
	}
	err := c.ForceApprove(t.Context(), "acme-shop-1", api.ForceApproveRequest{Token: "t"})
	if x := api.Explain(err); !strings.Contains(x.Do, "state") {
		t.Errorf("%v: %s", err, x.Do)
	}
}
