// Package assets holds what a person reads in kvikk, the texts of the five
// steps and what belongs to them, and payloads of webhooks to test with.
//
// The texts are Markdown, of which they use headings, paragraphs, lists, inline
// code, code blocks and https links, no more: package ui/markdown draws them.
// They are kvikk's own words; the provider's pages are linked, not copied.
package assets
