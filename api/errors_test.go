package api_test

import (
	"context"
	"errors"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"kvikk/api"
)

// failure makes the API answer "list webhooks" that way and returns the error.
func failure(t *testing.T, answer http.HandlerFunc) error {
	t.Helper()
	s := newServer(t).tokens().answer("GET /webhooks/v1/webhooks", answer)
	_, err := s.client().Webhooks(t.Context())
	if err == nil {
		t.Fatal("no error")
	}
	return err
}

func TestFourShapesBecomeOneError(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		body   string
		want   api.Error
	}{
		"a problem with a code": {
			400, `{"type":"https://httpstatuses.io/400","title":"Cannot capture before reservation","status":400,"detail":"Not reserved.","instance":"/v1/payments",
			"traceId":"00-813b-7064-01","extraDetails":[{"name":"ErrorCode","reason":"6080"}]}`,
			api.Error{Kind: api.KindProblem, Code: "6080", Title: "Cannot capture before reservation", Detail: "Not reserved.", TraceID: "00-813b-7064-01"},
		},
		"a problem with fields": {
			400, `{"title":"Bad Request","status":400,"traceId":null,"extraDetails":[{"name":"reference","reason":"Too short"},{"name":"errorcode","reason":4140},{}]}`,
			api.Error{Kind: api.KindProblem, Code: "4140", Title: "Bad Request", Fields: []api.FieldError{{Name: "reference", Reason: "Too short"}}},
		},
		"a problem of nulls":        {400, `{"title":"x","detail":null,"traceId":null,"extraDetails":null}`, api.Error{Kind: api.KindProblem, Title: "x"}},
		"a problem of odd types":    {400, `{"title":{"a":1},"detail":["b"],"traceId":7,"extraDetails":{"name":"x"}}`, api.Error{Kind: api.KindProblem, Title: "Bad Request", TraceID: "7"}},
		"API Management":            {404, `{"statusCode":404,"message":"Resource not found"}`, api.Error{Kind: api.KindGateway, Title: "Resource not found"}},
		"API Management, as text":   {403, `{"statusCode":"403","message":"No","activityId":"a1"}`, api.Error{Kind: api.KindGateway, Title: "No", TraceID: "a1"}},
		"Azure AD":                  {400, aadError, api.Error{Kind: api.KindIdentity, Code: "AADSTS700016", Title: "unauthorized_client", Detail: "AADSTS700016: Application with identifier 'x' was not found.", TraceID: "t-1"}},
		"Azure AD without a code":   {400, `{"error":"invalid_client","error_description":"no"}`, api.Error{Kind: api.KindIdentity, Title: "invalid_client", Detail: "no"}},
		"the old gateway":           {404, `{"responseInfo":{"responseCode":404,"responseMessage":"Not Found"},"result":{"message":"No route"}}`, api.Error{Kind: api.KindLegacy, Title: "Not Found", Detail: "No route"}},
		"half of the old gateway":   {404, `{"result":{"message":"No route"}}`, api.Error{Kind: api.KindLegacy, Title: "Not Found", Detail: "No route"}},
		"another object":            {400, `{"error":{"code":"x"}}`, api.Error{Kind: api.KindOther, Title: "Bad Request"}},
		"an empty object":           {400, `{}`, api.Error{Kind: api.KindOther, Title: "Bad Request"}},
		"a list":                    {400, `[{"errorCode":"1"}]`, api.Error{Kind: api.KindOther, Title: "Bad Request"}},
		"null":                      {400, `null`, api.Error{Kind: api.KindOther, Title: "Bad Request"}},
		"nothing":                   {403, ``, api.Error{Kind: api.KindOther, Title: "Forbidden"}},
		"a page":                    {403, `<html>No</html>`, api.Error{Kind: api.KindOther, Title: "Forbidden"}},
		"a line of text":            {403, "no healthy upstream\nmore", api.Error{Kind: api.KindOther, Title: "Forbidden", Detail: "no healthy upstream"}},
		"bytes":                     {403, "\xff\xfe\x00", api.Error{Kind: api.KindOther, Title: "Forbidden"}},
		"a status without a name":   {499, `{}`, api.Error{Kind: api.KindOther}},
		"JSON that ends in between": {400, `{"title":"x","deta`, api.Error{Kind: api.KindOther, Title: "Bad Request"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got *api.Error
			if err := failure(t, says(tt.status, tt.body)); !errors.As(err, &got) {
				t.Fatalf("got %v", err)
			}
			tt.want.Operation, tt.want.Status = "List webhooks", tt.status
			sameError(t, *got, tt.want)
		})
	}
}

const aadError = `{"error":"unauthorized_client","error_description":"AADSTS700016: Application with identifier 'x' was not found.\r\nTrace ID: t-1\r\nTimestamp: 2026","error_codes":[700016],
	"timestamp":"2026-11-22 06:40:00Z","trace_id":"t-1","correlation_id":"c-1","error_uri":"https://login.windows.net/error?code=700016"}`

func sameError(t *testing.T, got, want api.Error) {
	t.Helper()
	if len(got.Fields) != len(want.Fields) {
		t.Fatalf("got the fields %v, want %v", got.Fields, want.Fields)
	}
	for i := range want.Fields {
		if got.Fields[i] != want.Fields[i] {
			t.Errorf("field %d: got %v, want %v", i, got.Fields[i], want.Fields[i])
		}
	}
	got.Fields, want.Fields = nil, nil
	if a, b := got.Error()+string(got.Kind), want.Error()+string(want.Kind); a != b {
		t.Errorf("got  %s\nwant %s", a, b)
	}
	if got.Detail != want.Detail || got.Code != want.Code || got.TraceID != want.TraceID {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestErrorTextsAreShortAndSafe(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("å", 5000)
	err := failure(t, says(400, `{"title":"\u001b]0;x\u0007\u202e\nline","detail":"`+long+`","extraDetails":[`+strings.Repeat(`{"name":"n","reason":"r"},`, 999)+`{"name":"n","reason":"r"}]}`))
	var e *api.Error
	if !errors.As(err, &e) || len(e.Detail) > 1100 || len(e.Fields) > 40 {
		t.Fatalf("a detail of %d bytes and %d fields", len(e.Detail), len(e.Fields))
	}
	x := api.Explain(err)
	if text := err.Error() + x.What + x.Cause + x.Do; strings.ContainsAny(text, "\x1b\a\n\u202e") {
		t.Errorf("unsafe: %q", text[:200])
	}
	if !strings.Contains(err.Error(), `\x1b]0;x\x07\u202e line`) {
		t.Errorf("characters were dropped: %q", err.Error()[:80])
	}
}

// cutOff announces more than it sends.
func cutOff(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100000")
		says(status, body)(w, r)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

func TestAnswersThatCannotBeRead(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("0123456789abcdef", 5<<16)
	tests := map[string]struct {
		answer http.HandlerFunc
		want   api.ResponseProblem
	}{
		"a page":                        {says(200, "<html>Sign in</html>"), api.NotJSON},
		"text":                          {says(200, "ok"), api.NotJSON},
		"two values":                    {says(200, `{"webhooks":[]}{"webhooks":[]}`), api.NotJSON},
		"an error in the middle":        {says(200, `{"webhooks":[}`+strings.Repeat(" ", 20)+`]}`), api.NotJSON},
		"an error at the end":           {says(200, `{"webhooks":[}`), api.NotJSON},
		"JSON that ends in between":     {says(200, `{"webhooks":[{"id":"a"`), api.CutOff},
		"a connection that breaks":      {cutOff(200, `{"webhooks":[`), api.CutOff},
		"an error answer that breaks":   {cutOff(400, `{"title":"x`), api.CutOff},
		"5 MB of JSON":                  {says(200, `{"webhooks":[],"x":"`+large+`"}`), api.TooLarge},
		"5 MB of an error":              {says(400, `{"title":"`+large+`"}`), api.TooLarge},
		"a number where a list must be": {says(200, `{"webhooks":7}`), api.Incomplete},
		"nothing":                       {says(200, " \n"), api.Incomplete},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := failure(t, tt.answer)
			var e *api.ResponseError
			if !errors.As(err, &e) || e.Problem != tt.want || len(e.Body) > 1<<10 {
				t.Fatalf("got %v, want %s", err, tt.want)
			}
			if x := api.Explain(err); x.What == "" || x.Cause == "" || x.Do == "" {
				t.Errorf("explained as %+v", x)
			}
		})
	}
}

func TestOneMiBIsRead(t *testing.T) {
	t.Parallel()
	const frame = `{"webhooks":[],"x":""}`
	body := `{"webhooks":[],"x":"` + strings.Repeat("y", 1<<20-len(frame)) + `"}`
	s := newServer(t).tokens().answer("GET /webhooks/v1/webhooks", says(200, body))
	if _, err := s.client().Webhooks(t.Context()); err != nil {
		t.Errorf("%d bytes: %v", len(body), err)
	}
}

func TestConnectionProblemsAreNamed(t *testing.T) {
	t.Parallel()
	tls := httptest.NewUnstartedServer(http.NotFoundHandler())
	tls.Config.ErrorLog = stdlog.New(io.Discard, "", 0)
	tls.StartTLS()
	t.Cleanup(tls.Close)
	plain := newServer(t)
	silent := newServer(t).answer("POST /accesstoken/get", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	broken := newServer(t).answer("POST /accesstoken/get", hangsUp)
	tests := map[string]struct {
		base   string
		change func(*api.Options)
		want   api.ConnectionProblem
	}{
		"nothing listens":           {closedPort(t), nil, api.Refused},
		"a certificate of nobody":   {tls.URL, nil, api.Untrusted},
		"TLS where there is none":   {strings.Replace(plain.URL, "http:", "https:", 1), nil, api.Untrusted},
		"no answer":                 {silent.URL, func(o *api.Options) { o.Timeout = 20 * time.Millisecond }, api.Timeout},
		"a connection that breaks":  {broken.URL, nil, api.Interrupted},
		"a name without an address": {api.TestURL, dials(&net.DNSError{Err: "no such host", Name: "apitest.vipps.no", IsNotFound: true}), api.Unresolved},
		"a network that is down":    {api.TestURL, dials(&net.OpError{Op: "dial", Err: errors.New("network is unreachable")}), api.Unreachable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := plain.client(func(o *api.Options) {
				o.BaseURL = tt.base
				if tt.change != nil {
					tt.change(o)
				}
			}).Token(t.Context())
			var e *api.ConnectionError
			if !errors.As(err, &e) || e.Problem != tt.want || e.Operation != "Access token" || !strings.Contains(tt.base, e.Host) {
				t.Fatalf("got %v, want %s", err, tt.want)
			}
			if x := api.Explain(err); x.What == "" || x.Cause == "" || x.Do == "" {
				t.Errorf("explained as %+v", x)
			}
		})
	}
}

// dials makes every connection fail that way.
func dials(err error) func(*api.Options) {
	return func(o *api.Options) {
		o.Transport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, err }}
	}
}

// closedPort returns the URL of a port on which nothing listens.
func closedPort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return "http://" + ln.Addr().String()
}

func TestATimeoutIsNotWaitedForAgain(t *testing.T) {
	t.Parallel()
	s := newServer(t).answer("POST /accesstoken/get", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	_, err := s.client(func(o *api.Options) { o.Timeout = 20 * time.Millisecond }).Token(t.Context())
	if err == nil || len(s.all()) != 1 {
		t.Errorf("%v after %d requests", err, len(s.all()))
	}
}

func TestTheCallersDeadlineIsATimeout(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens().answer("GET /webhooks/v1/webhooks", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	c := s.client()
	fetch(t, c.Token)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := c.Webhooks(ctx)
	var e *api.ConnectionError
	if !errors.As(err, &e) || e.Problem != api.Timeout || !errors.Is(err, context.DeadlineExceeded) || len(s.requests()) != 1 {
		t.Errorf("got %v after %d requests", err, len(s.requests()))
	}
}

func TestASlowBodyIsATimeout(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens().answer("GET /webhooks/v1/webhooks", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"webhooks":[`)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	_, err := s.client(func(o *api.Options) { o.Timeout = 50 * time.Millisecond }).Webhooks(t.Context())
	var e *api.ConnectionError
	if !errors.As(err, &e) || e.Problem != api.Timeout {
		t.Errorf("got %v", err)
	}
}
