package api

// Receipt is what the customer sees of the order in the app. Both parts are
// required, and at least one line. All amounts are in minor units.
type Receipt struct {
	OrderLines []OrderLine `json:"orderLines"`
	BottomLine BottomLine  `json:"bottomLine"`
}

// OrderLine is one article of a [Receipt].
type OrderLine struct {
	Name string `json:"name"`
	ID   string `json:"id"`
	// TotalAmount is what the line costs, with tax and after discount.
	TotalAmount             int64 `json:"totalAmount"`
	TotalAmountExcludingTax int64 `json:"totalAmountExcludingTax"`
	TotalTaxAmount          int64 `json:"totalTaxAmount"`
	// TaxRate is in hundredths of a percent, 0 to 10000: 2500 is 25 %. Either
	// it or TaxPercentage is set.
	TaxRate *int `json:"taxRate,omitempty"`
	// TaxPercentage is in percent, 0 to 100. The provider deprecates it.
	TaxPercentage *int      `json:"taxPercentage,omitempty"`
	UnitInfo      *UnitInfo `json:"unitInfo,omitempty"`
	Discount      int64     `json:"discount,omitempty"`
	ProductURL    string    `json:"productUrl,omitempty"`
	// IsReturn makes the line count as money back.
	IsReturn   bool `json:"isReturn,omitempty"`
	IsShipping bool `json:"isShipping,omitempty"`
}

// UnitInfo says how many of what; absent means one piece.
type UnitInfo struct {
	// UnitPrice is with tax and before discount, in minor units.
	UnitPrice int64 `json:"unitPrice"`
	// Quantity is a decimal number as text, such as "0.822": at most 10
	// characters and 8 decimals.
	Quantity string `json:"quantity"`
	// QuantityUnit is PCS, KG, KM, MINUTE, LITRE or KWH; absent means PCS.
	QuantityUnit string `json:"quantityUnit,omitempty"`
}

// BottomLine is the sum of a [Receipt]. Only Currency is required; the
// provider adds the lines up itself.
type BottomLine struct {
	Currency       string          `json:"currency"`
	TipAmount      int64           `json:"tipAmount,omitempty"`
	POSID          string          `json:"posId,omitempty"`
	PaymentSources *PaymentSources `json:"paymentSources,omitempty"`
	Barcode        *Barcode        `json:"barcode,omitempty"`
	ReceiptNumber  string          `json:"receiptNumber,omitempty"`

	// The provider deprecates the fields below and still takes them.

	// GiftCardAmount has moved to PaymentSources.
	GiftCardAmount int64 `json:"giftCardAmount,omitempty"`
	// TotalAmount, TotalTax and TotalDiscount are the sums of the lines.
	TotalAmount   int64 `json:"totalAmount,omitempty"`
	TotalTax      int64 `json:"totalTax,omitempty"`
	TotalDiscount int64 `json:"totalDiscount,omitempty"`
	// ShippingAmount and ShippingInfo have become a line with IsShipping.
	ShippingAmount int64         `json:"shippingAmount,omitempty"`
	ShippingInfo   *ShippingInfo `json:"shippingInfo,omitempty"`
	// TerminalID has become POSID.
	TerminalID string `json:"terminalId,omitempty"`
}

// ShippingInfo is the deprecated form of a shipping line.
type ShippingInfo struct {
	Amount             int64 `json:"amount"`
	AmountExcludingTax int64 `json:"amountExcludingTax"`
	TaxAmount          int64 `json:"taxAmount"`
	// TaxPercentage is in percent, 0 to 100.
	TaxPercentage int `json:"taxPercentage"`
}

// PaymentSources says how an order was paid at a till.
type PaymentSources struct {
	GiftCard int64 `json:"giftCard,omitempty"`
	Card     int64 `json:"card,omitempty"`
	Voucher  int64 `json:"voucher,omitempty"`
	Cash     int64 `json:"cash,omitempty"`
}

// Barcode is printed on the receipt.
type Barcode struct {
	// Format is "EAN-13", "CODE 39" or "CODE 128".
	Format string `json:"format"`
	Data   string `json:"data"`
}
