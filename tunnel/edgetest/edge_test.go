package edgetest_test

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.ngrok.com/ngrok/v2"

	"kvikk/tunnel/edgetest"
)

// agent is the SDK as anybody would use it, connected to the edge.
func agent(t *testing.T, e *edgetest.Edge) ngrok.Agent {
	t.Helper()
	a, err := ngrok.NewAgent(ngrok.WithAuthtoken("token"),
		ngrok.WithAgentConnectURL(e.ConnectURL()), ngrok.WithAgentConnectCAs(e.CAs()))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Disconnect() })
	return a
}

// endpoint serves an endpoint of the agent with what a request looked like.
func endpoint(t *testing.T, a ngrok.Agent) ngrok.EndpointListener {
	t.Helper()
	ln, err := a.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Ngrok-Error-Code", "ERR_NGROK_1")
		w.Header().Set("Saw-Host", r.Host)
		w.Header().Set("Saw-Remote", r.RemoteAddr)
		for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "User-Agent"} {
			w.Header().Set("Saw-"+name, strings.Join(r.Header[name], " | "))
		}
		body, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, r.Method+" "+r.RequestURI+" "+string(body))
	})}
	go func() { _ = srv.Serve(ln) }()
	return ln
}

func client(t *testing.T, e *edgetest.Edge) *http.Client {
	t.Helper()
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: e.CAs(), MinVersion: tls.VersionTLS12}}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 15 * time.Second}
}

func send(t *testing.T, c *http.Client, url, body string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Forwarded-For", "10.0.0.1")
	req.Header.Set("X-Forwarded-Host", "spoofed.example.com")
	req.Header.Set("User-Agent", "")
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(text)
}

func TestRequestsArriveAsTheServiceSendsThem(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"http", "https"} {
		edge := edgetest.New(t, edgetest.Options{PublicScheme: scheme})
		ln := endpoint(t, agent(t, edge))
		if ln.URL().String() != edge.PublicURL() || !strings.HasPrefix(edge.PublicURL(), scheme+"://127.0.0.1:") {
			t.Errorf("URL = %s, want %s", ln.URL(), edge.PublicURL())
		}
		c := client(t, edge)
		res, text := send(t, c, edge.PublicURL()+"/a%2Fb?c=d;e&f", "body")
		if text != "POST /a%2Fb?c=d;e&f body" {
			t.Errorf("%s: the agent saw %q", scheme, text)
		}
		for name, want := range map[string]string{
			"Saw-Host":              strings.TrimPrefix(edge.PublicURL(), scheme+"://"),
			"Saw-X-Forwarded-For":   "10.0.0.1 | 127.0.0.1",
			"Saw-X-Forwarded-Proto": scheme,
			"Saw-X-Forwarded-Host":  "spoofed.example.com",
			"Saw-User-Agent":        "",
			"Ngrok-Error-Code":      "",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s = %q, want %q", scheme, name, got, want)
			}
		}
		if host, _, err := net.SplitHostPort(res.Header.Get("Saw-Remote")); err != nil || host != "127.0.0.1" {
			t.Errorf("%s: remote address %q", scheme, res.Header.Get("Saw-Remote"))
		}
		large := strings.Repeat("x", 3<<20) // more than a stream's window
		if _, text := send(t, c, edge.PublicURL(), large); len(text) < len(large) {
			t.Errorf("%s: %d of %d bytes came back", scheme, len(text), len(large))
		}
	}
}

func TestAURLWithoutAnAgentIsOffline(t *testing.T) {
	t.Parallel()
	edge := edgetest.New(t, edgetest.Options{})
	res, _ := send(t, client(t, edge), edge.PublicURL(), "")
	if res.StatusCode != http.StatusNotFound || res.Header.Get("Ngrok-Error-Code") != "ERR_NGROK_3200" {
		t.Errorf("answer = %s, %s", res.Status, res.Header.Get("Ngrok-Error-Code"))
	}
}

func TestAnUnboundEndpointIsOffline(t *testing.T) {
	t.Parallel()
	edge := edgetest.New(t, edgetest.Options{})
	ln := endpoint(t, agent(t, edge))
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	if res, _ := send(t, client(t, edge), edge.PublicURL(), ""); res.Header.Get("Ngrok-Error-Code") != "ERR_NGROK_3200" {
		t.Errorf("answer = %s", res.Status)
	}
	if edge.Agents() != 1 {
		t.Errorf("%d agents are logged in", edge.Agents())
	}
}

func TestAMovedURL(t *testing.T) {
	t.Parallel()
	edge := edgetest.New(t, edgetest.Options{})
	a := agent(t, edge)
	first := edge.PublicURL()
	endpoint(t, a)
	second := edge.MoveURL()
	if first == second || edge.PublicURL() != second {
		t.Fatalf("URLs %q, %q", first, second)
	}
	endpoint(t, a)
	for _, url := range []string{first, second} {
		if _, text := send(t, client(t, edge), url+"/x", ""); text != "POST /x " {
			t.Errorf("%s answers %q", url, text)
		}
	}
	if b := edge.Binds(); len(b) != 2 || b[0].Again || !strings.HasPrefix(b[0].ForwardsTo, "app://") {
		t.Errorf("binds = %+v", b)
	}
}

func TestADroppedAgentTakesItsEndpointUpAgain(t *testing.T) {
	t.Parallel()
	edge := edgetest.New(t, edgetest.Options{})
	endpoint(t, agent(t, edge))
	edge.Drop()
	edge.Await("the second bind", func() bool { return len(edge.Binds()) == 2 })
	if b := edge.Binds()[1]; !b.Again {
		t.Errorf("bind = %+v", b)
	}
	if _, text := send(t, client(t, edge), edge.PublicURL()+"/x", ""); text != "POST /x " {
		t.Errorf("answer = %q", text)
	}
}

func TestTheEdgeLeavesNothingBehind(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("run", func(t *testing.T) {
		edge := edgetest.New(t, edgetest.Options{})
		if _, err := os.Stat(edge.CAFile()); err != nil {
			t.Error(err)
		}
		edge.Hang()
		conn, err := net.Dial("tcp", edge.ConnectURL())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		edge.Await("the connection", func() bool { return edge.Connections() == 1 })
		edge.Recover()
		plain, err := net.Dial("tcp", edge.ConnectURL())
		if err != nil {
			t.Fatal(err)
		}
		defer plain.Close()
		if _, err := plain.Write([]byte("GET / HTTP/1.1\r\n\r\n")); err != nil {
			t.Error(err)
		}
		send(t, client(t, edge), edge.PublicURL(), "")
		edge.GoOffline()
		edge.GoOffline()
		edge.Recover()
	})
}
