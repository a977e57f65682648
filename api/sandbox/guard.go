package sandbox

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// hosts are the names that the sandbox answers to beside those of loopback.
type hosts []string

// newHosts takes host names and addresses without a port.
func newHosts(names []string) (hosts, error) {
	var h hosts
	for _, name := range names {
		plain := plainHost(strings.TrimSuffix(strings.TrimPrefix(name, "["), "]"))
		if _, err := netip.ParseAddr(plain); err != nil && (plain == "" || strings.ContainsAny(plain, ":/@*? ")) {
			return nil, fmt.Errorf("host name %q: want a name or an address as it stands in URLs, without scheme and port, such as sandbox.test", name)
		}
		h = append(h, plain)
	}
	return h, nil
}

// own reports whether a Host header, with or without a port, names the sandbox.
func (h hosts) own(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	}
	return loopbackHost(name) || slices.Contains(h, plainHost(name))
}

// refuseStranger keeps web pages on the same machine away from the sandbox: a
// name that was rebound to loopback shows in Host, a page of another site in
// Origin or in the browser's Sec-Fetch-Site.
func (h hosts) refuseStranger(r *http.Request) (reply, bool) {
	if !h.own(r.Host) {
		return frontError(r, http.StatusMisdirectedRequest,
			"The sandbox answers to localhost, 127.0.0.1, [::1] and the names that --allow-host lists, not to the Host "+clip(r.Host)+"."), true
	}
	if origin := r.Header.Get("Origin"); origin != "" && !strings.EqualFold(origin, schemeOf(r)+"://"+r.Host) {
		return frontError(r, http.StatusForbidden, "Requests from web pages of another origin are refused."), true
	}
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" && !payerArrives(r) {
		return frontError(r, http.StatusForbidden, "Requests from web pages of another site are refused."), true
	}
	return reply{}, false
}

func schemeOf(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

// payerArrives reports what a page of another site may cause. A browser may
// navigate to the landing page and to a QR code, which is how a shop sends its
// customer to pay, and to the return page, which ends that journey, whichever
// of its names the sandbox had on it. A shop may show a QR code on its own page.
// None of this changes anything or can be framed, and the other site gets
// nothing to read. Nobody sends a customer to the list of all payments.
func payerArrives(r *http.Request) bool {
	if r.Method != http.MethodGet {
		return false
	}
	mode, dest := r.Header.Get("Sec-Fetch-Mode"), r.Header.Get("Sec-Fetch-Dest")
	switch r.URL.Path {
	case "/landing", "/return":
		return mode == "navigate" && dest == "document"
	case "/qr":
		return mode == "navigate" && dest == "document" || mode == "no-cors" && dest == "image"
	}
	return false
}

// plainHost lower-cases a host name and drops a trailing dot.
func plainHost(host string) string { return strings.TrimSuffix(strings.ToLower(host), ".") }

// loopbackHost reports whether a host of a URL or address names loopback by
// itself, without asking a resolver.
func loopbackHost(host string) bool {
	host = plainHost(host)
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
