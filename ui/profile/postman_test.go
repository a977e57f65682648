package profile

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// exported is the head of an environment as Postman's app writes it.
const exported = `{"id":"7a","name":"Vipps MobilePay API Global Environment","_postman_variable_scope":"environment","values":`

func TestParsePostman(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ values, taken, ignored string }{
		"the provider's variables": {
			values: `[{"key":"base_url","value":"https://apitest.vipps.no","enabled":true},
				{"key":"client_id","value":"a","type":"default","enabled":true},
				{"key":"client_secret","value":"b","type":"secret","enabled":true},
				{"key":"Ocp-Apim-Subscription-Key","value":"c","enabled":true},
				{"key":"merchantSerialNumber","value":"123456","enabled":true},
				{"key":"internationalMobileNumber","value":"4748059528","enabled":true},
				{"key":"callbackUrl","value":"https://example.com","enabled":true},
				{"key":"access_token","value":"hunter2","enabled":true}]`,
			taken: "client_id=a;client_secret=b;subscription_key=c;msn=123456;phone=4748059528;",
			ignored: "base_url: an API address is never taken from a file; --api-url sets it\n" +
				"callbackUrl: a callback address is never taken from a file; kvikk opens its own\n" +
				"access_token: not a setting that kvikk reads in\n",
		},
		"kvikk's own names, in any case": {
			values: `[{"key":"vipps_msn","value":"1"},{"key":"NGROK_AUTHTOKEN","value":"t"}]`, taken: "msn=1;ngrok_authtoken=t;",
		},
		"placeholders and references are ignored": {
			values:  `[{"key":"client_id","value":"<client_id>"},{"key":"client_secret","value":"{{secret}}"},{"key":"merchantSerialNumber","value":""}]`,
			ignored: "client_id: it still holds a placeholder\nclient_secret: it refers to another variable\nmerchantSerialNumber: it is empty\n",
		},
		"what is switched off is ignored": {
			values: `[{"key":"client_id","value":"old","enabled":false},{"key":"client_id","value":"new"}]`, taken: "client_id=new;",
			ignored: "client_id: it is switched off in Postman\n",
		},
		"numbers are taken digit for digit": {
			values: `[{"key":"merchantSerialNumber","value":123456},{"key":"internationalMobileNumber","value":4748059528123456789}]`,
			taken:  "msn=123456;phone=4748059528123456789;",
		},
		"other values are ignored": {
			values:  `[{"key":"client_id","value":{"a":1}},{"key":"client_secret"},{"key":"merchantSerialNumber","value":true},{"key":"internationalMobileNumber","value":null}]`,
			ignored: "client_id: its value is not text\nclient_secret: its value is not text\nmerchantSerialNumber: its value is not text\ninternationalMobileNumber: it is empty\n",
		},
		"control characters never come through": {
			values:  `[{"key":"\u001b[2J\u202e","value":"x"},{"key":"client_id","value":"a\r\nHost: b"}]`,
			ignored: "\\x1b[2J\\u202e: not a setting that kvikk reads in\nclient_id: it holds characters that none has\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, err := ParsePostman(strings.NewReader(exported + c.values + "}"))
			must(t, err)
			if diff := cmp.Diff(c.taken, taken(i)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.ignored, ignored(i)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzParsePostman(f *testing.F) {
	for _, text := range []string{
		exported + `[{"key":"client_id","value":"a"}]}`, `{"values":[{"key":"\u001b","value":1e999,"enabled":false}]}`,
		`{"values":null,"item":[]}`, `{"values":[{"key":"merchantSerialNumber","value":1}],"values":[]}`, `[`, "\xef\xbb\xbf{}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		i, err := ParsePostman(strings.NewReader(text))
		if err == nil && !json.Valid([]byte(strings.TrimPrefix(text, "\xef\xbb\xbf"))) {
			t.Fatalf("taken although it is not JSON: %q", text)
		}
		if err != nil && (err.Error() == "" || len(i.Taken) > 0) {
			t.Fatalf("took %v with %v", i.Taken, err)
		}
		sound(t, i, "")
	})
}
