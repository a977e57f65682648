package sandbox_test

import "slices"

func magento() client {
	const header = with + "\nContent-Type: application/json\nIdempotency-Key: req-id-65f1c0e6a4b3c1.23456789\nX-Source-Address: \nX-TimeStamp: \n" +
		"Vipps-System-Name: Magento 2 Community\nVipps-System-Plugin-Name: vipps/module-payment"
	const path = "/epayment/v1/payments/000000117"
	return client{"the plugin for Magento", header, []said{
		{"its token call", "POST /accessToken/get HTTP/1.1\nclient_id: {client_id}\nclient_secret: {client_secret}\nOcp-Apim-Subscription-Key: {subscription_key}\nContent-Length: 0\n\n", 200},
		{"a reference of digits, as a string", "POST /epayment/v1/payments HTTP/1.1\n{header}\n\n" +
			`{"amount":{"currency":"NOK","value":49900},"paymentMethod":{"type":"WALLET"},"reference":"000000117","returnUrl":"https:\/\/shop.example.com\/vipps\/payment\/fallback\/",` +
			`"userFlow":"WEB_REDIRECT","paymentDescription":"Thank you for shopping at Main Store."}`, 201},
		{"it approves", "POST /epayment/v1/test/payments/000000117/approve HTTP/1.1\n{header}\n\n" + `{"customer":{"phoneNumber":"4712345678"}}`, 200},
		{"a capture with a modificationReference", "POST " + path + "/capture HTTP/1.1\n{header}\n\n" +
			`{"modificationAmount":{"currency":"NOK","value":30000},"modificationReference":"000000117"}`, 200},
		{"a refund with a modificationReference", "POST " + path + "/refund HTTP/1.1\n{header}\n\n" +
			`{"modificationAmount":{"currency":"NOK","value":10000},"modificationReference":"000000117"}`, 200},
		{"a cancel with nothing but a modificationReference", "POST " + path + "/cancel HTTP/1.1\n{header}\n\n" + `{"modificationReference":"000000117"}`, 200},
		{"it asks for the event log", "GET " + path + "/events HTTP/1.1\n{header}\n\n", 200},
	}}
}

func shopware() client {
	const keys = "Accept: */*\ncache-control: no-cache\nContent-Type: application/json\nclient_id: {client_id}\nclient_secret: {client_secret}\n" +
		"Ocp-Apim-Subscription-Key: {subscription_key}\nMerchant-Serial-Number: {msn}\nIdempotency-Key: 0f8e7d6c5b4a39281706f5e4d3c2b1a0\n" +
		"Vipps-System-Name: shop.example.com\nVipps-System-Version: 6.6.10.5\nVipps-System-Plugin-Name: Shopware - Vipps Mobilepay\nVipps-System-Plugin-Version: 1.0.7"
	const reference = "018f3c5e7b8a72d1a4c6e9f0b1d2c3e4"
	return client{"the plugin for Shopware", keys + "\nAuthorization: Bearer {token}", slices.Concat([]said{
		{"a token that has expired, on the call for a new one", "POST /accesstoken/get HTTP/1.1\n" + keys + "\nAuthorization: Bearer eyJ0.eyJ9.c2ln\nContent-Length: 0\n\n", 200},
		{"a phone number that is null, and the secret on every call", "POST /epayment/v1/payments HTTP/1.1\n{header}\n\n" +
			`{"amount":{"currency":"NOK","value":49900},"customer":{"phoneNumber":null},"paymentMethod":{"type":"WALLET"},"reference":"` + reference + `",` +
			`"returnUrl":"https:\/\/shop.example.com\/payment\/finalize-transaction?_sw_payment_token=eyJ0","userFlow":"WEB_REDIRECT","paymentDescription":"Payment for Storefront",` +
			`"receipt":{"orderLines":[{"name":"Mug","id":"11dc680240b04f469ccba354cbf0b967","totalAmount":49900,"totalAmountExcludingTax":39920,"totalTaxAmount":9980,"taxRate":2500,` +
			`"unitInfo":{"unitPrice":49900,"quantity":"1","quantityUnit":"PCS"},"productUrl":"https:\/\/shop.example.com\/mug"}],"bottomLine":{"currency":"NOK"}}}`, 201},
	}, life(reference))}
}

func postman() client {
	const header = with + "\nContent-Type: application/json\nIdempotency-Key: 5f0a3c1e-8c6d-4a7e-9f60-7f3b1f9e2d10\nUser-Agent: PostmanRuntime/7.39.1\nAccept: application/problem+json\n" +
		"Postman-Token: 8a1f0d4e-3b52-4f39-8a5c-1d3a0c6b7e21\nCache-Control: no-cache\n" +
		"Vipps-System-Name: postman\nVipps-System-Version: 2.0\nVipps-System-Plugin-Name: vipps-postman\nVipps-System-Plugin-Version: 2.0"
	const reference = "4828661795373256995" // more digits than a double has
	const path = "/epayment/v1/payments/" + reference
	create := func(name, rest string) said {
		return said{name, "POST /epayment/v1/payments HTTP/1.1\n{header}\n\n{\n  \"amount\": {\n    \"value\": 49900,\n    \"currency\": \"NOK\"\n  },\n" +
			`  "paymentMethod": {"type": "WALLET"},` + "\n  " + rest + ",\n" + `  "returnUrl": "https://example.com/redirect", "paymentDescription": "A pair of socks"` + "\n}", 201}
	}
	return client{"the ePayment collection for Postman", header, []said{
		{"another spelling of the token's path", "POST /accessToken/get HTTP/1.1\nclient_id: {client_id}\nclient_secret: {client_secret}\n" +
			"Ocp-Apim-Subscription-Key: {subscription_key}\nMerchant-Serial-Number: {msn}\nVipps-System-Name: postman\nAccept-Encoding: gzip, deflate, br\nContent-Length: 0\n\n", 200},
		create("numbers for reference and phoneNumber", `"customer": {"phoneNumber": 4712345678}, "reference": `+reference+`, "userFlow": "WEB_REDIRECT"`),
		create("a QR code with a size it does not need", `"reference": 4828661795373256996, "userFlow": "QR", "qrFormat": {"format": "IMAGE/SVG+XML", "size": 1024}`),
		create("a push message", `"customer": {"phoneNumber": 4712345678}, "reference": 4828661795373256997, "userFlow": "PUSH_MESSAGE"`),
		create("a native redirect without a customer", `"reference": 4828661795373256998, "userFlow": "NATIVE_REDIRECT"`),
		create("a scope", `"customer": {"phoneNumber": 4712345678}, "reference": 4828661795373256999, "userFlow": "WEB_REDIRECT", "profile": {"scope": "name phoneNumber address birthDate"}`),
		{"a placeholder for a token beside the customer", "POST /epayment/v1/test/payments/" + reference + "/approve HTTP/1.1\n{header}\n\n" +
			`{"customer": {"phoneNumber": 4712345678}, "token": "<This value will be overwritten>"}`, 200},
		{"the create call's key on capture", "POST " + path + "/capture HTTP/1.1\n{header}\n\n" + `{"modificationAmount": {"value": 1000, "currency": "NOK"}}`, 200},
		{"the create call's key on refund", "POST " + path + "/refund HTTP/1.1\n{header}\n\n" + `{"modificationAmount": {"value": 1000, "currency": "NOK"}}`, 200},
		{"the create call's key on cancel", "POST " + path + "/cancel HTTP/1.1\n{header}\nContent-Length: 0\n\n", 200},
		{"it asks for the event log", "GET " + path + "/events HTTP/1.1\n{header}\n\n", 200},
		{"it asks for the payment", "GET " + path + " HTTP/1.1\n{header}\n\n", 200},
	}}
}

func webhooksCollection() client {
	return client{"the webhooks collection for Postman", with + "\nVipps-System-Name: postman", []said{
		{"its token call", "POST /accessToken/get HTTP/1.1\nclient_id: {client_id}\nclient_secret: {client_secret}\nOcp-Apim-Subscription-Key: {subscription_key}\n" +
			"Merchant-Serial-Number: {msn}\nVipps-System-Name: postman\nContent-Length: 0\n\n", 200},
		{"it registers, with line ends of Windows in the body", "POST /webhooks/v1/webhooks HTTP/1.1\n{header}\nContent-Type: application/json\n\n" +
			"{\r\n    \"url\": \"{callback}\",\r\n    \"events\": [\"epayments.payment.captured.v1\"]\r\n}", 201},
		{"it lists", "GET /webhooks/v1/webhooks HTTP/1.1\n{header}\n\n", 200},
		{"it deletes the last", "DELETE /webhooks/v1/webhooks/{id} HTTP/1.1\n{header}\n\n", 204},
	}}
}

func pythonRequests() client {
	const header = with + "\nContent-Type: application/json\nAccept: */*\nUser-Agent: python-requests/2.32.3\nIdempotency-Key: 3a0c7b6e-51c1-4f0d-9d4b-6a9f0d0a1b2c"
	return client{"a module that uses Python's requests", header, slices.Concat([]said{
		{"its token call", "POST /accesstoken/get HTTP/1.1\nclient_id: {client_id}\nclient_secret: {client_secret}\nOcp-Apim-Subscription-Key: {subscription_key}\n" +
			"Merchant-Serial-Number: {msn}\nAccept: */*\nAccept-Encoding: gzip, deflate\nConnection: keep-alive\nContent-Length: 0\n\n", 200},
		{"it registers", "POST /webhooks/v1/webhooks HTTP/1.1\n{header}\n\n" + `{"url": "{callback}", "events": ["epayments.payment.authorized.v1"]}`, 201},
		{"it creates", "POST /epayment/v1/payments HTTP/1.1\n{header}\n\n" +
			`{"amount": {"currency": "NOK", "value": 49900}, "paymentMethod": {"type": "WALLET"}, "reference": "S00042-1", "userFlow": "WEB_REDIRECT", ` +
			`"returnUrl": "https://shop.example.com/payment/return", "paymentDescription": "Order S00042 \u2013 Kj\u00f8p", "metadata": {}}`, 201},
	}, life("S00042-1"), []said{
		{"it deletes, with a length of nothing", "DELETE /webhooks/v1/webhooks/{id} HTTP/1.1\n{header}\nContent-Length: 0\n\n", 204},
	})}
}

func streaming() client {
	return client{"a client that does not know how long its bodies are", with + "\nTransfer-Encoding: chunked\nIdempotency-Key: chunk-1", []said{
		{"a chunked body of nothing", "POST /accesstoken/get HTTP/1.1\nclient_id: {client_id}\nclient_secret: {client_secret}\nOcp-Apim-Subscription-Key: {subscription_key}\nTransfer-Encoding: chunked\n\n ", 200},
		{"no type at all", "POST /webhooks/v1/webhooks HTTP/1.1\n{header}\n\n" + `{"url":"{callback}","events":["epayments.payment.created.v1"]}`, 201},
		{"a byte order mark", "POST /epayment/v1/payments HTTP/1.1\n{header}\n\n\xef\xbb\xbf" +
			`{"amount":{"currency":"NOK","value":49900},"paymentMethod":{"type":"WALLET"},"reference":"chunked-1","userFlow":"WEB_REDIRECT","returnUrl":"myshop://back"}`, 201},
		{"a cancel whose chunked body is white space", "POST /epayment/v1/payments/chunked-1/cancel HTTP/1.1\n{header}\n\n\n", 200},
	}}
}
