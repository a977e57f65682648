//go:build unix

package uitest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"kvikk/api"
)

// memory is what a merchant knows: which payments were acknowledged, and of
// which a webhook has come.
type memory struct {
	mu           sync.Mutex
	acknowledged map[string]bool
	heard        map[string]bool
}

func (m *memory) note(set map[string]bool, reference string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	set[reference] = true
	return len(set)
}

// missing is a payment that was acknowledged and that set does not have.
func (m *memory) missing(set map[string]bool) (reference string, is bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for reference := range m.acknowledged {
		if !set[reference] {
			return reference, true
		}
	}
	return "", false
}

func TestAKilledSandboxHasLostNothingThatItAnswered(t *testing.T) {
	m := &memory{acknowledged: make(map[string]bool), heard: make(map[string]bool)}
	news := make(chan struct{}, 10_000)
	shop := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var event struct{ Reference string }
		if json.NewDecoder(r.Body).Decode(&event) == nil {
			m.note(m.heard, event.Reference)
			news <- struct{}{}
		}
	}))
	t.Cleanup(shop.Close)
	state := t.TempDir()
	const rounds, each = 4, 150
	for round := range rounds {
		p := startProvider(t, "--state-dir", state)
		if round == 0 {
			_, err := p.client().RegisterWebhook(t.Context(), api.RegisterWebhookRequest{
				URL: shop.URL, Events: []string{"epayments.payment.created.v1"},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		p.createUntilKilled(m, round, each)
	}
	p := startProvider(t, "--state-dir", state)
	client := p.client()
	for reference := range m.acknowledged {
		if _, err := client.Payment(t.Context(), reference); err != nil {
			t.Fatalf("%s was acknowledged: %v", reference, err)
		}
	}
	for limit := time.After(patience); ; {
		reference, silent := m.missing(m.heard)
		if !silent {
			break
		}
		select {
		case <-news:
		case <-limit:
			t.Fatalf("the webhook of %s has not come", reference)
		}
	}
	t.Logf("%d payments acknowledged before %d kills, none missing", len(m.acknowledged), rounds)
}

// createUntilKilled creates payments from several clients and kills the sandbox
// in the middle, when so many were acknowledged.
func (p *provider) createUntilKilled(m *memory, round, each int) {
	p.t.Helper()
	var clients sync.WaitGroup
	var done atomic.Int64
	for c := range 4 {
		clients.Go(func() {
			client := p.client()
			defer client.Close()
			for n := 0; ; n++ {
				reference := fmt.Sprintf("kill-%d-%d-%d", round, c, n)
				_, err := client.CreatePayment(p.t.Context(), api.CreatePaymentRequest{
					Amount: api.Amount{Currency: "NOK", Value: 49900}, PaymentMethod: api.PaymentMethod{Type: api.Wallet},
					Reference: reference, UserFlow: api.WebRedirect, ReturnURL: "https://example.com/thanks",
				})
				if err != nil {
					return // it is dead
				}
				m.note(m.acknowledged, reference)
				if done.Add(1) == int64(each) {
					p.signal(syscall.SIGKILL)
				}
			}
		})
	}
	clients.Wait()
	<-p.ended
}
