package sandbox_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// delivery is one request as it reached a receiver.
type delivery struct {
	method, host, uri string
	header            http.Header
	length            int64
	body              []byte
}

// receiver is a merchant's webhook endpoint. It answers by answer, whose
// status 0 means 200, and notes every request.
type receiver struct {
	*httptest.Server
	got chan delivery
	t   testing.TB
}

func receive(t testing.TB, answer func(d delivery) int) *receiver {
	t.Helper()
	r := &receiver{got: make(chan delivery, 1000), t: t}
	r.Server = httptest.NewServer(r.handler(answer))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) handler(answer func(d delivery) int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return // the sender went away
		}
		d := delivery{req.Method, req.Host, req.RequestURI, req.Header, req.ContentLength, body}
		if strings.Contains(string(body), `"name":`) && d.intact() {
			fits(r.t, body)
		}
		status := http.StatusOK
		if answer != nil {
			if s := answer(d); s != 0 {
				status = s
			}
		}
		if status >= 300 && status < 400 {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(status)
		r.got <- d
	})
}

// intact reports a body that nobody has altered on its way.
func (d delivery) intact() bool {
	sum := sha256.Sum256(d.body)
	return d.header.Get("x-ms-content-sha256") == base64.StdEncoding.EncodeToString(sum[:])
}

// next is the next delivery.
func (r *receiver) next(t testing.TB) delivery {
	t.Helper()
	select {
	case d := <-r.got:
		return d
	case <-time.After(10 * time.Second):
		t.Fatal("no webhook within 10 seconds")
		return delivery{}
	}
}

// none checks that nothing more has come.
func (r *receiver) none(t testing.TB) {
	t.Helper()
	select {
	case d := <-r.got:
		t.Fatalf("unexpected webhook: %s", d.body)
	default:
	}
}

func (d delivery) event(t testing.TB) (e struct {
	MSN, Reference, PSPReference, Name, Timestamp, IdempotencyKey string
	Amount                                                        struct {
		Currency string
		Value    int64
	}
	Success bool
},
) {
	t.Helper()
	if err := json.Unmarshal(d.body, &e); err != nil {
		t.Fatalf("webhook body %q: %v", d.body, err)
	}
	return e
}

// verify checks the signature by the provider's rule, in the receiver's words.
func (d delivery) verify(t testing.TB, secret string) {
	t.Helper()
	for _, wrong := range d.forgeries(secret) {
		t.Error(wrong)
	}
}

// forgeries says what is wrong with a delivery's signature.
func (d delivery) forgeries(secret string) (wrong []string) {
	sum := sha256.Sum256(d.body)
	hash := base64.StdEncoding.EncodeToString(sum[:])
	if got := d.header.Get("x-ms-content-sha256"); got != hash {
		wrong = append(wrong, fmt.Sprintf("x-ms-content-sha256 %q, want %q", got, hash))
	}
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = io.WriteString(mac, "POST\n"+d.uri+"\n"+d.header.Get("x-ms-date")+";"+d.host+";"+hash)
	want := "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, name := range []string{"Authorization", "X-Vipps-Authorization"} {
		if got := d.header.Get(name); got != want {
			wrong = append(wrong, fmt.Sprintf("%s %q, want %q", name, got, want))
		}
	}
	return wrong
}
