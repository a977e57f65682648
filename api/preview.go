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

// PreviewCreatePayment returns the request of [Client.CreatePayment]. Without
// [WithIdempotencyKey] it has a new key each time.
func (c *Client) PreviewCreatePayment(r CreatePaymentRequest, options ...CallOption) Request {
	return c.request(createCall(r, options))
}

// PreviewForceApprove returns the request of [Client.ForceApprove].
func (c *Client) PreviewForceApprove(reference string, r ForceApproveRequest) Request {
	return c.request(approveCall(reference, r))
}
