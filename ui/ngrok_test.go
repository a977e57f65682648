package ui_test

import (
	"strings"
	"testing"

	"kvikk/tunnel/edgetest"
	"kvikk/ui/flow"
	"kvikk/ui/profile"
)

const authtoken = "2abcDEFmadeUpAuthtoken_5xyz0123456789"

// throughNgrok points the program at an edge instead of ngrok's.
func (p *parts) throughNgrok(edge *edgetest.Edge) {
	p.flag = profile.Flags{Sandbox: true, Tunnel: "ngrok"}
	p.env["NGROK_AUTHTOKEN"] = authtoken
	p.env["NGROK_CONNECT_URL"] = edge.ConnectURL()
	p.env["NGROK_CONNECT_CAS"] = edge.CAFile()
}

func TestTheWholeQuickStartThroughNgrok(t *testing.T) {
	t.Parallel()
	edge := edgetest.New(t, edgetest.Options{})
	p := newParts(t)
	p.throughNgrok(edge)
	term := p.run(size{160, 45})
	arrived(term)
	term.Wait("● tunnel "+edge.PublicURL(), "1 webhook")
	url := edge.PublicURL()

	edge.GoOffline()
	edge.Drop()
	term.Wait("✗ tunnel down, reconnecting")
	edge.Recover()
	term.Wait("● tunnel " + url)
	term.Press("n")
	term.Wait("2 webhooks", "✓ 5 View the webhook")
	list, err := p.client().Webhooks(t.Context())
	if err != nil || len(list) != 1 || !strings.HasPrefix(list[0].URL, url+"/hooks/") {
		t.Errorf("the provider lists %v, %v", list, err)
	}
	term.Press("q")
	if err := term.Ended(); err != nil {
		t.Error(err)
	}
	edge.Await("the agent's end", func() bool { return edge.Agents() == 0 })
	if strings.Contains(term.Output()+p.report.String(), authtoken) {
		t.Error("the authtoken was written")
	}
}

func TestAnEndpointThatNgrokEndsIsExplained(t *testing.T) {
	t.Parallel()
	edge := edgetest.New(t, edgetest.Options{})
	p := newParts(t)
	p.throughNgrok(edge)
	term := p.run(size{160, 45})
	arrived(term)
	old := edge.PublicURL()
	now := edge.MoveURL()
	edge.StopTunnel("ERR_NGROK_718", "somebody stopped the endpoint")
	term.Wait("● tunnel " + now)
	term.Until("the new registration in place of the old one", func(string) bool {
		list, err := p.client().Webhooks(t.Context())
		return err == nil && len(list) == 1 && strings.HasPrefix(list[0].URL, now+"/hooks/")
	})
	if old == now {
		t.Fatal("the URL is the old one")
	}
	term.Press("n")
	term.Wait("2 webhooks")
}

func TestNgroksRefusalsAreExplained(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code   string
		refuse func(e *edgetest.Edge, code, text string)
		says   string
	}{
		{"ERR_NGROK_105", (*edgetest.Edge).Refuse, "ngrok does not accept the authtoken"},
		{"ERR_NGROK_107", (*edgetest.Edge).Refuse, "ngrok does not accept the authtoken"},
		{"ERR_NGROK_108", (*edgetest.Edge).Refuse, "ngrok does not let another agent in"},
		{"ERR_NGROK_121", (*edgetest.Edge).Refuse, "ngrok does not let this version in"},
		{"ERR_NGROK_4018", (*edgetest.Edge).Refuse, "authtoken"},
		{"ERR_NGROK_334", (*edgetest.Edge).RefuseBind, "already online elsewhere"},
	} {
		t.Run(c.code, func(t *testing.T) {
			t.Parallel()
			edge := edgetest.New(t, edgetest.Options{})
			c.refuse(edge, c.code, "It failed.")
			p := newParts(t)
			p.throughNgrok(edge)
			term := p.run(size{120, 36})
			ready(term, flow.SetUp)
			term.Press("enter")
			term.Wait("✗ 1 Set up", c.code, c.says, "enter tries again")
			edge.Recover()
			term.Press("enter")
			ready(term, flow.AccessToken)
			if strings.Contains(term.Output(), authtoken) {
				t.Error("the authtoken was drawn")
			}
		})
	}
}

func TestAnAuthtokenIsPutRight(t *testing.T) {
	t.Parallel()
	for name, wrong := range map[string]string{"missing": "", "wrong": "2xyzNotTheRightOne_0123456789abcdefghij"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edge := edgetest.New(t, edgetest.Options{Authtokens: []string{authtoken}})
			p := newParts(t)
			p.throughNgrok(edge)
			p.env["NGROK_AUTHTOKEN"] = wrong
			term := p.run(size{120, 36})
			if wrong == "" {
				term.Wait("✗ ngrok needs an authtoken", "enter go to the field")
				term.Press("enter")
			} else {
				ready(term, flow.SetUp)
				term.Press("enter")
				term.Wait("✗ 1 Set up", "ERR_NGROK_107", "e edits the settings")
				term.Press("e")
				field(term, "ngrok authtoken")
			}
			term.Wait("▸ ngrok authtoken", "enter accept")
			term.Paste(authtoken)
			term.Press("enter")
			arrived(term)
			for _, token := range []string{wrong, authtoken} {
				if token != "" && strings.Contains(term.Output(), token) {
					t.Error("an authtoken was drawn")
				}
			}
		})
	}
}

func TestEscGivesUpAnNgrokThatSaysNothing(t *testing.T) {
	t.Parallel()
	edge := edgetest.New(t, edgetest.Options{})
	edge.Hang()
	p := newParts(t)
	p.throughNgrok(edge)
	term := p.run(size{120, 36})
	ready(term, flow.SetUp)
	term.Press("enter")
	edge.Await("the agent", func() bool { return edge.Connections() > 0 })
	term.Wait("working…", "opening the callback URL")
	term.Press("esc")
	term.Wait("Cancelled.", "▸ 1 Set up", "○ no tunnel")
	edge.Recover()
	term.Press("enter")
	ready(term, flow.AccessToken)
}

func TestWithoutNgrokTheTunnelSaysSo(t *testing.T) {
	t.Parallel()
	edge := edgetest.New(t, edgetest.Options{})
	edge.GoOffline()
	p := newParts(t)
	p.throughNgrok(edge)
	term := p.run(size{120, 36})
	ready(term, flow.SetUp)
	term.Press("enter")
	term.Wait("✗ 1 Set up", "ngrok cannot be reached", "enter tries again")
}
