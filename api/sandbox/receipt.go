package sandbox

import "fmt"

// readReceipt checks a receipt's order lines and bottom line; the sandbox
// keeps nothing of them but that there is one.
func readReceipt(root object) bool {
	o, ok := root.child("receipt")
	if !ok {
		return false
	}
	o.require("orderLines", "bottomLine")
	lines := o.list("orderLines")
	if o.has("orderLines") && lines != nil && len(lines) == 0 {
		o.fail("orderLines", "The list must have at least one entry.")
	}
	for i, v := range lines {
		if line, ok := o.nest(fmt.Sprintf("orderLines[%d]", i), v); ok {
			readOrderLine(line)
		}
	}
	if bottom, ok := o.child("bottomLine"); ok {
		readBottomLine(bottom)
	}
	o.refuseOthers()
	return true
}

func readOrderLine(o object) {
	o.require("name", "id", "totalAmount", "totalAmountExcludingTax", "totalTaxAmount")
	o.text("name")
	o.text("id")
	o.text("productUrl")
	o.integer("totalAmount")
	o.integer("totalAmountExcludingTax")
	o.integer("totalTaxAmount")
	o.between("taxPercentage", 0, 100)
	o.between("taxRate", 0, 10000)
	o.atLeastZero("discount")
	o.boolean("isReturn")
	o.boolean("isShipping")
	if unit, ok := o.child("unitInfo"); ok {
		unit.require("unitPrice", "quantity")
		unit.atLeastZero("unitPrice")
		unit.length("quantity", 1, 10)
		unit.matching("quantity", quantityPattern.String(), quantityPattern)
		unit.oneOf("quantityUnit", "PCS", "KG", "KM", "MINUTE", "LITRE", "KWH")
		unit.refuseOthers()
	}
	o.refuseOthers()
}

func readBottomLine(o object) {
	o.require("currency")
	o.oneOf("currency", "NOK", "DKK", "EUR")
	for _, name := range []string{"tipAmount", "giftCardAmount", "totalTax", "totalDiscount", "shippingAmount"} {
		o.atLeastZero(name)
	}
	o.integer("totalAmount")
	for _, name := range []string{"posId", "receiptNumber", "terminalId"} {
		o.text(name)
	}
	if s, ok := o.child("shippingInfo"); ok {
		s.require("amount", "amountExcludingTax", "taxAmount", "taxPercentage")
		s.atLeastZero("amount")
		s.atLeastZero("amountExcludingTax")
		s.atLeastZero("taxAmount")
		s.between("taxPercentage", 0, 100)
		s.refuseOthers()
	}
	if s, ok := o.child("paymentSources"); ok {
		for _, name := range []string{"giftCard", "card", "voucher", "cash"} {
			s.integer(name)
		}
		s.refuseOthers()
	}
	if b, ok := o.child("barcode"); ok {
		b.require("format", "data")
		b.oneOf("format", "EAN-13", "CODE 39", "CODE 128")
		b.text("data")
		b.refuseOthers()
	}
	o.refuseOthers()
}

// readIndustry checks the data that airlines send.
func readIndustry(root object) {
	o, ok := root.child("industryData")
	if !ok {
		return
	}
	if a, ok := o.child("airlineData"); ok {
		a.require("agencyInvoiceNumber", "airlineCode", "airlineDesignatorCode", "passengerName")
		a.length("agencyInvoiceNumber", 1, 6)
		a.length("airlineCode", 3, 3)
		a.length("airlineDesignatorCode", 2, 2)
		a.length("passengerName", 1, 49)
		a.length("ticketNumber", 1, 150)
		a.refuseOthers()
	}
	o.refuseOthers()
}

func (o object) atLeastZero(name string) {
	if v, ok := o.integer(name); ok && v < 0 {
		o.fail(name, "The field "+title(name)+" must not be negative.")
	}
}
