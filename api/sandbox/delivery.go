package sandbox

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// ProviderSchedule is the wait before delivery attempt n, counted from 2:
// three retries 2 seconds apart, then one after 60 and one after 120 seconds,
// then hourly up to attempt 29 and daily until 7 days are over, where it is
// negative: the event is given up.
func ProviderSchedule(attempt int) time.Duration {
	switch {
	case attempt <= 4:
		return 2 * time.Second
	case attempt == 5:
		return time.Minute
	case attempt == 6:
		return 2 * time.Minute
	case attempt <= 29:
		return time.Hour
	case attempt <= 35: // 6 + 120 s + 60 s, 23 hours and 6 days are just under 7 days
		return 24 * time.Hour
	}
	return -1
}

// address is where and how a registration's events are delivered.
type address struct {
	msn    string // of the sales unit
	id     string // Webhook-Id
	url    *url.URL
	secret string
}

// message is one event on its way; the body is shared by all registrations.
type message struct {
	id   int64  // in the journal
	kind string // the event type
	body []byte
	with *posted // the events of the same request; nil for what may go
	fate
}

// courier makes delivery attempts.
type courier struct {
	policy    *callbackPolicy
	transport *http.Transport
	timeout   time.Duration
	now       func() time.Time
}

func newCourier(p *callbackPolicy, roots *x509.CertPool, timeout time.Duration, now func() time.Time) *courier {
	return &courier{
		policy: p, timeout: timeout, now: now,
		transport: &http.Transport{
			// No Proxy: a proxy would dial in the policy's place.
			DialContext:            p.dial,
			TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			MaxIdleConnsPerHost:    maxAtOnce,
			IdleConnTimeout:        30 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
		},
	}
}

// deliver makes one attempt and returns the status that the receiver answered
// with, 0 for none; no error means 2xx. It goes through the transport itself,
// so no redirect is followed and no cookie kept.
func (d *courier) deliver(ctx context.Context, to address, m message, t tampering) (int, error) {
	if err := d.policy.check(to.url); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	req, err := d.request(ctx, to, m.body, t)
	if err != nil {
		return 0, err
	}
	res, err := d.transport.RoundTrip(req)
	if err != nil {
		return 0, fmt.Errorf("deliver the webhook: %w", err)
	}
	_, drainErr := io.CopyN(io.Discard, res.Body, 64<<10) // so that the connection can be used again
	_ = res.Body.Close()
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return res.StatusCode, fmt.Errorf("the receiver answered %d", res.StatusCode)
	}
	if drainErr != nil && !errors.Is(drainErr, io.EOF) {
		return res.StatusCode, fmt.Errorf("the receiver's answer broke off: %w", drainErr)
	}
	return res.StatusCode, nil
}

// request signs anew for every attempt, as the date is the attempt's own.
func (d *courier) request(ctx context.Context, to address, body []byte, t tampering) (*http.Request, error) {
	sent, secret := body, to.secret
	if t.marks.has(faultAlteredBody) {
		sent = alter(body)
	}
	if t.marks.has(faultWrongSignature) {
		secret = anotherSecret(secret)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.url.String(), bytes.NewReader(sent))
	if err != nil {
		return nil, fmt.Errorf("make the delivery request: %w", err)
	}
	req.Host = hostHeader(to.url)
	s := sign(secret, req.Host, req.URL.RequestURI(), d.now().Add(-t.age), body)
	req.Header = http.Header{
		"Content-Type":          {"application/json; charset=utf-8"},
		"User-Agent":            {"Vipps MobilePay/1.0 Webhooks/1.0"},
		"x-ms-date":             {s.date},
		"x-ms-content-sha256":   {s.contentHash},
		"Authorization":         {s.authorization},
		"X-Vipps-Authorization": {s.authorization},
		"Webhook-Id":            {to.id},
	}
	return req, nil
}

func (d *courier) close() { d.transport.CloseIdleConnections() }
