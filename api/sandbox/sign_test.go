package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"
)

func TestSignMatchesThePublishedVectors(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct{ Name, Secret, PathAndQuery, Date, Host, Body, ContentSHA256, Authorization string }
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) != 4 {
		t.Fatalf("%d vectors, want 4", len(vectors))
	}
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			at, err := time.Parse(http.TimeFormat, v.Date)
			if err != nil {
				t.Fatal(err)
			}
			got := sign(v.Secret, v.Host, v.PathAndQuery, at, []byte(v.Body))
			if got != (signature{v.Date, v.ContentSHA256, v.Authorization}) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestTheSignedHostCarriesAPortOnlyWhereItIsNotTheSchemesOwn(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"https://Shop.Example/x":       "shop.example",
		"https://shop.example:443/x":   "shop.example",
		"https://shop.example:8443/x":  "shop.example:8443",
		"http://127.0.0.1:80/x":        "127.0.0.1",
		"http://127.0.0.1:443/x":       "127.0.0.1:443",
		"http://[::1]:8080/x":          "[::1]:8080",
		"https://shop.example:/x?y=:1": "shop.example",
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := hostHeader(u); got != want {
			t.Errorf("%s: host %q, want %q", raw, got, want)
		}
	}
}

func TestTheProvidersScheduleEndsAfterSevenDays(t *testing.T) {
	t.Parallel()
	for attempt, want := range map[int]time.Duration{
		2: 2 * time.Second, 4: 2 * time.Second, 5: time.Minute, 6: 2 * time.Minute,
		7: time.Hour, 29: time.Hour, 30: 24 * time.Hour, 35: 24 * time.Hour, 36: -1,
	} {
		if got := ProviderSchedule(attempt); got != want {
			t.Errorf("attempt %d after %v, want %v", attempt, got, want)
		}
	}
	var total time.Duration
	for attempt := 2; ProviderSchedule(attempt) >= 0; attempt++ {
		total += ProviderSchedule(attempt)
	}
	if total > 7*day || total < 6*day {
		t.Errorf("the schedule lasts %v, want nearly 7 days", total)
	}
}
