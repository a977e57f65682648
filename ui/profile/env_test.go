package profile

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// envCase is the text of a file, what is taken of it and what is not.
type envCase struct{ text, taken, ignored string }

// takenCases are about settings that are taken.
func takenCases() map[string]envCase {
	return map[string]envCase{
		"the four keys, the phone number and ngrok's settings": {
			text: "VIPPS_CLIENT_ID=a\nVIPPS_CLIENT_SECRET=b\nVIPPS_SUBSCRIPTION_KEY=c\nVIPPS_MSN=1\n" +
				"VIPPS_PHONE_NUMBER=47\nNGROK_AUTHTOKEN=t\nNGROK_DOMAIN=d\n",
			taken: "client_id=a;client_secret=b;subscription_key=c;msn=1;phone=47;ngrok_authtoken=t;ngrok_domain=d;",
		},
		"the provider's names, in any case": {
			text:  "CLIENT_ID=a\nclient_secret=b\nOCP-Apim-Subscription_KEY=c\nMerchantSerialNumber=1\ninternationalmobilenumber=47\n",
			taken: "client_id=a;client_secret=b;subscription_key=c;msn=1;phone=47;",
		},
		"dollar signs and backslashes mean nothing": {
			text:  "VIPPS_CLIENT_SECRET=a$HOME${X}\\n$(id)\nVIPPS_CLIENT_ID=\"$HOME\\t\"",
			taken: "client_id=$HOME\\t;client_secret=a$HOME${X}\\n$(id);",
		},
		"quotes go and what is in them stays": {
			text:  "VIPPS_CLIENT_ID=\" a'b # c \"\nVIPPS_CLIENT_SECRET='a\"b'  # why\nVIPPS_MSN=\"1\"",
			taken: "client_id= a'b # c ;client_secret=a\"b;msn=1;",
		},
		"a quote inside a value is a part of it": {text: "VIPPS_CLIENT_SECRET=a'b\"c", taken: "client_secret=a'b\"c;"},
		"comments go, a # in a value stays": {
			text: "# VIPPS_MSN=0\n  #x\nVIPPS_CLIENT_SECRET=a#b # c\nVIPPS_CLIENT_ID=#a\n", taken: "client_id=#a;client_secret=a#b;",
		},
		"export, spaces and equals signs": {
			text: "export VIPPS_CLIENT_ID = a b=c=\n  export\tVIPPS_MSN=1\nexport  VIPPS_CLIENT_SECRET=s", taken: "client_id=a b=c=;client_secret=s;msn=1;",
		},
		"CRLF and a last line that does not end": {text: "VIPPS_CLIENT_ID=a\r\n\r\nVIPPS_MSN=1", taken: "client_id=a;msn=1;"},
		"a byte order mark":                      {text: "\xef\xbb\xbfVIPPS_MSN=1", taken: "msn=1;"},
	}
}

// ignoredCases are about lines that are not, and why.
func ignoredCases() map[string]envCase {
	return map[string]envCase{
		"addresses, proxies and callbacks are never taken": {
			text: "BASE_URL=https://evil.example\nVIPPS_API_URL=x\nKVIKK_API_URL=x\nHTTPS_PROXY=x\ncallbackUrl=x\nNGROK_CONNECT_URL=x\nNGROK_CONNECT_CAS=x\n",
			ignored: "BASE_URL: an API address is never taken from a file; --api-url sets it\n" +
				"VIPPS_API_URL: an API address is never taken from a file; --api-url sets it\n" +
				"KVIKK_API_URL: an API address is never taken from a file; --api-url sets it\n" +
				"HTTPS_PROXY: a proxy is never taken from a file\n" +
				"callbackUrl: a callback address is never taken from a file; kvikk opens its own\n" +
				"NGROK_CONNECT_URL: where ngrok connects is never taken from a file\n" +
				"NGROK_CONNECT_CAS: where ngrok connects is never taken from a file\n",
		},
		"what is nothing of kvikk's is listed": {text: "PATH=/bin\n", ignored: "PATH: not a setting that kvikk reads in\n"},
		"values that are none": {
			text: "VIPPS_CLIENT_ID=<client_id>\nVIPPS_CLIENT_SECRET=\nVIPPS_MSN= # later\nVIPPS_PHONE_NUMBER=\"\x1b\"\nNGROK_AUTHTOKEN=\xff\nNGROK_DOMAIN=" + strings.Repeat("d", 5000),
			ignored: "VIPPS_CLIENT_ID: it still holds a placeholder\nVIPPS_CLIENT_SECRET: it is empty\nVIPPS_MSN: it is empty\n" +
				"VIPPS_PHONE_NUMBER: it holds characters that none has\nNGROK_AUTHTOKEN: it holds characters that none has\n" +
				"NGROK_DOMAIN: it is too long to be one\n",
		},
		"lines that are no settings are not repeated": {
			text: "hunter2\n=hunter2\nhunter 2=x\n", ignored: "line 1: not NAME=value\nline 2: not NAME=value\nline 3: not NAME=value\n",
		},
		"a later line goes before an earlier one": {
			text: "VIPPS_MSN=1\nVIPPS_MSN=2\n", taken: "msn=2;", ignored: "VIPPS_MSN: VIPPS_MSN after it goes before it\n",
		},
		"kvikk's name goes before a general one": {
			text: "VIPPS_CLIENT_ID=a\nCLIENT_ID=google\n", taken: "client_id=a;", ignored: "CLIENT_ID: VIPPS_CLIENT_ID goes before it\n",
		},
		"a quote that is not closed costs its own line": {
			text: "VIPPS_CLIENT_ID=\"a\nVIPPS_MSN='1'\n", taken: "msn=1;", ignored: "VIPPS_CLIENT_ID: its quote is not closed\n",
		},
		"something after the closing quote": {text: "VIPPS_CLIENT_ID=\"a\"b\"\n", ignored: "VIPPS_CLIENT_ID: something follows its closing quote\n"},
		"a private key over several lines is one setting": {
			text: "KEY=\"-----BEGIN\nhunter2=\n-----END\"\nVIPPS_MSN=1\n", taken: "msn=1;", ignored: "KEY: its value goes over several lines\n",
		},
		"what is too long to be a name is not repeated": {
			text: strings.Repeat("a", 60) + "=\n", ignored: "aaaaaaa…: not a setting that kvikk reads in\n",
		},
	}
}

func TestParseEnv(t *testing.T) {
	t.Parallel()
	cases := takenCases()
	maps.Copy(cases, ignoredCases())
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, err := ParseEnv(strings.NewReader(c.text))
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

func TestTheListOfWhatWasIgnoredIsBounded(t *testing.T) {
	t.Parallel()
	i, err := ParseEnv(strings.NewReader(strings.Repeat("A=1\n", 1000) + "VIPPS_MSN=1"))
	must(t, err)
	if len(i.Ignored) != mostIgnored || i.More != 1000-mostIgnored || taken(i) != "msn=1;" {
		t.Errorf("%d ignored, %d more, took %s", len(i.Ignored), i.More, taken(i))
	}
}

func TestAReaderWithoutEndIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := ParseEnv(endless{}); err == nil || !strings.Contains(err.Error(), "larger than 1 MiB") {
		t.Errorf("ParseEnv = %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '#'
	}
	return len(p), nil
}

func TestPrintingAnImportShowsNoSecret(t *testing.T) {
	t.Parallel()
	i, err := ParseEnv(strings.NewReader("VIPPS_CLIENT_SECRET=hunter2\nCLIENT_SECRET=hunter2\nX=hunter2"))
	must(t, err)
	if text := fmt.Sprintf("%v %+v %#v", i, i, i); strings.Contains(text, "hunter2") {
		t.Errorf("printed as %s", text)
	}
}

// sound checks what holds of every Import, whatever was read.
func sound(t *testing.T, i Import, content string) {
	t.Helper()
	if len(i.Taken) != len(i.Values) || len(i.Ignored) > mostIgnored {
		t.Fatalf("took %v of %d values, ignored %d", i.Taken, len(i.Values), len(i.Ignored))
	}
	for _, f := range i.Taken {
		v := i.Values[f].Reveal()
		if v == "" || len(v) > longestValue || strings.IndexFunc(v, unicode.IsControl) >= 0 {
			t.Fatalf("%s = %q", f, v)
		}
		// Values are taken literally, so what was taken stands in the file.
		if content != "" && !strings.Contains(content, v) {
			t.Fatalf("%s = %q is not in %q", f, v, content)
		}
	}
	for _, entry := range i.Ignored {
		if entry.Why == "" || strings.IndexFunc(entry.String(), unicode.IsControl) >= 0 {
			t.Fatalf("ignored %q", entry)
		}
	}
}

func FuzzParseEnv(f *testing.F) {
	for _, text := range []string{
		"VIPPS_MSN=1", "export client_id='a' # b\r\n", "A=\"x\ny\"\n", "VIPPS_CLIENT_SECRET=$x`y`", "\xef\xbb\xbf=", "\x1b[2J=\x00", "a=\"\\\"\"",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if i, err := ParseEnv(strings.NewReader(text)); err == nil {
			sound(t, i, text)
		}
		if i, ok := ParsePaste(text); ok {
			sound(t, i, "")
		}
	})
}
