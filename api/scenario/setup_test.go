package scenario_test

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kvikk/api"
	"kvikk/api/control"
	"kvikk/api/sandbox"
	"kvikk/api/scenario"
	"kvikk/api/secret"
	"kvikk/api/webhook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// theSecret signs every webhook of the tests' sandboxes.
const theSecret = "a-secret-that-was-made-up-for-tests"

// bench is a sandbox with all that a scenario needs.
type bench struct {
	*sandbox.Server
	client  *api.Client
	control *control.Client
}

// start starts a sandbox that gives receivers 150 ms and, without a schedule of
// the test's own, tries twice more at once and then rests for a minute.
func start(t *testing.T, o sandbox.Options) bench {
	t.Helper()
	o.WebhookSecret = theSecret
	o.DeliveryTimeout = 150 * time.Millisecond
	if o.Schedule == nil {
		o.Schedule = func(attempt int) time.Duration {
			if attempt <= 3 {
				return time.Millisecond
			}
			return time.Minute
		}
	}
	s, err := sandbox.Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	k := s.Keys()
	client, err := api.New(api.Options{BaseURL: s.URL(), Keys: api.Keys{
		ClientID: k.ClientID, ClientSecret: secret.New(k.ClientSecret), SubscriptionKey: secret.New(k.SubscriptionKey), MSN: k.MSN,
	}})
	if err != nil {
		t.Fatal(err)
	}
	b := bench{s, client, control.New(s.URL(), nil)}
	t.Cleanup(func() {
		b.control.Close()
		client.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// runner has a time limit that no good receiver and no dead one needs.
func (b bench) runner() scenario.Runner {
	return scenario.Runner{
		API: b.client, Control: b.control, Phone: b.TestPhone(), Timeout: 20 * time.Second,
		NewReference: func() string { return "scenario-" + strings.ToLower(rand.Text()) },
	}
}

// register registers a URL for every event of a scenario, or for those given.
func (b bench) register(t *testing.T, url, name string, events ...string) api.RegisteredWebhook {
	t.Helper()
	if len(events) == 0 {
		for _, e := range find(t, name).Events() {
			events = append(events, string(e))
		}
	}
	hook, err := b.client.RegisterWebhook(t.Context(), api.RegisterWebhookRequest{URL: url, Events: events})
	if err != nil {
		t.Fatal(err)
	}
	return hook
}

// run plays a scenario to its verdict.
func (b bench) run(t *testing.T, name string) scenario.Verdict {
	t.Helper()
	v, err := b.runner().Run(t.Context(), find(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func find(t *testing.T, name string) scenario.Scenario {
	t.Helper()
	s, ok := scenario.Find(name)
	if !ok {
		t.Fatalf("there is no scenario %q", name)
	}
	return s
}

// receiver is a merchant's webhook endpoint: a good one checks signatures.
type receiver struct {
	*httptest.Server
	mu   sync.Mutex
	came []string // by name, as accepted
}

// receive starts a receiver that answers with what answer says, the event's
// name and the number of requests so far given; 0 means 200, or 401 for what
// does not verify.
func receive(t *testing.T, answer func(name string, n int) int) *receiver {
	t.Helper()
	r := &receiver{}
	n := 0
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return // the sandbox went away
		}
		e, _ := webhook.Decode(body)
		r.mu.Lock()
		defer r.mu.Unlock()
		n++
		status := 0
		if answer != nil {
			status = answer(e.Name, n)
		}
		if status == 0 {
			status = http.StatusOK
			if webhook.Verify(webhook.FromRequest(req, body), secret.New(theSecret), r.URL+req.RequestURI) != nil {
				status = http.StatusUnauthorized
			}
		}
		if status == http.StatusOK {
			r.came = append(r.came, e.Name)
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(r.Close)
	return r
}

// accepted are the names of the events that the receiver took.
func (r *receiver) accepted() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.came, " ")
}

// check returns the check of an event by its name.
func check(t *testing.T, v scenario.Verdict, name string) scenario.Check {
	t.Helper()
	for _, c := range v.Checks {
		if c.Event == scenario.Payment && name == scenario.Payment || webhook.Type(c.Event).Name() == name {
			return c
		}
	}
	t.Fatalf("there is no check of %s in %+v", name, v.Checks)
	return scenario.Check{}
}
