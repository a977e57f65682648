package ui

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"kvikk/api"
	"kvikk/api/webhook"
	"kvikk/ui/flow"
	"kvikk/ui/form"
	"kvikk/ui/pane/steps"
	"kvikk/ui/theme"
)

// The fields of step 4.
const (
	fieldAmount      = "amount"
	fieldDescription = "description"
	fieldReference   = "reference"
	fieldPhone       = "customer_phone"
	fieldReturnURL   = "return_url"
	fieldUserFlow    = "user_flow"
)

// firstAmount is what the form begins with, in minor units.
const firstAmount = "49900"

func newPaymentForm(th theme.Theme) *form.Form {
	f := form.New(th,
		form.Field{Name: fieldAmount, Label: "Amount", Limit: 9},
		form.Field{Name: fieldDescription, Label: "Description", Limit: 100, Placeholder: "optional", Hint: "The customer sees it: 3 to 100 characters, or nothing."},
		form.Field{Name: fieldReference, Label: "Reference", Limit: 64, Hint: "Unique for the sales unit: 8 to 64 letters, digits and hyphens. n makes up a new one."},
		form.Field{Name: fieldUserFlow, Label: "User flow", Kind: form.Choice, Options: []form.Option{
			{Value: string(api.WebRedirect), Label: string(api.WebRedirect), Detail: "a link that opens the app or a page"},
			{Value: string(api.PushMessage), Label: string(api.PushMessage), Detail: "needs a phone number and approval"},
			{Value: string(api.QR), Label: string(api.QR), Detail: "a QR code to scan"},
		}},
		form.Field{
			Name: fieldPhone, Label: "Customer's phone", Placeholder: "optional",
			Hint: "With country code, digits only. Force approve needs it.",
		},
		form.Field{Name: fieldReturnURL, Label: "Return URL"},
	)
	f.Set(fieldAmount, firstAmount)
	f.Set(fieldDescription, "One pair of socks")
	return f
}

// returnBase is what a reference is put behind where the form names no return
// URL: the sandbox has a page that says what happened, and elsewhere example.com
// stands for the shop.
func (m *Model) returnBase() (base, where string) {
	if m.snap.Sandbox {
		return m.snap.APIURL + "/return?reference=", "the sandbox's own page"
	}
	return "https://example.com/return?reference=", "example.com with the reference"
}

// currency is the sales unit's, as the profile knows it.
func (m *Model) currency() string { return cmp.Or(m.settings.Profile.Currency, api.Currencies()[0]) }

// fillPayment takes over what the sales unit's settings say.
func (m *Model) fillPayment() {
	if phone := m.s.Settings().Profile.Phone; phone != "" {
		m.pay.Set(fieldPhone, phone)
	}
	base, where := m.returnBase()
	m.pay.SetPlaceholder(fieldReturnURL, base+"…")
	m.pay.SetHint(fieldReturnURL, "Where the customer comes back to. Empty: "+where+".")
	currency := m.currency()
	minimum, _ := api.MinimumAmount(currency)
	m.pay.SetHint(fieldAmount, fmt.Sprintf("In minor units: %s is %s. At least %d, which is %s.",
		firstAmount, api.Amount{Currency: currency, Value: 49900}, minimum, api.Amount{Currency: currency, Value: minimum}))
}

// paymentRequest is the request that the form describes.
func (m *Model) paymentRequest() api.CreatePaymentRequest {
	amount, _ := strconv.ParseInt(m.pay.Value(fieldAmount), 10, 64)
	reference := m.pay.Value(fieldReference)
	base, _ := m.returnBase()
	r := api.CreatePaymentRequest{
		Amount:             api.Amount{Currency: m.currency(), Value: amount},
		PaymentMethod:      api.PaymentMethod{Type: api.Wallet},
		Reference:          reference,
		UserFlow:           api.UserFlow(m.pay.Value(fieldUserFlow)),
		PaymentDescription: m.pay.Value(fieldDescription),
		ReturnURL:          cmp.Or(m.pay.Value(fieldReturnURL), base+url.QueryEscape(reference)),
	}
	if phone := m.pay.Value(fieldPhone); phone != "" {
		r.Customer = &api.Customer{PhoneNumber: phone}
	}
	return r
}

// validatePayment puts messages at the fields that are wrong and returns the
// first.
func (m *Model) validatePayment() string {
	m.pay.ClearErrors()
	if e, ok := errors.AsType[*api.ValidationError](m.paymentRequest().Validate()); ok {
		mark(m.pay, e.Fields)
	}
	if v := m.pay.Value(fieldAmount); v != "" {
		if _, err := strconv.ParseInt(v, 10, 64); err != nil {
			m.pay.SetError(fieldAmount, "The amount is a whole number in minor units: "+firstAmount+" means 499.00.")
		}
	}
	return m.pay.FirstError()
}

// forgetPayment begins without a payment.
func (m *Model) forgetPayment() {
	m.payment, m.diagnosis = payment{}, nil
	m.pay.Set(fieldReference, m.o.NewReference())
}

// approve approves the payment in the test user's stead.
func (m *Model) approve() tea.Cmd {
	if !m.canApprove() || m.work != nil {
		return nil
	}
	phone := m.pay.Value(fieldPhone)
	if phone == "" {
		m.flow.Open(flow.TriggerEvent)
		m.arrive()
		m.pay.SetError(fieldPhone, "Force approve needs the test user's phone number.")
		return m.edit(fieldPhone)
	}
	if m.snap.Sandbox {
		return m.forceApprove(phone)
	}
	m.dialog = &dialog{
		title: "Force approve",
		text: "This works in the test environment only, and only for a test user who has approved one payment by hand " +
			"in the test app before. The provider then sends an AUTHORIZED webhook.",
		enter: "approve the payment",
		act:   func() tea.Cmd { return m.forceApprove(phone) },
	}
	return nil
}

// canApprove reports whether there is a payment that waits for its customer.
func (m *Model) canApprove() bool {
	s := m.flow.Current()
	return (s == flow.TriggerEvent || s == flow.ViewWebhook) && m.payment.created.Reference != "" && !m.payment.decided
}

// payerPage is where the customer of the payment says yes or no, empty where
// there is no such page. A pushed payment has no redirect URL, and in the
// sandbox a page that stands for the phone.
func (m *Model) payerPage() string {
	s, created := m.flow.Current(), m.payment.created
	switch {
	case s != flow.TriggerEvent && s != flow.ViewWebhook:
		return ""
	case created.RedirectURL == "" && created.Reference != "" && !m.payment.decided && m.snap.Sandbox:
		return m.snap.APIURL + "/app"
	}
	return created.RedirectURL
}

// phoneCanReach reports whether a QR code for a URL is of use: it has to lead
// off this machine.
func phoneCanReach(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" {
		return false
	}
	if addr, err := netip.ParseAddr(u.Hostname()); err == nil && addr.IsLoopback() {
		return false
	}
	return u.Hostname() != "localhost"
}

// seenStates is the payment's way so far, for the rail: what webhooks told of,
// and what usually comes next.
func (m *Model) seenStates() []steps.State {
	if m.payment.created.Reference == "" {
		return nil
	}
	var states []steps.State
	seen := make(map[string]struct{})
	for i := len(m.payment.rows) - 1; i >= 0; i-- {
		r := m.payment.rows[i]
		if _, again := seen[r.Name]; again || !r.Verified || r.Name == "" {
			continue
		}
		if !r.Failed {
			seen[r.Name] = struct{}{}
		}
		states = append(states, steps.State{Name: r.Name, At: r.ReceivedAt, Failed: r.Failed})
	}
	if ended(seen) {
		return states
	}
	last := len(states)
	// One that did not come although a later one has is not to come any more.
	for _, usual := range slices.Backward([]string{"CREATED", "AUTHORIZED", "CAPTURED"}) {
		if _, known := seen[usual]; known {
			break
		}
		states = slices.Insert(states, last, steps.State{Name: usual})
	}
	return states
}

// ended reports whether a state was seen after which nothing comes.
func ended(seen map[string]struct{}) bool {
	for _, last := range []string{"ABORTED", "EXPIRED", "TERMINATED"} {
		if _, ok := seen[last]; ok {
			return true
		}
	}
	return false
}

// paymentState is the newest state that a webhook told of.
func (m *Model) paymentState() string {
	for _, r := range m.payment.rows {
		if r.Verified && r.Name != "" && !r.Failed {
			return r.Name
		}
	}
	return "CREATED, says the answer; the webhook is on its way"
}

// eventWanted is the event type that a new payment causes.
func eventWanted() webhook.Type {
	t, _ := webhook.TypeForName("CREATED")
	return t
}
