package api

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var quantity = regexp.MustCompile(`^[0-9]+(\.[0-9]{1,8})?$`)

func (v *validator) receipt(r CreatePaymentRequest) {
	if r.Receipt == nil {
		return
	}
	v.check(len(r.Receipt.OrderLines) > 0, "receipt.orderLines", "At least one line.")
	for i, line := range r.Receipt.OrderLines {
		v.orderLine(fmt.Sprintf("receipt.orderLines[%d].", i), line)
	}
	v.bottomLine("receipt.bottomLine.", r.Receipt.BottomLine, r.Amount.Currency)
}

func (v *validator) orderLine(at string, l OrderLine) {
	v.check(l.Name != "", at+"name", "Missing.")
	v.check(l.ID != "", at+"id", "Missing.")
	v.check((l.TaxRate == nil) != (l.TaxPercentage == nil), at+"taxRate", "Exactly one of taxRate and taxPercentage.")
	if l.TaxRate != nil {
		v.between(at+"taxRate", int64(*l.TaxRate), 0, 10_000)
	}
	if l.TaxPercentage != nil {
		v.between(at+"taxPercentage", int64(*l.TaxPercentage), 0, 100)
	}
	v.notNegative(at+"discount", l.Discount)
	if l.ProductURL != "" {
		v.url(at+"productUrl", l.ProductURL)
	}
	if u := l.UnitInfo; u != nil {
		v.notNegative(at+"unitInfo.unitPrice", u.UnitPrice)
		v.check(len(u.Quantity) <= 10 && quantity.MatchString(u.Quantity), at+"unitInfo.quantity", "A number such as 2 or 0.822, at most 10 characters.")
		if u.QuantityUnit != "" {
			v.oneOf(at+"unitInfo.quantityUnit", u.QuantityUnit, "PCS", "KG", "KM", "MINUTE", "LITRE", "KWH")
		}
	}
}

func (v *validator) bottomLine(at string, b BottomLine, currency string) {
	v.oneOf(at+"currency", b.Currency, Currencies()...)
	v.check(b.Currency == currency || currency == "", at+"currency", "The same currency as the payment's, "+currency+".")
	v.notNegative(at+"tipAmount", b.TipAmount)
	v.notNegative(at+"giftCardAmount", b.GiftCardAmount)
	v.notNegative(at+"totalTax", b.TotalTax)
	v.notNegative(at+"totalDiscount", b.TotalDiscount)
	v.notNegative(at+"shippingAmount", b.ShippingAmount)
	if b.Barcode != nil {
		v.oneOf(at+"barcode.format", b.Barcode.Format, "EAN-13", "CODE 39", "CODE 128")
		v.check(b.Barcode.Data != "", at+"barcode.data", "Missing.")
	}
	if s := b.ShippingInfo; s != nil {
		v.notNegative(at+"shippingInfo.amount", s.Amount)
		v.notNegative(at+"shippingInfo.amountExcludingTax", s.AmountExcludingTax)
		v.notNegative(at+"shippingInfo.taxAmount", s.TaxAmount)
		v.between(at+"shippingInfo.taxPercentage", int64(s.TaxPercentage), 0, 100)
	}
}

func (v *validator) notNegative(name string, n int64) {
	v.check(n >= 0, name, "Not below 0.")
}

// shipping checks what makes a payment an Express payment.
func (v *validator) shipping(r CreatePaymentRequest) {
	s := r.Shipping
	if s == nil {
		return
	}
	v.check((len(s.FixedOptions) > 0) != (s.DynamicOptions != nil), "shipping", "Exactly one of fixedOptions and dynamicOptions.")
	v.check(r.PaymentMethod.Type == Wallet, "paymentMethod.type", "A payment with shipping needs WALLET.")
	v.check(isExpressScope(r.Profile), "profile.scope", "A payment with shipping needs exactly: name address email phoneNumber.")
	seen := map[string]bool{}
	for i, group := range s.FixedOptions {
		at := fmt.Sprintf("shipping.fixedOptions[%d].", i)
		kind := group.Brand + " " + group.Type
		v.check(!seen[kind], at+"type", "One group for a brand and a type; put the variants into its options.")
		seen[kind] = true
		v.shippingGroup(at, group, r.Amount.Currency)
	}
	if d := s.DynamicOptions; d != nil {
		v.webURL("shipping.dynamicOptions.callbackUrl", d.CallbackURL)
		v.check(!d.CallbackAuthorizationToken.IsZero(), "shipping.dynamicOptions.callbackAuthorizationToken", "Missing.")
	}
}

func (v *validator) shippingGroup(at string, g ShippingGroup, currency string) {
	v.oneOf(at+"brand", g.Brand, "BRING", "DHL", "FEDEX", "GLS", "HELTHJEM", "INSTABOX", "MATKAHUOLTO", "PORTERBUDDY", "POSTEN", "POSTI", "POSTNORD", "OTHER")
	v.oneOf(at+"type", g.Type, "HOME_DELIVERY", "PICKUP_POINT", "MAILBOX", "IN_STORE", "OTHER")
	v.check(len(g.Options) > 0, at+"options", "At least one option.")
	for i, o := range g.Options {
		option := fmt.Sprintf("%soptions[%d].", at, i)
		v.check(o.ID != "", option+"id", "Missing.")
		v.check(o.Name != "", option+"name", "Missing.")
		v.check(o.Amount.Currency == currency, option+"amount.currency", "The same currency as the payment's.")
		v.between(option+"amount.value", o.Amount.Value, 0, MaximumAmount)
	}
}

func isExpressScope(p *ProfileRequest) bool {
	if p == nil {
		return false
	}
	scopes := strings.Fields(p.Scope)
	slices.Sort(scopes)
	return slices.Equal(scopes, []string{"address", "email", "name", "phoneNumber"})
}
