package api_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"kvikk/api"
)

// nasty is a text that a careless command would let the shell or curl act on.
const nasty = "@x $(touch pwned) `touch pwned` '; touch pwned; ' \"; touch pwned; \" ${HOME} !! %s \\ \n\r\t\x00\x1b[201~ \u202e å"

// paste runs a request's curl command in sh and returns what arrived.
func (s *server) paste(r api.Request) received {
	s.t.Helper()
	for _, name := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(name); err != nil {
			s.t.Skipf("rendered commands cannot be run here: no %s", name)
		}
	}
	dir := s.t.TempDir()
	if err := os.WriteFile(dir+"/x", []byte("Leaked: yes"), 0o600); err != nil {
		s.t.Fatal(err)
	}
	before := len(s.all())
	cmd := exec.CommandContext(s.t.Context(), "sh")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(r.Curl()+"\n")
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "NO_PROXY=*", "VIPPS_ACCESS_TOKEN=token-value-1", "VIPPS_CLIENT_ID=" + keys().ClientID,
		"VIPPS_CLIENT_SECRET=" + clientSecret, "VIPPS_SUBSCRIPTION_KEY=" + subscriptionKey,
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("sh: %v\n%s\n%s", err, out, r.Curl())
	}
	if made, err := os.ReadDir(dir); err != nil || len(made) != 1 {
		s.t.Fatalf("the command has made files: %v, %v", made, err)
	}
	all := s.all()
	if len(all) != before+1 {
		s.t.Fatalf("%d requests arrived from\n%s", len(all)-before, r.Curl())
	}
	return all[len(all)-1]
}

func TestAPastedCommandDoesWhatTheClientDoes(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens().answer("/webhooks/", says(200, `{"webhooks":[]}`)).answer("/epayment/", says(201, created))
	c := s.client()
	key := api.WithIdempotencyKey("k")
	for name, tt := range map[string]struct {
		send    func() error
		preview api.Request
	}{
		"token":  {func() error { _, err := c.RenewToken(t.Context()); return err }, c.PreviewToken()},
		"list":   {func() error { _, err := c.Webhooks(t.Context()); return err }, c.PreviewWebhooks()},
		"create": {func() error { _, err := c.CreatePayment(t.Context(), payment(), key); return err }, c.PreviewCreatePayment(payment(), key)},
	} {
		if err := tt.send(); err != nil {
			t.Fatal(err)
		}
		all := s.all()
		sent, pasted := all[len(all)-1], s.paste(tt.preview)
		if sent.method != pasted.method || sent.uri != pasted.uri || sent.body != pasted.body {
			t.Errorf("%s: sent %s %s %q, pasted %s %s %q", name, sent.method, sent.uri, sent.body, pasted.method, pasted.uri, pasted.body)
		}
		for _, field := range tt.preview.Header {
			if got, want := pasted.header.Get(field.Name), sent.header.Get(field.Name); got != want && field.Variable != api.VariableAccessToken || got == "" {
				t.Errorf("%s: %s is %q, want %q", name, field.Name, got, want)
			}
		}
	}
}

func TestNastyValuesSurviveThePaste(t *testing.T) {
	t.Parallel()
	s := newServer(t).answer("/webhooks/", says(200, `{}`)).answer("/epayment/", says(200, `{}`))
	c := s.client(func(o *api.Options) {
		o.System = api.System{Name: nasty, Version: "`id`", PluginName: "@x", PluginVersion: "'"}
	})
	r := everything()
	r.Reference, r.ReturnURL, r.PaymentDescription, r.Customer.PhoneNumber, r.Receipt.OrderLines[0].Name = nasty, nasty, nasty, nasty, nasty
	r.Metadata = map[string]string{nasty: nasty}
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x202e {
			return -1
		}
		return r
	}, nasty)
	printable := payment()
	printable.Reference, printable.PaymentDescription, printable.ReturnURL = plain, plain, plain
	previews := []api.Request{
		c.PreviewCreatePayment(r, api.WithIdempotencyKey(nasty)), c.PreviewCreatePayment(printable, api.WithIdempotencyKey(plain)),
		c.PreviewRegisterWebhook(api.RegisterWebhookRequest{URL: nasty, Events: []string{nasty, plain}}),
		c.PreviewForceApprove(nasty, api.ForceApproveRequest{PhoneNumber: nasty, Token: nasty}),
	}
	for _, preview := range previews {
		got := s.paste(preview)
		if got.body != string(preview.Body) || !strings.HasSuffix(preview.URL, got.uri) || got.method != preview.Method {
			t.Errorf("%s: got %s %q %q", preview.Operation, got.method, got.uri, got.body)
		}
		if got.header.Get("Leaked") != "" || got.header.Get("Vipps-System-Version") != "`id`" || got.header.Get("Vipps-System-Plugin-Name") != "@x" {
			t.Errorf("%s: headers %v", preview.Operation, got.header)
		}
	}
}

func TestACommandHoldsNoSecret(t *testing.T) {
	t.Parallel()
	c := newServer(t).client()
	got := c.PreviewToken().Curl()
	want := "curl -X POST '" + c.BaseURL() + `/accesstoken/get' \
  -H "client_id: $VIPPS_CLIENT_ID" \
  -H "client_secret: $VIPPS_CLIENT_SECRET" \
  -H "Ocp-Apim-Subscription-Key: $VIPPS_SUBSCRIPTION_KEY" \
  -H 'Merchant-Serial-Number: 123456' \
  -H 'Content-Type: application/json' \
  -H 'Vipps-System-Name: kvikk' \
  -H 'Vipps-System-Version: 1.2.3' \
  -H 'Vipps-System-Plugin-Name: kvikk' \
  -H 'Vipps-System-Plugin-Version: 1.2.3' \
  --data-raw ''`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
