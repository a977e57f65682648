package api

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Explanation says in plain words what an error means. Each text is one
// sentence in one line and safe to print; Cause and Do may be empty.
type Explanation struct {
	// What has happened.
	What string
	// Cause is the likeliest reason.
	Cause string
	// Do is what to do about it.
	Do string
}

// Explain explains any error of this package, and errors of contexts and
// networks. There is nothing to say about nil and about what the caller has
// canceled: both give the zero Explanation.
func Explain(err error) Explanation {
	if err == nil || errors.Is(err, context.Canceled) {
		return Explanation{}
	}
	e := explain(err)
	return Explanation{oneLine(e.What), oneLine(e.Cause), oneLine(e.Do)}
}

func explain(err error) Explanation {
	var (
		validation *ValidationError
		host       *HostError
		redirect   *RedirectError
		response   *ResponseError
		connection *ConnectionError
		answer     *Error
	)
	switch {
	case errors.As(err, &validation):
		return explainValidation(validation)
	case errors.As(err, &host):
		return explainHost(host)
	case errors.As(err, &redirect):
		return explainRedirect(redirect)
	case errors.As(err, &response):
		return explainResponse(response)
	case errors.As(err, &connection):
		return explainConnection(connection.Problem, connection.Host, connection.Operation)
	case errors.As(err, &answer):
		return explainAnswer(answer)
	}
	if problem, known := classify(err); known {
		return explainConnection(problem, "", "")
	}
	return Explanation{What: sentence(err.Error())}
}

func explainValidation(e *ValidationError) Explanation {
	out := Explanation{What: "Nothing was sent, since a value cannot be right.", Do: "Correct the value and try again."}
	if len(e.Fields) > 1 {
		out.What = fmt.Sprintf("Nothing was sent, since %d values cannot be right.", len(e.Fields))
		out.Do = "Correct the values and try again."
	}
	if len(e.Fields) > 0 {
		out.Cause = fieldList(e.Fields)
	}
	return out
}

func explainHost(e *HostError) Explanation {
	if e.Production {
		return Explanation{
			What:  "The production environment is refused: payments there move real money.",
			Cause: "The API URL names " + productionHost + ".",
			Do:    "Use " + TestURL + " with the keys of a test sales unit, or the embedded sandbox.",
		}
	}
	return Explanation{
		What:  "The API URL is refused, and no key was sent.",
		Cause: "Of " + cut(e.URL, 200) + ": " + e.Reason + ".",
		Do:    "Use " + TestURL + ", or http on a loopback address such as http://127.0.0.1:8080.",
	}
}

func explainRedirect(e *RedirectError) Explanation {
	target := "an address that it does not name"
	if e.Location != "" {
		target = cut(e.Location, 300)
	}
	return Explanation{
		What:  fmt.Sprintf("The API answered %d and points to %s; the client did not go there.", e.Status, target),
		Cause: "The API itself does not redirect, so a proxy or a wrong API URL is in between.",
		Do:    "Check the API URL and any proxy; the keys stay with the host that they were meant for.",
	}
}

func explainResponse(e *ResponseError) Explanation {
	out := Explanation{
		Cause: "Something between here and the API (a proxy, a captive portal) may have answered in its place.",
		Do:    "Look at the answer, then try again.",
	}
	switch e.Problem {
	case NotJSON:
		out.What = fmt.Sprintf("The answer (%d) is not JSON.", e.Status)
	case TooLarge:
		out.What = fmt.Sprintf("The answer (%d) is over 1 MiB and was not read to its end.", e.Status)
	case CutOff:
		out.What = fmt.Sprintf("The answer (%d) ended too early.", e.Status)
		out.Cause = "The connection broke while the answer came in."
		out.Do = "Look up whether the operation was done before you try again."
	default:
		out.What = fmt.Sprintf("The answer (%d) lacks something: %s.", e.Status, e.Detail)
	}
	if e.Operation == OperationRegister {
		out.Do = "Look for the registration in the list and delete it, since its secret is lost, then register again."
	}
	return out
}

func explainConnection(problem ConnectionProblem, host, operation string) Explanation {
	out := Explanation{Do: "Check the network and the API URL, then try again."}
	name := "The name " + host
	if host == "" {
		host, name = "The server", "The server's name"
	}
	switch problem {
	case Timeout:
		out.What = host + " did not answer in time."
		out.Cause = "The network or the API is slow, or a firewall drops the packets."
		out.Do = "Try again; the same idempotency key makes sure that nothing is done twice."
	case Unresolved:
		out.What = name + " has no address."
		out.Cause = "There is no network or no DNS, or the name is misspelt."
	case Refused:
		out.What = host + " accepts no connection."
		out.Cause = "Nothing listens there: the server is not running, or the port is another one."
		out.Do = "Start the server or correct the API URL, then try again."
	case Untrusted:
		out.What = host + " could not be connected to securely."
		out.Cause = "The certificate is not valid for this machine: a proxy reads along, the clock is wrong, or the port does not speak TLS."
		out.Do = "Check the clock, any proxy, and whether the URL should start with http or https."
	case BadProxy:
		out.What = "The environment's proxy settings cannot be used, and nothing was sent."
		out.Cause = "HTTPS_PROXY does not hold the address of a proxy."
		out.Do = "Correct HTTPS_PROXY, or unset it."
	case Unreachable:
		out.What = host + " cannot be reached."
		out.Cause = "The network, a firewall or a proxy lets no connection through."
	default:
		out.What = host + " broke the connection before it answered."
		out.Cause = "It has crashed or restarted, or something on the way closed the connection."
	}
	return withOutcome(out, problem, operation)
}

// withOutcome adds what matters where a request may have been carried out and
// must not simply be repeated.
func withOutcome(e Explanation, problem ConnectionProblem, operation string) Explanation {
	if problem != Timeout && problem != Interrupted {
		return e
	}
	switch operation {
	case OperationRegister:
		e.Do = "Look for the URL in the list of registrations before you register again, since the request may have arrived."
	case OperationApprove:
		e.Do = "Look at the payment's state before you approve again, since the request may have arrived."
	case OperationToken, OperationWebhooks, OperationPayment, OperationEvents, OperationDelete:
		e.Do = "Check the network, then try again."
	}
	return e
}

// explainAnswer looks the error up by its code, then by its texts, then by its
// status. What the provider says about single fields is the best cause there is.
func explainAnswer(e *Error) Explanation {
	out, found := explainCode(e)
	if !found {
		out, found = explainText(e)
	}
	if !found {
		out = explainStatus(e)
	}
	if len(e.Fields) > 0 {
		out.Cause = fieldList(e.Fields)
	}
	if e.RetryAfter > 0 {
		out.Do = "Wait " + max(time.Second, e.RetryAfter.Round(time.Second)).String() + ", then try again."
	}
	return out
}

// fieldList returns up to three fields with their reasons.
func fieldList(fields []FieldError) string {
	texts := make([]string, 0, len(fields))
	for _, f := range fields[:min(len(fields), 3)] {
		texts = append(texts, strings.TrimSuffix(f.Name+": "+cut(f.Reason, 200), "."))
	}
	list := strings.Join(texts, "; ")
	if more := len(fields) - len(texts); more > 0 {
		list += fmt.Sprintf("; and %d more", more)
	}
	return list + "."
}

// sentence makes a text from outside end like a sentence.
func sentence(text string) string {
	text = strings.TrimSpace(cut(text, 300))
	if text == "" || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "…") {
		return text
	}
	return text + "."
}

func oneLine(text string) string { return visible(strings.TrimSpace(text)) }
