package ui

import (
	"fmt"
	"net/url"
	"strings"

	"charm.land/lipgloss/v2"

	"kvikk/tunnel"
	"kvikk/ui/flow"
	"kvikk/ui/pane/sandbox"
	"kvikk/ui/pane/step"
	"kvikk/ui/profile"
	"kvikk/ui/text"
	"kvikk/ui/theme"
)

// What the header has room for, in the order of its survival: environment and
// MSN always, and each of these as long as those before it fit.
const (
	withTunnel = iota + 1
	withFaults
	withCount
	withToken
	withClock
	withHost
	withProfile
)

// header draws the first row.
func (m *Model) header() string {
	left := " " + m.th.Strong.Render("kvikk") + "  " + m.environment()
	optional := []struct {
		part        string
		least, most int
	}{
		{m.profilePart(), withProfile, withProfile},
		{m.faultsPart(), withFaults, withProfile},
		{m.clockPart(), withClock, withProfile},
		{m.tunnelPart(hostShown), withHost, withProfile},
		{m.tunnelPart(hostHidden), withTunnel, withHost - 1},
		{m.tokenPart(), withToken, withProfile},
		{m.countPart(), withCount, withProfile},
	}
	for room := withProfile; room >= 0; room-- {
		var parts []string
		for _, o := range optional {
			if o.part != "" && o.least <= room && room <= o.most {
				parts = append(parts, o.part)
			}
		}
		right := strings.Join(parts, "   ")
		if gap := m.width - lipgloss.Width(left) - lipgloss.Width(right) - 1; gap >= 2 {
			return left + strings.Repeat(" ", gap) + right + " "
		}
	}
	return theme.Fit(left, m.width)
}

func (m *Model) environment() string {
	s := m.settings
	switch {
	case s.Source == profile.Sandbox || m.snap.Sandbox || !m.ready && m.o.Sandbox:
		return m.salesUnit("SANDBOX", m.th.Accent)
	case m.asking || s.Profile.APIURL == "":
		return m.th.Dim.Render("no sales unit yet")
	case strings.HasPrefix(s.Profile.APIURL, "https://apitest."):
		return m.salesUnit("TEST", m.th.Accent)
	}
	u, err := url.Parse(s.Profile.APIURL)
	if err != nil {
		return m.th.Dim.Render("no sales unit yet")
	}
	return m.salesUnit("LOCAL "+text.Visible(u.Host), m.th.Accent)
}

func (m *Model) salesUnit(environment string, style lipgloss.Style) string {
	msn := m.snap.MSN
	if msn == "" {
		msn = m.settings.Profile.MSN
	}
	if msn == "" {
		return style.Bold(true).Render(environment)
	}
	return style.Bold(true).Render(environment) + m.th.Dim.Render(" · ") + m.th.Text.Render("MSN "+text.Visible(msn))
}

// hostVisibility says whether there is room for the tunnel's address.
type hostVisibility int

const (
	hostShown hostVisibility = iota
	hostHidden
)

func (m *Model) tunnelPart(h hostVisibility) string {
	if !m.snap.Connected {
		return m.th.Dim.Render(theme.MarkOff + " no tunnel")
	}
	mark, style, word := theme.MarkOn, m.th.Good, "tunnel"
	switch m.snap.Tunnel.State {
	case tunnel.Connecting:
		mark, style, word = theme.MarkOff, m.th.Warn, "tunnel connecting"
	case tunnel.Down:
		mark, style, word = theme.MarkFailed, m.th.Bad, "tunnel down, reconnecting"
	case tunnel.Closed:
		mark, style, word = theme.MarkFailed, m.th.Bad, "tunnel closed"
	}
	part := style.Render(mark) + " " + m.th.Text.Render(word)
	if h == hostShown && m.snap.Tunnel.State == tunnel.Up {
		part += " " + m.th.Dim.Render(text.Visible(m.snap.Tunnel.URL))
	}
	return part
}

func (m *Model) tokenPart() string {
	left := m.snap.Token.ExpiresAt.Sub(m.o.Now())
	switch done := m.flow.Status(flow.AccessToken) == flow.Done; {
	case !m.snap.HasToken && !done:
		return ""
	case !m.snap.HasToken || left <= 0:
		return m.th.Dim.Render("token renews itself")
	}
	return m.th.Dim.Render("token ") + m.th.Text.Render(step.Countdown(left))
}

// faultsPart says that the sandbox does wrong on request.
func (m *Model) faultsPart() string {
	n := len(m.controls.Faults)
	if !m.snap.Steerable || n == 0 {
		return ""
	}
	return m.th.Strong.Render(sandbox.On(n))
}

// clockPart says how far the sandbox's clock has been moved.
func (m *Model) clockPart() string {
	if !m.snap.Steerable || m.controls.Offset <= 0 {
		return ""
	}
	return m.th.Dim.Render("clock ") + m.th.Text.Render("+"+sandbox.Ahead(m.controls.Offset))
}

func (m *Model) countPart() string {
	c := m.counts
	part := m.th.Text.Render(fmt.Sprintf("%d %s", c.Total, plural(int(c.Total), "webhook")))
	if c.Rejected > 0 {
		part += m.th.Dim.Render(" · ") + m.th.Bad.Render(fmt.Sprintf("%d %s", c.Rejected, theme.MarkFailed))
	}
	return part
}

func (m *Model) profilePart() string {
	if m.snap.Profile == "" {
		return ""
	}
	return m.th.Dim.Render("profile " + text.Visible(m.snap.Profile))
}
