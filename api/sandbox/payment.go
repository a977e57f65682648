package sandbox

import (
	"time"
)

// money is an amount on the wire: minor units of an ISO 4217 currency.
type money struct {
	Currency string `json:"currency"`
	Value    int64  `json:"value"`
}

// payment is one payment and all that ever happened to it.
type payment struct {
	reference    string
	pspReference string // the CREATED event's
	state        state
	amount       money
	funds        funds
	description  string
	method       string
	userFlow     string
	phone        string // of the customer named by the shop, MSISDN digits
	picture      picture
	returnURL    string
	scope        string
	sub          string
	metadata     map[string]string
	express      bool
	delivery     chosenShipping // of an Express payment
	createKey    string         // the Idempotency-Key of its creation
	landing      string         // token of the landing page
	createdAt    time.Time
	authorizedAt time.Time
	expiresAt    time.Time
	settlesAt    time.Time // when an approval without an answer succeeds; zero for none
	asked        bool      // the payer has approved once and has to confirm
	place        int       // in the unit's expiryHeap
	events       []event
	used         map[operation]usage // for the rate limits
	ids          *entropy
}

// lifetime is how long a payer has, unless expiresAt says otherwise.
const lifetime = 10 * time.Minute

func newPayment(q createRequest, key string, now time.Time, ids *entropy) *payment {
	p := &payment{
		reference: q.reference, pspReference: ids.uuid("payment", q.reference), state: stateCreated, amount: q.amount,
		description: q.description, method: q.method, userFlow: q.userFlow, phone: q.phone, picture: q.picture, returnURL: q.returnURL,
		scope: q.scope, metadata: q.metadata,
		ids: ids, createKey: key, landing: ids.token("landing", q.reference), createdAt: now, expiresAt: now.Add(lifetime),
	}
	if !q.expiresAt.IsZero() {
		p.expiresAt = q.expiresAt
	}
	if q.express != nil {
		p.express, p.delivery = true, q.express.chosen.chosenShipping
	}
	p.succeed(eventCreated, now, p.amount.Value, key, p.pspReference)
	return p
}

// aggregate is a payment's funds on the wire.
type aggregate struct {
	Authorized money `json:"authorizedAmount"`
	Cancelled  money `json:"cancelledAmount"`
	Captured   money `json:"capturedAmount"`
	Refunded   money `json:"refundedAmount"`
}

func (p *payment) aggregate() aggregate {
	of := func(v int64) money { return money{p.amount.Currency, v} }
	return aggregate{of(p.funds.authorized), of(p.funds.cancelled), of(p.funds.captured), of(p.funds.refunded)}
}

// paymentBody is the answer of a get.
type paymentBody struct {
	Aggregate     aggregate         `json:"aggregate"`
	Amount        money             `json:"amount"`
	State         state             `json:"state"`
	PaymentMethod methodBody        `json:"paymentMethod"`
	Profile       profileBody       `json:"profile"`
	PSPReference  string            `json:"pspReference"`
	RedirectURL   string            `json:"redirectUrl,omitempty"`
	Reference     string            `json:"reference"`
	Metadata      map[string]string `json:"metadata,omitempty"`
	approved
}

type methodBody struct {
	Type    string `json:"type"`
	CardBIN string `json:"cardBin,omitempty"`
}

type profileBody struct {
	Sub string `json:"sub,omitempty"`
}

func (s *Server) paymentBody(p *payment) paymentBody {
	return paymentBody{
		Aggregate: p.aggregate(), Amount: p.amount, State: p.state,
		PaymentMethod: methodBody{p.method, p.card()}, Profile: profileBody{p.sub},
		PSPReference: p.pspReference, RedirectURL: s.redirectURL(p), Reference: p.reference, Metadata: p.metadata,
		approved: p.approved(),
	}
}

// adjustment is the answer of cancel, capture and refund; its amount is the
// payment's own and its pspReference that of the CREATED event.
type adjustment struct {
	Amount       money     `json:"amount"`
	State        state     `json:"state"`
	Aggregate    aggregate `json:"aggregate"`
	PSPReference string    `json:"pspReference"`
	Reference    string    `json:"reference"`
}

func (p *payment) adjustment() adjustment {
	return adjustment{p.amount, p.state, p.aggregate(), p.pspReference, p.reference}
}
