package sandbox_test

import "slices"

// with is what most clients send with every call.
const with = "Authorization: Bearer {token}\nOcp-Apim-Subscription-Key: {subscription_key}\nMerchant-Serial-Number: {msn}"

func clientsInTheWild() []client {
	return []client{
		quickStart(), denoSDK(), nodeSDK(), dotnetSDK(), wooCommerce(), magento(), shopware(), postman(), webhooksCollection(), pythonRequests(), streaming(),
	}
}

func quickStart() client {
	return client{"the quick start's curl commands", with, []said{
		{"-X POST with --data '' and a JSON type", "POST /accesstoken/get HTTP/1.1\nclient_id: {client_id}\nclient_secret: {client_secret}\n" +
			"Ocp-Apim-Subscription-Key: {subscription_key}\nMerchant-Serial-Number: {msn}\nContent-Type: application/json\nAccept: */*\nContent-Length: 0\n\n", 200},
		{"it registers with curl's own type for --data", "POST /webhooks/v1/webhooks HTTP/1.1\n{header}\nContent-Type: application/x-www-form-urlencoded\n\n" +
			`{"url": "{callback}", "events": ["epayments.payment.created.v1", "epayments.payment.captured.v1"]}`, 201},
		{"it creates a payment", "POST /epayment/v1/payments HTTP/1.1\n{header}\nContent-Type: application/json\nIdempotency-Key: 49ca711a-acee-4d01-993b-9487112e1def\n" +
			"Vipps-System-Name: acme-enterprises\nVipps-System-Version: 3.1.2\nVipps-System-Plugin-Name: acme-webshop\nVipps-System-Plugin-Version: 4.5.6\n\n" +
			`{"amount": {"value": 49900, "currency": "NOK"}, "paymentMethod": {"type": "WALLET"}, "customer": {"phoneNumber": "4712345678"},
			  "reference": "acme-shop-123-order123abc", "returnUrl": "https://example.com/redirect?reference=acme-shop-123-order123abc",
			  "userFlow": "WEB_REDIRECT", "paymentDescription": "One pair of socks"}`, 201},
	}}
}

func denoSDK() client {
	const header = with + "\nContent-Type: application/json\nUser-Agent: Vipps/Deno-SDK/npm-module/2.4.1\nIdempotency-Key: 4c87ed1e-34d4-4211-8e21-3954f2328f3c\n" +
		"Vipps-System-Name: \nVipps-System-Version: \nVipps-System-Plugin-Name: \nVipps-System-Plugin-Version: \naccept-language: *\nsec-fetch-mode: cors"
	return client{"the SDK for Deno and Node", header, slices.Concat([]said{
		{"a bearer without a token on the token call", "POST /accesstoken/get HTTP/1.1\nauthorization: Bearer \nclient_id: {client_id}\nclient_secret: {client_secret}\n" +
			"ocp-apim-subscription-key: {subscription_key}\nmerchant-serial-number: {msn}\ncontent-type: application/json\n" +
			"idempotency-key: 61456750-5af2-4b5c-8440-731aa1abe0d2\nvipps-system-name: \ncontent-length: 0\n\n", 200},
		{"it registers", "POST /webhooks/v1/webhooks HTTP/1.1\n{header}\n\n" + `{"url":"{callback}","events":["epayments.payment.created.v1"]}`, 201},
		{"it lists", "GET /webhooks/v1/webhooks HTTP/1.1\n{header}\n\n", 200},
		{"it creates under a reference of its own", "POST /epayment/v1/payments HTTP/1.1\n{header}\n\n" +
			`{"amount":{"currency":"NOK","value":49900},"paymentMethod":{"type":"WALLET"},"customer":{"phoneNumber":"4712345678"},"returnUrl":"https://example.com/back",` +
			`"userFlow":"WEB_REDIRECT","paymentDescription":"One mug","reference":"a98b4f3d-a72a-4541-8788-72288e31f2d4"}`, 201},
	}, life("a98b4f3d-a72a-4541-8788-72288e31f2d4"), []said{
		{"it deletes, with a type and without a body", "DELETE /webhooks/v1/webhooks/{id} HTTP/1.1\n{header}\n\n", 204},
	})}
}

func nodeSDK() client {
	const header = with + "\nContent-type: application/json; charset=\"utf-8\"\nVipps-System-Name: \nVipps-System-Plugin-Name: shop\nIdempotency-Key: 0b8d1b4c-52a5-4b1f-93d3-1cd4d5dbb3a5"
	return client{"the older SDK for Node", header, slices.Concat([]said{
		{"no serial number on the token call", "POST /accesstoken/get HTTP/1.1\nclient_id: {client_id}\nclient_secret: {client_secret}\n" +
			"Ocp-Apim-Subscription-Key: {subscription_key}\nContent-Length: 0\n\n", 200},
		{"a charset in quotation marks", "POST /epayment/v1/payments HTTP/1.1\n{header}\n\n" +
			`{"amount":{"currency":"NOK","value":49900},"customer":{"phoneNumber":"4712345678"},"paymentMethod":{"type":"WALLET"},"reference":"node-sdk-0001",` +
			`"returnUrl":"https://example.com/back?reference=node-sdk-0001","userFlow":"WEB_REDIRECT","paymentDescription":"Two mugs"}`, 201},
	}, life("node-sdk-0001"))}
}

func dotnetSDK() client {
	const header = with + "\nContent-Type: application/json; charset=utf-8\nIdempotency-Key: 7d6a8a35-6f0e-44a3-9a86-0a6c3f5a8d11\nUser-Agent: Vipps/DotNet SDK/1.0.0.0\n" +
		"Vipps-System-Name: Vipps.net\nVipps-System-Version: 1.0.0.0\nVipps-System-Plugin-Name: acme-plugin\nVipps-System-Plugin-Version: 0.0.1"
	return client{"the SDK for .NET", header, slices.Concat([]said{
		{"no type on the token call", "POST /accesstoken/get HTTP/1.1\nclient_id: {client_id}\nclient_secret: {client_secret}\n" +
			"Ocp-Apim-Subscription-Key: {subscription_key}\nMerchant-Serial-Number: {msn}\nUser-Agent: Vipps/DotNet SDK/1.0.0.0\nContent-Length: 0\n\n", 200},
		{"every member that has a default", "POST /epayment/v1/payments HTTP/1.1\n{header}\n\n" +
			`{"amount":{"currency":"NOK","value":49900},"customer":{"phoneNumber":"4712345678"},"customerInteraction":"CUSTOMER_NOT_PRESENT","paymentMethod":{"type":"WALLET"},` +
			`"reference":"2f6c1d0c-6a35-4a8e-8d1c-41a2b39b5d9f","returnUrl":"https://example.com/back","userFlow":"WEB_REDIRECT","paymentDescription":"A mug",` +
			`"receipt":{"orderLines":[{"name":"Mug","id":"1","totalAmount":49900,"totalAmountExcludingTax":39920,"totalTaxAmount":9980,"taxPercentage":25,` +
			`"unitInfo":{"unitPrice":49900,"quantity":"1","quantityUnit":"PCS"},"discount":0,"isReturn":false,"isShipping":false}],` +
			`"bottomLine":{"currency":"NOK","tipAmount":0,"paymentSources":{"giftCard":0,"card":0,"voucher":0,"cash":0}}}}`, 201},
	}, life("2f6c1d0c-6a35-4a8e-8d1c-41a2b39b5d9f"))}
}

func wooCommerce() client {
	const header = with + "\nX-TimeStamp: 2026-11-22T18:46:59+00:00\nX-Source-Address: 127.0.0.1\nConnection: close\nUser-Agent: WordPress/6.9; https://shop.example.com\n" +
		"Vipps-System-Name: woocommerce\nVipps-System-Version: 6.9/10.4\nVipps-System-Plugin-Name: woo-vipps\nVipps-System-Plugin-Version: 5.3"
	const create = "POST /epayment/v1/payments HTTP/1.1\n{header}\nContent-type: application/json\nIdempotency-Key: wc_order_Zk3xPq7RtY1uV\n\n"
	return client{"the plugin for WooCommerce", header, []said{
		{"another spelling of the token's path, and a form's type", "POST /accessToken/get HTTP/1.1\nclient_id: {client_id}\nclient_secret: {client_secret}\n" +
			"Ocp-Apim-Subscription-Key: {subscription_key}\nConnection: close\nContent-type: application/x-www-form-urlencoded\nContent-length: 0\n\n", 200},
		{"a callback with a query", "POST /webhooks/v1/webhooks HTTP/1.1\n{header}\nContent-type: application/json\n\n" +
			`{"url":"{callback}","events":["epayments.payment.authorized.v1","epayments.payment.aborted.v1","epayments.payment.expired.v1","epayments.payment.terminated.v1"]}`, 201},
		{"the interaction inside customer, a number in metadata, an age that is null", create +
			`{"reference":"Woo00117","userFlow":"WEB_REDIRECT","paymentMethod":{"type":"WALLET"},"amount":{"currency":"NOK","value":49900},` +
			`"returnUrl":"https:\/\/shop.example.com\/vipps_betaling\/?t=1","customer":{"customerInteraction":"CUSTOMER_NOT_PRESENT","phoneNumber":"4712345678"},` +
			`"metadata":{"orderid":117},"minimumUserAge":null,"paymentDescription":"Confirm your order from https:\/\/shop.example.com",` +
			`"receipt":{"orderLines":[{"name":"Kaffekopp \u00e5","id":"22","totalAmount":49900,"totalAmountExcludingTax":39920,"totalTaxAmount":9980,"taxRate":2500,` +
			`"unitInfo":{"unitPrice":49900,"quantity":"1","quantityUnit":"PCS"},"discount":0,"productUrl":"https:\/\/shop.example.com\/kopp","isShipping":false}],` +
			`"bottomLine":{"tipAmount":0,"giftCardAmount":0,"terminalId":"woocommerce","currency":"NOK","receiptNumber":"117"}}}`, 201},
		{"a customer without a phone number", "POST /epayment/v1/payments HTTP/1.1\n{header}\nContent-type: application/json\nIdempotency-Key: wc_order_aB3dE5fG7hI9j\n\n" +
			`{"reference":"Woo00118","userFlow":"WEB_REDIRECT","paymentMethod":{"type":"WALLET"},"amount":{"currency":"NOK","value":49900},` +
			`"returnUrl":"https:\/\/shop.example.com\/?t=2","customer":{"customerInteraction":"CUSTOMER_NOT_PRESENT"},"metadata":{"orderid":118},` +
			`"minimumUserAge":null,"paymentDescription":"Confirm your order"}`, 201},
		{"express with dynamic shipping", "POST /epayment/v1/payments HTTP/1.1\n{header}\nContent-type: application/json\nIdempotency-Key: wc_order_Qw2eR4tY6uI8o\n\n" +
			`{"reference":"Woo00119","userFlow":"WEB_REDIRECT","paymentMethod":{"type":"WALLET"},"amount":{"currency":"NOK","value":49900},` +
			`"returnUrl":"https:\/\/shop.example.com\/?t=3","customer":{"customerInteraction":"CUSTOMER_NOT_PRESENT"},"metadata":{"orderid":119},` +
			`"profile":{"scope":"name email phoneNumber address"},"minimumUserAge":null,"paymentDescription":"Confirm your order",` +
			`"shipping":{"dynamicOptions":{"callbackUrl":"https:\/\/shop.example.com\/shipping","callbackAuthorizationToken":"k3y"}}}`, 201},
		{"it looks at the payment", "GET /epayment/v1/payments/Woo00117 HTTP/1.1\n{header}\n\n", 200},
		{"it cancels with the only field there is, said to be false", "POST /epayment/v1/payments/Woo00117/cancel HTTP/1.1\n{header}\nContent-type: application/json\nIdempotency-Key: 1\n\n" +
			`{"cancelTransactionOnly":false}`, 200},
		{"it deletes its webhook", "DELETE /webhooks/v1/webhooks/{id} HTTP/1.1\n{header}\n\n", 204},
	}}
}
