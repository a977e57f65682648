package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"
)

// Response is an answer as it is shown: complete but for its secrets.
type Response struct {
	// Status is the HTTP status code.
	Status int
	// Proto is the protocol, such as "HTTP/1.1".
	Proto  string
	Header http.Header
	Body   []byte
	// Truncated says that the body did not arrive whole or was over 1 MiB.
	Truncated bool
}

// Exchange is one HTTP request with what came of it. It holds no secrets.
type Exchange struct {
	// Seq counts the exchanges of a client from 1.
	Seq       uint64
	Operation string
	// Attempt counts the requests of one call from 1.
	Attempt int
	Request Request
	// Response is nil when none arrived.
	Response *Response
	// Err says why no answer arrived, or only a part of it.
	Err      error
	Started  time.Time
	Duration time.Duration
}

// MarshalJSON writes the exchange with bodies as text and the duration in
// milliseconds.
func (e Exchange) MarshalJSON() ([]byte, error) {
	type response struct {
		Status    int         `json:"status"`
		Proto     string      `json:"proto"`
		Header    http.Header `json:"header"`
		Body      string      `json:"body"`
		Truncated bool        `json:"truncated,omitempty"`
	}
	out := struct {
		Seq        uint64    `json:"seq"`
		Operation  string    `json:"operation"`
		Attempt    int       `json:"attempt"`
		Request    Request   `json:"request"`
		Response   *response `json:"response,omitempty"`
		Error      string    `json:"error,omitempty"`
		Started    time.Time `json:"started"`
		DurationMS float64   `json:"duration_ms"`
	}{
		Seq: e.Seq, Operation: e.Operation, Attempt: e.Attempt, Request: e.Request,
		Started: e.Started, DurationMS: float64(e.Duration) / float64(time.Millisecond),
	}
	if r := e.Response; r != nil {
		out.Response = &response{r.Status, r.Proto, r.Header, string(r.Body), r.Truncated}
	}
	if e.Err != nil {
		out.Error = e.Err.Error()
	}
	return json.Marshal(out)
}

// MarshalJSON writes the request with its header fields by name and its body
// as text.
func (r Request) MarshalJSON() ([]byte, error) {
	type field struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	out := struct {
		Operation string  `json:"operation"`
		Method    string  `json:"method"`
		URL       string  `json:"url"`
		Header    []field `json:"header"`
		Body      string  `json:"body,omitempty"`
	}{Operation: r.Operation, Method: r.Method, URL: r.URL, Body: string(r.Body)}
	for _, h := range r.Header {
		value := h.Value
		if h.Variable != "" {
			value += "$" + h.Variable
		}
		out.Header = append(out.Header, field{h.Name, value})
	}
	return json.Marshal(out)
}

// largestAnswer is the size in bytes of the longest body that is read.
const largestAnswer = 1 << 20

// errTooLarge marks a body over largestAnswer.
var errTooLarge = errors.New("the answer is over 1 MiB")

// recorder is a transport for one request: it reads the whole answer, records
// the exchange without its secrets, and hands the answer on from memory.
type recorder struct {
	client  *Client
	request Request
	attempt int
	next    http.RoundTripper
	// shown is the body of the answer without secrets.
	shown []byte
}

// RoundTrip implements [http.RoundTripper].
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	started := r.client.now()
	resp, err := r.next.RoundTrip(req)
	exchange := Exchange{Operation: r.request.Operation, Attempt: r.attempt, Request: r.request, Started: started}
	if err != nil {
		exchange.Err = r.client.connectionError(r.request, req.Context(), err)
		exchange.Duration = r.client.now().Sub(started)
		r.client.record(exchange)
		return nil, err
	}
	body, bodyErr := readBody(resp.Body)
	exchange.Duration = r.client.now().Sub(started)
	r.shown = r.client.secrets.body(body, bodyErr)
	exchange.Response = &Response{
		Status: resp.StatusCode, Proto: resp.Proto, Header: r.client.secrets.header(resp.Header),
		Body: bytes.Clone(r.shown), Truncated: bodyErr != nil,
	}
	if bodyErr != nil && !errors.Is(bodyErr, errTooLarge) {
		exchange.Err = r.client.connectionError(r.request, req.Context(), bodyErr)
	}
	r.client.record(exchange)
	resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{bodyErr}))
	return resp, nil
}

// readBody reads at most largestAnswer bytes and closes the body.
func readBody(body io.ReadCloser) ([]byte, error) {
	defer body.Close()
	b, err := io.ReadAll(io.LimitReader(body, largestAnswer+1))
	if len(b) > largestAnswer {
		return b[:largestAnswer], errTooLarge
	}
	return b, err
}

// failing is a reader at whose start there is an error, or the end.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}

// record numbers an exchange and hands it to the watcher.
func (c *Client) record(e Exchange) {
	e.Seq = c.seq.Add(1)
	if c.watch != nil {
		c.watch(e)
	}
}
