package sandbox_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"kvikk/api/sandbox"
)

const webhooksPath = "/webhooks/v1/webhooks"

func TestARegistrationIsListedWithoutItsSecretAndDeletedOnce(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	id, secret := m.register("http://127.0.0.1:9/hooks/a?b=c", "created", "authorized", "created")
	if raw, err := base64.StdEncoding.DecodeString(secret); err != nil || len(raw) != 64 || len(secret) != 88 {
		t.Errorf("secret %q of %d characters, want 88 of Base64", secret, len(secret))
	}
	want := `{"webhooks":[{"id":"` + id + `","url":"http://127.0.0.1:9/hooks/a?b=c",` +
		`"events":["epayments.payment.created.v1","epayments.payment.authorized.v1"]}]}`
	if got := m.call("GET", webhooksPath, ""); string(got.body) != want {
		t.Errorf("list %s, want %s", got.body, want)
	}
	if a := m.call("DELETE", webhooksPath+"/"+id, ""); a.status != http.StatusNoContent || len(a.body) != 0 {
		t.Errorf("delete answered %d %q", a.status, a.body)
	}
	m.call("DELETE", webhooksPath+"/"+id, "").want(t, http.StatusNotFound)
	if got := m.call("GET", webhooksPath, ""); string(got.body) != `{"webhooks":[]}` {
		t.Errorf("list after delete %s", got.body)
	}
}

func TestTheQuickStartsRegistrationHasNoJSONContentType(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	body := `{"url":"http://localhost:9/x","events":["epayments.payment.created.v1"],"note":"ignored"}`
	m.call("POST", webhooksPath, body, header{"Content-Type": "application/x-www-form-urlencoded"}).want(t, http.StatusCreated)
	m.call("POST", webhooksPath, "\xef\xbb\xbf"+body, header{"Content-Type": ""}).want(t, http.StatusCreated)
}

func TestRegistrationsThatAreRefused(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	const missing = "The property is required and cannot be null or empty."
	event := `["epayments.payment.created.v1"]`
	tests := []struct{ name, body, field, reason string }{
		{"no url", `{"events":` + event + `}`, "url", missing},
		{"url is null", `{"url":null,"events":` + event + `}`, "url", missing},
		{"url is empty", `{"url":"","events":` + event + `}`, "url", missing},
		{"url is a number", `{"url":5,"events":` + event + `}`, "url", "The JSON value could not be converted to a string."},
		{"url is relative", `{"url":"/hooks","events":` + event + `}`, "url", "The value must be a valid absolute URL."},
		{"url has no host", `{"url":"http://","events":` + event + `}`, "url", "The value must be a valid absolute URL."},
		{"url is no web address", `{"url":"ftp://localhost/x","events":` + event + `}`, "url", "The URL must use HTTPS."},
		{"url has a password", `{"url":"http://a:b@localhost/x","events":` + event + `}`, "url", "The URL must not carry"},
		{"url leads elsewhere", `{"url":"https://example.com/x","events":` + event + `}`, "url", "The sandbox calls this machine"},
		{"url is all interfaces", `{"url":"http://0.0.0.0/x","events":` + event + `}`, "url", "The sandbox calls this machine"},
		{"url is loopback in disguise", `{"url":"http://127.0.0.1.example.com/x","events":` + event + `}`, "url", "The sandbox calls this machine"},
		{"no events", `{"url":"http://localhost/x"}`, "events", missing},
		{"events are empty", `{"url":"http://localhost/x","events":[]}`, "events", missing},
		{"events are a string", `{"url":"http://localhost/x","events":"a"}`, "events", "The JSON value could not be converted to an array."},
		{"an event is a number", `{"url":"http://localhost/x","events":[1]}`, "events[0]", "The JSON value could not be converted to a string."},
		{"unknown events", `{"url":"http://localhost/x","events":["epayment.payment.created.v1","epayments.payment.created.v1","b"]}`, "events", "Unsupported values: epayment.payment.created.v1, b"},
		{"no JSON", `url=x`, "body", "The body is not valid JSON."},
		{"a list", `[]`, "body", "The body must be a JSON object."},
		{"nothing", ``, "body", "The body is empty"},
		{"not UTF-8", "{\"url\":\"\xff\"}", "body", "The body is not valid UTF-8."},
		{"too deep", strings.Repeat("[", 65), "body", "The body nests deeper than 64 levels."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := m.call("POST", webhooksPath, tt.body)
			a.want(t, http.StatusBadRequest)
			p := a.problem(t)
			if got := p.field(tt.field); !strings.HasPrefix(got, tt.reason) || got == "" {
				t.Errorf("%s: %q, want it to begin %q; body %s", tt.field, got, tt.reason, a.body)
			}
			if p.Title != "Bad Request" || p.Status != 400 || p.Instance != "/v1/webhooks" {
				t.Errorf("problem %+v", p)
			}
			if !regexp.MustCompile(`^00-[0-9a-f]{32}-[0-9a-f]{16}-00$`).MatchString(p.TraceID) {
				t.Errorf("trace id %q", p.TraceID)
			}
		})
	}
	if got := m.call("GET", webhooksPath, ""); string(got.body) != `{"webhooks":[]}` {
		t.Errorf("something was registered: %s", got.body)
	}
}

func TestEveryPublishedEventTypeCanBeRegistered(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	for _, kind := range []string{
		"epayments.payment.created.v1", "epayments.payment.aborted.v1", "epayments.payment.expired.v1", "epayments.payment.cancelled.v1",
		"epayments.payment.captured.v1", "epayments.payment.refunded.v1", "epayments.payment.authorized.v1", "epayments.payment.terminated.v1",
		"recurring.agreement-activated.v1", "recurring.agreement-rejected.v1", "recurring.agreement-stopped.v1", "recurring.agreement-expired.v1",
		"recurring.charge-reserved.v1", "recurring.charge-captured.v1", "recurring.charge-canceled.v1", "recurring.charge-refunded.v1",
		"recurring.charge-failed.v1", "recurring.charge-creation-failed.v1", "login.merchant-initiated.ping.v1", "user.checked-in.v1",
		"donations.agreement.started.v1", "donations.agreement.stopped.v1", "donations.agreement.withdrawal-day-changed.v1", "donations.agreement.amount-changed.v1",
	} {
		m.call("POST", webhooksPath, fmt.Sprintf(`{"url":"http://localhost/x","events":[%q]}`, kind)).want(t, http.StatusCreated)
	}
}

func TestRegistrationsAreLimitedByEventType(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	for range 24 {
		m.register("http://localhost:9/x", "created")
	}
	last, _ := m.register("http://localhost:9/x", "created", "authorized")
	body := `{"url":"http://localhost:9/x","events":["epayments.payment.authorized.v1","epayments.payment.created.v1"]}`
	a := m.call("POST", webhooksPath, body)
	a.want(t, http.StatusBadRequest)
	if got := a.problem(t).field("events"); !strings.Contains(got, "25 of at most 25 registrations for epayments.payment.created.v1") {
		t.Errorf("reason %q", got)
	}
	m.register("http://localhost:9/x", "authorized") // the other type has room
	m.call("DELETE", webhooksPath+"/"+last, "").want(t, http.StatusNoContent)
	m.call("POST", webhooksPath, body).want(t, http.StatusCreated)

	one := `{"url":"http://localhost:9/x","events":["user.checked-in.v1"]}`
	m.call("POST", webhooksPath, one).want(t, http.StatusCreated)
	m.call("POST", webhooksPath, one).want(t, http.StatusBadRequest)
}

func TestDeletingWhatIsNoIDSaysSo(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	a := m.call("DELETE", webhooksPath+"/all%20of%20them", "")
	a.want(t, http.StatusBadRequest)
	if got := a.problem(t).field("id"); got != "The value 'all of them' is not valid." {
		t.Errorf("reason %q", got)
	}
}

func TestOnlyTheLatestTunnelIsTaken(t *testing.T) {
	t.Parallel()
	m := start(t, sandbox.Options{})
	register := func(url string) int {
		return m.call("POST", webhooksPath, fmt.Sprintf(`{"url":%q,"events":["epayments.payment.created.v1"]}`, url)).status
	}
	m.s.AllowTunnel("https://one.example/")
	m.s.AllowTunnel("https://Two.example")
	for url, want := range map[string]int{
		"https://two.example/hooks/x":      http.StatusCreated,
		"https://two.example:443/hooks/x":  http.StatusCreated,
		"https://one.example/hooks/x":      http.StatusBadRequest,
		"https://two.example:8443/hooks/x": http.StatusBadRequest,
		"https://a.two.example/hooks/x":    http.StatusBadRequest,
		"http://two.example/hooks/x":       http.StatusBadRequest,
	} {
		if got := register(url); got != want {
			t.Errorf("%s: %d, want %d", url, got, want)
		}
	}
	m.s.AllowTunnel("")
	if got := register("https://two.example/hooks/x"); got != http.StatusBadRequest {
		t.Errorf("with no tunnel: %d", got)
	}
}
