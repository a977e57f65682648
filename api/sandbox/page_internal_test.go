package sandbox

import (
	"testing"
	"time"
)

func TestASpanIsSaidInItsTwoLargestUnits(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Minute:                           "0 seconds",
		0:                                      "0 seconds",
		400 * time.Millisecond:                 "0 seconds",
		999 * time.Millisecond:                 "1 second",
		59 * time.Second:                       "59 seconds",
		time.Minute:                            "1 minute",
		61 * time.Second:                       "1 minute 1 second",
		time.Hour + time.Second:                "1 hour",
		25*time.Hour + 30*time.Minute:          "1 day 1 hour",
		59*day + 23*time.Hour + 59*time.Minute: "59 days 23 hours",
	} {
		if got := span(d); got != want {
			t.Errorf("%v is said %q, want %q", d, got, want)
		}
	}
}

func TestWhatCannotBeSeenIsWrittenOut(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Two mugs à 49,50 kr":      "Two mugs à 49,50 kr",
		"ספל 🎁 1\u00a0kr":          "ספל 🎁 1\u00a0kr",
		"a\r\nb\tc\x00\x7f":        `a\u000d\u000ab\u0009c\u0000\u007f`,
		"\u202e\u2066\u200b\ufeff": `\u202e\u2066\u200b\ufeff`,
		"\u2028\u0085\U000e0001":   `\u2028\u0085\U000e0001`,
		"cut \xff off":             "cut \ufffd off",
	} {
		if got := visible(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}
