package cli_test

import (
	"errors"
	"strings"
	"testing"

	"kvikk/api/secret"
	"kvikk/ui/cli"
)

func TestWaitForEndsWhenTheEventHasComeVerified(t *testing.T) {
	t.Parallel()
	for _, event := range []string{"created", "CREATED", "epayments.payment.created.v1"} {
		t.Run(event, func(t *testing.T) {
			t.Parallel()
			p := startProvider(t)
			k := p.setting(t).start(t, "listen", "--json", "--wait-for", event, "--timeout", "20s")
			url := k.out.object(t)["callback_url"].(string)
			deliver(t, url, secret.Value{}, []byte(`{"name":"CREATED","reference":"forged"}`))
			if w := k.out.object(t); w["verified"] != false {
				t.Errorf("the forged one is %v", w)
			}
			pay(t, p.client, "acme-shop-1")
			if err := k.wait(t); err != nil {
				t.Errorf("it ends with %v", err)
			}
			if w := k.out.object(t); w["reference"] != "acme-shop-1" {
				t.Errorf("the last line is %v", w)
			}
			if list := p.registrations(t); len(list) > 0 {
				t.Errorf("the provider still has %+v", list)
			}
		})
	}
}

func TestWaitForFailsWhenTheEventDoesNotCome(t *testing.T) {
	t.Parallel()
	p := startProvider(t)
	k := p.setting(t).start(t, "listen", "--json", "--wait-for", "captured", "--timeout", "300ms")
	k.out.object(t)
	pay(t, p.client, "acme-shop-1")
	err := k.wait(t)
	if line, _ := cli.Explain(err); !strings.Contains(line, "CAPTURED") || !strings.Contains(line, "300ms") {
		t.Errorf("it ends with %v", err)
	}
	if list := p.registrations(t); len(list) > 0 {
		t.Errorf("the provider still has %+v", list)
	}
}

func TestWaitForFailsWhenItIsStoppedBefore(t *testing.T) {
	t.Parallel()
	k := startProvider(t).setting(t).start(t, "listen", "--json", "--wait-for", "captured")
	k.out.object(t)
	if err := k.stop(t); err == nil {
		t.Error("it ends without an error")
	}
}

func TestWrongUsageIsToldFromFailure(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"listen extra":      "extra",
		"listen --nonsense": "nonsense",
		"listen --sandbox --events created,creatd":             "creatd",
		"listen --sandbox --events created,":                   "no event",
		"listen --sandbox --wait-for payed":                    "payed",
		"listen --sandbox --timeout 5s":                        "--wait-for",
		"listen --sandbox --wait-for created --timeout soon":   "soon",
		"listen --sandbox --wait-for created --timeout 0s":     "0s",
		"listen --sandbox --events created --wait-for expired": "--events",
		"listen --sandbox --forward-to localhost:3000":         "--forward-to",
		"listen --sandbox --forward-to ftp://127.0.0.1/":       "http",
		"listen --sandbox --forward-to http:///hooks":          "host",
		"listen --sandbox --forward-to http://a:b@127.0.0.1/":  "user name",
		"listen --sandbox --tunnel carrier-pigeon":             "carrier-pigeon",
		"listen --api-url https://api.vipps.no":                "production",
		"listen --sandbox --log-level loud":                    "loud",
		"listen --sandbox --wait-for=":                         "--wait-for",
		"listen --sandbox --wait-for= --timeout 5s":            "--wait-for",
		"listen --callback-url http://example.com":             "https only",
		"listen --sandbox --callback-url https://a.example/?b": "query",
		"listen --listen-addr 0.0.0.0:1":                       "0.0.0.0:1",
		"listen --sandbox --listen-addr 0.0.0.0:1":             "0.0.0.0:1",
		"listen --sandbox --tunnel own":                        "no public URL",
		"sandbox --addr 0.0.0.0:0":                             "loopback",
		"sandbox --addr 8976":                                  "host:port",
		"sandbox --msn 12":                                     "MSN",
		"sandbox --log-level loud":                             "loud",
		"inbox":                                                "kvikk inbox ls",
		"inbox show":                                           "show",
		"inbox ls --limit -1":                                  "-1",
		"version 2":                                            "2",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			_, err := setting{env: map[string]string{"KVIKK_DATA_DIR": t.TempDir()}}.run(t, strings.Fields(line)...)
			if _, wrong := errors.AsType[*cli.UsageError](err); !wrong {
				t.Fatalf("it ends with %v, which is no wrong usage", err)
			}
			said, hint := cli.Explain(err)
			if !strings.Contains(said, want) || hint == "" {
				t.Errorf("it says %q, hint %q, without %q", said, hint, want)
			}
		})
	}
}
