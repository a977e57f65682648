package apitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// alteration is a transport that changes requests before they leave. It makes
// the requests that the client itself refuses to send.
type alteration struct {
	next   http.RoundTripper
	change func(*http.Request) error
}

// RoundTrip sends a changed copy of the request.
func (a alteration) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.Path, "/accesstoken/") {
		return a.next.RoundTrip(r)
	}
	changed := r.Clone(r.Context())
	if err := a.change(changed); err != nil {
		return nil, fmt.Errorf("alter a request: %w", err)
	}
	return a.next.RoundTrip(changed)
}

// CloseIdleConnections passes the client's wish on.
func (a alteration) CloseIdleConnections() {
	if t, ok := a.next.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// setHeader sets a header field.
func setHeader(name, value string) func(*http.Request) error {
	return func(r *http.Request) error {
		r.Header.Set(name, value)
		return nil
	}
}

// setMember sets a member of the body's JSON object, by its path such as
// "amount.value"; nil takes it out.
func setMember(path string, value any) func(*http.Request) error {
	return func(r *http.Request) error {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		var root map[string]any
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		if err := d.Decode(&root); err != nil {
			return err
		}
		if err := put(root, strings.Split(path, "."), value); err != nil {
			return err
		}
		if body, err = json.Marshal(root); err != nil {
			return err
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		return nil
	}
}

func put(object map[string]any, path []string, value any) error {
	name := path[0]
	switch {
	case len(path) > 1:
		inner, ok := object[name].(map[string]any)
		if !ok {
			return fmt.Errorf("the body has no object %q", name)
		}
		return put(inner, path[1:], value)
	case value == nil:
		delete(object, name)
	default:
		object[name] = value
	}
	return nil
}
