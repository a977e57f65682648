package sandbox

import "fmt"

// chosenShipping is how an Express payment is delivered.
type chosenShipping struct {
	id, name string
	cost     int64 // minor units
}

// shippingOption is one way of delivery that an Express payment offers.
type shippingOption struct {
	chosenShipping
	currency string
	first    bool  // isDefault
	priority int64 // lower is shown higher
}

// before reports whether a payer who takes what is offered takes o, not other.
func (o shippingOption) before(other shippingOption) bool {
	if o.first != other.first {
		return o.first
	}
	return o.priority < other.priority
}

// express is the shipping of an Express payment, see
// https://developer.vippsmobilepay.com/docs/APIs/epayment-api/api-guide/features/express.
type express struct {
	options  []shippingOption // of all groups
	chosen   shippingOption   // what the payer takes: the default, or else the first
	callback string           // dynamicOptions: the shop's own URL
}

// total is what the payer approves: the amount with its shipping.
func (p *payment) total() money {
	return money{p.amount.Currency, p.amount.Value + p.delivery.cost}
}

// readExpress reads shipping; nil when there is none.
func readExpress(root object) *express {
	o, ok := root.child("shipping")
	if !ok {
		return nil
	}
	x := &express{}
	if o.has("fixedOptions") == o.has("dynamicOptions") {
		root.fail("shipping", "Exactly one of fixedOptions and dynamicOptions must be set.")
	}
	x.readGroups(o)
	if d, ok := o.child("dynamicOptions"); ok {
		d.require("callbackUrl")
		x.callback, _ = d.text("callbackUrl")
		d.text("callbackAuthorizationToken")
		d.refuseOthers()
	}
	o.refuseOthers()
	return x
}

// readGroups reads fixedOptions: one group for each carrier and kind of
// delivery, and in it the variants to choose from.
func (x *express) readGroups(o object) {
	const name = "fixedOptions"
	groups := o.list(name)
	if groups != nil && len(groups) == 0 {
		o.fail(name, "The list must have at least one entry.")
	}
	seen := make(map[string]bool)
	var best shippingOption // of the groups; its id counts for nothing
	for i, v := range groups {
		at := fmt.Sprintf("%s[%d]", name, i)
		g, ok := o.nest(at, v)
		if !ok {
			continue
		}
		g.require("brand", "type", "options")
		kind := g.oneOf("brand", "BRING", "DHL", "FEDEX", "GLS", "GORDON", "HELTHJEM", "INSTABOX", "MATKAHUOLTO", "PORTERBUDDY", "POSTEN", "POSTI", "POSTNORD", "OTHER") +
			" " + g.oneOf("type", "HOME_DELIVERY", "PICKUP_POINT", "MAILBOX", "IN_STORE", "OTHER")
		if seen[kind] {
			o.fail(at, "There is a group of this brand and type already.")
		}
		seen[kind] = true
		group := shippingOption{first: g.boolean("isDefault")}
		group.priority, _ = g.integer("priority")
		if option, ok := x.readOptions(g); ok && (i == 0 || group.before(best)) {
			best, x.chosen = group, option
		}
		g.refuseOthers()
	}
}

// readOptions returns the option of a group that a payer takes.
func (x *express) readOptions(g object) (chosen shippingOption, ok bool) {
	list := g.list("options")
	if list != nil && len(list) == 0 {
		g.fail("options", "The list must have at least one entry.")
	}
	for i, v := range list {
		o, is := g.nest(fmt.Sprintf("options[%d]", i), v)
		if !is {
			continue
		}
		o.require("id", "amount", "name")
		option := shippingOption{first: o.boolean("isDefault")}
		option.id, _ = o.text("id")
		option.name, _ = o.text("name")
		option.priority, _ = o.integer("priority")
		o.text("meta")
		o.text("estimatedDelivery")
		if amount, is := o.child("amount"); is {
			m := readMoney(amount, 0)
			option.cost, option.currency = m.Value, m.Currency
		}
		o.refuseOthers()
		x.options = append(x.options, option)
		if !ok || option.before(chosen) {
			chosen, ok = option, true
		}
	}
	return chosen, ok
}

// checkExpress holds Express to its rules: the scope is exactly the one that a
// delivery needs, and shipping is paid in the payment's currency.
func (q createRequest) checkExpress() *failure {
	x := q.express
	switch {
	case x == nil:
		return nil
	case !sameWords(q.scope, "name address email phoneNumber"):
		return domain(4080, detail{"profile.scope", "A payment with shipping needs exactly: name address email phoneNumber."})
	case x.callback != "" && !secureURL(x.callback):
		return domain(4090, detail{"shipping.dynamicOptions.callbackUrl", "The URL must use https; http is for this machine only."})
	}
	for _, o := range x.options {
		if o.currency != q.amount.Currency || o.cost+q.amount.Value > maxAmount {
			return domain(4040, detail{"shipping.fixedOptions", "Shipping must be in the currency of the payment, and the sum at most 65000000."})
		}
	}
	return nil
}
