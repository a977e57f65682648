// Package apitest helps to test programs that use [kvikk/api].
//
// [NewServer] starts the sandbox for one test and takes it down with it, as
// net/http/httptest does for a handler:
//
//	s := apitest.NewServer(t)
//	payment, err := s.Client().CreatePayment(ctx, …)
//
// [Conformance] is what the sandbox and the provider's test environment,
// https://apitest.vipps.no, have in common. Both must pass it: a difference
// between the two that somebody finds becomes a test there.
//
// [Description] holds requests and answers against the provider's OpenAPI
// files, which this project does not contain.
package apitest
