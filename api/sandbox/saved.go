package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
	"time"
)

// The structs below are the state as the journal keeps it.

// savedServer is what all sales units share, and their keys.
type savedServer struct {
	Starts   int    `json:"starts"` // how often a sandbox was started on this state
	TokenKey []byte `json:"token_key"`
	Tenant   string `json:"tenant"`
	KeyID    string `json:"kid"`
	Keys     []Keys `json:"keys"`
}

// begin is a start of the sandbox: it makes up what the first one needs.
func (s *savedServer) begin(ids *entropy) {
	if s.Starts++; s.TokenKey != nil {
		return
	}
	s.TokenKey, s.Tenant = ids.bytes(64, "token key"), ids.uuid("tenant")
	s.KeyID = base64.RawURLEncoding.EncodeToString(ids.bytes(20, "kid"))
}

type savedPayment struct {
	Reference    string            `json:"reference"`
	PSPReference string            `json:"psp_reference"`
	State        state             `json:"state"`
	Amount       money             `json:"amount"`
	Authorized   int64             `json:"authorized,omitempty"`
	Captured     int64             `json:"captured,omitempty"`
	Cancelled    int64             `json:"cancelled,omitempty"`
	Refunded     int64             `json:"refunded,omitempty"`
	Description  string            `json:"description,omitempty"`
	Method       string            `json:"method"`
	UserFlow     string            `json:"user_flow"`
	Phone        string            `json:"phone,omitempty"`
	QRFormat     string            `json:"qr_format,omitempty"`
	QRSize       int               `json:"qr_size,omitempty"` // pixels
	ReturnURL    string            `json:"return_url,omitempty"`
	Scope        string            `json:"scope,omitempty"`
	Sub          string            `json:"sub,omitempty"`
	Metadata     map[string]string `json:"metadata,omitempty"`
	Express      bool              `json:"express,omitempty"`
	ShippingID   string            `json:"shipping_id,omitempty"`
	ShippingName string            `json:"shipping_name,omitempty"`
	ShippingCost int64             `json:"shipping_cost,omitempty"` // minor units
	CreateKey    string            `json:"create_key"`
	Landing      string            `json:"landing"`
	CreatedAt    time.Time         `json:"created_at"`
	AuthorizedAt time.Time         `json:"authorized_at,omitzero"`
	ExpiresAt    time.Time         `json:"expires_at"`
	SettlesAt    time.Time         `json:"settles_at,omitzero"`
	Asked        bool              `json:"asked,omitempty"`
	Events       []savedEvent      `json:"events"`
}

type savedEvent struct {
	Name         eventName `json:"name"`
	At           time.Time `json:"at"`
	Value        int64     `json:"value"`
	Key          string    `json:"key,omitempty"`
	PSPReference string    `json:"psp_reference"`
	Success      bool      `json:"success"`
}

// save leaves out the counts of the rate limits, which are over in a minute.
func (p *payment) save() savedPayment {
	s := savedPayment{
		Reference: p.reference, PSPReference: p.pspReference, State: p.state, Amount: p.amount,
		Authorized: p.funds.authorized, Captured: p.funds.captured, Cancelled: p.funds.cancelled, Refunded: p.funds.refunded,
		Description: p.description, Method: p.method, UserFlow: p.userFlow, Phone: p.phone, QRFormat: p.picture.format, QRSize: p.picture.size, ReturnURL: p.returnURL,
		Scope: p.scope, Sub: p.sub, Metadata: p.metadata, Express: p.express,
		ShippingID: p.delivery.id, ShippingName: p.delivery.name, ShippingCost: p.delivery.cost, CreateKey: p.createKey, Landing: p.landing,
		CreatedAt: p.createdAt, AuthorizedAt: p.authorizedAt, ExpiresAt: p.expiresAt, SettlesAt: p.settlesAt, Asked: p.asked,
	}
	for _, e := range p.events {
		s.Events = append(s.Events, savedEvent{e.name, e.at, e.value, e.idempotencyKey, e.pspReference, e.success})
	}
	return s
}

func (s savedPayment) payment(ids *entropy) *payment {
	p := &payment{
		reference: s.Reference, pspReference: s.PSPReference, state: s.State, amount: s.Amount,
		funds:       funds{s.Authorized, s.Captured, s.Cancelled, s.Refunded},
		description: s.Description, method: s.Method, userFlow: s.UserFlow, phone: s.Phone, picture: picture{s.QRFormat, s.QRSize}, returnURL: s.ReturnURL,
		scope: s.Scope, sub: s.Sub, metadata: s.Metadata, express: s.Express,
		delivery: chosenShipping{s.ShippingID, s.ShippingName, s.ShippingCost}, createKey: s.CreateKey, landing: s.Landing,
		createdAt: s.CreatedAt, authorizedAt: s.AuthorizedAt, expiresAt: s.ExpiresAt, settlesAt: s.SettlesAt, asked: s.Asked,
		ids: ids,
	}
	for _, e := range s.Events {
		p.events = append(p.events, event{e.Name, e.At, e.Value, e.Key, e.PSPReference, e.Success})
	}
	return p
}

type savedOutcome struct {
	Operation   operation   `json:"operation"`
	Reference   string      `json:"reference"`
	Key         string      `json:"key"`
	Request     []byte      `json:"request"` // the hash
	Status      int         `json:"status"`
	ContentType string      `json:"content_type,omitempty"`
	Body        string      `json:"body,omitempty"`
	Header      [][2]string `json:"header,omitempty"`
}

func (o outcome) save(id idempotency) savedOutcome {
	return savedOutcome{
		id.op, id.reference, id.key, o.request[:],
		o.answer.status, o.answer.contentType, string(o.answer.body), o.answer.header,
	}
}

func (s savedOutcome) id() idempotency { return idempotency{s.Operation, s.Reference, s.Key} }

func (s savedOutcome) outcome() outcome {
	o := outcome{answer: reply{status: s.Status, contentType: s.ContentType, body: []byte(s.Body), header: s.Header}}
	copy(o.request[:], s.Request[:min(len(s.Request), sha256.Size)])
	return o
}

type savedRegistration struct {
	ID     string   `json:"id"`
	URL    string   `json:"url"`
	Secret string   `json:"secret"`
	Events []string `json:"events"`
}

func (r *registration) save() savedRegistration {
	return savedRegistration{r.box.to.id, r.url, r.box.to.secret, r.events}
}

// savedMessage is an event on its way to one registration.
type savedMessage struct {
	ID        int64  `json:"id"`
	Webhook   string `json:"webhook"`
	Reference string `json:"reference"`
	Kind      string `json:"kind"`
	Body      string `json:"body"`
}
