package ui_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kvikk/api"
	"kvikk/api/sandbox"
	"kvikk/api/secret"
	"kvikk/tunnel/inbox"
	"kvikk/ui/flow"
	"kvikk/ui/uitest"
)

// unknown starts a sandbox outside the program, which has its URL and no keys.
func (p *parts) unknown() *front {
	f := p.behind(sandbox.Options{})
	for name := range p.env {
		delete(p.env, name)
	}
	return f
}

// askedForKeys runs a program that knows no keys up to their form.
func (p *parts) askedForKeys(s size) *uitest.Terminal {
	p.t.Helper()
	term := p.run(s)
	term.Wait("● Sandbox")
	term.Press("down")
	term.Wait("● Test environment")
	term.Press("enter")
	term.Wait("▸ client_id", "enter accept")
	return term
}

// dotenv has all keys, as the provider's pages call them or as kvikk does.
func dotenv() string {
	k := sandboxKeys()
	return fmt.Sprintf("VIPPS_CLIENT_ID=%s\nVIPPS_CLIENT_SECRET=%s\nVIPPS_SUBSCRIPTION_KEY=%s\nVIPPS_MSN=%s\n",
		k.ClientID, k.ClientSecret, k.SubscriptionKey, k.MSN)
}

func TestPastedLinesFillAllFields(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	p.unknown()
	term := p.askedForKeys(size{160, 45})
	term.Paste(dotenv() + "VIPPS_PHONE_NUMBER=4748059528\nBASE_URL=https://elsewhere.example\n")
	term.Wait(sandboxKeys().ClientID, "4748059528", "Taken from the paste", "Left alone: BASE_URL")
	term.Press("enter")
	arrived(term)
	for _, s := range []string{sandboxKeys().ClientSecret, sandboxKeys().SubscriptionKey} {
		if strings.Contains(term.Output(), s) {
			t.Errorf("a secret was drawn: %s", s)
		}
	}
}

func TestLinesPastedBeforeTheFormIsOpenFillItToo(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	p.unknown()
	term := p.run(size{120, 36})
	term.Wait("● Sandbox")
	term.Paste(dotenv())
	term.Wait("Taken from the paste", "enter open callback URL")
	arrived(term)
}

func TestASingleValueIsPastedIntoItsField(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	p.unknown()
	term := p.askedForKeys(size{160, 45})
	k := sandboxKeys()
	for label, value := range map[string]string{
		"client_id": k.ClientID, "client_secret": k.ClientSecret + "\n", "Subscription key": k.SubscriptionKey, "MSN": " " + k.MSN + " ",
	} {
		field(term, label)
		term.Paste(value)
	}
	term.Press("enter")
	arrived(term)
}

func TestKeysAreReadFromAFile(t *testing.T) {
	t.Parallel()
	k := sandboxKeys()
	postman := fmt.Sprintf(`{"name":"Vipps MobilePay test","values":[{"key":"base_url","value":"https://elsewhere.example","enabled":true},
		{"key":"client_id","value":%q,"enabled":true},{"key":"client_secret","value":%q,"enabled":true},
		{"key":"Ocp-Apim-Subscription-Key","value":%q,"enabled":true},{"key":"merchantSerialNumber","value":%q,"enabled":true}]}`,
		k.ClientID, k.ClientSecret, k.SubscriptionKey, k.MSN)
	odd := "# mine\r\n" + strings.ReplaceAll(strings.ReplaceAll(dotenv(), "\n", "\"\r\n"), "=", "=\"")
	odd = strings.ReplaceAll(odd, "=\"\"", "=\"") + "BASE_URL=https://elsewhere.example\r\nPS1=$HOME$(id)\r\n"
	for name, c := range map[string]struct{ file, content, ignored string }{
		"Postman":                     {"vipps.postman_environment.json", postman, "base_url"},
		".env with quotes and CRLF":   {".env", odd, "BASE_URL"},
		"a name with spaces in it":    {"my test keys.env", dotenv() + "base_url=x\n", "base_url"},
		".env with a $ in the middle": {"dollar.env", dotenv() + "callbackUrl=$HOME/x\n", "callbackUrl"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newParts(t)
			p.unknown()
			path := filepath.Join(p.dir, c.file)
			if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			term := p.askedForKeys(size{160, 45})
			field(term, "Keys from a file")
			term.Type(path)
			term.Press("enter")
			term.Wait("Taken from", "Left alone: "+c.ignored, "enter open callback URL")
			arrived(term)
		})
	}
}

func TestADollarSignInASecretMeansNothing(t *testing.T) {
	t.Parallel()
	keys := sandboxKeys()
	keys.ClientSecret = "a$HOME${PATH}$(id)b`c"
	p := newParts(t)
	p.behind(sandbox.Options{Keys: keys})
	p.env = map[string]string{"HOME": "/elsewhere"}
	path := filepath.Join(p.dir, ".env")
	content := strings.ReplaceAll(dotenv(), sandboxKeys().ClientSecret, `"`+keys.ClientSecret+`"`)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	term := p.askedForKeys(size{120, 36})
	field(term, "Keys from a file")
	term.Type(path)
	term.Press("enter")
	term.Wait("Taken from", "enter open callback URL")
	walk(term, flow.RegisterWebhook)
}

func TestAFileThatCannotBeReadSaysWhy(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	p.unknown()
	term := p.askedForKeys(size{160, 45})
	field(term, "Keys from a file")
	term.Type(filepath.Join(p.dir, "no-such.env"))
	term.Press("enter")
	term.Wait("no-such.env", "✗")
	term.Press("e")
	term.Wait("▸ Keys from a file", "enter accept")
}

func TestASalesUnitIsSavedAndUsedAtTheNextStart(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	p.unknown()
	term := p.askedForKeys(size{160, 45})
	term.Paste(dotenv())
	field(term, "Save as")
	term.Type("shop-1")
	term.Press("enter")
	walk(term, flow.RegisterWebhook)
	term.Wait("profile shop-1")
	term.Press("q")
	if err := term.Ended(); err != nil {
		t.Fatal(err)
	}
	k := sandboxKeys()
	for file, wants := range map[string]string{"config.toml": k.ClientID, "credentials.toml": k.ClientSecret} {
		path := filepath.Join(p.dir, file)
		content, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(content), wants) {
			t.Errorf("%s: %v\n%s", file, err, content)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file, info.Mode(), err)
		}
	}
	p.flag.APIURL = ""
	next := p.run(size{160, 45})
	next.Wait("profile shop-1", "enter open callback URL")
	arrived(next)
}

func TestTheAPIsFlagOutlivesALookAtTheSandbox(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	f := p.unknown()
	term := p.run(size{160, 45})
	term.Wait("● Sandbox")
	term.Press("down")
	term.Wait("● Test environment")
	term.Press("up")
	term.Wait("● Sandbox")
	term.Press("down")
	term.Wait("● Test environment")
	term.Press("enter")
	term.Wait("▸ client_id")
	term.Paste(dotenv())
	term.Press("enter")
	arrived(term)
	if f.count(paymentCall) != 1 {
		t.Error("the payment went elsewhere")
	}
}

// leaves makes a registration as a kvikk does that ends without a farewell.
func (p *parts) leaves(apiURL string) string {
	p.t.Helper()
	ctx := context.Background()
	box, err := inbox.Open(ctx, inbox.Options{Path: filepath.Join(p.dir, "inbox.db"), Now: p.now})
	if err != nil {
		p.t.Fatal(err)
	}
	r := inbox.Registration{Token: inbox.NewToken(), APIURL: apiURL, MSN: sandboxKeys().MSN, Events: []string{"epayments.payment.created.v1"}}
	r.URL = "http://localhost:9000/hooks/" + r.Token
	if err := box.Claim(ctx, r); err != nil {
		p.t.Fatal(err)
	}
	made, err := p.client().RegisterWebhook(ctx, api.RegisterWebhookRequest{URL: r.URL, Events: r.Events})
	if err != nil {
		p.t.Fatal(err)
	}
	if err := box.Activate(ctx, r.Token, made.ID, secret.New("made-up")); err != nil {
		p.t.Fatal(err)
	}
	if err := box.Close(); err != nil {
		p.t.Fatal(err)
	}
	return r.URL
}

func TestWhatAnEarlierRunLeftBehindIsOfferedForDeletion(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		key  string
		left int
	}{"d deletes it": {"d", 0}, "enter leaves it": {"enter", 1}, "esc leaves it": {"esc", 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newParts(t)
			s := p.outside(sandbox.Options{})
			p.registers("http://localhost:9000/not-kvikks", "epayments.payment.created.v1")
			url := p.leaves(s.URL())
			term := p.run(size{120, 36})
			ready(term, flow.SetUp)
			term.Press("enter")
			screen := term.Wait("1 registration left behind", "d delete them", url)
			if strings.Contains(screen, "not-kvikks") {
				t.Errorf("another's registration is offered:\n%s", screen)
			}
			term.Press(c.key)
			term.Gone("left behind")
			if c.left == 0 {
				term.Wait("Deleted 1 registration.")
			}
			term.Wait("▸ 2 Access token")
			list, err := p.client().Webhooks(t.Context())
			if err != nil || len(list) != 1+c.left {
				t.Errorf("the provider lists %v, %v", list, err)
			}
		})
	}
}
