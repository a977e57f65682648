package api_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kvikk/api"
)

func TestEveryExchangeIsRecordedOnceInOrder(t *testing.T) {
	t.Parallel()
	s := newServer(t).tokens().answer("POST /epayment/v1/payments", says(503, `{}`), hangsUp, says(201, created))
	var l log
	at := newClock()
	c := s.client(l.to, at.set)
	if err := create(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	all := l.all()
	want := []struct {
		operation       string
		attempt, status int
	}{{"Access token", 1, 200}, {"Create payment", 1, 503}, {"Create payment", 2, 0}, {"Create payment", 3, 201}}
	if len(all) != len(want) {
		t.Fatalf("%d exchanges, want %d", len(all), len(want))
	}
	for i, w := range want {
		e := all[i]
		status := 0
		if e.Response != nil {
			status = e.Response.Status
		}
		if e.Seq != uint64(i+1) || e.Operation != w.operation || e.Attempt != w.attempt || status != w.status || e.Request.Operation != w.operation ||
			!e.Started.Equal(at.now()) || (e.Err != nil) != (w.status == 0) {
			t.Errorf("exchange %d: %+v", i+1, e)
		}
	}
	if e := all[3]; string(e.Response.Body) != created || e.Response.Proto != "HTTP/1.1" || e.Response.Header.Get("Content-Type") != "application/json" ||
		e.Request.Method != "POST" || e.Request.URL != s.URL+"/epayment/v1/payments" || len(e.Request.Body) == 0 {
		t.Errorf("the last exchange is not whole: %+v", e)
	}
}

func TestPreviewsAreWhatGoesOut(t *testing.T) {
	t.Parallel()
	const ref = "acme-shop-1"
	s := newServer(t).tokens().answer("/webhooks/", says(400, `{}`)).answer("/epayment/", says(400, `{}`))
	var l log
	c := s.client(l.to)
	key, approve := api.WithIdempotencyKey("k"), api.ForceApproveRequest{Token: "t"}
	ctx := t.Context()
	_, _ = c.RegisterWebhook(ctx, webhook())
	_, _ = c.Webhooks(ctx)
	_, _ = c.CreatePayment(ctx, payment(), key)
	_ = c.ForceApprove(ctx, ref, approve)
	previews := []api.Request{
		c.PreviewToken(), c.PreviewRegisterWebhook(webhook()), c.PreviewWebhooks(),
		c.PreviewCreatePayment(payment(), key), c.PreviewForceApprove(ref, approve),
	}
	all := l.all()
	if len(all) != len(previews) {
		t.Fatalf("%d exchanges, %d previews", len(all), len(previews))
	}
	for i, e := range all {
		if got, want := e.Request.Curl(), previews[i].Curl(); got != want {
			t.Errorf("%s: sent\n%s\npreviewed\n%s", e.Operation, got, want)
		}
	}
	if got, want := s.requests()[3].uri, "/epayment/v1/test/payments/acme-shop-1/approve"; got != want {
		t.Errorf("force approve went to %s, want %s", got, want)
	}
}

// echoes answers with every secret of the request in every spelling, in the
// body, in the header, and in a shape that is an error, a page or a token.
func echoes(status int, frame string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var b strings.Builder
		for _, name := range []string{"client_secret", "Ocp-Apim-Subscription-Key", "Authorization"} {
			text := strings.TrimPrefix(r.Header.Get(name), "Bearer ")
			quoted, _ := json.Marshal(text)
			for _, spelt := range []string{strings.ReplaceAll(text, `"`, `\"`), strings.Trim(string(quoted), `"`), url.QueryEscape(text), url.PathEscape(text), html.EscapeString(text)} {
				b.WriteString(" " + spelt)
			}
		}
		w.Header().Set("X-Echo", r.Header.Get("Ocp-Apim-Subscription-Key")+r.Header.Get("Authorization"))
		w.Header().Set("Set-Cookie", "session=0123456789")
		says(status, strings.ReplaceAll(frame, "ECHO", b.String()))(w, r)
	}
}

// everySecret are the texts that must occur nowhere.
func everySecret() []string {
	out := []string{"0123456789abcdefTOKEN", "webhook-secret-1==", "session=0123456789"}
	for _, s := range []string{clientSecret, subscriptionKey} {
		quoted, _ := json.Marshal(s)
		out = append(out, s, strings.Trim(string(quoted), `"`), url.QueryEscape(s), html.EscapeString(s), base64.StdEncoding.EncodeToString([]byte(s)))
	}
	return out
}

// leaks returns the first secret in text.
func leaks(text string) string {
	for _, s := range everySecret() {
		if strings.Contains(text, s) {
			return s
		}
	}
	return ""
}

// prints returns v in every form that fmt and JSON know.
func prints(v any) string {
	j, err := json.Marshal(v)
	text := string(j) + fmt.Sprint(err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		text += " " + fmt.Sprintf(verb, v)
	}
	return text
}

func TestNoSecretLeavesThePackage(t *testing.T) {
	t.Parallel()
	const token = `{"token_type":"Bearer","expires_in":"3599", "access_token" : "0123456789abcdefTOKEN","refresh_token":"0123456789abcdefTOKEN2","note":"0123456789abcdefTOKEN"}`
	s := newServer(t).
		answer("POST /accesstoken/get", says(200, token)).
		answer("POST /webhooks/v1/webhooks", says(201, `{"id":"w1","secret":"webhook-secret-1==","copy":"webhook-secret-1=="}`)).
		answer("GET /webhooks/v1/webhooks", echoes(400, `{"title":"ECHO","detail":"ECHO","traceId":"ECHO","extraDetails":[{"name":"ECHO","reason":"ECHO"}]}`), echoes(403, `plain ECHO`), echoes(200, `<p>ECHO`), echoes(200, `{"webhooks":"ECHO"`)).
		answer("POST /epayment/v1/payments", echoes(401, `{"statusCode":401,"message":"ECHO webhook-secret-1=="}`))
	var l log
	c := s.client(l.to)
	registered, err := c.RegisterWebhook(t.Context(), webhook())
	if err != nil {
		t.Fatal(err)
	}
	tok, _ := c.CachedToken()
	values := []any{c, tok, registered, keys(), api.Options{Keys: keys()}, express(), c.PreviewToken(), c.PreviewCreatePayment(express()).Curl()}
	for range 4 {
		_, err := c.Webhooks(t.Context())
		values = append(values, err, err.Error(), api.Explain(err))
	}
	err = create(t.Context(), c)
	values = append(values, err, err.Error(), api.Explain(err))
	for _, e := range l.all() {
		values = append(values, e, e.Request, e.Request.Curl(), e.Response, string(e.Response.Body), e.Response.Header, string(e.Request.Body))
	}
	for _, v := range values {
		if secret := leaks(prints(v)); secret != "" {
			t.Errorf("%T shows %q: %+v", v, secret, v)
		}
	}
	want := `{"token_type":"Bearer","expires_in":"3599", "access_token" : "••••","refresh_token":"••••","note":"••••"}`
	if got := string(l.all()[0].Response.Body); got != want {
		t.Errorf("the token's answer is shown as\n%s, want\n%s", got, want)
	}
	if got, want := string(l.all()[1].Response.Body), `{"id":"w1","secret":"••••","copy":"••••"}`; got != want {
		t.Errorf("the registration's answer is shown as\n%s, want\n%s", got, want)
	}
}

func TestSecretsInBrokenAnswersAreHidden(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"cut off in the token":    cutOff(200, `{"expires_in":"1","access_token":"0123456789abcdefTOK`),
		"cut off without a break": says(200, `{"access_token":"0123456789abcdefTOK`),
		"a form":                  says(200, `token_type=bearer&access_token=0123456789abcdefTOK&x=1`),
		"a page":                  says(200, `<access_token>0123456789abcdefTOK</access_token>`),
		"a list":                  says(200, `["x",{"access_token":"0123456789abcdefTOK"}]`),
		"an escaped name":         says(200, `{"access_\u0074oken":"0123456789abcdefTOK","x":{}`),
		"an object":               says(200, `{"access_token":{"a":["0123456789abcdefTOK"]}}`),
		"a number":                says(200, `{"access_token":123456789,"x":"0123456789abcdefTOK"`),
		"a cut-off key":           cutOff(401, `{"message":"your key `+subscriptionKey[:20]),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t).answer("POST /accesstoken/get", answer)
			var l log
			_, err := s.client(l.to).Token(t.Context())
			var e *api.ResponseError
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			text := prints(l.all()) + prints(err) + string(e.Body) + string(l.all()[0].Response.Body)
			if name != "a number" && strings.Contains(text, "0123456789abcd") || strings.Contains(text, "123456789,") || strings.Contains(text, subscriptionKey[:20]) {
				t.Errorf("shown: %s", l.all()[0].Response.Body)
			}
		})
	}
}

func TestASecretInEscapesIsHiddenInTheError(t *testing.T) {
	t.Parallel()
	var escaped strings.Builder
	for _, r := range subscriptionKey {
		fmt.Fprintf(&escaped, `\u%04x`, r)
	}
	err := failure(t, says(400, `{"title":"`+escaped.String()+`","extraDetails":[{"name":"n","reason":"`+escaped.String()+`"}]}`))
	if text := prints(err) + err.Error() + api.Explain(err).Cause; leaks(text) != "" || !strings.Contains(text, "••••") {
		t.Errorf("got %v", err)
	}
}

func TestAServersNonsenseCannotRepeatASecret(t *testing.T) {
	t.Parallel()
	s := newServer(t).answer("POST /accesstoken/get", func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("Ocp-Apim-Subscription-Key")
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "NONSENSE "+key+"\r\n\r\n")
	})
	var l log
	_, err := s.client(l.to).Token(t.Context())
	if err == nil || leaks(prints(err)+err.Error()+prints(l.all())) != "" {
		t.Errorf("got %v", err)
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		if leaks(prints(e)+e.Error()) != "" {
			t.Errorf("%T: %v", e, e)
		}
	}
}

func TestAnExchangeAsJSON(t *testing.T) {
	t.Parallel()
	s := newServer(t).answer("POST /accesstoken/get", func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Date"] = nil
		_, _ = io.WriteString(w, `{"access_token":"0123456789","expires_in":1}`)
	})
	var l log
	at := newClock()
	if _, err := s.client(l.to, at.set).Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	e := l.all()[0]
	e.Duration, e.Err, e.Request.Header = 1500*time.Microsecond, errors.New("x"), e.Request.Header[:1]
	j, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	sameJSON(t, string(j), `{"seq":1,"operation":"Access token","attempt":1,
		"request":{"operation":"Access token","method":"POST","url":"`+s.URL+`/accesstoken/get","header":[{"name":"client_id","value":"$VIPPS_CLIENT_ID"}]},
		"response":{"status":200,"proto":"HTTP/1.1","header":{"Content-Length":["44"],"Content-Type":["text/plain; charset=utf-8"]},"body":"{\"access_token\":\"••••\",\"expires_in\":1}"},
		"error":"x","started":"2026-11-22T14:00:00Z","duration_ms":1.5}`)
}
