package inbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"kvikk/tunnel/inbox"
)

func rejected(n int, body string) []inbox.Webhook {
	list := make([]inbox.Webhook, n)
	for i := range list {
		list[i] = stored("CREATED", fmt.Sprint(i), body)
		list[i].Verified, list[i].Problem, list[i].Status = false, "no", 401
	}
	return list
}

func TestRejectedWebhooksAreCapped(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows, bytes     int64
		body            string
		atLeast, atMost int64
	}{
		"by their number": {rows: 100, bytes: 1 << 30, body: "x", atLeast: 90, atMost: 100},
		"by their size":   {rows: 1 << 30, bytes: 100_000, body: strings.Repeat("x", 1000), atLeast: 85, atMost: 98},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := file(t)
			b, other := open(t, path), open(t, path)
			for _, one := range []*inbox.Inbox{b, other} {
				if err := one.LimitRejected(t.Context(), c.rows, c.bytes); err != nil {
					t.Fatal(err)
				}
			}
			good := stored("CREATED", "good", strings.Repeat("x", 2000))
			store := func(b *inbox.Inbox, list []inbox.Webhook) {
				if err := b.Store(list); err != nil {
					t.Fatal(err)
				}
				if got, err := b.Counts(t.Context(), inbox.Filter{}); err != nil || got.Rejected > c.atMost {
					t.Fatalf("there are %d rejected ones, %v", got.Rejected, err)
				}
			}
			store(b, []inbox.Webhook{good})
			for range 10 {
				store(b, rejected(30, c.body))
				store(other, rejected(7, c.body))
			}
			got, err := b.Counts(t.Context(), inbox.Filter{})
			if err != nil || got.Rejected < c.atLeast || got.Total != got.Rejected+1 {
				t.Errorf("there are %+v, %v", got, err)
			}
			list := rows(t, b, inbox.Filter{})
			if list[0].Seq != 371 || rows(t, b, inbox.Filter{Reference: "good"})[0].Seq != 1 {
				t.Errorf("the newest is %d", list[0].Seq)
			}
		})
	}
}

func TestStrangersAreCountedAndForgotten(t *testing.T) {
	t.Parallel()
	d := serve(t, open(t, file(t)))
	for i := range 205 {
		r := d.signed(strings.Repeat("b", 10_000))
		r.URL.Path = fmt.Sprintf("/wp-admin/%d", i)
		r.Header.Set("X-Probe", "\x1bx"[1:])
		if status, _ := d.send(r); status != http.StatusNotFound {
			t.Fatalf("the answer is %d", status)
		}
	}
	list := d.Strangers()
	if len(list) != 200 || list[0].Path != "/wp-admin/204" || list[199].Path != "/wp-admin/5" {
		t.Fatalf("%d strangers, from %s to %s", len(list), list[0].Path, list[len(list)-1].Path)
	}
	one := list[0]
	if len(one.Start) != 4<<10 || !strings.HasPrefix(string(one.Start), "POST /wp-admin/204 HTTP/1.1\r\nHost: ") || !strings.Contains(string(one.Start), "\r\nX-Probe: x\r\n") {
		t.Errorf("remembered as %.200q", one.Start)
	}
	if !one.At.Equal(noon()) || one.Method != "POST" || one.Status != 404 || one.RemoteAddr == "" {
		t.Errorf("remembered as %+v", one)
	}
	if s := d.Stats(); s.Strangers != 205 || s.Kept != 0 || !s.LastStranger.Equal(noon()) {
		t.Errorf("the counts are %+v", s)
	}
	if got := rows(t, d.Inbox, inbox.Filter{}); len(got) != 0 {
		t.Errorf("%d of them are in the file", len(got))
	}
}
