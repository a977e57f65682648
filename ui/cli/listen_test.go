package cli_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kvikk/api"
	"kvikk/api/webhook"
	"kvikk/ui/cli"
)

// members returns the names of an object's members in their order.
func members(t *testing.T, line string) []string {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(line))
	var names []string
	for depth, key := 0, false; dec.More() || depth > 0; {
		token, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
			key = depth == 1
			continue
		case json.Delim('}'), json.Delim(']'):
			depth--
			key = depth == 1
			continue
		}
		if name, ok := token.(string); depth == 1 && key && ok {
			names, key = append(names, name), false
			continue
		}
		key = depth == 1
	}
	return names
}

func TestListenPrintsReadyAndThenALinePerWebhook(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	k := p.setting(t).start(t, "listen", "--json")

	first := k.out.line(t)
	var ready struct {
		Ready          bool     `json:"ready"`
		CallbackURL    string   `json:"callback_url"`
		RegistrationID string   `json:"registration_id"`
		Events         []string `json:"events"`
	}
	if err := json.Unmarshal([]byte(first), &ready); err != nil {
		t.Fatal(err)
	}
	if got, want := members(t, first), []string{"ready", "callback_url", "registration_id", "events"}; !slices.Equal(got, want) {
		t.Errorf("the first line has %q, want %q", got, want)
	}
	if list := p.registrations(t); len(list) != 1 || list[0].ID != ready.RegistrationID || list[0].URL != ready.CallbackURL || len(ready.Events) != 8 {
		t.Errorf("registered is %+v, and the first line says %s", list, first)
	}

	pay(t, p.client, "acme-shop-1")
	line := k.out.line(t)
	want := []string{"seq", "received_at", "registration_id", "event", "reference", "verified", "problem", "status", "method", "path", "headers", "body"}
	if got := members(t, line); !slices.Equal(got, want) {
		t.Errorf("a webhook has %q, want %q", got, want)
	}
	checkCreated(t, line, ready.CallbackURL, ready.RegistrationID)

	if err := p.client.ForceApprove(t.Context(), "acme-shop-1", api.ForceApproveRequest{PhoneNumber: p.TestPhone()}); err != nil {
		t.Fatal(err)
	}
	if next := k.out.object(t); next["event"] != "epayments.payment.authorized.v1" || next["seq"] != 2.0 {
		t.Errorf("the next webhook is %v", next)
	}
}

func checkCreated(t *testing.T, line, callback, id string) {
	t.Helper()
	var w struct {
		Seq            int64       `json:"seq"`
		ReceivedAt     time.Time   `json:"received_at"`
		RegistrationID string      `json:"registration_id"`
		Event          string      `json:"event"`
		Reference      string      `json:"reference"`
		Verified       bool        `json:"verified"`
		Problem        string      `json:"problem"`
		Status         int         `json:"status"`
		Method         string      `json:"method"`
		Path           string      `json:"path"`
		Headers        http.Header `json:"headers"`
		Body           string      `json:"body"`
	}
	if err := json.Unmarshal([]byte(line), &w); err != nil {
		t.Fatal(err)
	}
	if w.Seq != 1 || w.RegistrationID != id || w.Event != "epayments.payment.created.v1" || w.Reference != "acme-shop-1" {
		t.Errorf("the webhook is %s", line)
	}
	if !w.Verified || w.Problem != "" || w.Status != 200 || w.Method != "POST" {
		t.Errorf("the verdict is %s", line)
	}
	host := strings.TrimPrefix(strings.TrimSuffix(callback, w.Path), "http://")
	if !strings.HasPrefix(w.Path, "/hooks/") || w.Headers.Get("Host") != host || w.Headers.Get(webhook.HeaderAuthorization) == "" {
		t.Errorf("path and headers of %s are %s", callback, line)
	}
	if e, err := webhook.Decode([]byte(w.Body)); err != nil || e.Name != "CREATED" || e.Value != 49900 {
		t.Errorf("the body is %s: %v", w.Body, err)
	}
	if age := time.Since(w.ReceivedAt); age < 0 || age > patience {
		t.Errorf("received at %v", w.ReceivedAt)
	}
}

func TestListenDeletesItsRegistrationWhenItIsStopped(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	k := p.setting(t).start(t, "listen", "--json", "--events", "created, epayments.payment.captured.v1,CREATED")
	ready := k.out.object(t)
	if got, want := p.registrations(t)[0].Events, []string{"epayments.payment.created.v1", "epayments.payment.captured.v1"}; !slices.Equal(got, want) {
		t.Errorf("registered for %q, want %q; %v", got, want, ready)
	}
	if err := k.stop(t); err != nil {
		t.Errorf("it ends with %v", err)
	}
	if list := p.registrations(t); len(list) > 0 {
		t.Errorf("the provider still has %+v", list)
	}
	if said := k.err.String(); strings.Count(said, "Deleting the registration …") != 1 {
		t.Errorf("it said %q", said)
	}
}

func TestListenNamesARegistrationThatItCannotDelete(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	k := p.setting(t).start(t, "listen", "--json")
	id := k.out.object(t)["registration_id"].(string)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := k.stop(t); err != nil {
		t.Errorf("it ends with %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the end took %v", took)
	}
	k.err.await(t, id)
}

func TestListenForPeopleSaysWhatCame(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	k := p.setting(t).start(t, "listen")
	k.err.await(t, "Receiving webhooks at http://127.0.0.1:")
	pay(t, p.client, "acme-shop-2")
	if line := k.out.line(t); !strings.Contains(line, "✓ CREATED") || !strings.Contains(line, "acme-shop-2") || !strings.HasSuffix(line, "499.00 NOK") {
		t.Errorf("the line is %q", line)
	}
}

func TestListenOnTheSandboxSaysHowToCreateAPayment(t *testing.T) {
	t.Parallel()
	// Keys of somebody's own must not reach the sandbox's sales unit.
	s := setting{env: map[string]string{"KVIKK_DATA_DIR": t.TempDir(), "VIPPS_MSN": "999999", "KVIKK_API_URL": "https://api.vipps.no"}}
	k := s.start(t, "listen", "--sandbox", "--json")
	if ready := k.out.object(t); ready["ready"] != true || len(ready) != 4 {
		t.Errorf("the first line is %v", ready)
	}
	keys := variables(k.err.String())
	pay(t, newClient(t, keys["KVIKK_API_URL"], keysIn(keys)), "acme-shop-3")
	if w := k.out.object(t); w["reference"] != "acme-shop-3" || w["verified"] != true {
		t.Errorf("the webhook is %v", w)
	}
	if err := k.stop(t); err != nil {
		t.Errorf("it ends with %v", err)
	}
}

func TestListenRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	whole := p.setting(t)
	for name, c := range map[string]struct {
		setting setting
		want    []string
	}{
		"a missing key is named":             {whole.with("VIPPS_MSN", ""), []string{"VIPPS_MSN", "missing"}},
		"a placeholder counts as missing":    {whole.with("VIPPS_CLIENT_ID", "<client_id>"), []string{"VIPPS_CLIENT_ID"}},
		"a wrong secret has its code":        {whole.with("VIPPS_CLIENT_SECRET", "wrong"), []string{"401", "invalid_client"}},
		"a wrong subscription key is named":  {whole.with("VIPPS_SUBSCRIPTION_KEY", strings.Repeat("0123456789abcdef", 2)), []string{"401", "ubscription key"}},
		"production is refused":              {whole.with("KVIKK_API_URL", "https://API.vipps.no."), []string{"production"}},
		"an API that is not there is named":  {whole.with("KVIKK_API_URL", "http://127.0.0.1:1"), []string{"127.0.0.1:1"}},
		"no authtoken is said before a call": {whole.with("KVIKK_TUNNEL", "ngrok"), []string{"authtoken"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, err := c.setting.run(t, "listen", "--json")
			line, hint := cli.Explain(err)
			for _, part := range c.want {
				if !strings.Contains(line, part) {
					t.Errorf("no %q in %q, hint %q", part, line, hint)
				}
			}
			if n := strings.Count(line+hint, "it is the production environment"); n > 1 {
				t.Errorf("it says %d times that it is production: %q, hint %q", n, line, hint)
			}
			if _, wrong := errors.AsType[*cli.UsageError](err); wrong || err == nil || hint == "" || k.out.String() != "" {
				t.Errorf("it ends with %#v, hint %q, and printed %q", err, hint, k.out)
			}
		})
	}
}
