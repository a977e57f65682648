package inbox

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"kvikk/api/webhook"
)

// Row is what a list shows of a webhook.
type Row struct {
	// Seq numbers the webhooks of a data directory in the order in which they
	// were kept. It rises across restarts and is never used twice.
	Seq int64
	// ReceivedAt is when the request had arrived, with nanoseconds.
	ReceivedAt time.Time
	// Type is the event type; empty where the body does not tell.
	Type webhook.Type
	// Name, Reference, PSPReference and Currency are as in [webhook.Event].
	Name, Reference, PSPReference, Currency string
	// Value is the amount in minor units; HasAmount says whether there is one.
	Value     int64
	HasAmount bool
	// Failed says that the webhook tells of something that was tried and did not
	// succeed: its body has "success": false.
	Failed bool
	// Verified says that the signature matched. Problem is empty exactly then,
	// and otherwise a sentence that says why not.
	Verified bool
	Problem  string
	// Status is the HTTP status that was answered.
	Status int
	// Registration is the token of the registration, RegistrationID the
	// provider's id of it.
	Registration, RegistrationID string
	// ClockOffset is how far the request's date lies after its arrival (see
	// [webhook.ClockOffset]); zero where it has none.
	ClockOffset time.Duration
}

// Webhook is all that is kept of one.
type Webhook struct {
	Row
	// Method and Path are those of the request line; Path has a query only when
	// the request had one.
	Method, Path string
	// RemoteAddr is where the request came from; behind a tunnel, the tunnel.
	RemoteAddr string
	// URL is the registered URL.
	URL string
	// Header holds the headers as they arrived, Host included.
	Header http.Header
	// Body is the body's bytes as they arrived; of one that was too large, the
	// beginning.
	Body []byte
}

// record is a webhook on its way into the file.
type record struct {
	Webhook
	offset  sql.NullInt64
	headers []byte // Header as JSON
}

// size is what counts against the limits, in bytes.
func (r *record) size() int { return len(r.headers) + len(r.Body) }

const (
	rowColumns = "seq, received_at, type, name, reference, psp_reference, currency, amount, failed, verified, problem, status, clock_offset, token, registration_id"
	allColumns = rowColumns + ", method, path, url, remote, headers, body"
	insertRow  = `INSERT INTO webhook (received_at, type, name, reference, psp_reference, currency, amount, failed, verified, problem, status,
		clock_offset, token, registration_id, size, method, path, url, remote, headers, body)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
)

// row returns the values of insertRow.
func (r *record) row() []any {
	body := r.Body
	if body == nil {
		body = []byte{} // nil would be NULL
	}
	return []any{
		r.ReceivedAt.UnixNano(), string(r.Type), r.Name, r.Reference, r.PSPReference, r.Currency,
		sql.NullInt64{Int64: r.Value, Valid: r.HasAmount},
		r.Failed, r.Verified, r.Problem, r.Status, r.offset,
		r.Registration, r.RegistrationID, r.size(), r.Method, r.Path, r.URL, r.RemoteAddr, string(r.headers), body,
	}
}

// scanner is *sql.Row and *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

// scan reads rowColumns, and what follows them into more.
func (r *Row) scan(s scanner, more ...any) error {
	var at int64
	var amount, offset sql.NullInt64
	dest := append([]any{
		&r.Seq, &at, &r.Type, &r.Name, &r.Reference, &r.PSPReference, &r.Currency, &amount, &r.Failed, &r.Verified, &r.Problem, &r.Status, &offset,
		&r.Registration, &r.RegistrationID,
	}, more...)
	if err := s.Scan(dest...); err != nil {
		return err
	}
	r.ReceivedAt = time.Unix(0, at)
	r.Value, r.HasAmount = amount.Int64, amount.Valid
	r.ClockOffset = time.Duration(offset.Int64)
	return nil
}

// scanWhole reads allColumns.
func (w *Webhook) scanWhole(s scanner) error {
	var headers string
	if err := w.scan(s, &w.Method, &w.Path, &w.URL, &w.RemoteAddr, &headers, &w.Body); err != nil {
		return err
	}
	var err error
	w.Header, err = decodeHeader(headers)
	return err
}

// fill takes over what the body says.
func (r *record) fill(e webhook.Event) {
	r.Type, r.Name, r.Reference, r.PSPReference = e.Type, e.Name, e.Reference, e.PSPReference
	r.Currency, r.Value, r.HasAmount = e.Currency, e.Value, e.HasAmount
	r.Failed = e.HasSuccess && !e.Success
}

// encodeHeader writes headers as a JSON object of lists, Host first and the
// others in the order of their names. A value whose bytes are no UTF-8, which
// JSON cannot carry as text, becomes {"bytes": Base64}.
func encodeHeader(host string, h http.Header) []byte {
	names := make([]string, 0, 16)
	for name := range h {
		if name != "Host" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	out := make([]byte, 0, 1024)
	out = append(appendValue(append(out, `{"Host":[`...), host), ']')
	for _, name := range names {
		out = append(appendString(append(out, ','), name), ':', '[')
		for j, value := range h[name] {
			if j > 0 {
				out = append(out, ',')
			}
			out = appendValue(out, value)
		}
		out = append(out, ']')
	}
	return append(out, '}')
}

func appendValue(out []byte, s string) []byte {
	if utf8.ValidString(s) {
		return appendString(out, s)
	}
	encoded, _ := json.Marshal(odd{[]byte(s)}) // bytes cannot fail to encode
	return append(out, encoded...)
}

// appendString writes a JSON string; almost none needs an escape.
func appendString(out []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			encoded, _ := json.Marshal(s) // a string cannot fail to encode
			return append(out, encoded...)
		}
	}
	return append(append(append(out, '"'), s...), '"')
}

// odd is a header value that is not UTF-8.
type odd struct {
	Bytes []byte `json:"bytes"`
}

// headerValue reads what appendValue has written.
type headerValue string

func (v *headerValue) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(raw, []byte{'{'}) {
		var o odd
		if err := json.Unmarshal(raw, &o); err != nil {
			return err
		}
		*v = headerValue(o.Bytes)
		return nil
	}
	return json.Unmarshal(raw, (*string)(v))
}

func decodeHeader(s string) (http.Header, error) {
	var lists map[string][]headerValue
	if err := json.Unmarshal([]byte(s), &lists); err != nil {
		return nil, fmt.Errorf("reading the stored headers: %w", err)
	}
	h := make(http.Header, len(lists))
	for name, list := range lists {
		for _, v := range list {
			h[name] = append(h[name], string(v))
		}
	}
	return h, nil
}
