package inbox

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"kvikk/api/webhook"
)

// sliceSeqs is how many sequence numbers a text search looks at in one query:
// few enough for the first hits to come at once and for ctx to be asked often,
// enough to make the cost of a query disappear.
const sliceSeqs = 20_000

// condition is a WHERE clause under construction.
type condition struct {
	parts []string
	args  []any
}

func (c *condition) add(part string, args ...any) {
	// Copied, so that conditions made from one another stay apart.
	c.parts = append(slices.Clip(c.parts), part)
	c.args = append(slices.Clip(c.args), args...)
}

func (c condition) sql() string {
	if len(c.parts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.parts, " AND ")
}

// with returns the arguments and one more.
func (c condition) with(arg any) []any { return append(slices.Clip(c.args), arg) }

// condition returns the filter's clause, AfterSeq apart.
func (f Filter) condition() condition {
	var c condition
	if f.Registration != "" {
		c.add("token = ?", f.Registration)
	}
	if f.Reference != "" {
		c.add("reference = ? AND reference <> ''", f.Reference)
	}
	if f.Type != "" {
		// The index has names; those of ePayment stand for one type each.
		c.add("name = ?", f.Type.Name())
		if t, ok := webhook.TypeForName(f.Type.Name()); !ok || t != f.Type {
			c.add("type = ?", string(f.Type))
		}
	}
	if f.Text != "" {
		pattern := "%" + likeEscaper().Replace(f.Text) + "%"
		c.add(`(CAST(body AS TEXT) LIKE ? ESCAPE '\' OR reference LIKE ? ESCAPE '\' OR type LIKE ? ESCAPE '\' OR problem LIKE ? ESCAPE '\')`, pattern, pattern, pattern, pattern)
	}
	return c
}

func likeEscaper() *strings.Replacer {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
}

// eachSlice calls visit with conditions that together cover the filter below
// before (0: from the newest), the newest first, until visit wants no more. A
// filter without a text is one slice, since an index or a limit keeps it short.
func (b *Inbox) eachSlice(ctx context.Context, f Filter, before int64, visit func(condition) (more bool, err error)) error {
	if f.Text == "" {
		where := f.condition()
		if f.AfterSeq > 0 {
			where.add("seq > ?", f.AfterSeq)
		}
		if before > 0 {
			where.add("seq < ?", before)
		}
		_, err := visit(where)
		return err
	}
	for {
		// Gaps left by deleted webhooks are jumped over.
		top, err := b.newestBelow(ctx, before)
		if err != nil || top <= f.AfterSeq {
			return err
		}
		low := max(top-sliceSeqs, f.AfterSeq)
		where := f.condition()
		where.add("seq > ? AND seq <= ?", low, top)
		if more, err := visit(where); err != nil || !more {
			return err
		}
		before = low + 1
	}
}

// newestBelow returns the highest sequence number below before, 0 if there is
// none.
func (b *Inbox) newestBelow(ctx context.Context, before int64) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	query, args := "SELECT max(seq) FROM webhook", []any(nil)
	if before > 0 {
		query, args = query+" WHERE seq < ?", []any{before}
	}
	var top sql.NullInt64
	err := b.readers.QueryRowContext(ctx, query, args...).Scan(&top)
	return top.Int64, b.readError(err)
}
