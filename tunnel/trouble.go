package tunnel

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// largestCAs bounds the file of certificate authorities, in bytes.
const largestCAs = 4 << 20

// loadCAs reads a PEM file of certificate authorities; no name, no pool.
func loadCAs(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	bad := func(cause string, err error) error {
		return &Error{
			What:  "The certificate authorities for ngrok cannot be read from " + strconv.Quote(oneLine(file)) + ".",
			Cause: cause,
			Do:    "Set NGROK_CONNECT_CAS to a PEM file (-----BEGIN CERTIFICATE-----), or leave it out to trust ngrok's own.",
			Err:   err,
		}
	}
	f, err := os.Open(file)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, bad("There is no such file.", err)
	case err != nil:
		return nil, bad("The system says: "+oneLine(err.Error())+".", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, largestCAs+1))
	switch {
	case err != nil:
		return nil, bad("The system says: "+oneLine(err.Error())+".", err)
	case len(text) > largestCAs:
		return nil, bad("It is too large to be one.", nil)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, bad("It holds no certificate in PEM form.", nil)
	}
	return pool, nil
}

// describe says in a few words what a session is doing.
func (l *link) describe(p progress) string {
	switch {
	case p.stage == loggedIn:
		return "Asking ngrok for a public URL"
	case p.stage == loggingIn:
		return "Logging in to ngrok"
	case p.err != nil:
		return "Connecting to ngrok at " + l.o.service() + " (failed: trying again)"
	}
	return "Connecting to ngrok at " + l.o.service()
}

// explain says why a session comes no further.
func (l *link) explain(p progress) error {
	var known *Error
	if errors.As(p.err, &known) {
		return known
	}
	said := l.redactor.err(p.err)
	if code := codeOf(p.err); code != "" {
		e := explainCode(code, l.o.service(), withoutCode(said.Error()))
		e.Err = said
		return e
	}
	if p.dialFailures > 0 {
		return l.explainDial(p.err)
	}
	return &Error{
		What:  "The link to ngrok at " + l.o.service() + " breaks off.",
		Cause: "The connection ended: " + said.Error() + ".",
		Do:    l.networkAdvice(),
		Err:   said,
	}
}

// withoutCode removes ngrok's code and its page from the end of a text, since
// they are shown beside it.
func withoutCode(said string) string {
	if i := strings.Index(said, "https://ngrok.com/docs/errors/"); i >= 0 {
		said = said[:i]
	}
	return strings.TrimSpace(ngrokCode.ReplaceAllString(said, ""))
}

func (l *link) networkAdvice() string {
	return "Check the network; where a proxy is needed set HTTPS_PROXY; where a firewall keeps ngrok out, " + useOwn + "."
}

// explainDial says why the service cannot be reached.
func (l *link) explainDial(err error) error {
	host, _, _ := net.SplitHostPort(l.o.service())
	e := &Error{What: "ngrok cannot be reached at " + l.o.service() + ".", Do: l.networkAdvice(), Err: l.redactor.err(err)}
	var proxy *proxyError
	var dns *net.DNSError
	switch {
	case errors.As(err, &proxy):
		e.Cause = "The proxy stands in the way: " + oneLine(proxy.Error()) + "."
		e.Do = "Check HTTPS_PROXY, take " + host + " out of it with NO_PROXY, or " + useOwn + "."
	case errors.As(err, &dns):
		e.Cause = "The name " + host + " cannot be looked up: there is no network, or its name server does not know ngrok."
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Cause = "The connection is refused: nothing listens there, or a firewall rejects it."
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		e.Cause = "There is no way there: the network is off."
	case isTimeout(err):
		e.Cause = "Nothing answers: there is no network, or a firewall drops the connection."
	default:
		e.Cause = "The system says: " + e.Err.Error() + "."
	}
	return e
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}

// explainTLS says why the service is not trusted.
func (l *link) explainTLS(err error) error {
	e := &Error{
		What: "What answers at " + l.o.service() + " cannot be trusted to be ngrok.",
		Err:  l.redactor.err(err),
	}
	var record tls.RecordHeaderError
	var name x509.HostnameError
	switch {
	case errors.As(err, &record):
		e.What = "What answers at " + l.o.service() + " is not ngrok."
		e.Cause = "It does not speak TLS."
		e.Do = "Check NGROK_CONNECT_URL, and whether a proxy or a sign-in page of the network stands in between."
	case errors.As(err, &name):
		e.Cause = "Its certificate is for another name."
		e.Do = "Check NGROK_CONNECT_URL: the certificate must be for its host."
	case l.o.ConnectCAs != "":
		e.Cause = "Its certificate is not one of the authorities in NGROK_CONNECT_CAS: " + e.Err.Error() + "."
		e.Do = "Point NGROK_CONNECT_CAS to the authority that signs for this host, or leave it out for ngrok's own service."
	default:
		e.Cause = "Its certificate is not ngrok's: " + e.Err.Error() + ". A firewall or proxy that opens TLS does that."
		e.Do = "Have it leave ngrok alone, give its authority as a PEM file in NGROK_CONNECT_CAS, or " + useOwn + "."
	}
	return e
}

// explainLate says what an opening was at when its time was up.
func (l *link) explainLate(p progress) error {
	if p.dialFailures > 0 || p.stage == dialing && p.err == nil {
		if p.err == nil {
			p.err = os.ErrDeadlineExceeded
		}
		return l.explainDial(p.err)
	}
	e := &Error{
		What:  "ngrok at " + l.o.service() + " does not answer.",
		Cause: "It takes connections but says nothing: a firewall that lets only some of the traffic through, or not ngrok's service.",
		Do:    l.networkAdvice(),
		Err:   os.ErrDeadlineExceeded,
	}
	if p.err != nil {
		e.Err = l.redactor.err(p.err)
		e.Cause = "The connection ends before ngrok has answered: " + e.Err.Error() + "."
	}
	return e
}

// explainDown says why a link that was up is not.
func (l *link) explainDown(p progress) error {
	if p.err == nil || codeOf(p.err) == "" && p.dialFailures == 0 {
		e := &Error{
			What:  "The link to ngrok was cut.",
			Cause: "The network was away for a moment, or ngrok ended the connection.",
			Do:    "Nothing: it comes back by itself, with the same URL.",
		}
		if p.err != nil {
			e.Err = l.redactor.err(p.err)
		}
		return e
	}
	return l.explain(p)
}

// explainStopped says why an endpoint has ended for good.
func (l *link) explainStopped(err error) error {
	said := l.redactor.err(err)
	return &Error{
		Code:  codeOf(err),
		What:  "ngrok has ended the public URL.",
		Cause: "ngrok says: " + withoutCode(said.Error()) + ".",
		Do:    "Nothing: another one is being asked for, which may differ.",
		Err:   said,
	}
}
