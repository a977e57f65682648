package assets

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed *.md steps/*.md fixtures/*.json
var files embed.FS

// Steps is the number of steps of the quick start.
const Steps = 5

// The names of the texts that belong to no single step, for [Text].
const (
	Next   = "next"    // worth trying once a webhook has been verified
	Keys   = "keys"    // where the keys of the test environment are found
	Ngrok  = "ngrok"   // where the authtoken is found, and what the free plan is like
	OwnURL = "own-url" // what a public URL of one's own has to do
)

// Step returns the text of step n, from 1 to [Steps], as Markdown: what happens
// and why, then under a heading what to look at. There is no text for any other
// number.
func Step(n int) string {
	names, err := fs.Glob(files, fmt.Sprintf("steps/%d-*.md", n))
	if err != nil || len(names) != 1 {
		return ""
	}
	text, err := files.ReadFile(names[0])
	if err != nil {
		return ""
	}
	return string(text)
}

// Lead returns what comes first in the text of step n, for where there is
// little room: what happens and why.
func Lead(n int) string {
	lead, _, _ := strings.Cut(Step(n), "\n#")
	return strings.TrimSpace(lead)
}

// Text returns the Markdown text of the given name, such as [Keys].
func Text(name string) (string, error) {
	text, err := files.ReadFile(name + ".md")
	if err != nil {
		return "", fmt.Errorf("reading the text %q: %w", name, err)
	}
	return string(text), nil
}

// FixtureNames returns the names of the eight ePayment events, in the order of
// a payment's life.
func FixtureNames() []string {
	return []string{
		"CREATED", "AUTHORIZED", "CAPTURED", "REFUNDED",
		"CANCELLED", "ABORTED", "EXPIRED", "TERMINATED",
	}
}

// Fixture returns the body of a webhook for the event of the given name, byte
// for byte as the provider writes one: compact, members in this order, no line
// feed at the end. Values are made up; amounts are in minor units. The first
// five events belong to one payment. As in the provider's own, ABORTED has the
// pspReference of its payment's creation and CANCELLED no idempotency key.
//
// Source: https://developer.vippsmobilepay.com/docs/APIs/webhooks-api/events
func Fixture(name string) ([]byte, error) {
	body, err := files.ReadFile("fixtures/" + strings.ToLower(name) + ".json")
	if err != nil {
		return nil, fmt.Errorf("reading the fixture %q: %w", name, err)
	}
	return body, nil
}
