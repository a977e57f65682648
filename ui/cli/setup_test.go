package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/goleak"

	"kvikk/api"
	"kvikk/api/sandbox"
	"kvikk/api/secret"
	"kvikk/ui/cli"
	"kvikk/ui/session"
)

func TestMain(m *testing.M) {
	// ngrok's SDK does not end the heartbeat of a connection that has broken, nor
	// its reconnect loop while that is asleep.
	goleak.VerifyTestMain(
		m,
		goleak.IgnoreAnyFunction("golang.ngrok.com/muxado/v2.(*Heartbeat).requester"),
		goleak.IgnoreAnyFunction("golang.ngrok.com/muxado/v2.(*Heartbeat).check"),
		goleak.IgnoreAnyFunction("golang.ngrok.com/ngrok/v2/internal/tunnel/client.(*reconnectingSession).connect"),
	)
}

// patience bounds whatever a test waits for.
const patience = 20 * time.Second

// stream is an output that tests can wait for.
type stream struct {
	mu    sync.Mutex
	text  bytes.Buffer
	taken int           // bytes of text that line has returned
	more  chan struct{} // closed and replaced at every write
}

func newStream() *stream { return &stream{more: make(chan struct{})} }

func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.more)
	s.more = make(chan struct{})
	return s.text.Write(p)
}

func (s *stream) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// until calls look at the text after every write, until it is content.
func (s *stream) until(t *testing.T, what string, look func(text string) bool) {
	t.Helper()
	limit := time.After(patience)
	for {
		s.mu.Lock()
		text, more := s.text.String(), s.more
		s.mu.Unlock()
		if look(text) {
			return
		}
		select {
		case <-more:
		case <-limit:
			t.Fatalf("there is no %s in:\n%s", what, text)
		}
	}
}

// await waits until the text contains something.
func (s *stream) await(t *testing.T, part string) {
	t.Helper()
	s.until(t, part, func(text string) bool { return strings.Contains(text, part) })
}

// line waits for the next line.
func (s *stream) line(t *testing.T) string {
	t.Helper()
	var line string
	s.until(t, "further line", func(text string) (found bool) {
		line, _, found = strings.Cut(text[s.taken:], "\n")
		return found
	})
	s.taken += len(line) + 1
	return line
}

// object waits for the next line and decodes it.
func (s *stream) object(t *testing.T) map[string]any {
	t.Helper()
	line := s.line(t)
	var v map[string]any
	if err := json.Unmarshal([]byte(line), &v); err != nil {
		t.Fatalf("%v in %s", err, line)
	}
	return v
}

// program is kvikk with a command line, run in this process.
type program struct {
	out, err *stream
	cancel   context.CancelCauseFunc
	ended    chan error
}

// setting is what a program is started with.
type setting struct {
	env    map[string]string
	stdout io.Writer // nil: the program's stream
}

// newParts returns the parts of a program and the root command above them.
func newParts(t *testing.T, s setting, p *program) *cobra.Command {
	t.Helper()
	root := &cobra.Command{Use: "kvikk", SilenceErrors: true, SilenceUsage: true}
	flags := &cli.Flags{}
	flags.Bind(root.PersistentFlags())
	parts := &cli.Parts{
		Flags: flags, Version: "1.2.3", Getenv: func(name string) string { return s.env[name] },
		Stdin: strings.NewReader(""), Stdout: p.out, Stderr: p.err, StartSandbox: startSandbox,
		Guard: func() {
			if r := recover(); r != nil {
				p.cancel(context.Canceled)
			}
		},
	}
	if s.stdout != nil {
		parts.Stdout = s.stdout
	}
	root.AddCommand(parts.Commands()...)
	root.SetOut(p.err)
	root.SetErr(p.err)
	return root
}

// start runs a command line. The test's end stops it.
func (s setting) start(t *testing.T, args ...string) *program {
	t.Helper()
	ctx, cancel := context.WithCancelCause(context.Background())
	p := &program{out: newStream(), err: newStream(), cancel: cancel, ended: make(chan error, 1)}
	root := newParts(t, s, p)
	root.SetArgs(args)
	go func() { p.ended <- root.ExecuteContext(ctx) }()
	t.Cleanup(func() { p.stop(t) })
	return p
}

// run runs a command line to its end.
func (s setting) run(t *testing.T, args ...string) (p *program, err error) {
	t.Helper()
	p = s.start(t, args...)
	return p, p.wait(t)
}

// wait returns how the program ended.
func (p *program) wait(t *testing.T) error {
	t.Helper()
	select {
	case err := <-p.ended:
		p.ended <- err
		return err
	case <-time.After(patience):
		t.Fatalf("the program does not end; it said:\n%s", p.err)
		return nil
	}
}

// stop ends the program as a signal does.
func (p *program) stop(t *testing.T) error {
	t.Helper()
	p.cancel(context.Canceled)
	return p.wait(t)
}

// provider is a sandbox that stands for the provider, and a client of its
// sales unit.
type provider struct {
	*sandbox.Server
	client *api.Client
}

func startProvider(t *testing.T) provider {
	t.Helper()
	s, err := sandbox.Start(context.Background(), sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return provider{s, newClient(t, s.URL(), s.Keys())}
}

func newClient(t *testing.T, url string, k sandbox.Keys) *api.Client {
	t.Helper()
	c, err := api.New(api.Options{BaseURL: url, Keys: clientKeys(k)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func clientKeys(k sandbox.Keys) api.Keys {
	return api.Keys{
		ClientID: k.ClientID, ClientSecret: secret.New(k.ClientSecret),
		SubscriptionKey: secret.New(k.SubscriptionKey), MSN: k.MSN,
	}
}

// setting is the environment of someone who has the sales unit's keys.
func (p provider) setting(t *testing.T) setting {
	t.Helper()
	k := p.Keys()
	return setting{env: map[string]string{
		"KVIKK_API_URL": p.URL(), "KVIKK_DATA_DIR": t.TempDir(),
		"VIPPS_CLIENT_ID": k.ClientID, "VIPPS_CLIENT_SECRET": k.ClientSecret,
		"VIPPS_SUBSCRIPTION_KEY": k.SubscriptionKey, "VIPPS_MSN": k.MSN,
	}}
}

// with returns a copy with another variable.
func (s setting) with(name, value string) setting {
	env := map[string]string{name: value}
	for k, v := range s.env {
		if k != name {
			env[k] = v
		}
	}
	s.env = env
	return s
}

// pay creates a payment of 499.00 NOK.
func pay(t *testing.T, c *api.Client, reference string) {
	t.Helper()
	_, err := c.CreatePayment(t.Context(), api.CreatePaymentRequest{
		Amount: api.Amount{Currency: "NOK", Value: 49900}, Reference: reference, UserFlow: "WEB_REDIRECT",
		PaymentMethod: api.PaymentMethod{Type: "WALLET"}, ReturnURL: "https://example.com/return",
	})
	if err != nil {
		t.Fatal(err)
	}
}

// registrations returns what the provider has registered.
func (p provider) registrations(t *testing.T) []api.Webhook {
	t.Helper()
	list, err := p.client.Webhooks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// embedded is the sandbox as a session knows it.
type embedded struct{ *sandbox.Server }

func (e embedded) Keys() api.Keys { return clientKeys(e.Server.Keys()) }

func startSandbox(ctx context.Context) (session.Sandbox, error) {
	s, err := sandbox.Start(ctx, sandbox.Options{})
	if err != nil {
		return nil, err
	}
	return embedded{s}, nil
}

// variables reads the NAME=value lines of a text.
func variables(text string) map[string]string {
	found := make(map[string]string)
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.Contains(name, " ") {
			found[name] = value
		}
	}
	return found
}

func keysIn(v map[string]string) sandbox.Keys {
	return sandbox.Keys{
		ClientID: v["VIPPS_CLIENT_ID"], ClientSecret: v["VIPPS_CLIENT_SECRET"],
		SubscriptionKey: v["VIPPS_SUBSCRIPTION_KEY"], MSN: v["VIPPS_MSN"],
	}
}
