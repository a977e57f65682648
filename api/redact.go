package api

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"kvikk/api/secret"
)

// secrets knows every secret that the client has seen, so that an answer or an
// error that repeats one can be shown without it.
type secrets struct {
	mu       sync.Mutex
	values   []secret.Value
	redactor secret.Redactor
	spelt    []string
}

// add makes secrets known.
func (s *secrets) add(values ...secret.Value) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := make(map[secret.Value]bool, len(s.values))
	for _, v := range s.values {
		known[v] = true
	}
	fresh := false
	for _, v := range values {
		if len(v.Reveal()) >= shortestSecret && !known[v] {
			known[v], fresh = true, true
			s.values = append(s.values, v)
		}
	}
	if extra := len(s.values) - mostSecrets; extra > 0 {
		// The first two are the keys; after them the oldest token goes.
		s.values = slices.Delete(s.values, 2, 2+extra)
	}
	if fresh {
		s.rebuild()
	}
}

// shortestSecret is the length in bytes of the shortest text that is looked
// for; hiding shorter ones would tear holes into ordinary words.
const shortestSecret = 4

// mostSecrets is how many secrets are remembered, so that a client that runs
// for months does not collect every token it ever had.
const mostSecrets = 64

func (s *secrets) rebuild() {
	s.spelt = nil
	var all []secret.Value
	for _, v := range s.values {
		for _, text := range spellings(v.Reveal()) {
			s.spelt = append(s.spelt, text)
			all = append(all, secret.New(text))
		}
	}
	s.redactor = secret.NewRedactor(all...)
}

// spellings returns the forms in which a server may repeat a text: as it is,
// inside of JSON, a URL, a form, or HTML.
func spellings(text string) []string {
	quoted, _ := json.Marshal(text)
	plain := encode(text)
	candidates := []string{
		text,
		strings.Trim(string(quoted), `"`),
		strings.Trim(string(plain), `"`),
		strings.ReplaceAll(strings.Trim(string(plain), `"`), "/", `\/`),
		strings.ReplaceAll(text, "+", `\u002B`),
		url.QueryEscape(text),
		url.PathEscape(text),
		strings.ToLower(url.QueryEscape(text)),
		html.EscapeString(text),
		strings.NewReplacer("+", "&#x2B;", "/", "&#x2F;", "=", "&#x3D;").Replace(text),
	}
	seen := map[string]bool{}
	out := candidates[:0]
	for _, c := range candidates {
		if !seen[c] {
			seen[c] = true
			out = append(out, c)
		}
	}
	return out
}

// text returns t without known secrets.
func (s *secrets) text(t string) string {
	s.mu.Lock()
	redactor := s.redactor
	s.mu.Unlock()
	return redactor.Redact(t)
}

// tail returns t, whose end is missing, without the start of a secret at its
// end.
func (s *secrets) tail(t string) string {
	s.mu.Lock()
	spelt := s.spelt
	s.mu.Unlock()
	for _, value := range spelt {
		for n := min(len(value)-1, len(t)); n >= shortestSecret; n-- {
			if strings.HasSuffix(t, value[:n]) {
				return t[:len(t)-n] + secret.Mask
			}
		}
	}
	return t
}

// body returns an answer's body without secrets: the values of the keys that
// hold them are masked whatever they are, and remembered; then known secrets
// are masked wherever they stand. The error is that of reading the body.
func (s *secrets) body(b []byte, err error) []byte {
	masked, found := maskJSON(b)
	s.add(found...)
	whole := err == nil && json.Valid(masked)
	if !whole {
		masked = looseSecret.ReplaceAll(masked, []byte("$1$2"+secret.Mask))
	}
	text := s.text(string(masked))
	if !whole {
		text = s.tail(text)
	}
	return []byte(text)
}

// looseSecret finds a secret by its name in what is no JSON: a form, a page,
// a log line.
var looseSecret = regexp.MustCompile(`(?i)(access_token|refresh_token|id_token|client_secret|subscription_key|secret)(["']?\s*[=:>]\s*["']?)[^\s"'&<>,;}•]+`)

// header returns h without secrets.
func (s *secrets) header(h http.Header) http.Header {
	out := make(http.Header, len(h))
	for name, values := range h {
		for _, v := range values {
			if isSecretHeader(name) {
				v = secret.Mask
			}
			out[name] = append(out[name], s.text(v))
		}
	}
	return out
}

func isSecretHeader(name string) bool {
	switch strings.ToLower(name) {
	case "authorization", "proxy-authorization", "x-vipps-authorization", "ocp-apim-subscription-key",
		"client_secret", "client-secret", "cookie", "set-cookie":
		return true
	}
	return false
}

// isSecretKey reports whether a JSON member of this name holds a secret.
func isSecretKey(name string) bool {
	switch strings.ToLower(name) {
	case "access_token", "refresh_token", "id_token", "client_secret", "secret",
		"subscription_key", "ocp-apim-subscription-key", "callbackauthorizationtoken":
		return true
	}
	return false
}

// maskJSON masks the values of secret keys and leaves every other byte as it
// came. It does not need b to be whole or well-formed: an answer that was cut
// off in the middle of a token must not show its first half.
func maskJSON(b []byte) (masked []byte, found []secret.Value) {
	kept := 0
	for i := 0; i < len(b); {
		if b[i] != '"' {
			i++
			continue
		}
		end := stringEnd(b, i)
		colon := skipSpace(b, end)
		if colon >= len(b) || b[colon] != ':' || !isSecretKey(unquote(b[i:end])) {
			i = end
			continue
		}
		start := skipSpace(b, colon+1)
		i = valueEnd(b, start)
		if value := string(b[start:i]); value == "" || value == "null" {
			continue
		}
		if text := unquote(b[start:i]); len(text) >= 2*shortestSecret && len(text) <= 32<<10 {
			found = append(found, secret.New(text))
		}
		masked = append(masked, b[kept:start]...)
		masked = append(masked, `"`+secret.Mask+`"`...)
		kept = i
	}
	return append(masked, b[kept:]...), found
}

// stringEnd returns the index after the string literal that starts at i, or
// the end of b.
func stringEnd(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// valueEnd returns the index after the JSON value that starts at i.
func valueEnd(b []byte, i int) int {
	depth := 0
	for ; i < len(b); i++ {
		switch b[i] {
		case '"':
			i = stringEnd(b, i) - 1
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth <= 0 {
				return i + depth + 1
			}
		case ',', ' ', '\n', '\r', '\t':
			if depth == 0 {
				return i
			}
		}
	}
	return min(i, len(b))
}

// unquote returns the text of a string literal, or the literal itself where it
// is none.
func unquote(literal []byte) string {
	var s string
	if err := json.Unmarshal(literal, &s); err == nil {
		return s
	}
	return strings.Trim(string(literal), `"`)
}
