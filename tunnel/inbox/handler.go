package inbox

import (
	"database/sql"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"kvikk/api/webhook"
)

const (
	// bodyBytes is the largest body that is taken. The provider's are below 1 KiB.
	bodyBytes = 2 << 20
	// drainBytes is how much of a larger one is read to its end, so that the
	// sender gets to see the answer instead of a broken connection.
	drainBytes = 16 << 20
	// startBytes is how much is kept of a body that is too large.
	startBytes = 4 << 10
)

// Handler receives webhooks. It answers
//
//	200  verified and on disk
//	400  the request broke off
//	401  the signature does not match; kept with the reason
//	404  the path is nobody's
//	405  no POST
//	408  the body came too slowly
//	413  the body is larger than 2 MiB; its beginning is kept
//	503  it cannot be kept, or the registration is not ready: send it again
//
// Only what has been kept gets a 2xx. Use [Inbox.Serve] unless the server is
// somebody else's.
func (b *Inbox) Handler() http.Handler { return http.HandlerFunc(b.receive) }

func (b *Inbox) receive(w http.ResponseWriter, r *http.Request) {
	reg, known := b.book.find(lastSegment(r.URL.Path))
	switch {
	case !known:
		b.strange(w, r, http.StatusNotFound, "nothing is registered at this path")
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		b.strange(w, r, http.StatusMethodNotAllowed, "webhooks are sent with POST")
	case !reg.active:
		b.counts.unkept("")
		answer(w, http.StatusServiceUnavailable, "this registration is being made, send it again")
	default:
		b.take(w, r, reg)
	}
}

// take receives a webhook for a registration of this process.
func (b *Inbox) take(w http.ResponseWriter, r *http.Request, reg live) {
	body, err := readBody(w, r)
	at := b.now()
	if status := bodyStatus(err); status != 0 && status != http.StatusRequestEntityTooLarge {
		answer(w, status, "the body did not arrive whole")
		return
	}
	rec := b.judge(r, reg, body, at)
	if err != nil {
		rec.Verified, rec.Status = false, http.StatusRequestEntityTooLarge
		rec.Problem = "The body is larger than " + strconv.Itoa(bodyBytes>>20) + " MiB; only its beginning has been kept."
	}
	if err := b.writer.keep(rec); err != nil {
		b.counts.unkept(err.Error())
		answer(w, http.StatusServiceUnavailable, "the webhook could not be kept, send it again")
		return
	}
	switch rec.Status {
	case http.StatusOK:
		w.WriteHeader(http.StatusOK)
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "HMAC-SHA256")
		answer(w, rec.Status, "the signature does not match")
	default:
		answer(w, rec.Status, "the body is too large")
	}
}

// judge verifies and reads what has been received.
func (b *Inbox) judge(r *http.Request, reg live, body []byte, at time.Time) *record {
	received := webhook.FromRequest(r, body)
	rec := &record{Webhook: Webhook{
		Row: Row{
			ReceivedAt: at, Verified: true, Status: http.StatusOK,
			Registration: reg.Token, RegistrationID: reg.ID,
		},
		Method: r.Method, Path: received.RequestURI, RemoteAddr: r.RemoteAddr, URL: reg.URL, Body: body,
	}}
	if err := webhook.Verify(received, reg.secret, reg.URL); err != nil {
		rec.Verified, rec.Status, rec.Problem = false, http.StatusUnauthorized, err.Error()
		if failed := (*webhook.VerifyError)(nil); errors.As(err, &failed) {
			rec.Problem = failed.Reason
		}
	}
	if offset, ok := webhook.ClockOffset(received, at); ok {
		rec.ClockOffset, rec.offset = offset, sql.NullInt64{Int64: int64(offset), Valid: true}
	}
	// A body that is no JSON is kept like any other, without what it would say.
	event, _ := webhook.Decode(body)
	rec.fill(event)
	rec.headers = encodeHeader(r.Host, r.Header)
	return rec
}

// errTooLarge is what readBody returns beside the beginning of a large body.
var errTooLarge = errors.New("the body is too large")

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength >= 0 && r.ContentLength <= startBytes { // nearly always
		body := make([]byte, r.ContentLength)
		_, err := io.ReadFull(r.Body, body)
		return body, err
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, bodyBytes+1))
	if err != nil || len(body) <= bodyBytes {
		return body, err
	}
	_, _ = io.CopyN(io.Discard, r.Body, drainBytes)
	w.Header().Set("Connection", "close")
	return body[:startBytes:startBytes], errTooLarge
}

// bodyStatus returns the status for a body that could not be read, 0 for none.
func bodyStatus(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errTooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return http.StatusRequestTimeout
	}
	return http.StatusBadRequest
}

// lastSegment returns what follows the last slash of a path; slashes at its end
// do not count.
func lastSegment(path string) string {
	path = strings.TrimRight(path, "/")
	return path[strings.LastIndexByte(path, '/')+1:]
}

// answer writes a small JSON body, for whoever reads the sender's log.
func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `{"status":`+strconv.Itoa(status)+`,"error":`+strconv.QuoteToASCII(text)+"}\n")
}
