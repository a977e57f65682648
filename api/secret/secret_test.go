package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"kvikk/api/secret"
)

const plain = "Y8Kteew6GE2ZmeycEt6egg=="

func TestNoWayOfPrintingShowsTheSecret(t *testing.T) {
	t.Parallel()
	v := secret.New(plain)
	nested := struct {
		Key secret.Value
		Ptr *secret.Value
	}{v, &v}

	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("login", "key", v, "nested", nested)
	encoded, err := json.Marshal(nested)
	if err != nil {
		t.Fatal(err)
	}
	printed := map[string]string{
		"%v": fmt.Sprint(v), "%s": fmt.Sprintf("%s", v), "%q": fmt.Sprintf("%q", v),
		"%x": fmt.Sprintf("%x", v), "%#v": fmt.Sprintf("%#v", v), "%+v nested": fmt.Sprintf("%+v", nested),
		"%#v nested": fmt.Sprintf("%#v", nested), "json": string(encoded), "slog": log.String(),
		"error": fmt.Errorf("token: %v", v).Error(), "width": fmt.Sprintf("%40s", v),
	}
	hex := fmt.Sprintf("%x", plain)
	for how, got := range printed {
		if strings.Contains(got, plain) || strings.Contains(got, hex) {
			t.Errorf("%s shows the secret: %s", how, got)
		}
		if !strings.Contains(got, secret.Mask) {
			t.Errorf("%s does not show the mask: %s", how, got)
		}
	}
	if v.Reveal() != plain {
		t.Errorf("Reveal() = %q", v.Reveal())
	}
}

func TestAnAbsentSecretPrintsAsNothing(t *testing.T) {
	t.Parallel()
	var v secret.Value
	if !v.IsZero() || v.String() != "" || fmt.Sprint(v) != "" {
		t.Errorf("zero value prints %q", fmt.Sprint(v))
	}
}

func TestRedactor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		values []string
		text   string
		want   string
	}{
		"a text without secrets stays as it is":           {[]string{plain}, "hello", "hello"},
		"every occurrence is hidden":                      {[]string{"tok-1234"}, "tok-1234 and tok-1234", "•••• and ••••"},
		"a secret inside a longer one leaves no remnant":  {[]string{"abcd", "abcdefgh"}, "x abcdefgh y", "x •••• y"},
		"a value too short to be a secret is left alone":  {[]string{"ab"}, "abba", "abba"},
		"no values at all":                                {nil, "tok", "tok"},
		"an absent value does not mask the gaps of texts": {[]string{""}, "tok", "tok"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values := make([]secret.Value, len(c.values))
			for i, s := range c.values {
				values[i] = secret.New(s)
			}
			if got := secret.NewRedactor(values...).Redact(c.text); got != c.want {
				t.Errorf("Redact(%q) = %q, want %q", c.text, got, c.want)
			}
		})
	}
}

func ExampleValue() {
	key := secret.New("0f14ebcab0ec4b29ae0cb90d91b4a84a")
	fmt.Println("key:", key)
	fmt.Printf("%#v\n", key)
	// Output:
	// key: ••••
	// ••••
}
