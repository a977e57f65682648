package cli_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kvikk/api/sandbox"
	"kvikk/ui/cli"
)

func TestSandboxPrintsWhereItIsAndServesUntilItIsStopped(t *testing.T) {
	t.Parallel()
	k := setting{}.start(t, "sandbox", "--addr", "127.0.0.1:0", "--json")
	line := k.out.line(t)
	if got, want := members(t, line), []string{"ready", "url", "client_id", "client_secret", "subscription_key", "msn"}; !slices.Equal(got, want) {
		t.Errorf("the first line has %q, want %q", got, want)
	}
	k.out.taken = 0
	first := k.out.object(t)
	keys := sandbox.Keys{
		ClientID: first["client_id"].(string), ClientSecret: first["client_secret"].(string),
		SubscriptionKey: first["subscription_key"].(string), MSN: first["msn"].(string),
	}
	c := newClient(t, first["url"].(string), keys)
	pay(t, c, "acme-shop-1")
	if err := k.stop(t); err != nil {
		t.Errorf("it ends with %v", err)
	}
	if _, err := http.Get(first["url"].(string)); err == nil {
		t.Error("it still answers")
	}
	if _, more, _ := strings.Cut(k.out.String(), "\n"); more != "" {
		t.Errorf("it printed %q too", more)
	}
}

func TestSandboxTakesMadeUpKeysFromFlags(t *testing.T) {
	t.Parallel()
	k := setting{}.start(t, "sandbox", "--client-id", "shop", "--client-secret", "it's=made+up/", "--subscription-key", "key", "--msn", "123456")
	k.out.await(t, "phone number")
	v := variables(k.out.String())
	if got := v["VIPPS_CLIENT_SECRET"]; got != `'it'\''s=made+up/'` {
		t.Errorf("the secret is printed for a shell as %s", got)
	}
	pay(t, newClient(t, v["KVIKK_API_URL"], sandbox.Keys{ClientID: "shop", ClientSecret: "it's=made+up/", SubscriptionKey: "key", MSN: "123456"}), "acme-shop-1")
}

func TestSandboxOnAPortInUseFailsAndIsNoWrongUsage(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ca.pem")
	running := setting{}.start(t, "sandbox", "--json", "--tls-ca", file)
	address := strings.TrimPrefix(running.out.object(t)["url"].(string), "https://")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, err = setting{}.run(t, "sandbox", "--addr", address, "--tls-ca", file)
	line, hint := cli.Explain(err)
	if _, wrong := err.(*cli.UsageError); err == nil || wrong || !strings.HasPrefix(line, "listen for the sandbox: ") || !strings.HasPrefix(hint, "Another program") {
		t.Errorf("it ends with %v, explained as %q, %q", err, line, hint)
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the certificate of the sandbox that runs is replaced by\n%s%v", after, err)
	}
}

func TestSandboxOnAnAddressOfAnotherMachineSaysSo(t *testing.T) {
	t.Parallel()
	_, err := setting{}.run(t, "sandbox", "--addr", "192.0.2.1:0", "--allow-host", "sandbox.test")
	if _, hint := cli.Explain(err); !strings.HasPrefix(hint, "Choose an address of this machine with --addr") {
		t.Errorf("it ends with %v, and the hint is %q", err, hint)
	}
}

func TestVersionSaysWhatRuns(t *testing.T) {
	t.Parallel()
	k, err := setting{}.run(t, "version", "--json")
	v := k.out.object(t)
	if err != nil || v["version"] != "1.2.3" || !strings.HasPrefix(v["go"].(string), "go1.") || v["os"] == "" || v["arch"] == "" {
		t.Errorf("the version is %v, %v", v, err)
	}
	k, err = setting{}.run(t, "version")
	if line := k.out.line(t); err != nil || !strings.HasPrefix(line, "kvikk 1.2.3") {
		t.Errorf("the version is %q, %v", line, err)
	}
}
