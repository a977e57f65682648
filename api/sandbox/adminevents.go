package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// sentBody is an event of another API on its way.
type sentBody struct {
	Event         string          `json:"event"`
	Reference     string          `json:"reference"`
	Registrations int             `json:"registrations"`
	Payload       json.RawMessage `json:"payload"`
}

// sendEvent sends an event of an API that the sandbox does not serve.
func sendEvent(c *call) reply {
	const example = `{"event":"recurring.charge-captured.v1","payload":{"agreementId":"agr_1"}}`
	var in struct {
		Event   string          `json:"event"`
		MSN     string          `json:"msn"`
		Payload json.RawMessage `json:"payload"`
	}
	if a, ok := c.read(&in, example); !ok {
		return a
	}
	if a, ok := checkSendable(in.Event); !ok {
		return a
	}
	u, a, ok := c.salesUnit(in.MSN)
	if !ok {
		return a
	}
	payload, streamed := u.madeUp(in.Event, c.now)
	body, err := readMembers(encode(payload))
	if err == nil && len(in.Payload) > 0 && string(in.Payload) != "null" {
		err = body.replace(in.Payload)
	}
	if err != nil {
		return adminError(http.StatusBadRequest, "The payload must be a JSON object. Send it like this: "+example)
	}
	out := sentBody{Event: in.Event, Reference: clip(body.text(streamed)), Payload: body.encode()}
	c.wake = u.do(c.now, func() {
		out.Registrations = u.post(in.Event, out.Reference, func() []byte { return out.Payload })
	})
	if out.Registrations == 0 {
		return adminError(http.StatusConflict, "No webhook of the sales unit "+u.keys.MSN+" is registered for "+in.Event+". Register one first.")
	}
	return jsonReply(http.StatusAccepted, out)
}

// checkSendable refuses an event type that is unknown or comes from payments.
func checkSendable(kind string) (reply, bool) {
	sendable := slices.DeleteFunc(eventTypes(), func(k string) bool { return strings.HasPrefix(k, "epayments.") })
	switch {
	case slices.Contains(sendable, kind):
		return reply{}, true
	case strings.HasPrefix(kind, "epayments."):
		return adminError(http.StatusBadRequest,
			clip(kind)+" comes from a payment. Create one, and let its payer decide, capture, refund or cancel it."), false
	}
	return adminError(http.StatusBadRequest,
		"There is no event "+clip(kind)+" to send. Those there are: "+strings.Join(sendable, ", ")+"."), false
}
