// Package sandbox is an HTTP server on loopback that answers as the Vipps
// MobilePay test environment, https://apitest.vipps.no, does: access token,
// Webhooks and ePayment API with their error shapes, the payer's page, and
// signed webhooks delivered over real HTTP. It stands on the provider's
// published rules alone and shares no code with any client, so that a mistake
// in a client does not meet the same mistake here.
//
//	s, err := sandbox.Start(ctx, sandbox.Options{})
//	…
//	defer s.Close()
//	// s.URL() stands for https://apitest.vipps.no, s.Keys() for the API keys
//
// # What it serves
//
// POST /accesstoken/get; POST, GET and DELETE of /webhooks/v1/webhooks; under
// /epayment/v1: create, get, event log, cancel, capture, refund and force
// approve; and the payer's pages. Everything is kept in memory, or in a
// directory for the next start (Options.StateDir). Amounts are integers in minor
// units.
//
// One sandbox serves any number of sales units, each with keys of its own, by
// http or by https with a certificate of its own [Authority]. With a seed, what
// it makes up repeats from run to run.
//
// # The payer's pages
//
// GET /landing?token=… is where redirectUrl leads: one approves, declines or
// waits there, and then goes to returnUrl. The pages work without script, on a
// phone and with a keyboard alone.
//
//   - WEB_REDIRECT and NATIVE_REDIRECT lead to it directly.
//   - QR leads to /qr?token=…, the picture of a code for it, in the format and
//     size of qrFormat. An SVG is a link as well, since a phone cannot reach
//     loopback. With TEXT/TARGETURL redirectUrl is the landing page itself.
//   - PUSH_MESSAGE has no redirectUrl: GET /app stands for the payer's phone. It
//     lists every payment that waits, those of the other flows too, since all
//     payers are made up and the phone is everybody's. After a decision on a
//     pushed payment one is back there, even if it has a returnUrl.
//   - GET /return?reference=… can be a client's returnUrl. It says how the
//     payment stands, and nothing else of it, as a reference can be guessed.
//
// # Who may talk to it, and to whom it talks
//
// It listens on loopback, answers only to a Host that names loopback, and
// refuses a foreign Origin and Sec-Fetch-Site: cross-site. The exceptions: a
// browser may navigate to the landing page and a QR code from another site,
// since that is how a shop sends its customer to pay, and to the return page,
// where the way ends; and a shop may show the picture of a QR code.
// Options.AllowHosts adds names, which is also what lets it listen outside
// loopback.
//
// Callbacks go to loopback, by http or https, or to the URL given to
// [Server.AllowTunnel]. The address that is dialled decides, not the name.
// Options.AllowRemoteCallbacks lets them go anywhere. Proxies are not used and
// redirects not followed.
//
// # Time
//
// The sandbox goes by Options.Now and by how far [Server.Advance] has moved that
// forward. Tokens, payments, event times, expiry, rate limits, retries and the
// faults that hold an event back follow at once. Two things do not: the
// x-ms-date of a delivery, which receivers hold against their own clock, and the
// wait of a slow answer.
//
// # Faults
//
// A [Fault] goes wrong on request, so that one can see whether a client or a
// receiver survives it. Faults are set by Options.Faults, [Server.SetFaults] and
// the admin API, written as [ParseFault] reads them.
//
// Faults of an event, decided for each registration when the event's turn has
// come, before its first attempt:
//   - delay: the first attempt waits for by=DURATION, 3s unless given, and the
//     payment's later events wait behind it. Other payments do not.
//   - duplicate: delivered once more, right after it was accepted.
//   - reorder: waits until the payment's next event was delivered, or for 5
//     seconds when none comes. An event that went before another so is not put
//     back itself: of four events in a row, the first two and the last two
//     change places.
//   - drop: never sent. Nothing else can hit it then.
//
// Faults of an attempt, decided for each:
//   - wrong-signature: signed with another secret.
//   - old-date: the x-ms-date is by=DURATION ago, 1h unless given, and signed
//     correctly.
//   - altered-body: one digit is another one than when it was signed. The body
//     has its length, and stays the JSON that it was.
//
// Faults of a call to the provider's API, decided when its keys are found good.
// A call that is refused so has no effect: its Idempotency-Key is not used up,
// and no rate limit counts it.
//   - token-expiry: 401, as with an old token. The next call may be fine with
//     the same token.
//   - 429: API Management's answer, with Retry-After: 1.
//   - 500: problem+json with code 3010, in every API.
//   - slow: done at once and answered by=DURATION later, 3s unless given, so
//     that its webhooks are faster than the answer.
//   - lost-answer: done, its webhooks sent, and the connection closed without
//     an answer. Some HTTP clients repeat such a call by themselves; Go's does
//     so under an Idempotency-Key when the connection was used before.
//
// Several faults may hit the same thing; of several of one kind the first in
// the list that does. With a seed, what a share hits depends on the payment, the
// event, the registration and the call, and not on what else is under way.
// Faults and the logs of faults and deliveries are not kept in Options.StateDir.
//
// # Events of other APIs
//
// Recurring, Login, QR and Donations are not served, but their events can be
// sent to the registrations that ask for them. Payloads have the documented
// members with made-up values, 499.00 NOK where there is an amount. The choices:
//   - All events of a recurring agreement, its charges' too, are delivered in
//     their order, and so are those of a donation, of a merchantQrId and of an
//     auth_req_id.
//   - The members of a charge that do not apply (failureCode, failureReason,
//     transactionId) are null. failureCode has the words that a charge's own
//     failureReason has in the Recurring API, such as user_action_required.
//   - The payload of Donations is not published; agreementId, eventType,
//     occurred and msn stand for it. A receiver has to ask for the agreement
//     anyway.
//
// # The admin API
//
// Under /_kvikk/, a prefix that the provider does not use, the sandbox is
// steered from a test. Every request carries the header Kvikk-Admin: 1. Bodies
// are JSON objects of at most 1 MiB, unknown members are refused, and refusals
// have a body {"error":"what is wrong and what to do"} with 400, 403, 404, 405,
// 409 or 413. Times are RFC 3339, by the sandbox's clock. An msn that is
// empty or missing means the first sales unit.
//
//	GET    /_kvikk/status
//	POST   /_kvikk/clock                         {"advance":"10m"}
//	GET    /_kvikk/faults
//	PUT    /_kvikk/faults                        {"faults":["drop=1,event=captured"]}
//	DELETE /_kvikk/faults
//	GET    /_kvikk/faults/fired?after=0&reference=
//	GET    /_kvikk/deliveries?after=0&reference=
//	POST   /_kvikk/events                        {"event":"user.checked-in.v1","payload":{},"msn":""}
//	POST   /_kvikk/payments/{reference}/payer    {"decision":"approve","msn":""}
//	POST   /_kvikk/reset
//
// What they answer, 200 where nothing else is said:
//   - status: {now, clock_offset, sales_units: [{msn, client_id, payments,
//     registrations}], pending_deliveries, fired, faults}. pending_deliveries
//     counts events of registrations that are neither accepted, given up nor
//     dropped; fired counts faults.
//   - clock: {now, clock_offset}. advance is a duration as Go writes it, more
//     than 0; the whole offset may reach 10 years.
//   - faults: {faults}, with what is left of a count; one that is used up is
//     gone. PUT replaces all, or none when one of them cannot be read; 100 at
//     most.
//   - faults/fired: {fired: [{seq, at, kind, fault, msn, reference, event, call,
//     webhook_id}], counts}. What does not apply is empty. counts are those of
//     each kind since the start or a reset, whatever the query asks for.
//   - deliveries: {deliveries: [{seq, at, msn, webhook_id, url, event, reference,
//     attempt, status, error, faults, took_ms}], pending: [{webhook_id, event,
//     reference, attempt, due}]}. An entry is an attempt that has ended; its
//     status is 0 when there was no answer. An event that is no longer pending
//     has all its attempts in the log. A duplicate counts its attempts from 1.
//   - Both logs keep the last 10,000 entries, oldest first; seq rises by 1 and
//     goes on after a reset. after=SEQ asks for those that came later,
//     reference=R for those of one payment or of another event's stream.
//   - events: 202 {event, reference, registrations, payload}. The payload's own
//     members replace the made-up ones of the same name; reference is the stream.
//     409 when no registration asks for the type.
//   - payer: {reference, state, outcome}, what the payer does on the landing
//     page, approve or decline. 409 when there is nothing left to decide.
//   - reset: 204. Payments, registrations, idempotency keys, faults, logs and
//     the clock's offset are forgotten; keys and tokens stay good.
//
// # Where the provider's documentation is silent or of two minds
//
// Access token:
//   - A missing client_id answers 400 (AADSTS900144), a missing or wrong
//     client_secret 401 (AADSTS7000216, AADSTS7000215), as Azure AD does.
//     The secret's shape is not checked.
//   - A missing, foreign or expired bearer token answers 401 in the shape
//     responseInfo and result, with a message that names the reason. So do
//     unknown paths (404) and methods (405, with Allow).
//   - Tokens only look like RS256; their signature is a keyed hash. Claims are
//     undocumented and no business of a client.
//
// Merchant-Serial-Number:
//   - 4 to 10 digits are well formed. It is required by ePayment, optional for
//     the Webhooks API and ignored by the access token API; another sales
//     unit's number answers 403 with "Invalid MSN: …".
//
// Webhooks API:
//   - A registration is not probed. URL and event types are checked and
//     answered with 400 and extraDetails; other members of the body are
//     ignored, repeated event types count once, any Content-Type will do.
//   - http is taken for loopback only; the provider demands https always.
//   - The limit of 25 registrations a type counts every type of a
//     registration; one too many answers 400 with the field events.
//     user.checked-in.v1 can be registered once.
//   - The secret is 64 random bytes in Base64, 88 characters, as real ones are;
//     the samples in the documentation are shorter.
//   - Deleting an unknown id answers 404, a malformed one 400. When the 204 is
//     out no further delivery is made.
//
// Deliveries:
//   - Webhook-Id is the registration's id. Host carries a port only where it
//     is not the scheme's own, and is signed that way. A 3xx is a failure.
//   - CREATED is delivered as soon as the answer to the create call is out; the
//     provider takes about a second.
//   - A registration is removed when an attempt fails two weeks or more after the
//     first one that failed and none has succeeded since, by the sandbox's clock.
//     A new start of a kept state begins to count anew.
//
// ePayment API:
//   - A field that is missing, unknown, of the wrong type or out of range
//     answers 400 and names the field as a path, such as amount.value. Rules
//     between fields answer with a code. A phone number with a plus and an amount
//     with decimals are such fields, although the list of codes has 4070 and 4040.
//   - Only metadata is held to naming a member once (4110).
//   - Statuses by code: 409 for 4010, 4020 and 4150; 404 for 5090; 403 for 5010
//     to 5050 and 5080; 423 for 6160; 400 otherwise.
//   - reference, phoneNumber and the values of metadata may be JSON numbers in
//     plain digits, which are kept digit by digit: published collections and
//     plugins of the provider send them so.
//   - customer may be without an identifier, and have customerInteraction inside;
//     capture, refund and cancel take a modificationReference. Published plugins
//     send these, although the present documentation has none of them.
//   - phoneNumber has 9 to 15 digits. reference has 8 to 64 characters.
//   - The sales unit takes NOK, DKK and EUR and every user flow. CARD and
//     CARD_PASSTHROUGH are refused (4160): the one is not part of the test
//     environment, the other is for payment service providers. The minimum for NOK is
//     100. expiresAt is more than 10 minutes and less than 60 days ahead and
//     needs a receipt, in every flow.
//   - The redirectUrl of NATIVE_REDIRECT is no app's scheme but the landing page,
//     and the flow does without a customer.
//   - qrFormat is read with every flow and used with QR alone; size counts for
//     PNG alone. A picture stays there when its payment has ended.
//   - An order line needs neither taxRate nor taxPercentage. The payer is never
//     too young for minimumUserAge.
//   - Express wants the scope name, address, email and phoneNumber, in any order
//     (4080). The payer takes the default option, or else the one shown first; its
//     cost is added to what is authorized, while amount stays as it was created.
//     The callback of dynamicOptions is not called: such shipping costs nothing.
//   - An authorized payment has captureGuaranteedUntil, 7 days later, a cardBin,
//     and with a scope profile.sub and the userDetails that the scope names. The
//     AUTHORIZED webhook has the same, with sub at the top as well, since two
//     sources put it in different places. The payer is made up.
//   - Capture and cancel end 180 days after authorization in NOK, 14 days in DKK
//     and EUR (6100, 6030), refund after 365 days (6220). What was not captured by
//     then stays as it is; there is no event for it.
//   - returnUrl takes https and apps' own schemes, and http on this machine.
//   - An Idempotency-Key counts for one operation on one reference of a sales
//     unit, for as long as the sandbox runs, and bodies that differ in white
//     space are the same. A refusal stays what it was, but for 6160 and 6250,
//     which say to try again. A request whose reference cannot be read is not
//     remembered.
//   - Cancel takes an optional Idempotency-Key.
//   - Create, cancel, capture and refund are limited to 5 a minute and payment
//     each, get and the event log to 120 each; one more answers 429 in API
//     Management's shape with Retry-After. Create calls count whether they are
//     refused or not; those without a readable reference count as one payment's.
//     Force approve is not limited, nor is what names an unknown payment.
//   - The Vipps-System-* headers have at most 30 characters, except on the token
//     call, and may be empty. Any Content-Type will do.
//   - Before authorization all aggregates are 0.
//   - ABORTED, EXPIRED and TERMINATED carry the pspReference of CREATED, the
//     later events their own. AUTHORIZED carries the create call's
//     Idempotency-Key, CANCELLED and TERMINATED the cancel call's, if it had one.
//   - EXPIRED is dated at the deadline, whenever it is noticed. No event of a
//     payment is dated before the one that it follows.
//   - Force approve takes any well-formed customer, and lives under /test/ only.
//     A token counts where no customer is named.
//
// Test amounts, in minor units, decided when the payer approves:
//   - 151, 182, 183, 184, 186, 187 and, in NOK, 197 are refused: AUTHORIZED is
//     logged and delivered with "success":false and a pspReference of its own,
//     the payment stays CREATED with empty aggregates, and the payer may try
//     again or decline. Force approve answers 10040.
//   - 201: the outcome is unknown for one hour. Until then the payment stays
//     CREATED and does not expire, cancel answers 6250, another decision 6160
//     (423); then it is AUTHORIZED, dated at the end of the hour.
//   - 202 in NOK: the payer has to approve twice. Force approve answers 10030
//     and counts for neither.
//   - Refunds of 123 answer 5100, of 124 6220, and leave no event.
package sandbox
