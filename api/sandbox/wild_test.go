package sandbox_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"kvikk/api/sandbox"
)

// client is one that was written for the real service and knows nothing of
// this one: its calls in order, as they go over the wire.
type client struct {
	name   string
	header string // of every call but the first, which is the one for the token
	calls  []said
}

// said is one call. Its request is a request line, header lines and, behind an
// empty line, a body. These are filled in: {header}, the keys by their names,
// {token}, {callback}, and {id}, the registration's id.
type said struct {
	name    string
	request string
	status  int
}

// TestClientsInTheWildAreServed speaks as published clients do, loose and
// strict ones. The names say what is peculiar.
func TestClientsInTheWildAreServed(t *testing.T) {
	t.Parallel()
	for _, c := range clientsInTheWild() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := start(t, sandbox.Options{})
			k := m.s.Keys()
			known := map[string]string{
				"header": c.header, "callback": receive(t, nil).URL + "/hooks/shop?callback=webhook",
				"client_id": k.ClientID, "client_secret": k.ClientSecret, "subscription_key": k.SubscriptionKey, "msn": k.MSN,
			}
			for _, call := range c.calls {
				call.make(t, m.s.URL(), known)
			}
		})
	}
}

// make sends the call and learns from the answer what later calls need.
func (s said) make(t *testing.T, url string, known map[string]string) {
	t.Helper()
	request := s.bytes(known)
	a := over(t, strings.TrimPrefix(url, "http://"), request)
	exchanged(t, request, a)
	if a.status != s.status {
		t.Errorf("%s: status %d, want %d; body %s", s.name, a.status, s.status, a.body)
	}
	if len(a.body) == 0 || a.body[0] != '{' {
		return
	}
	if token := a.text(t, "access_token"); token != "" {
		known["token"] = token
	}
	if id := a.text(t, "id"); id != "" {
		known["id"] = id
	}
}

// bytes are the request's. A body gets its Content-Length, unless it is said to
// be chunked; a request without one has what its header says.
func (s said) bytes(known map[string]string) string {
	text := s.request
	for range 2 { // what is filled in may have something to fill in
		for name, value := range known {
			text = strings.ReplaceAll(text, "{"+name+"}", value)
		}
	}
	head, body, _ := strings.Cut(text, "\n\n")
	head = strings.TrimSuffix(head, "\n") + "\nHost: localhost"
	switch {
	case strings.Contains(head, "Transfer-Encoding: chunked"):
		body = fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(body), body)
	case body != "":
		head += fmt.Sprintf("\nContent-Length: %d", len(body))
	}
	return strings.ReplaceAll(head, "\n", "\r\n") + "\r\n\r\n" + body
}

// over sends a request over a connection of its own, byte for byte.
func over(t *testing.T, address, request string) answer {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, body}
}

// life is a payment from its creation to the cancellation of the rest, with the
// header lines that each of the client's calls has.
func life(reference string) []said {
	path := "/epayment/v1/payments/" + reference
	some := func(value int) string {
		return fmt.Sprintf(`{"modificationAmount":{"currency":"NOK","value":%d}}`, value)
	}
	return []said{
		{"it asks for the payment", "GET " + path + " HTTP/1.1\n{header}\n\n", 200},
		{"it approves in the payer's place", "POST /epayment/v1/test/payments/" + reference + "/approve HTTP/1.1\n{header}\n\n" +
			`{"customer":{"phoneNumber":"4712345678"}}`, 200},
		{"it captures a part", "POST " + path + "/capture HTTP/1.1\n{header}\n\n" + some(30000), 200},
		{"it refunds a part", "POST " + path + "/refund HTTP/1.1\n{header}\n\n" + some(10000), 200},
		{"it cancels the rest without a body", "POST " + path + "/cancel HTTP/1.1\n{header}\nContent-Length: 0\n\n", 200},
		{"it asks for the event log", "GET " + path + "/events HTTP/1.1\n{header}\n\n", 200},
	}
}
