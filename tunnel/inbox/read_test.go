package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kvikk/api/webhook"
	"kvikk/tunnel/inbox"
)

// stored makes a webhook that needs no request.
func stored(name, reference, body string) inbox.Webhook {
	t, _ := webhook.TypeForName(name)
	return inbox.Webhook{
		Row:    inbox.Row{ReceivedAt: noon(), Type: t, Name: name, Reference: reference, Verified: true, Status: 200, Registration: "token-a"},
		Method: "POST", Path: "/hooks/token-a", Header: http.Header{"Host": {"hooks.example"}}, Body: []byte(body),
	}
}

// shelf is an inbox with 1,200 webhooks, numbered from 1; every tenth was
// captured and belongs to registration token-b, every hundredth was rejected.
func shelf(t *testing.T) *inbox.Inbox {
	t.Helper()
	b := open(t, file(t))
	list := make([]inbox.Webhook, 1200)
	for i := range list {
		seq := i + 1
		w := stored("CREATED", fmt.Sprintf("order-%04d", seq), fmt.Sprintf(`{"note":"Rød %d 50%% a_b"}`, seq))
		if seq%10 == 0 {
			w.Type, w.Name, w.Registration = "epayments.payment.captured.v1", "CAPTURED", "token-b"
		}
		if seq%100 == 0 {
			w.Verified, w.Problem, w.Status = false, "Another secret it seems.", 401
		}
		list[i] = w
	}
	if err := b.Store(list); err != nil {
		t.Fatal(err)
	}
	return b
}

func seqs(list []inbox.Row) []int64 {
	all := make([]int64, len(list))
	for i, r := range list {
		all[i] = r.Seq
	}
	return all
}

func TestPagesCoverTheListOnce(t *testing.T) {
	t.Parallel()
	b := shelf(t)
	for name, f := range map[string]inbox.Filter{"everything": {}, "by text": {Text: "note"}} {
		var all []int64
		for before := int64(0); ; before = all[len(all)-1] {
			page, err := b.Rows(t.Context(), inbox.Query{Filter: f, Before: before, Limit: 70})
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			all = append(all, seqs(page)...)
		}
		if len(all) != 1200 || all[0] != 1200 || all[1199] != 1 || !slices.IsSortedFunc(all, func(a, b int64) int { return int(b - a) }) {
			t.Errorf("%s: %d rows from %d to %d", name, len(all), all[0], all[len(all)-1])
		}
	}
}

func TestTheLimitOfAPage(t *testing.T) {
	t.Parallel()
	b := shelf(t)
	for limit, want := range map[int]int{0: 100, -1: 100, 7: 7, 100_000: 1000} {
		if page, err := b.Rows(t.Context(), inbox.Query{Limit: limit}); err != nil || len(page) != want {
			t.Errorf("a limit of %d gives %d rows, %v", limit, len(page), err)
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	b := shelf(t)
	for name, c := range map[string]struct {
		filter inbox.Filter
		want   inbox.Counts
		newest int64
	}{
		"none":                              {inbox.Filter{}, inbox.Counts{Total: 1200, Rejected: 12}, 1200},
		"after a number":                    {inbox.Filter{AfterSeq: 1150}, inbox.Counts{Total: 50, Rejected: 1}, 1200},
		"after the last":                    {inbox.Filter{AfterSeq: 1200}, inbox.Counts{}, 0},
		"registration":                      {inbox.Filter{Registration: "token-b"}, inbox.Counts{Total: 120, Rejected: 12}, 1200},
		"reference":                         {inbox.Filter{Reference: "order-0017"}, inbox.Counts{Total: 1}, 17},
		"a reference is compared whole":     {inbox.Filter{Reference: "order-001"}, inbox.Counts{}, 0},
		"type":                              {inbox.Filter{Type: "epayments.payment.captured.v1"}, inbox.Counts{Total: 120, Rejected: 12}, 1200},
		"a newer version of a type":         {inbox.Filter{Type: "epayments.payment.captured.v2"}, inbox.Counts{}, 0},
		"a type that never came":            {inbox.Filter{Type: "user.checked-in.v1"}, inbox.Counts{}, 0},
		"text in the body":                  {inbox.Filter{Text: " 117 "}, inbox.Counts{Total: 1}, 117},
		"text in the reference":             {inbox.Filter{Text: "ORDER-00"}, inbox.Counts{Total: 99}, 99},
		"text in the type":                  {inbox.Filter{Text: "payment.capt"}, inbox.Counts{Total: 120, Rejected: 12}, 1200},
		"text in the problem":               {inbox.Filter{Text: "another SECRET"}, inbox.Counts{Total: 12, Rejected: 12}, 1200},
		"text beyond ASCII":                 {inbox.Filter{Text: "rød 5 "}, inbox.Counts{Total: 1}, 5},
		"text with the signs of patterns":   {inbox.Filter{Text: "1199 50% a_b"}, inbox.Counts{Total: 1}, 1199},
		"a percent sign is only that":       {inbox.Filter{Text: "Rød%a_b"}, inbox.Counts{}, 0},
		"an underscore is only that":        {inbox.Filter{Text: "a_bx"}, inbox.Counts{}, 0},
		"text, registration and a number":   {inbox.Filter{Text: "note", Registration: "token-b", AfterSeq: 1180}, inbox.Counts{Total: 2, Rejected: 1}, 1200},
		"a backslash is only that":          {inbox.Filter{Text: `\`}, inbox.Counts{}, 0},
		"a filter cannot smuggle in syntax": {inbox.Filter{Reference: "' OR 1=1 --"}, inbox.Counts{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			counts, err := b.Counts(t.Context(), c.filter)
			if err != nil || counts != c.want {
				t.Errorf("Counts() = %+v, %v, want %+v", counts, err, c.want)
			}
			list := rows(t, b, c.filter)
			if int64(len(list)) != min(c.want.Total, 100) || len(list) > 0 && list[0].Seq != c.newest {
				t.Errorf("Rows() = %v", seqs(list))
			}
			var all []int64
			for w, err := range b.All(t.Context(), c.filter) {
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, w.Seq)
			}
			if int64(len(all)) != c.want.Total || !slices.IsSorted(all) {
				t.Errorf("All() gives %d: %v", len(all), all)
			}
		})
	}
}

func TestAllCanBeLeftAndTurnedRound(t *testing.T) {
	t.Parallel()
	b := shelf(t)
	next := int64(1200)
	for w, err := range b.All(t.Context(), inbox.Filter{Newest: true}) {
		if err != nil || w.Seq != next {
			t.Fatalf("number %d came instead of %d, %v", w.Seq, next, err)
		}
		next--
	}
	if next != 0 {
		t.Errorf("the last was %d", next+1)
	}
	for w := range b.All(t.Context(), inbox.Filter{AfterSeq: 700}) {
		if w.Seq == 703 {
			break
		}
	}
	next = 1200
	for w, err := range b.All(t.Context(), inbox.Filter{Newest: true, Text: "NOTE", AfterSeq: 1000}) {
		if err != nil || w.Seq != next {
			t.Fatalf("number %d came instead of %d, %v", w.Seq, next, err)
		}
		next--
	}
	if next != 1000 {
		t.Errorf("the last that has the text was %d", next+1)
	}
	// More can be read than there are connections, so leaving has freed them.
	for range 10 {
		for range b.All(t.Context(), inbox.Filter{}) {
			break
		}
	}
}

func TestAWalkThroughLargeBodiesMissesNone(t *testing.T) {
	t.Parallel()
	b := open(t, file(t))
	list := make([]inbox.Webhook, 11)
	for i := range list {
		list[i] = stored("CREATED", "large", strings.Repeat("x", 1<<20))
	}
	if err := b.Store(list); err != nil {
		t.Fatal(err)
	}
	for _, f := range []inbox.Filter{{}, {Newest: true}, {Text: "large"}} {
		n := 0
		for w, err := range b.All(t.Context(), f) {
			if n++; err != nil || len(w.Body) != 1<<20 {
				t.Fatalf("%d bytes, %v", len(w.Body), err)
			}
		}
		if n != len(list) {
			t.Errorf("%+v gives %d of %d", f, n, len(list))
		}
	}
}

func TestAWebhookReadBackIsTheOneThatWasStored(t *testing.T) {
	t.Parallel()
	b := open(t, file(t))
	want := stored("REFUNDED", "r", "\x00\xff")
	want.PSPReference, want.Currency, want.Value, want.HasAmount = "p", "DKK", -1, true
	want.RemoteAddr, want.URL, want.RegistrationID = "[::1]:7", "https://hooks.example/hooks/token-a", "id"
	want.ReceivedAt = time.Date(2026, 1, 2, 3, 4, 5, 6, time.Local)
	if err := b.Store([]inbox.Webhook{want}); err != nil {
		t.Fatal(err)
	}
	want.Seq = 1
	if got, err := b.Webhook(t.Context(), 1); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("error %v, -want +got\n%s", err, cmp.Diff(want, got))
	}
	if _, err := b.Webhook(t.Context(), 2); !errors.Is(err, inbox.ErrNotFound) {
		t.Errorf("a webhook that is not there: %v", err)
	}
}

func TestASearchWalksOverGapsAndCanBeCancelled(t *testing.T) {
	t.Parallel()
	b := open(t, file(t))
	store := func(w inbox.Webhook) {
		t.Helper()
		if err := b.Store([]inbox.Webhook{w}); err != nil {
			t.Fatal(err)
		}
	}
	store(stored("CREATED", "needle-1", ""))
	if err := b.Exec(t.Context(), fmt.Sprintf("UPDATE sqlite_sequence SET seq = %d WHERE name = 'webhook'", 50*inbox.SliceSeqs)); err != nil {
		t.Fatal(err)
	}
	store(stored("CREATED", "needle-2", ""))
	store(stored("CREATED", "hay", ""))
	if got := rows(t, b, inbox.Filter{Text: "needle"}); len(got) != 2 || got[0].Reference != "needle-2" || got[1].Reference != "needle-1" {
		t.Errorf("found %+v", got)
	}
	for _, f := range []inbox.Filter{{Text: "needle"}, {Text: "needle", Newest: true}} {
		n := 0
		for w, err := range b.All(t.Context(), f) {
			if n++; err != nil || w.Reference[:6] != "needle" {
				t.Errorf("All() gives %q, %v", w.Reference, err)
			}
		}
		if n != 2 {
			t.Errorf("All() finds %d", n)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Rows(ctx, inbox.Query{Filter: inbox.Filter{Text: "needle"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled search: %v", err)
	}
	if _, err := b.Counts(ctx, inbox.Filter{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled count: %v", err)
	}
	for _, err := range b.All(ctx, inbox.Filter{}) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled walk: %v", err)
		}
	}
}

func FuzzHeadersSurviveStorage(f *testing.F) {
	f.Add("X-A", "plain", "\xff\xfe")
	f.Add("x\"y", "", "{\"bytes\":\"AA==\"}\\ \u2028<&>")
	f.Fuzz(func(t *testing.T, name, first, second string) {
		if name != string([]rune(name)) {
			t.Skip("net/http lets no such name through")
		}
		want := http.Header{name: {first, second}, "Host": {"h"}}
		got, err := inbox.RoundTrip(want)
		if diff := cmp.Diff(want, got); err != nil || (diff != "" && name != "Host") {
			t.Errorf("error %v, -want +got\n%s", err, diff)
		}
	})
}
