// Package api is a client of three Vipps MobilePay APIs: Access token,
// Webhooks and ePayment.
//
// A [Client] belongs to one sales unit of one environment. It gets its access
// token by itself, keeps it, and renews it before it ends; most callers never
// call [Client.Token]:
//
//	c, err := api.New(api.Options{BaseURL: api.TestURL, Keys: keys})
//	if err != nil {
//		return err
//	}
//	defer c.Close()
//	payment, err := c.CreatePayment(ctx, api.CreatePaymentRequest{…})
//
// What the client does about failures:
//
//   - Values are checked before anything is sent; a [ValidationError] names
//     every field that is wrong by its path in the JSON.
//   - Requests have a time limit. Answers 423, 429 and 5xx and connections that
//     broke before an answer are tried again a few times, only where a second
//     request cannot do harm: reading, deleting, the token, and payment
//     operations, which carry an idempotency key. Registering a webhook and
//     force approve are never repeated.
//   - No redirect is followed, since the keys would travel to another host: see
//     [RedirectError].
//   - The four shapes in which the provider reports errors become one [Error].
//     [Explain] says what an error means and what to do.
//
// Every request and answer can be watched ([Options.Record]) and every request
// can be shown as a curl command ([Request.Curl]) before it is sent. Nothing
// that leaves the package this way holds a secret.
//
// Amounts are integers in minor units: 49900 is 499.00 NOK.
//
// The provider describes the APIs at
// https://developer.vippsmobilepay.com/docs/APIs/epayment-api/ ,
// https://developer.vippsmobilepay.com/docs/APIs/webhooks-api/ and
// https://developer.vippsmobilepay.com/docs/APIs/access-token-api/ .
package api
