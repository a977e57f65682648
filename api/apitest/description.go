package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// Description is the provider's OpenAPI description of the three APIs, read
// with this package's list of known deviations. It is safe for concurrent use.
// The files are those behind https://developer.vippsmobilepay.com/api/ .
type Description struct {
	files []describedFile
	mu    sync.Mutex
	// called holds each operation that was answered with success.
	called map[string]bool
}

type describedFile struct {
	document *openapi3.T
	router   routers.Router
}

// The provider's files, as their names are on the developer site.
const (
	tokenFile    = "access-token-swagger-id.yaml"
	webhooksFile = "webhooks-swagger-id.yaml"
	paymentsFile = "epayment-swagger-id.yaml"
)

// LoadDescription reads the provider's files from a folder. It returns an error
// for a file that is missing or no OpenAPI, and for a known deviation that the
// file no longer has.
func LoadDescription(folder string) (*Description, error) {
	d := &Description{called: map[string]bool{}}
	for _, f := range []struct{ name, prefix string }{
		{tokenFile, ""}, {webhooksFile, "/webhooks"}, {paymentsFile, "/epayment"},
	} {
		loaded, err := loadFile(filepath.Join(folder, f.name), f.name, f.prefix)
		if err != nil {
			return nil, fmt.Errorf("read the description %s: %w", f.name, err)
		}
		d.files = append(d.files, loaded)
	}
	return d, nil
}

func loadFile(path, name, prefix string) (describedFile, error) {
	document, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		return describedFile{}, err
	}
	for _, v := range deviations() {
		if v.file == name && v.apply != nil && !v.apply(document) {
			return describedFile{}, fmt.Errorf("it no longer needs to be read differently: %s", v.reading)
		}
	}
	// Any host may serve the APIs: the test environment, or a sandbox.
	document.Servers = openapi3.Servers{{URL: prefix + "/"}}
	document.SetStringFormatValidators(formats())
	if err := document.Validate(context.Background(), openapi3.DisableExamplesValidation()); err != nil {
		return describedFile{}, err
	}
	router, err := gorillamux.NewRouter(document)
	return describedFile{document, router}, err
}

// formats are checked as well; by themselves they are only comments.
func formats() map[string]openapi3.StringFormatValidator {
	return map[string]openapi3.StringFormatValidator{
		"uuid": openapi3.NewRegexpFormatValidator(`(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`),
		"guid": openapi3.NewRegexpFormatValidator(`(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`),
		"uri": openapi3.NewCallbackValidator(func(text string) error {
			if u, err := url.Parse(text); err != nil || u.Scheme == "" {
				return errors.New("not an absolute URL")
			}
			return nil
		}),
		"date-time": openapi3.NewCallbackValidator(func(text string) error {
			_, err := time.Parse(time.RFC3339Nano, text)
			return err
		}),
	}
}

// Transport returns a transport that sends requests through next and fails the
// test where an exchange does not fit the description: any answer, and any
// request that was accepted all the same. What is no operation of the three
// APIs must be refused, in whatever form.
func (d *Description) Transport(t testing.TB, next http.RoundTripper) http.RoundTripper {
	return &describedTransport{d, next, func(err error) { t.Errorf("against the provider's description: %v", err) }}
}

// Webhook returns how the body of an ePayment webhook does not fit the
// description; nil when it does.
func (d *Description) Webhook(body []byte) error {
	var event any
	if err := json.Unmarshal(body, &event); err != nil {
		return fmt.Errorf("a webhook that is no JSON: %w", err)
	}
	for _, f := range d.files {
		if schema := f.document.Components.Schemas["WebhookEvent"]; schema != nil {
			return schema.Value.VisitJSON(event, openapi3.MultiErrors(), openapi3.WithStringFormatValidators(formats()))
		}
	}
	return errors.New("the description has no WebhookEvent")
}

// Uncalled lists the described operations that no request through a transport
// of this description has succeeded with, in the form "POST /v1/payments".
func (d *Description) Uncalled() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []string
	for _, f := range d.files {
		for path, item := range f.document.Paths.Map() {
			for method := range item.Operations() {
				if name := method + " " + path; !d.called[name] {
					out = append(out, name)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

func (d *Description) succeeded(route *routers.Route) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.called[route.Method+" "+route.Path] = true
}

// describedTransport holds what passes through it against the description.
type describedTransport struct {
	description *Description
	next        http.RoundTripper
	report      func(error)
}

// RoundTrip sends the request and reports what does not fit.
func (t *describedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	var sent []byte
	if r.Body != nil {
		var err error
		if sent, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		_ = r.Body.Close()
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(sent))
	}
	answer, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	got, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	// What is broken off here is broken off for the caller as well.
	answer.Body = io.NopCloser(io.MultiReader(bytes.NewReader(got), failingReader{err}))
	if err == nil {
		if err := t.description.check(r, sent, answer, got); err != nil {
			t.report(fmt.Errorf("%s %s, answered %d: %w", r.Method, r.URL.Path, answer.StatusCode, err))
		}
	}
	return answer, nil
}

// CloseIdleConnections passes the client's wish on.
func (t *describedTransport) CloseIdleConnections() {
	if next, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		next.CloseIdleConnections()
	}
}

// failingReader ends with an error, io.EOF where it has none.
type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) {
	if r.err == nil {
		return 0, io.EOF
	}
	return 0, r.err
}

func (d *Description) check(r *http.Request, sent []byte, answer *http.Response, got []byte) error {
	request := r.Clone(r.Context())
	request.Body, request.GetBody = io.NopCloser(bytes.NewReader(sent)), nil
	request.Header = http.Header{}
	for name, values := range r.Header {
		for _, v := range values {
			request.Header.Add(name, v) // client_id and client_secret go out in another spelling than Go's
		}
	}
	for _, v := range deviations() {
		if v.loosen != nil {
			v.loosen(request)
		}
	}
	route, params, err := d.route(request)
	if err != nil && answer.StatusCode >= http.StatusBadRequest {
		return nil
	}
	if err != nil {
		return err
	}
	options := &openapi3filter.Options{
		IncludeResponseStatus: true, MultiError: true, SkipSettingDefaults: true,
		AuthenticationFunc:      wantBearer,
		SchemaValidationOptions: []openapi3.SchemaValidationOption{openapi3.WithStringFormatValidators(formats())},
	}
	in := &openapi3filter.RequestValidationInput{Request: request, PathParams: params, Route: route, Options: options}
	misfit := openapi3filter.ValidateRequest(r.Context(), in)
	if answer.StatusCode < http.StatusBadRequest {
		d.succeeded(route)
		if misfit != nil {
			return fmt.Errorf("the request does not fit, yet was accepted: %w", misfit)
		}
	}
	err = openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: answer.StatusCode, Header: answer.Header,
		Body: io.NopCloser(bytes.NewReader(got)), Options: options,
	})
	if err != nil {
		return fmt.Errorf("the answer does not fit: %w", err)
	}
	return nil
}

func (d *Description) route(r *http.Request) (*routers.Route, map[string]string, error) {
	for _, f := range d.files {
		if route, params, err := f.router.FindRoute(r); err == nil {
			return route, params, nil
		}
	}
	return nil, nil, errors.New("there is no such operation")
}

// wantBearer is the one security scheme of the description.
func wantBearer(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	if token, ok := strings.CutPrefix(in.RequestValidationInput.Request.Header.Get("Authorization"), "Bearer "); !ok || token == "" {
		return errors.New("no access token")
	}
	return nil
}
