// Package curl writes an HTTP request as a curl command that can be pasted
// into a POSIX shell.
//
// Requests hold text that others wrote: a webhook's body comes from whoever
// knows its URL. So a command is built such that no byte of the request is
// ever read as shell or as an option of curl. Only our own variables stand in
// double quotes; every other value stands in single quotes; a body that cannot
// be carried as text goes through printf into curl's standard input.
//
// Secrets never enter a command. They appear as shell variables, which the
// reader sets once: see [Header.Variable].
package curl

import (
	"strings"
)

// Command is one HTTP request that is to be shown as a curl command.
type Command struct {
	// Method is the HTTP method; empty means GET.
	Method string
	// URL is absolute, with scheme http or https.
	URL string
	// Header lists the header fields in the order in which they are shown.
	Header []Header
	// Body is sent byte for byte. Nil means that there is none.
	Body []byte
}

// Header is one header field of a [Command].
type Header struct {
	// Name is the field's name as it is shown, such as "Authorization".
	Name string
	// Value is the whole value or, where there is a Variable, the text that
	// goes before it, such as "Bearer ".
	Value string
	// Variable names the shell variable with the secret end of the value, such
	// as "VIPPS_ACCESS_TOKEN": capital letters, digits and underscores.
	Variable string
}

// longestArgument is the length in bytes up to which a body is handed to curl
// as an argument. Linux takes no argument over 128 KiB.
const longestArgument = 64 << 10

// String returns the command, one option a line.
func (c Command) String() string {
	parts := []string{c.start()}
	for _, h := range c.Header {
		parts = append(parts, "-H "+h.argument())
	}
	prefix := ""
	body, piped := c.Body, len(c.Body) > 0 && !isText(c.Body)
	switch {
	case piped:
		prefix = "printf " + printfFormat(body) + " | "
		parts = append(parts, "--data-binary @-")
	case len(body) > 0 || c.wantsBody():
		parts = append(parts, "--data-raw "+Quote(string(body)))
	}
	if (len(body) > 0 || c.wantsBody()) && !c.has("Content-Type") {
		// curl would claim that the body is a form.
		parts = append(parts, "-H 'Content-Type:'")
	}
	return prefix + strings.Join(parts, " \\\n  ")
}

// start returns curl, the options that concern the URL, and the URL.
func (c Command) start() string {
	var b strings.Builder
	b.WriteString("curl")
	switch m := c.method(); {
	case m == "HEAD":
		b.WriteString(" -I")
	case m != "GET" || len(c.Body) > 0:
		b.WriteString(" -X " + bareword(m))
	}
	u := plainURL(c.URL)
	if strings.ContainsAny(u, "[]{}") {
		b.WriteString(" --globoff")
	}
	if strings.Contains(u, "/.") {
		b.WriteString(" --path-as-is")
	}
	b.WriteString(" " + Quote(u))
	return b.String()
}

func (c Command) method() string {
	if c.Method == "" {
		return "GET"
	}
	return c.Method
}

// wantsBody reports whether the method has a body by nature. Without one, curl
// sends no Content-Length, and some servers then refuse the request with 411.
func (c Command) wantsBody() bool {
	switch c.method() {
	case "POST", "PUT", "PATCH":
		return true
	}
	return false
}

func (c Command) has(name string) bool {
	for _, h := range c.Header {
		if strings.EqualFold(h.Name, name) {
			return true
		}
	}
	return false
}

// argument returns the field as the quoted argument of -H.
func (h Header) argument() string {
	name := headerName(h.Name)
	value := headerValue(h.Value)
	switch {
	case h.Variable == "":
		if value = strings.TrimSpace(value); value == "" {
			// "Name:" would take the field away, "Name;" sends it empty.
			return Quote(name + ";")
		}
		return Quote(name + ": " + value)
	case !isVariable(h.Variable):
		return Quote(name + ": " + value + "$" + headerValue(h.Variable))
	case plainInDoubleQuotes(name + ": " + value):
		return `"` + name + ": " + value + "$" + h.Variable + `"`
	}
	return Quote(name+": "+value) + `"$` + h.Variable + `"`
}
