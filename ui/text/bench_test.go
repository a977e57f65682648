package text_test

import (
	"strings"
	"testing"

	"kvikk/ui/text"
)

func BenchmarkVisible(b *testing.B) {
	line := `    "reference": "acme-shop-2026-0001", blåbær`
	b.ReportAllocs()
	for b.Loop() {
		text.Visible(line)
	}
}

func BenchmarkPayloadOfAMegabyte(b *testing.B) {
	body := "[" + strings.Repeat(`{"reference":"acme-shop-2026-0001","value":49900},`, 20_000) + "0]"
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		pretty, _ := text.Pretty([]byte(body))
		text.VisibleLines(string(pretty))
	}
}
