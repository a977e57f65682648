package api

// PreviewToken returns the request of [Client.Token] without sending it.
func (c *Client) PreviewToken() Request { return c.request(tokenCall()) }

// PreviewRegisterWebhook returns the request of [Client.RegisterWebhook]. Its
// values are not checked, here and in the other previews.
func (c *Client) PreviewRegisterWebhook(r RegisterWebhookRequest) Request {
	return c.request(registerCall(r))
}

// PreviewWebhooks returns the request of [Client.Webhooks].
func (c *Client) PreviewWebhooks() Request { return c.request(webhooksCall()) }

// PreviewDeleteWebhook returns the request of [Client.DeleteWebhook].
func (c *Client) PreviewDeleteWebhook(id string) Request { return c.request(deleteCall(id)) }

// PreviewCreatePayment returns the request of [Client.CreatePayment]. Without
// [WithIdempotencyKey] it has a new key each time.
func (c *Client) PreviewCreatePayment(r CreatePaymentRequest, options ...CallOption) Request {
	return c.request(createCall(r, options))
}

// PreviewPayment returns the request of [Client.Payment].
func (c *Client) PreviewPayment(reference string) Request { return c.request(paymentCall(reference)) }

// PreviewPaymentEvents returns the request of [Client.PaymentEvents].
func (c *Client) PreviewPaymentEvents(reference string) Request {
	return c.request(eventsCall(reference))
}

// PreviewCancelPayment returns the request of [Client.CancelPayment].
func (c *Client) PreviewCancelPayment(reference string, r CancelRequest, options ...CallOption) Request {
	return c.request(modifyCall(OperationCancel, reference, "cancel", r, options))
}

// PreviewCapturePayment returns the request of [Client.CapturePayment].
func (c *Client) PreviewCapturePayment(reference string, amount Amount, options ...CallOption) Request {
	return c.request(modifyCall(OperationCapture, reference, "capture", modificationRequest{amount}, options))
}

// PreviewRefundPayment returns the request of [Client.RefundPayment].
func (c *Client) PreviewRefundPayment(reference string, amount Amount, options ...CallOption) Request {
	return c.request(modifyCall(OperationRefund, reference, "refund", modificationRequest{amount}, options))
}

// PreviewForceApprove returns the request of [Client.ForceApprove].
func (c *Client) PreviewForceApprove(reference string, r ForceApproveRequest) Request {
	return c.request(approveCall(reference, r))
}
