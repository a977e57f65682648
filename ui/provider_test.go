package ui_test

import (
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kvikk/api/sandbox"
	"kvikk/ui/flow"
	"kvikk/ui/profile"
	"kvikk/ui/uitest"
)

const (
	tokenCall    = "POST /accesstoken/get"
	registerCall = "POST /webhooks/v1/webhooks"
	paymentCall  = "POST /epayment/v1/payments"
)

func TestWrongKeysAreExplainedAndPutRight(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, variable, wrong, label, says string }{
		{"client_id", "VIPPS_CLIENT_ID", "11111111-2222-4333-8444-555555555555", "client_id", "The client_id is not known here."},
		{"client_secret", "VIPPS_CLIENT_SECRET", "d3Jvbmctc2VjcmV0LTE=", "client_secret", "The client_secret is wrong."},
		{"subscription key", "VIPPS_SUBSCRIPTION_KEY", "ffffffffffffffffffffffffffffffff", "Subscription", "subscription key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newParts(t)
			p.outside(sandbox.Options{})
			right := p.env[c.variable]
			p.env[c.variable] = c.wrong
			term := p.run(size{120, 36})
			walk(term, flow.AccessToken)
			term.Press("enter")
			term.Wait("✗ 2 Access token", c.says, "e edits the keys")
			term.Press("e")
			field(term, c.label)
			wipe(term)
			term.Paste(right)
			term.Press("enter")
			walk(term, flow.RegisterWebhook)
		})
	}
}

func TestAWrongSalesUnitIsExplained(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	p.outside(sandbox.Options{})
	p.env["VIPPS_MSN"] = "654321"
	term := p.run(size{120, 36})
	walk(term, flow.RegisterWebhook)
	term.Press("enter")
	term.Wait("✗ 3 Register a webhook", "The MSN does not go with the keys.", "1 goes back to the keys")
	term.Press("1")
	term.Wait("╭ 1  Set up")
	term.Press("e")
	field(term, "MSN")
	wipe(term)
	term.Type("123456")
	term.Press("enter")
	arrived(term)
}

func TestHalfAndPlaceholderKeysOpenTheFormAtWhatIsMissing(t *testing.T) {
	t.Parallel()
	for name, env := range map[string]map[string]string{
		"half":        {"VIPPS_CLIENT_SECRET": "", "VIPPS_SUBSCRIPTION_KEY": ""},
		"placeholder": {"VIPPS_CLIENT_SECRET": "<client_secret>", "VIPPS_SUBSCRIPTION_KEY": "your-subscription-key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newParts(t)
			f := p.behind(sandbox.Options{})
			for name, value := range env {
				p.env[name] = value
			}
			term := p.run(size{160, 45})
			term.Wait("● Test environment")
			term.Press("enter")
			term.Wait("▸ client_secret", "enter accept", sandboxKeys().ClientID, sandboxKeys().MSN)
			term.Press("enter")
			term.Wait("? help")
			term.Press("enter")
			term.Wait("▸ client_secret", "✗", "enter accept")
			if n := f.count(tokenCall); n != 0 {
				t.Errorf("%d tokens were asked for", n)
			}
		})
	}
}

func TestATokenThatHasExpiredIsRenewedUnseen(t *testing.T) {
	t.Parallel()
	p, c := held(t)
	f := p.behind(sandbox.Options{TokenLife: time.Minute})
	term := p.run(size{120, 36})
	walk(term, flow.RegisterWebhook)
	term.Wait("token 0:")
	c.advance(2 * time.Minute)
	term.Wait("token renews itself")
	term.Press("enter")
	screen := ready(term, flow.TriggerEvent)
	if strings.Contains(screen, "✗") {
		t.Errorf("something failed:\n%s", screen)
	}
	if n := f.count(tokenCall); n != 2 {
		t.Errorf("%d tokens were asked for, want 2", n)
	}
}

func TestAnAPIThatIsNotThereIsExplained(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	p.outside(sandbox.Options{})
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	p.flag.APIURL = closed
	term := p.run(size{120, 36})
	walk(term, flow.AccessToken)
	term.Press("enter")
	term.Wait("✗ 2 Access token", "enter tries again", "no answer")
}

func TestAnswersThatCannotBeReadAreExplained(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil fault
		says  string
	}{
		"not JSON": {func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			_, _ = io.WriteString(w, "<html>Please log in to the \x1b[31mwireless\x1b[0m network</html>")
		}, "JSON"},
		"cut off": {func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			w.Header().Set("Content-Length", "500")
			_, _ = io.WriteString(w, `{"token_type":"Bearer","expires_in`)
		}, "cut"},
		"5 MB": {func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			_, _ = io.WriteString(w, `{"token_type":"`+strings.Repeat("x", 5<<20)+`"}`)
		}, "1 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newParts(t)
			f := p.behind(sandbox.Options{})
			f.misbehave(c.spoil)
			term := p.run(size{120, 36})
			walk(term, flow.AccessToken)
			term.Press("enter")
			term.Wait("✗ 2 Access token", "enter tries again", c.says)
			if strings.Contains(term.Output(), "\x1b[31mwireless") {
				t.Error("the answer's escape sequence reached the terminal")
			}
			f.misbehave(nil)
			term.Press("enter")
			ready(term, flow.RegisterWebhook)
		})
	}
}

func TestARedirectToAnotherHostTakesNoHeaderAlong(t *testing.T) {
	t.Parallel()
	p, other := newParts(t), newParts(t)
	f, elsewhere := p.behind(sandbox.Options{}), other.behind(sandbox.Options{})
	f.misbehave(func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		http.Redirect(w, r, other.apiURL()+"/collect", http.StatusTemporaryRedirect)
	})
	term := p.run(size{120, 36})
	walk(term, flow.AccessToken)
	term.Press("enter")
	term.Wait("✗ 2 Access token", other.apiURL(), "enter tries again")
	if n := elsewhere.count("POST /collect"); n != 0 {
		t.Errorf("%d requests followed the redirect", n)
	}
}

func TestEscCancelsARequestThatHangs(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	f := p.behind(sandbox.Options{})
	term := p.run(size{120, 36})
	walk(term, flow.AccessToken)
	kept := f.hold()
	term.Press("enter")
	<-kept.came
	term.Wait("working…", "esc cancel", "getting an access token")
	term.Press("esc")
	term.Wait("Cancelled.", "▸ 2 Access token")
	<-kept.gone
	close(kept.letGo)
	f.misbehave(nil)
	term.Press("y")
	screen := term.Wait("sent to the terminal's clipboard")
	if strings.Contains(screen, "token 59:") || strings.Contains(screen, "✗") {
		t.Errorf("the late answer has changed something:\n%s", screen)
	}
	term.Press("enter")
	ready(term, flow.RegisterWebhook)
}

func TestProductionIsRefused(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"https://api.vipps.no", "https://API.Vipps.NO.:443/", "http://api.vipps.no"} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			p := newParts(t)
			p.outside(sandbox.Options{})
			p.flag = profile.Flags{APIURL: host}
			term := p.run(size{120, 36})
			term.Wait("✗ The production environment is refused", "● Sandbox", "○ Test environment", "choose below")
			term.Press("2")
			term.Wait("╭ 2  Access token", "Step 1, Set up, comes first")
			term.Press("1")
			term.Wait("enter start the sandbox")
			term.Press("enter")
			ready(term, flow.AccessToken)
		})
	}
}

func TestADirectoryThatCannotBeUsedIsExplained(t *testing.T) {
	t.Parallel()
	p := newParts(t)
	o := p.options()
	o.InboxPath = filepath.Join(p.dir, "config.toml", "inbox.db")
	if err := os.WriteFile(filepath.Join(p.dir, "config.toml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	term := uitest.Run(t, 120, 36, o)
	screen := term.Wait("✗", "config.toml", "q quits")
	if strings.Contains(screen, "reading your settings") {
		t.Errorf("it still reads:\n%s", screen)
	}
	term.Press("enter", "q")
	if err := term.Ended(); err != nil {
		t.Error(err)
	}
}

func TestACallbackPortInUseIsExplained(t *testing.T) {
	t.Parallel()
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := newParts(t)
	p.flag.ListenAddr = ln.Addr().String()
	term := p.run(size{120, 36})
	ready(term, flow.SetUp)
	term.Press("enter")
	term.Wait("✗ 1 Set up", "is in use", "enter tries again")
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	term.Press("enter")
	ready(term, flow.AccessToken)
}
