package tunnel

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strconv"

	"kvikk/api/secret"
)

// tokenLine matches the line in which ngrok's refusals repeat what was given
// as the authtoken. It is hidden whatever stands there: ngrok may have changed
// it on the way, and the shortest secrets are not looked for by value.
var tokenLine = regexp.MustCompile(`(?i)(your authtoken:?[ \t]*)[^\s"\\]+`)

// redactor takes the authtoken out of texts of ngrok and its SDK.
type redactor struct{ known secret.Redactor }

func newRedactor(token secret.Value) redactor {
	text := token.Reveal()
	quoted := strconv.Quote(text)
	return redactor{secret.NewRedactor(
		token,
		secret.New(quoted[1:len(quoted)-1]),
		secret.New(url.QueryEscape(text)),
		secret.New(url.PathEscape(text)),
	)}
}

func (r redactor) text(s string) string {
	return tokenLine.ReplaceAllString(r.known.Redact(s), "${1}"+secret.Mask)
}

// quoted is an error of the SDK as a text: keeping the error itself would
// keep the authtoken within reach of whoever unwraps.
type quoted string

func (q quoted) Error() string { return string(q) }

func (r redactor) err(err error) error { return quoted(oneLine(r.text(err.Error()))) }

// logger returns a logger for the SDK that passes everything on without
// secrets.
func (r redactor) logger(to *slog.Logger) *slog.Logger {
	if to == nil {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(redacting{to.Handler(), r})
}

// redacting is a slog.Handler that hides the authtoken in messages and
// attributes.
type redacting struct {
	slog.Handler
	redactor redactor
}

func (h redacting) Handle(ctx context.Context, rec slog.Record) error {
	clean := slog.NewRecord(rec.Time, rec.Level, h.redactor.text(rec.Message), rec.PC)
	rec.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(h.attr(a))
		return true
	})
	return h.Handler.Handle(ctx, clean)
}

func (h redacting) WithAttrs(attrs []slog.Attr) slog.Handler {
	return redacting{h.Handler.WithAttrs(h.attrs(attrs)), h.redactor}
}

func (h redacting) WithGroup(name string) slog.Handler {
	return redacting{h.Handler.WithGroup(name), h.redactor}
}

func (h redacting) attrs(attrs []slog.Attr) []slog.Attr {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = h.attr(a)
	}
	return clean
}

// attr turns what is neither a number nor a time into text, since a secret may
// be anywhere inside.
func (h redacting) attr(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindString:
		v = slog.StringValue(h.redactor.text(v.String()))
	case slog.KindGroup:
		v = slog.GroupValue(h.attrs(v.Group())...)
	case slog.KindAny:
		if v.Any() != nil {
			v = slog.StringValue(h.redactor.text(fmt.Sprintf("%+v", v.Any())))
		}
	}
	return slog.Attr{Key: a.Key, Value: v}
}
