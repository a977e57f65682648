package scenario_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"kvikk/api/control"
	"kvikk/api/sandbox"
)

func TestAnEventOfAnotherAPIIsSent(t *testing.T) {
	t.Parallel()
	const event = "recurring.charge-captured.v1"
	b, receiver := start(t, sandbox.Options{}), receive(t, nil)
	b.register(t, receiver.URL, "", event)
	for i := range 2 { // an earlier one is not taken for this one
		payload := fmt.Sprintf(`{"agreementId":"agr_1","amount":%d}`, 100+i)
		sent, v, err := b.runner().Send(t.Context(), control.Event{Event: event, Payload: []byte(payload)})
		if err != nil || !v.Passed() || len(v.Checks) != 1 || v.Checks[0].Event != event || v.Checks[0].Attempts != 1 {
			t.Errorf("the verdict is %+v, %v", v, err)
		}
		if !strings.Contains(string(sent.Payload), fmt.Sprintf(`"amount":%d`, 100+i)) || sent.Registrations != 1 {
			t.Errorf("sent is %+v", sent)
		}
	}
	_, _, err := b.runner().Send(t.Context(), control.Event{Event: "recurring.charge-failed.v1"})
	if e, ok := errors.AsType[*control.Error](err); !ok || e.Status != http.StatusConflict {
		t.Errorf("an event that nobody asks for: %v", err)
	}
}
