package webhook

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
)

// attempt is a request whose body and headers are in order and whose signature
// does not match, with what the signature was expected to cover.
type attempt struct {
	r    Received
	at   target
	key  []byte
	date string
	hash string
}

// guess is another value for one part, and where it was found.
type guess struct{ value, origin string }

// explain tries the usual mistakes, one part at a time, and names the part with
// which the signature would match.
func explain(a attempt) error {
	hosts, paths := hostGuesses(a), pathGuesses(a)
	for _, h := range hosts {
		if a.matches(target{h.value, a.at.path}) {
			return &VerifyError{PartHost, hostReason(a, h)}
		}
	}
	for _, p := range paths {
		if a.matches(target{a.at.host, p.value}) {
			return &VerifyError{PartPath, pathReason(a, p)}
		}
	}
	if err := explainDate(a); err != nil {
		return err
	}
	if err := explainKey(a); err != nil {
		return err
	}
	for _, h := range hosts {
		for _, p := range paths {
			if a.matches(target{h.value, p.value}) {
				return &VerifyError{PartHost, "The signature covers the host " + quoted(h.value) + " and the path " + quoted(p.value) +
					", and the registration has " + quoted(a.at.host) + " and " + quoted(a.at.path) + "; it was made for another URL."}
			}
		}
	}
	return &VerifyError{PartSecret, "Body, date and form of the signature are right, so it was most likely made with another secret: that of another registration for this address, or an older one."}
}

func (a attempt) matches(at target) bool {
	return a.r.carries(signature(a.key, message(at, a.date, a.hash)))
}

func hostReason(a attempt, g guess) string {
	return "The signature covers the host " + quoted(g.value) + " (" + g.origin + ") and the registration has " + quoted(a.at.host) +
		"; the sender signed the address that it called instead of the registered one."
}

func pathReason(a attempt, g guess) string {
	return "The signature covers the path " + quoted(g.value) + " (" + g.origin + ") and the registration has " + quoted(a.at.path) +
		"; paths are compared to the letter, with their query."
}

func hostGuesses(a attempt) []guess {
	bare := a.at.host
	if colon := strings.LastIndexByte(bare, ':'); colon > strings.LastIndexByte(bare, ']') {
		bare = bare[:colon]
	}
	list := guesses{not: a.at.host}
	list.add(a.r.Host, "the Host header as it arrived")
	list.add(strings.ToLower(a.r.Host), "the Host header as it arrived")
	for _, name := range [...]string{"X-Forwarded-Host", "X-Original-Host"} {
		for value := range strings.SplitSeq(a.r.first(name), ",") {
			list.add(strings.TrimSpace(value), name+", which a proxy has added")
		}
	}
	list.add(bare, "without the port")
	list.add(bare+":443", "with the port of https")
	list.add(bare+":80", "with the port of http")
	return list.all
}

func pathGuesses(a attempt) []guess {
	registered, query, hasQuery := strings.Cut(a.at.path, "?")
	received, _, _ := strings.Cut(a.r.RequestURI, "?")
	list := guesses{not: a.at.path}
	list.add(a.r.RequestURI, "as it arrived")
	list.add(received, "as it arrived, without the query")
	if prefix := strings.TrimSuffix(a.r.first("X-Forwarded-Prefix"), "/"); prefix != "" {
		list.add(prefix+a.r.RequestURI, "as it was before a proxy removed a prefix")
	}
	for _, name := range [...]string{"X-Original-Uri", "X-Forwarded-Uri", "X-Original-Url"} {
		list.add(a.r.first(name), name+", which a proxy has added")
	}
	tail := ""
	if hasQuery {
		tail = "?" + query
		list.add(registered, "without the query")
	}
	list.add(a.at.path+"?", "with an empty query")
	if trimmed := strings.TrimRight(registered, "/"); trimmed != registered {
		list.add(trimmed+tail, "without the slash at the end")
	} else {
		list.add(registered+"/"+tail, "with a slash at the end")
	}
	if plain, err := url.PathUnescape(registered); err == nil {
		list.add(plain+tail, "with its escapes undone")
		list.add((&url.URL{Path: plain}).EscapedPath()+tail, "escaped in another way")
	}
	return list.all
}

// guesses collects values once each, and never what was expected in the first
// place. Their number and length are bounded: who sends a request decides what
// is in it.
type guesses struct {
	not string
	all []guess
}

func (g *guesses) add(value, origin string) {
	const most, longest = 12, 8 << 10
	if value == "" || value == g.not || len(g.all) == most || len(value) > longest {
		return
	}
	for _, known := range g.all {
		if known.value == value {
			return
		}
	}
	g.all = append(g.all, guess{value, origin})
}

// explainDate tries the other dates of the request.
func explainDate(a attempt) error {
	list := guesses{not: a.date}
	for _, value := range a.r.values(HeaderDate) {
		list.add(value, "a second x-ms-date header")
	}
	list.add(a.r.first("Date"), "the Date header")
	list.add(strings.TrimSpace(a.date), "x-ms-date without the white space around it")
	for _, g := range list.all {
		if a.r.carries(signature(a.key, message(a.at, g.value, a.hash))) {
			return &VerifyError{PartDate, "The signature covers the date " + quoted(g.value) + " (" + g.origin + ") and x-ms-date is " + quoted(a.date) +
				"; the header was changed after signing, or the sender signs another one."}
		}
	}
	return nil
}

// explainKey tries the ways in which the right secret is put to the wrong use.
func explainKey(a attempt) error {
	text := message(a.at, a.date, a.hash)
	if a.r.carries(signature(a.key, strings.ReplaceAll(text, "\n", "\r\n"))) {
		return &VerifyError{PartHeader, "The signature was made over lines that end with CR LF; the provider's end with LF alone."}
	}
	for _, encoding := range [...]*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding} {
		if key, err := encoding.DecodeString(string(a.key)); err == nil && a.r.carries(signature(key, text)) {
			return &VerifyError{PartSecret, "The signature was made with the Base64-decoded secret; the key is the secret's characters as they stand."}
		}
	}
	trimmed := bytes.TrimSpace(a.key)
	for _, key := range [...][]byte{trimmed, append(bytes.Clone(trimmed), '\n')} {
		if !bytes.Equal(key, a.key) && a.r.carries(signature(key, text)) {
			return &VerifyError{PartSecret, "The signature was made with the same secret and different white space around it; one of the two was copied with a line end or a space."}
		}
	}
	return nil
}

// explainBody says why the hash of the body is not the one in the header.
func explainBody(r Received, hash string) error {
	reason := "The body is not the one that was signed: its SHA-256 is not the one in x-ms-content-sha256, so it was changed on the way, or the body was parsed and written again before it was checked."
	length, err := strconv.Atoi(r.first("Content-Length"))
	switch restored := restoredBody(r.Body, hash); {
	case restored != "":
		reason = "The body is not the one that was signed: it would be " + restored + "; check the raw bytes, before anything reads or saves them as text."
	case len(r.Body) == 0:
		reason = "The body is empty and x-ms-content-sha256 says that one was signed; it was lost on the way, or read before it was checked."
	case err == nil && length > len(r.Body):
		reason = "The body is not the one that was signed: Content-Length says " + strconv.Itoa(length) + " bytes, and " + strconv.Itoa(len(r.Body)) + " are here."
	}
	return &VerifyError{PartBody, reason}
}

// restoredBody undoes what tools do to a body and says which of it leads back to
// the one that was signed.
func restoredBody(body []byte, hash string) string {
	const largest = 256 << 10
	if len(body) == 0 || len(body) > largest {
		return ""
	}
	is := func(b []byte) bool { return equal(hash, hashOf(b)) }
	var compact bytes.Buffer
	switch {
	case is(bytes.TrimRight(body, "\r\n")):
		return "without the line end at its end"
	case is(append(bytes.Clone(body), '\n')):
		return "with a line end at its end"
	case is(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))):
		return "without the byte order mark at its start"
	case is(bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))):
		return "with LF instead of CR LF"
	case json.Compact(&compact, body) == nil && is(compact.Bytes()):
		return "without the white space in its JSON"
	}
	return ""
}

func isSHA256(s string) bool {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	return err == nil && len(b) == sha256.Size
}

// quoted makes a text from outside safe to show: ASCII only, at most 200
// characters of it.
func quoted(s string) string {
	const most = 200
	if len(s) > most {
		return strconv.QuoteToASCII(s[:most]) + "…"
	}
	return strconv.QuoteToASCII(s)
}

// sentence makes an error text one.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
