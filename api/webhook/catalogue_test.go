package webhook_test

import (
	"strings"
	"testing"

	"kvikk/api/webhook"
)

func TestTheCatalogueIsWhole(t *testing.T) {
	t.Parallel()
	count, seen := map[string]int{}, map[string]bool{}
	for i, info := range webhook.Types() {
		count[info.API]++
		if seen[string(info.Type)] || seen[info.Sentence] {
			t.Errorf("%s or its sentence stands there twice", info.Type)
		}
		seen[string(info.Type)], seen[info.Sentence] = true, true
		if info.Name == "" || !strings.HasSuffix(info.Sentence, ".") || !strings.HasSuffix(string(info.Type), ".v1") {
			t.Errorf("incomplete: %+v", info)
		}
		if got, ok := webhook.Lookup(info.Type); !ok || got != info {
			t.Errorf("Lookup(%s) = %+v, %v", info.Type, got, ok)
		}
		if (i < 8) != (info.API == webhook.EPayment) {
			t.Errorf("%s stands at %d; those of ePayment come first", info.Type, i)
		}
	}
	for api, want := range map[string]int{webhook.EPayment: 8, webhook.Recurring: 10, webhook.Login: 1, webhook.QR: 1, webhook.Donations: 4} {
		if count[api] != want {
			t.Errorf("%s has %d event types, want %d", api, count[api], want)
		}
	}
}

func TestNamesLeadToTypes(t *testing.T) {
	t.Parallel()
	types := webhook.EPaymentTypes()
	if len(types) != 8 {
		t.Fatalf("there are %d ePayment types", len(types))
	}
	for _, want := range types {
		info, _ := webhook.Lookup(want)
		if got, ok := webhook.TypeForName(info.Name); !ok || got != want {
			t.Errorf("TypeForName(%q) = %q, %v, want %q", info.Name, got, ok, want)
		}
	}
	for _, name := range []string{"", "created", "ping", "PAID"} {
		if got, ok := webhook.TypeForName(name); ok {
			t.Errorf("TypeForName(%q) = %q", name, got)
		}
	}
	for newer, want := range map[webhook.Type]string{"recurring.charge-paused.v2": "charge-paused", "epayments.payment.captured.v2": "captured", "x": "x", "": ""} {
		if got := newer.Name(); got != want {
			t.Errorf("the name of %q is %q, want %q", newer, got, want)
		}
	}
	if _, ok := webhook.Lookup("epayment.payment.created.v1"); ok {
		t.Error("the singular is not an event type")
	}
}
