package api_test

import (
	"errors"
	"strings"
	"testing"

	"kvikk/api"
	"kvikk/api/secret"
)

func TestBaseURLsThatAreTaken(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"https://apitest.vipps.no":       "https://apitest.vipps.no",
		"https://apitest.vipps.no/":      "https://apitest.vipps.no",
		"  https://apitest.vipps.no\n":   "https://apitest.vipps.no",
		"HTTPS://ApiTest.Vipps.NO.":      "https://apitest.vipps.no",
		"https://apitest.vipps.no:443":   "https://apitest.vipps.no",
		"http://127.0.0.1:8080":          "http://127.0.0.1:8080",
		"http://127.0.0.1:80/":           "http://127.0.0.1",
		"http://127.8.9.10:1":            "http://127.8.9.10:1",
		"https://127.0.0.1:8443":         "https://127.0.0.1:8443",
		"http://localhost:8080//":        "http://localhost:8080",
		"http://LOCALHOST.:8080":         "http://localhost:8080",
		"http://[::1]:8080":              "http://[::1]:8080",
		"http://[::1]":                   "http://[::1]",
		"http://[0:0:0:0:0:0:0:1]:8080/": "http://[0:0:0:0:0:0:0:1]:8080",
		"http://[::ffff:127.0.0.1]:8080": "http://[::ffff:127.0.0.1]:8080",
	}
	for raw, want := range tests {
		t.Run(raw, func(t *testing.T) {
			t.Parallel()
			got, err := api.CheckBaseURL(raw)
			if err != nil || got != want {
				t.Errorf("got %q, %v; want %q", got, err, want)
			}
		})
	}
}

func TestProductionIsRefusedInEverySpelling(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"https://api.vipps.no", "https://API.Vipps.No", "https://api.vipps.no.", "https://api.vipps.no..",
		"https://api.vipps.no:443", "https://api.vipps.no:8443/", "http://api.vipps.no", "api.vipps.no",
		"//api.vipps.no", " https://api.vipps.no\t", "https://api.vipps.no/epayment/v1", "https://api.vipps.no?x",
		"https://apitest.vipps.no@api.vipps.no", "https://user:apitest.vipps.no@api.vipps.no/",
		"https://127.0.0.1@api.vipps.no:443", "https://api%2evipps%2eno", "https://%61pi.vipps.no", "https://api%252evipps.no",
		"https://api。vipps．no", "https://ａｐｉ.vipps.no", "https://API｡VIPPS｡NO", "https://api.vip\u00adps.no", "https://api.\u200bvipps.no",
		`https:\\api.vipps.no`, `https://api.vipps.no\@apitest.vipps.no`, "ftp://api.vipps.no", "https:////api.vipps.no",
	} {
		t.Run(raw, func(t *testing.T) {
			t.Parallel()
			_, err := api.CheckBaseURL(raw)
			var refused *api.HostError
			if !errors.As(err, &refused) || !refused.Production {
				t.Fatalf("got %v, want the refusal of production", err)
			}
			if e := api.Explain(err); !strings.Contains(e.What, "production") || e.Do == "" {
				t.Errorf("explained as %+v", e)
			}
		})
	}
}

func TestOtherBaseURLsAreRefused(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"", " ", "apitest.vipps.no", "//apitest.vipps.no", "http://apitest.vipps.no", "ftp://apitest.vipps.no",
		"https://apitest.vipps.no.evil.example", "https://evilapitest.vipps.no", "https://x.apitest.vipps.no", "https://apitest.vipps.no..", "https://evil.example/apitest.vipps.no",
		"https://apitest.vipps.no@evil.example", "https://api.vipps.no@evil.example", "https://api.vipps.no@apitest.vipps.no",
		"https://user:pass@apitest.vipps.no", "http://user@127.0.0.1", "https://apitest.vipps.no/epayment", "https://apitest.vipps.no/?x=1",
		"https://apitest.vipps.no?", "https://apitest.vipps.no/#x", "https://apitest.vipps.no:0", "https://apitest.vipps.no:99999", "http://127.0.0.1:0x50",
		"https://apitest.vipps.no:80:443", "http://127.1", "http://2130706433", "http://0x7f.0.0.1", "http://0177.0.0.1", "http://0.0.0.0:80",
		"http://[::]:80", "http://[::1%25lo]:80", "http://[fe80::1]", "http://128.0.0.1", "http://localhost.evil.example", "http://foo.localhost",
		"http://10.0.0.1", "file:///etc/passwd", "https:apitest.vipps.no", "https://аpitest.vipps.no", "https://apitest.vipps.no\\.evil.example",
		"https://apitest%2evipps.no", "https://[apitest.vipps.no]", "https://apitest.vipps.no\x00", "\x1b]0;x\a",
	} {
		t.Run(raw, func(t *testing.T) {
			t.Parallel()
			got, err := api.CheckBaseURL(raw)
			var refused *api.HostError
			if !errors.As(err, &refused) || refused.Production {
				t.Fatalf("got %q, %v; want a refusal that is not about production", got, err)
			}
			e := api.Explain(err)
			if text := err.Error() + refused.URL + e.What + e.Cause + e.Do; strings.ContainsAny(err.Error()+e.Cause, "\x00\x1b\n") || e.Do == "" || strings.Contains(text, "pass@") {
				t.Errorf("unsafe or empty: %q", text)
			}
		})
	}
}

func TestAHostIsRefusedBeforeAKeyIsLookedAt(t *testing.T) {
	t.Parallel()
	_, err := api.New(api.Options{BaseURL: "https://evil.example", Keys: api.Keys{}})
	var refused *api.HostError
	if !errors.As(err, &refused) {
		t.Errorf("got %v, want the refusal of the host although the keys are missing too", err)
	}
}

func TestLocalhostIsDialledOnLoopbackAlone(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens()
	c := s.client(func(o *api.Options) { o.BaseURL = strings.Replace(s.URL, "127.0.0.1", "localhost", 1) })
	if _, err := c.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c.BaseURL() != strings.Replace(s.URL, "127.0.0.1", "localhost", 1) {
		t.Errorf("base URL %s", c.BaseURL())
	}
}

func TestKeysAreChecked(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*api.Keys)
		want   []string
	}{
		"a good set":               {func(*api.Keys) {}, nil},
		"an empty set":             {func(k *api.Keys) { *k = api.Keys{} }, []string{"client_id", "client_secret", "subscription_key", "msn"}},
		"a half set":               {func(k *api.Keys) { k.ClientSecret, k.MSN = secret.Value{}, "" }, []string{"client_secret", "msn"}},
		"placeholders":             {func(k *api.Keys) { k.ClientID, k.SubscriptionKey = "<client_id>", secret.New("your-key") }, []string{"client_id", "subscription_key"}},
		"quotation marks":          {func(k *api.Keys) { k.ClientSecret = secret.New(`"abcdef"`) }, []string{"client_secret"}},
		"a line break in a key":    {func(k *api.Keys) { k.ClientSecret = secret.New("abc\ndef") }, []string{"client_secret"}},
		"a key with a blank end":   {func(k *api.Keys) { k.ClientID += " " }, []string{"client_id"}},
		"a key outside of ASCII":   {func(k *api.Keys) { k.SubscriptionKey = secret.New("nøkkel") }, []string{"subscription_key"}},
		"an MSN with letters":      {func(k *api.Keys) { k.MSN = "12a456" }, []string{"msn"}},
		"an MSN too short":         {func(k *api.Keys) { k.MSN = "123" }, []string{"msn"}},
		"an MSN too long":          {func(k *api.Keys) { k.MSN = "12345678901" }, []string{"msn"}},
		"an MSN of seven digits":   {func(k *api.Keys) { k.MSN = "1234567" }, nil},
		"a secret of another kind": {func(k *api.Keys) { k.ClientSecret = secret.New("8Q~abc_DEF-ghi.jkl~") }, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := keys()
			tt.change(&k)
			sameFields(t, k.Validate(), tt.want)
			if err := k.Validate(); err != nil && strings.Contains(err.Error(), "abc") {
				t.Errorf("the error shows a secret: %v", err)
			}
		})
	}
}

func TestPlaceholders(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"<client_id>", "<YOUR CLIENT ID>", "{{client_id}}", "${CLIENT_ID}", "[secret]", "your-client-id", "YOUR_CLIENT_SECRET", "Your Key",
		"xxx", "XXXXXXXX-XXXX-XXXX", "changeme", "change-me", "CHANGE_THIS", "replace-me", "todo", "placeholder", "••••", "****", "...", "…",
		"00000000-0000-0000-0000-000000000000", `"<client_id>"`, "%CLIENT_ID%", "__KEY__", "insert-your-key",
	} {
		if !api.IsPlaceholder(s) {
			t.Errorf("%q is a placeholder", s)
		}
	}
	for _, s := range []string{"", "fb492b5e-7907-4d83-bc20-c7fb60ca35de", "da7d5b0e18a84aeda961c0c31b75c2a9", "Y8Kteew6GE2ZmeycEt6egg==", "123456", "test-key", "client-1", "x1", "0001"} {
		if api.IsPlaceholder(s) {
			t.Errorf("%q is no placeholder", s)
		}
	}
}

// sameFields compares the fields of a validation error, in order.
func sameFields(t *testing.T, err error, want []string) {
	t.Helper()
	var v *api.ValidationError
	if err != nil && !errors.As(err, &v) {
		t.Fatalf("got %v, want a ValidationError", err)
	}
	var got []string
	if v != nil {
		for _, f := range v.Fields {
			got = append(got, f.Name)
			if f.Reason == "" || v.Field(f.Name) == "" {
				t.Errorf("%s has no reason", f.Name)
			}
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got the fields %q (%v), want %q", got, err, want)
	}
}
