//go:build unix

package uitest_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// connection is a client's one connection. It is no more than what HTTP asks
// for, so that on a machine with few processors the servers get most of them.
type connection struct {
	conn   net.Conn
	reader *bufio.Reader
}

func connect(address string) (connection, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return connection{}, err
	}
	return connection{conn, bufio.NewReader(conn)}, nil
}

// call sends a request and reads the whole answer, which has to have a status.
func (c connection) call(request []byte, status int) error {
	if err := c.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := c.conn.Write(request); err != nil {
		return err
	}
	answer, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != status {
		err = fmt.Errorf("answered %s: %s", answer.Status, body)
	}
	return err
}

func (c connection) close() {
	if c.conn != nil {
		_ = c.conn.Close()
	}
}

// post returns the bytes of a request; each line of header ends in CRLF.
func post(path, contentType, header, body string) []byte {
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n%s\r\n%s",
		path, contentType, len(body), header, body)
}

// address is the host and port of a sandbox.
func (l sandboxLine) address() string { return strings.TrimPrefix(l.URL, "http://") }

// hooks is the merchant's receiver. It notes which payments it has heard of.
type hooks struct {
	b      testing.TB
	mu     sync.Mutex
	heard  map[string]bool
	next   int           // webhooks that are still to come
	all    chan struct{} // closed when none is
	latest time.Time
	wrong  error
}

// register registers a receiver of this process for new payments.
func (s *shop) register() *hooks {
	s.b.Helper()
	h := &hooks{b: s.b, heard: make(map[string]bool)}
	server := httptest.NewServer(h)
	s.b.Cleanup(server.Close)
	conn, err := connect(s.sandbox.first.address())
	if err != nil {
		s.b.Fatal(err)
	}
	defer conn.close()
	body := fmt.Sprintf(`{"url":%q,"events":["epayments.payment.created.v1"]}`, server.URL)
	header := fmt.Sprintf("Authorization: Bearer %s\r\nOcp-Apim-Subscription-Key: %s\r\n", s.token, s.sandbox.first.SubscriptionKey)
	if err := conn.call(post("/webhooks/v1/webhooks", "application/json", header, body), http.StatusCreated); err != nil {
		s.b.Fatal(err)
	}
	return h
}

// ServeHTTP takes a webhook.
func (h *hooks) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var event struct{ Reference, Name string }
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &event)
	}
	w.WriteHeader(http.StatusOK)
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case err != nil:
		h.wrong = err
	case event.Name != "CREATED" || h.heard[event.Reference]:
		h.wrong = fmt.Errorf("unexpected webhook: %s", body)
	}
	h.heard[event.Reference] = true
	h.latest = time.Now()
	if h.next--; h.next == 0 {
		close(h.all)
	}
}

// expect says how many webhooks are to come from now on.
func (h *hooks) expect(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.next, h.all = n, make(chan struct{})
}

// wait returns when the last of the webhooks came.
func (h *hooks) wait() time.Time {
	h.b.Helper()
	select {
	case <-h.all:
	case <-time.After(patience):
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.wrong != nil || h.next != 0 {
		h.b.Fatalf("%d webhooks have not come; wrong: %v", h.next, h.wrong)
	}
	return h.latest
}

// startListening starts a server that is not kvikk and returns the first
// loopback address that it says it listens at.
func startListening(b testing.TB, path string, args ...string) string {
	b.Helper()
	cmd := exec.Command(path, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	cmd.Stderr = &bytes.Buffer{}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	drained := make(chan struct{})
	b.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-drained
		_ = cmd.Wait()
	})
	said := make(chan string, 1)
	go func() {
		defer close(drained)
		lines := bufio.NewScanner(out)
		listens := regexp.MustCompile(`127\.0\.0\.1:\d+`)
		for lines.Scan() {
			if at := listens.FindString(lines.Text()); at != "" {
				said <- at
				break
			}
		}
		_, _ = io.Copy(io.Discard, out)
	}()
	select {
	case at := <-said:
		return at
	case <-time.After(patience):
		b.Fatalf("%s does not say where it listens", path)
		return ""
	}
}
