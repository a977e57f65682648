package tunnel

import (
	"errors"
	"regexp"
	"strings"
)

// Codes that kvikk itself answers with before ngrok is asked.
const (
	codeMalformedToken = "ERR_NGROK_105"
	codeNoToken        = "ERR_NGROK_4018"
)

const (
	getAuthtoken = "Copy the authtoken from https://dashboard.ngrok.com/get-started/your-authtoken into NGROK_AUTHTOKEN or the field of step 1."
	useOwn       = "use your own public URL with --tunnel own"
)

// ngrokCode matches a code in ngrok's texts, which is the only place where
// some of its errors carry it.
var ngrokCode = regexp.MustCompile(`ERR_NGROK_[0-9]+`)

// codeOf returns ngrok's code for an error, or nothing. The SDK has two ways
// to carry it, Code where a call returns the error and ErrorCode where an
// event does.
func codeOf(err error) string {
	var returned interface{ Code() string }
	if errors.As(err, &returned) && ngrokCode.MatchString(returned.Code()) {
		return returned.Code()
	}
	var told interface{ ErrorCode() string }
	if errors.As(err, &told) && ngrokCode.MatchString(told.ErrorCode()) {
		return told.ErrorCode()
	}
	if err == nil {
		return ""
	}
	return ngrokCode.FindString(err.Error())
}

// explainCode explains one of ngrok's codes. Said is ngrok's own text, already
// free of secrets; it stands in for a cause that is not known here. The codes
// are those of https://ngrok.com/docs/errors.
func explainCode(code, service, said string) *Error {
	e := explainLogin(code)
	if e == nil {
		e = explainEndpoint(code)
	}
	if e == nil {
		e = &Error{
			What:  "ngrok at " + service + " refused.",
			Cause: "ngrok says: " + oneLine(said),
			Do:    "See https://ngrok.com/docs/errors/" + strings.ToLower(code) + ", or " + useOwn + ".",
		}
	}
	e.Code = code
	return e
}

// explainLogin explains the codes with which an agent is refused, or nil.
func explainLogin(code string) *Error {
	switch code {
	case codeNoToken:
		return &Error{
			What:  "ngrok needs an authtoken.",
			Cause: "None was given; ngrok serves only agents that log in to a (free) account.",
			Do:    getAuthtoken,
		}
	case codeMalformedToken:
		return &Error{
			What:  "ngrok does not accept the authtoken.",
			Cause: "It does not look like one: perhaps a part is missing, or it is an API key.",
			Do:    getAuthtoken,
		}
	case "ERR_NGROK_106":
		return &Error{
			What:  "ngrok does not accept the authtoken.",
			Cause: "It is of ngrok's first version, which has ended.",
			Do:    getAuthtoken,
		}
	case "ERR_NGROK_107", "ERR_NGROK_300":
		return &Error{
			What:  "ngrok does not accept the authtoken.",
			Cause: "It is well-formed but not valid: revoked, reset, or of an account that is gone.",
			Do:    getAuthtoken,
		}
	case "ERR_NGROK_108":
		return &Error{
			What:  "ngrok does not let another agent in.",
			Cause: "The account has as many agents running as its plan allows.",
			Do:    "Stop another one (https://dashboard.ngrok.com/agents lists them), or " + useOwn + ".",
		}
	case "ERR_NGROK_120", "ERR_NGROK_121":
		return &Error{
			What:  "ngrok does not let this version in.",
			Cause: "The ngrok SDK built into this program has become too old for the account.",
			Do:    "Update kvikk, or " + useOwn + ".",
		}
	case "ERR_NGROK_9009":
		return &Error{
			What:  "ngrok does not let this agent in.",
			Cause: "It connects through an HTTP proxy, which is part of paid plans only.",
			Do:    "Take ngrok's host out of the proxy with NO_PROXY, or " + useOwn + ".",
		}
	}
	return nil
}

// explainEndpoint explains the codes with which a public URL is refused, or nil.
func explainEndpoint(code string) *Error {
	switch code {
	case "ERR_NGROK_334":
		return &Error{
			What:  "The public URL is already online elsewhere.",
			Cause: "Another program serves it with this account, or a run that was cut off has not been forgotten yet.",
			Do:    "Stop the other agent (https://dashboard.ngrok.com/agents lists them), or wait a minute and try again.",
		}
	case "ERR_NGROK_320":
		return &Error{
			What:  "The ngrok domain belongs to another account.",
			Cause: "NGROK_DOMAIN names a domain that somebody else has reserved.",
			Do:    "Choose one of https://dashboard.ngrok.com/domains, or leave NGROK_DOMAIN out.",
		}
	case "ERR_NGROK_15002", "ERR_NGROK_9037":
		return &Error{
			What:  "ngrok does not give this domain to the account.",
			Cause: "The plan allows only domains that were registered first, or no such name at all.",
			Do:    "Choose one of https://dashboard.ngrok.com/domains, or leave NGROK_DOMAIN out.",
		}
	case "ERR_NGROK_324":
		return &Error{
			What:  "ngrok does not give another public URL.",
			Cause: "The account has as many of them online as its plan allows.",
			Do:    "Stop another one (https://dashboard.ngrok.com/endpoints lists them), or " + useOwn + ".",
		}
	case "ERR_NGROK_312":
		return &Error{
			What:  "ngrok does not give this kind of public URL.",
			Cause: "TLS endpoints are part of paid plans only.",
			Do:    "Leave NGROK_DOMAIN out, or " + useOwn + ".",
		}
	}
	return nil
}
