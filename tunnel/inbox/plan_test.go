package inbox

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestQueryPlans wants every query that a large file makes slow to go through an
// index, or along the numbers.
func TestQueryPlans(t *testing.T) {
	t.Parallel()
	b, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "inbox.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	page := func(f Filter, more string) string {
		where := f.condition()
		where.add(more)
		return "SELECT " + rowColumns + " FROM webhook" + where.sql() + " ORDER BY seq DESC LIMIT 40"
	}
	for name, c := range map[string]struct{ query, want string }{
		"the newest":              {"SELECT " + rowColumns + " FROM webhook ORDER BY seq DESC LIMIT 40", "SCAN webhook"},
		"a page":                  {page(Filter{}, "seq < 7"), "INTEGER PRIMARY KEY (rowid<?)"},
		"a page of one type":      {page(Filter{Type: "epayments.payment.created.v1"}, "seq < 7"), "webhook_name (name=? AND rowid<?)"},
		"a page of a reference":   {page(Filter{Reference: "a"}, "seq < 7"), "webhook_reference (reference=? AND rowid<?)"},
		"a page of one address":   {page(Filter{Registration: "a"}, "seq < 7"), "webhook_token (token=? AND rowid<?)"},
		"a slice of a search":     {page(Filter{Text: "a"}, "seq > 1 AND seq <= 7"), "INTEGER PRIMARY KEY (rowid>? AND rowid<?)"},
		"one webhook":             {"SELECT " + allColumns + " FROM webhook WHERE seq = 7", "INTEGER PRIMARY KEY (rowid=?)"},
		"the highest number":      {"SELECT max(seq) FROM webhook WHERE seq < 7", "INTEGER PRIMARY KEY (rowid<?)"},
		"a step of a walk":        {"SELECT " + allColumns + " FROM webhook WHERE seq >= 1 AND seq <= 7 ORDER BY seq", "INTEGER PRIMARY KEY (rowid>? AND rowid<?)"},
		"how many":                {"SELECT count(*) FROM webhook", "COVERING INDEX"},
		"how many of a long run":  {"SELECT count(*) FROM webhook WHERE +seq > 7", "COVERING INDEX"},
		"how many of one type":    {"SELECT count(*) FROM webhook WHERE name = 'CREATED'", "COVERING INDEX webhook_name"},
		"how many rejected":       {"SELECT count(*) FROM webhook WHERE verified = 0", "COVERING INDEX webhook_rejected"},
		"how many rejected since": {"SELECT count(*) FROM webhook WHERE +seq > 7 AND verified = 0", "COVERING INDEX webhook_rejected"},
		"the oldest rejected":     {"SELECT seq, size FROM webhook WHERE verified = 0 ORDER BY seq", "COVERING INDEX webhook_rejected"},
		"to remove them":          {"DELETE FROM webhook WHERE verified = 0 AND seq <= 7", "webhook_rejected"},
		"the journal":             {"SELECT token FROM registration WHERE api_url = 'a' AND msn = 'b'", "registration_unit"},
	} {
		got := plan(t, b, c.query)
		if !strings.Contains(got, c.want) || strings.Contains(got, "TEMP B-TREE") {
			t.Errorf("%s:\n%swant %s", name, got, c.want)
		}
	}
}

func plan(t *testing.T, b *Inbox, query string) string {
	t.Helper()
	args := make([]any, strings.Count(query, "?"))
	rows, err := b.readers.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var all strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		all.WriteString(detail + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all.String()
}
