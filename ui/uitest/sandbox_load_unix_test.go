//go:build unix

package uitest_test

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"
)

const (
	// loadClients is how many clients call at the same time.
	loadClients = 16
	// loadRound is how many calls they make in one round, all together.
	loadRound = 8000
	// stripeMockVariable names a stripe-mock to measure beside the sandbox:
	// go install github.com/stripe/stripe-mock@v0.203.0
	stripeMockVariable = "KVIKK_STRIPE_MOCK"
)

// BenchmarkSandboxLoad measures how many payments 16 clients create in the
// sandbox, and how many of their webhooks a receiver in this process has
// accepted, a second, beside stripe-mock answering its create call to the same
// clients. The two take turns, each in a process of its own; the medians of all
// rounds are reported. A payment counts as delivered when its webhook has been
// answered with 200, and a webhook that is missing, wrong or there twice fails
// the benchmark.
//
//	KVIKK_STRIPE_MOCK=$(go env GOPATH)/bin/stripe-mock go test ./ui/uitest -run '^$' -bench SandboxLoad -benchtime 9x
func BenchmarkSandboxLoad(b *testing.B) {
	shop := newShop(b)
	hooks := shop.register()
	peer := startStripeMock(b)
	var own, delivered, others measures
	round := func() {
		hooks.expect(loadRound)
		began := time.Now()
		own.add(drive(b, loadRound, shop.create()))
		delivered.perSecond = append(delivered.perSecond, loadRound/hooks.wait().Sub(began).Seconds())
		if peer != "" {
			others.add(drive(b, loadRound, stripePayment(peer)))
		}
	}
	round() // what grows and warms up does so before anything counts
	own, delivered, others = measures{}, measures{}, measures{}
	for b.Loop() {
		round()
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(own.perSecond), "payments/s")
	b.ReportMetric(median(delivered.perSecond), "deliveries/s")
	b.ReportMetric(median(own.p50), "ms/p50")
	b.ReportMetric(median(own.p99), "ms/p99")
	if peer == "" {
		b.Log("stripe-mock is not measured: " + stripeMockVariable + " does not name one")
		return
	}
	b.ReportMetric(median(others.perSecond), "stripe-mock/s")
	b.ReportMetric(median(others.p50), "ms/stripe-mock-p50")
	b.ReportMetric(median(others.p99), "ms/stripe-mock-p99")
	b.ReportMetric(median(delivered.perSecond)/median(others.perSecond), "ratio")
}

// measures are those of one server, one of each a round.
type measures struct{ perSecond, p50, p99 []float64 }

func (m *measures) add(r result) {
	slices.Sort(r.took)
	at := func(share float64) float64 { return r.took[int(share*float64(len(r.took)-1))].Seconds() * 1000 }
	m.perSecond = append(m.perSecond, float64(len(r.took))/r.all.Seconds())
	m.p50, m.p99 = append(m.p50, at(0.50)), append(m.p99, at(0.99))
}

func median(of []float64) float64 { return slices.Sorted(slices.Values(of))[len(of)/2] }

// target is a call that a load consists of.
type target struct {
	address string
	// request returns the bytes of the call with this number.
	request func(n int) []byte
	status  int // what each has to be answered with
}

// result is how long each call of a load took, and all of them together.
type result struct {
	took []time.Duration
	all  time.Duration
}

// drive makes calls from 16 clients, each as soon as its one before is answered.
func drive(b testing.TB, calls int, to target) result {
	b.Helper()
	r := result{took: make([]time.Duration, calls)}
	failures := make(chan error, loadClients)
	var clients sync.WaitGroup
	began := time.Now()
	for c := range loadClients {
		clients.Go(func() {
			conn, err := connect(to.address)
			for n := c; err == nil && n < calls; n += loadClients {
				sent := time.Now()
				err = conn.call(to.request(n), to.status)
				r.took[n] = time.Since(sent)
			}
			if err != nil {
				failures <- err
			}
			conn.close()
		})
	}
	clients.Wait()
	r.all = time.Since(began)
	select {
	case err := <-failures:
		b.Fatal(err)
	default:
	}
	return r
}

// shop is a merchant of a sandbox in a process of its own.
type shop struct {
	b       testing.TB
	sandbox *provider
	token   string
	created int // payments, so that no reference comes twice
}

func newShop(b testing.TB) *shop {
	b.Helper()
	p := startProvider(b)
	token, err := p.client().Token(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return &shop{b: b, sandbox: p, token: token.AccessToken.Reveal()}
}

// create returns the call that creates payments no call has created before.
func (s *shop) create() target {
	first := s.created
	s.created += loadRound
	k := s.sandbox.first
	return target{
		address: k.address(), status: http.StatusCreated,
		request: func(n int) []byte {
			reference := reference(first + n)
			return post("/epayment/v1/payments", "application/json", fmt.Sprintf("Authorization: Bearer %s\r\n"+
				"Ocp-Apim-Subscription-Key: %s\r\nMerchant-Serial-Number: %s\r\nIdempotency-Key: %s\r\n",
				s.token, k.SubscriptionKey, k.MSN, reference),
				`{"amount":{"currency":"NOK","value":49900},"paymentMethod":{"type":"WALLET"},"reference":"`+reference+
					`","userFlow":"WEB_REDIRECT","returnUrl":"https://example.com/thanks","paymentDescription":"One mug"}`)
		},
	}
}

func reference(n int) string { return fmt.Sprintf("load-%08d", n) }

// startStripeMock returns the address of a stripe-mock, or nothing when there
// is none.
func startStripeMock(b testing.TB) string {
	b.Helper()
	path := os.Getenv(stripeMockVariable)
	if path == "" {
		return ""
	}
	return startListening(b, path, "-http-addr", "127.0.0.1:0")
}

// stripePayment creates a PaymentIntent, the quicker of stripe-mock's two calls
// that create a payment.
func stripePayment(address string) target {
	return target{address: address, status: http.StatusOK, request: func(int) []byte {
		return post("/v1/payment_intents", "application/x-www-form-urlencoded", "Authorization: Bearer sk_test_123\r\n",
			"amount=49900&currency=nok&description=One+mug")
	}}
}
