// Package secret holds the one type in which kvikk keeps anything that must
// not be seen: client secrets, subscription keys, access tokens, webhook
// secrets and the ngrok authtoken.
//
// A [Value] prints as bullets however it is printed: with fmt, slog, JSON or
// TOML. The text comes out through [Value.Reveal] alone, so every place that
// lets a secret go can be found by looking for that name.
//
// Texts that others wrote (an error of a library, an answer of a server) may
// repeat a secret; a [Redactor] that knows the values takes them out again.
package secret

import (
	"fmt"
	"io"
	"log/slog"
	"sort"
	"strings"
)

// Mask stands wherever a secret would have been printed.
const Mask = "••••"

// Value is a text that must not be seen. The zero Value is an absent secret.
// Values are comparable; compare a secret with untrusted input through
// crypto/subtle, not with ==.
type Value struct{ text string }

// New keeps text as a secret.
func New(text string) Value { return Value{text} }

// Reveal returns the text. Its result belongs in an outgoing request, a
// signature or the place where secrets are stored, and nowhere else.
func (v Value) Reveal() string { return v.text }

// IsZero reports whether there is no secret at all.
func (v Value) IsZero() bool { return v.text == "" }

// String returns [Mask], or nothing for an absent secret.
func (v Value) String() string {
	if v.IsZero() {
		return ""
	}
	return Mask
}

// Format prints the mask for every verb and flag, %#v and %x included.
func (v Value) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, v.String()) }

// LogValue keeps the text out of slog records.
func (v Value) LogValue() slog.Value { return slog.StringValue(v.String()) }

// MarshalText keeps the text out of JSON, TOML and every other encoding that
// asks for text.
func (v Value) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// Redactor replaces known secrets in texts that come from elsewhere. The zero
// Redactor replaces nothing. A Redactor is immutable and safe for concurrent
// use.
type Redactor struct{ replacer *strings.Replacer }

// shortest is the length in bytes below which a value is not looked for in
// texts: replacing one or two letters everywhere would destroy them without
// hiding anything.
const shortest = 4

// NewRedactor returns a Redactor that hides the given values.
func NewRedactor(values ...Value) Redactor {
	texts := make([]string, 0, len(values))
	for _, v := range values {
		if len(v.text) >= shortest {
			texts = append(texts, v.text)
		}
	}
	if len(texts) == 0 {
		return Redactor{}
	}
	// The longest goes first, so that a secret inside another one does not
	// leave the rest of the longer one standing.
	sort.Slice(texts, func(i, j int) bool { return len(texts[i]) > len(texts[j]) })
	pairs := make([]string, 0, 2*len(texts))
	for _, t := range texts {
		pairs = append(pairs, t, Mask)
	}
	return Redactor{strings.NewReplacer(pairs...)}
}

// Redact returns text with every known secret replaced by [Mask].
func (r Redactor) Redact(text string) string {
	if r.replacer == nil {
		return text
	}
	return r.replacer.Replace(text)
}
