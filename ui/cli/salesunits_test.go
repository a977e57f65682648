package cli_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kvikk/api/sandbox"
	"kvikk/ui/cli"
)

func TestSandboxServesManySalesUnits(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keys.json")
	write(t, file, `[{"msn":"3333","client_id":"third"},{"subscription_key":"k4"}]`)
	k := setting{}.start(t, "sandbox", "--json", "--msn", "1111", "--msn", "2222", "--client-id", "first", "--keys", file)
	first := k.out.object(t)
	units, _ := first["sales_units"].([]any)
	if len(units) != 4 || first["msn"] != "1111" || first["client_id"] != "first" {
		t.Fatalf("the first line is %v", first)
	}
	for i, want := range []map[string]string{
		{"msn": "1111", "client_id": "first"},
		{"msn": "2222"},
		{"msn": "3333", "client_id": "third"},
		{"subscription_key": "k4"},
	} {
		u, _ := units[i].(map[string]any)
		for name, value := range want {
			if u[name] != value {
				t.Errorf("%s of sales unit %d is %v, want %s", name, i+1, u[name], value)
			}
		}
		text := func(name string) string { s, _ := u[name].(string); return s }
		pay(t, newClient(t, first["url"].(string), sandbox.Keys{
			ClientID: text("client_id"), ClientSecret: text("client_secret"), SubscriptionKey: text("subscription_key"), MSN: text("msn"),
		}), "acme-shop-1")
	}
	k = setting{}.start(t, "sandbox", "--msn", "1111", "--msn", "2222")
	k.out.await(t, "phone number")
	if out := k.out.String(); !strings.Contains(out, "Further sales units") || !strings.Contains(out, "MSN 2222") {
		t.Errorf("people are told\n%s", out)
	}
}

func TestASeededSandboxPrintsTheSameKeysAgain(t *testing.T) {
	t.Parallel()
	keys := func(seed string) any {
		k := setting{}.start(t, "sandbox", "--json", "--seed", seed)
		return k.out.object(t)["client_secret"]
	}
	if a, b := keys("7"), keys("7"); a != b {
		t.Errorf("seed 7 made %v, then %v", a, b)
	}
	if keys("7") == keys("8") {
		t.Error("another seed makes the same keys")
	}
}

func TestSandboxServesHTTPSAndWritesWhomToTrust(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ca.pem")
	for range 2 { // the second run replaces the first one's certificate
		k := setting{}.start(t, "sandbox", "--json", "--tls-ca", file)
		first := k.out.object(t)
		if first["ca_file"] != file || !strings.HasPrefix(first["url"].(string), "https://127.0.0.1:") {
			t.Fatalf("the first line is %v", first)
		}
		ca, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(ca)
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
		res, err := (&http.Client{Transport: transport}).Get(first["url"].(string))
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		transport.CloseIdleConnections()
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}
}

func TestAStateDirectoryKeepsKeysAndAuthority(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	var seen []string
	for run := range 2 {
		file := filepath.Join(t.TempDir(), "ca.pem")
		k := setting{}.start(t, "sandbox", "--json", "--state-dir", dir, "--tls-ca", file)
		first := k.out.object(t)
		ca, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, first["client_secret"].(string)+string(ca))
		if run == 0 {
			if _, err := (setting{}).run(t, "sandbox", "--state-dir", dir); err == nil || !strings.Contains(err.Error(), "another sandbox") {
				t.Errorf("a second sandbox on the directory: %v", err)
			} else if _, wrong := err.(*cli.UsageError); wrong {
				t.Error("a directory in use is called wrong usage")
			}
		}
		if err := k.stop(t); err != nil {
			t.Fatal(err)
		}
	}
	if seen[0] != seen[1] {
		t.Errorf("the first run had\n%s\nthe second\n%s", seen[0], seen[1])
	}
	write(t, filepath.Join(dir, "ca-key.pem"), "broken")
	_, err := setting{}.run(t, "sandbox", "--state-dir", dir, "--tls-ca", filepath.Join(t.TempDir(), "ca.pem"))
	if want := "; delete " + filepath.Join(dir, "ca.pem") + " and " + filepath.Join(dir, "ca-key.pem"); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("a broken key: %v, want %s", err, want)
	}
}

func TestSandboxFlagsThatCannotWorkAreWrongUsage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	precious := filepath.Join(dir, "precious.pem")
	write(t, precious, "my diary")
	wrong := filepath.Join(dir, "wrong.json")
	write(t, wrong, `[{"secret":"x"}]`)
	more := filepath.Join(dir, "more.json")
	write(t, more, `[] []`)
	large := filepath.Join(dir, "large.json")
	write(t, large, strings.Repeat(" ", 1<<20)+"[]")
	none := filepath.Join(dir, "empty.json")
	write(t, none, "null")
	for _, tt := range []struct {
		name, says string
		args       []string
	}{
		{"a file of keys that is too large", "larger than", []string{"--keys", large}},
		{"a file of keys that is not there", "no such file", []string{"--keys", filepath.Join(dir, "none.json")}},
		{"a file of keys with other members", "want a JSON list", []string{"--keys", wrong}},
		{"a file of keys with none", "there is no sales unit in it", []string{"--keys", none}},
		{"a file of keys with more after it", "more after", []string{"--keys", more}},
		{"a CA file that is something else", "name another file", []string{"--tls-ca", precious}},
		{"a callback CA without a certificate", "no certificate", []string{"--callback-ca", precious}},
		{"two sales units with one MSN", "same MSN", []string{"--msn", "1111", "--msn", "1111"}},
		{"a fault that is unknown", "explode", []string{"--fault", "explode=1"}},
		{"all interfaces without a name", "--allow-host", []string{"--addr", "0.0.0.0:0"}},
		{"a host name with a port", "without scheme and port", []string{"--allow-host", "a.test:80"}},
		{"a state directory that is an unset variable", "--state-dir is empty", []string{"--state-dir", ""}},
		{"a CA file that is an unset variable", "--tls-ca is empty", []string{"--tls-ca="}},
		{"a directory that is not there", "no such file", []string{"--tls-ca", filepath.Join(dir, "none", "ca.pem")}},
		{"a tunnel, which the sandbox has none of", "--tunnel has no effect on kvikk sandbox", []string{"--tunnel", "ngrok"}},
		{"an address of another flag", "--listen-addr has no effect", []string{"--listen-addr", "127.0.0.1:1"}},
	} {
		_, err := setting{}.run(t, append([]string{"sandbox"}, tt.args...)...)
		if _, usage := err.(*cli.UsageError); !usage || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if text, err := os.ReadFile(precious); err != nil || string(text) != "my diary" {
		t.Errorf("the file now holds %q, %v", text, err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
