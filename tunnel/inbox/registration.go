package inbox

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"time"

	"kvikk/api/secret"
)

// ErrNotClaimed is returned for a token that this process has not claimed.
var ErrNotClaimed = errors.New("no registration with this token has been claimed here")

// Registration is a webhook registration at the provider, as the journal has it.
type Registration struct {
	// Token is the last path segment of URL; see [NewToken].
	Token string
	// URL is the registered URL, ID the provider's id (empty until it is known).
	URL, ID string
	// APIURL and MSN say where it is registered.
	APIURL, MSN string
	// Events are the registered event types.
	Events []string
	// Keep marks one that is meant to outlive the process: never a leftover.
	Keep bool
	// CreatedAt is when it was claimed; zero means now.
	CreatedAt time.Time
}

// NewToken returns a new token: 26 letters and digits with 130 bits of chance,
// safe in a URL.
func NewToken() string { return rand.Text() }

// goodToken matches what can be the last segment of a path without escapes.
var goodToken = regexp.MustCompile(`^[A-Za-z0-9._~-]{8,128}$`)

// Claim writes a registration to the journal, as this process's own. It comes
// before the call that registers at the provider: if the answer to that is lost,
// the journal still knows the path to look for. Webhooks for it get 503 until
// [Inbox.Activate].
func (b *Inbox) Claim(ctx context.Context, r Registration) error {
	if !goodToken.MatchString(r.Token) {
		return fmt.Errorf("claiming a registration: %q cannot be a token, use NewToken", r.Token)
	}
	if r.CreatedAt.IsZero() {
		r.CreatedAt = b.now()
	}
	r.Events = slices.Clone(r.Events)
	events, err := json.Marshal(r.Events)
	if err != nil {
		return fmt.Errorf("claiming a registration: %w", err)
	}
	err = b.writer.do(ctx, func(ctx context.Context, conn *sql.Conn) error {
		if err := b.lease.renew(ctx, conn, b.now()); err != nil {
			return err
		}
		_, err := conn.ExecContext(ctx, "INSERT INTO registration (token, url, id, api_url, msn, events, keep, created_at, owner) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			r.Token, r.URL, r.ID, r.APIURL, r.MSN, string(events), r.Keep, r.CreatedAt.UnixNano(), b.lease.instance)
		return err
	})
	if err != nil {
		return fmt.Errorf("claiming a registration: %w", err)
	}
	b.book.put(live{Registration: r})
	return nil
}

// Activate adds what the provider has answered. From now on webhooks for the
// token are verified with s, also when the id could not be written down; the
// error says so.
//
// It wraps [ErrNotClaimed] when this process has not claimed the token.
func (b *Inbox) Activate(ctx context.Context, token, id string, s secret.Value) error {
	if !b.book.activate(token, id, s) {
		return fmt.Errorf("activating a registration: %w", ErrNotClaimed)
	}
	err := b.writer.do(ctx, func(ctx context.Context, conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, "UPDATE registration SET id = ? WHERE token = ?", id, token)
		return err
	})
	if err != nil {
		return fmt.Errorf("activating a registration: %w", err)
	}
	return nil
}

// Release notes that a registration is gone from the provider's list, or was
// never in it: it is no leftover any more. It may be another run's. Of one's own,
// webhooks that are still under way are verified until [Inbox.Close].
func (b *Inbox) Release(ctx context.Context, token string) error {
	b.book.release(token)
	err := b.writer.do(ctx, func(ctx context.Context, conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, "UPDATE registration SET released_at = ? WHERE token = ? AND released_at IS NULL", b.now().UnixNano(), token)
		return err
	})
	if err != nil {
		return fmt.Errorf("releasing a registration: %w", err)
	}
	return nil
}

// Mine returns what this process has claimed and not released, the oldest first.
func (b *Inbox) Mine() []Registration { return b.book.mine() }

// Journaled returns every registration that was ever made from this file at an
// API for a sales unit, released ones included: whatever of the provider's list
// is among them is ours.
func (b *Inbox) Journaled(ctx context.Context, apiURL, msn string) ([]Registration, error) {
	all, err := b.journal(ctx, apiURL, msn)
	if err != nil {
		return nil, fmt.Errorf("reading the journal of registrations: %w", err)
	}
	found := make([]Registration, len(all))
	for i, e := range all {
		found[i] = e.Registration
	}
	return found, nil
}

// Leftovers returns the registrations whose owner is gone: neither released nor
// to be kept, and their process has ended, or its lease has. Those of this and
// of other living processes are not among them.
func (b *Inbox) Leftovers(ctx context.Context, apiURL, msn string) ([]Registration, error) {
	all, err := b.journal(ctx, apiURL, msn)
	if err != nil {
		return nil, fmt.Errorf("looking for leftover registrations: %w", err)
	}
	now := b.now()
	var left []Registration
	for _, e := range all {
		if !e.released && !e.Keep && e.owner.instance != b.lease.instance && !e.owner.lives(b.lease.owner, now) {
			left = append(left, e.Registration)
		}
	}
	return left, nil
}

// journalEntry is a registration with what decides whether it is a leftover.
type journalEntry struct {
	Registration
	released bool
	owner    owner
}

func (b *Inbox) journal(ctx context.Context, apiURL, msn string) ([]journalEntry, error) {
	rows, err := b.readers.QueryContext(ctx, `SELECT token, url, id, r.api_url, r.msn, events, keep, created_at, released_at IS NOT NULL,
		r.owner, coalesce(o.host, ''), coalesce(o.pid, 0), coalesce(o.birth, ''), coalesce(o.lease_until, 0)
		FROM registration r LEFT JOIN owner o ON o.instance = r.owner WHERE r.api_url = ? AND r.msn = ? ORDER BY created_at, token`, apiURL, msn)
	if err != nil {
		return nil, b.readError(err)
	}
	defer rows.Close()
	var all []journalEntry
	for rows.Next() {
		var e journalEntry
		var events string
		var created, until int64
		if err := rows.Scan(&e.Token, &e.URL, &e.ID, &e.APIURL, &e.MSN, &events, &e.Keep, &created, &e.released,
			&e.owner.instance, &e.owner.host, &e.owner.pid, &e.owner.birth, &until); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(events), &e.Events); err != nil {
			return nil, err
		}
		e.CreatedAt, e.owner.until = time.Unix(0, created), time.Unix(0, until)
		all = append(all, e)
	}
	return all, rows.Err()
}

// live is a registration that this process answers for.
type live struct {
	Registration
	secret           secret.Value
	active, released bool
}

// book is what is looked up for every webhook.
type book struct {
	mu    sync.RWMutex
	known map[string]live
}

func (k *book) find(token string) (live, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	l, ok := k.known[token]
	return l, ok
}

func (k *book) put(l live) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.known[l.Token] = l
}

func (k *book) activate(token, id string, s secret.Value) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	l, ok := k.known[token]
	if !ok {
		return false
	}
	l.ID, l.secret, l.active = id, s, true
	k.known[token] = l
	return true
}

// release keeps one that has a secret, and forgets one that never came to be.
func (k *book) release(token string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch l, ok := k.known[token]; {
	case ok && l.active:
		l.released = true
		k.known[token] = l
	case ok:
		delete(k.known, token)
	}
}

func (k *book) mine() []Registration {
	k.mu.RLock()
	defer k.mu.RUnlock()
	var all []Registration
	for _, l := range k.known {
		if !l.released {
			l.Events = slices.Clone(l.Events)
			all = append(all, l.Registration)
		}
	}
	slices.SortFunc(all, func(a, b Registration) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return all
}
