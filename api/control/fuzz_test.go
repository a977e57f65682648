package control_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"
	"unicode"
	"unicode/utf8"

	"kvikk/api/control"
)

// answers is a transport whose every answer has a status and a body.
type answers struct {
	status int
	body   []byte
}

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: a.status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(a.body)), Request: r}, nil
}

// FuzzAnswer: whatever answers, nothing panics, and a refusal can be printed.
func FuzzAnswer(f *testing.F) {
	f.Add(200, []byte(`{"now":"2026-11-22T06:40:00Z","clock_offset":"10m0s","sales_units":[{"msn":"123456"}],"faults":["drop=1"]}`))
	f.Add(200, []byte(`{"deliveries":[{"seq":1,"took_ms":1.2,"status":200}],"pending":[{"attempt":2,"due":"2026-11-22T06:40:00Z"}]}`))
	f.Add(400, []byte(`{"error":"a\u001b[2J\u202eb"}`))
	f.Add(404, []byte("<html>\xff"))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		c := control.New("http://127.0.0.1:8976", &http.Client{Transport: answers{200 + (status%400+400)%400, body}})
		ctx := t.Context()
		_, first := c.Status(ctx)
		_, second := c.Deliveries(ctx, control.Query{})
		_, third := c.Fired(ctx, control.Query{})
		for _, err := range []error{first, second, third} {
			e, ok := errors.AsType[*control.Error](err)
			if !ok {
				continue
			}
			if !utf8.ValidString(e.Message) || e.Message == "" {
				t.Errorf("the message is %q", e.Message)
			}
			for _, r := range e.Message {
				if !unicode.IsGraphic(r) {
					t.Errorf("%q holds %U", e.Message, r)
				}
			}
		}
	})
}
