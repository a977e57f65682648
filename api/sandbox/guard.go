package sandbox

import (
	"net"
	"net/http"
	"strings"
)

// refuseStranger keeps web pages on the same machine away from the sandbox: a
// name that was rebound to loopback shows in Host, a page of another site in
// Origin or in the browser's Sec-Fetch-Site.
func refuseStranger(r *http.Request) (reply, bool) {
	if !ownHost(r.Host) {
		return gatewayError(http.StatusMisdirectedRequest,
			"The sandbox answers to localhost, 127.0.0.1 and [::1] only, not to the Host "+clip(r.Host)+"."), true
	}
	if origin := r.Header.Get("Origin"); origin != "" && !strings.EqualFold(origin, "http://"+r.Host) {
		return gatewayError(http.StatusForbidden, "Requests from web pages of another origin are refused."), true
	}
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" && !payerArrives(r) {
		return gatewayError(http.StatusForbidden, "Requests from web pages of another site are refused."), true
	}
	return reply{}, false
}

// payerArrives reports a browser's top-level navigation to the landing page,
// which is how a shop on another site sends its customer to pay. The page
// cannot be framed and changes nothing until its own form is sent.
func payerArrives(r *http.Request) bool {
	return r.Method == http.MethodGet && r.URL.Path == "/landing" &&
		r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

// ownHost reports whether a Host header names loopback, with or without a port.
func ownHost(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	}
	return loopbackHost(name)
}

// plainHost lower-cases a host name and drops a trailing dot.
func plainHost(host string) string { return strings.TrimSuffix(strings.ToLower(host), ".") }
