package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"kvikk/tunnel/inbox"
)

// defaultRows is how many webhooks inbox ls shows unless told otherwise.
const defaultRows = 50

func (p *Parts) inboxCommand() *cobra.Command {
	c := newCommand(&cobra.Command{
		Use:   "inbox",
		Short: "See what has been received",
		Long: `Inbox reads the webhooks that kvikk has received and kept, in this run or an
earlier one. It needs no keys, and another kvikk may be receiving meanwhile.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usage(cmd, errors.New("say what to do: kvikk inbox ls or kvikk inbox export"))
		},
	})
	c.AddCommand(p.inboxLsCommand(), p.inboxExportCommand())
	return c
}

func (p *Parts) inboxLsCommand() *cobra.Command {
	limit := defaultRows
	c := newCommand(&cobra.Command{
		Use:   "ls",
		Short: "List the webhooks received, the newest first",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 0 {
				return usage(cmd, fmt.Errorf("--limit: %d is no number of webhooks; 0 lists all", limit))
			}
			return usageOf(cmd, p.readInbox(cmd.Context(), func(p *Parts, box *inbox.Inbox) error {
				return p.list(cmd.Context(), box, limit)
			}))
		},
	})
	c.Flags().IntVar(&limit, "limit", defaultRows, "how many to list; 0 lists all")
	return c
}

func (p *Parts) inboxExportCommand() *cobra.Command {
	return newCommand(&cobra.Command{
		Use:   "export",
		Short: "Print the webhooks received as lines of JSON, the oldest first",
		Long: `Export prints every webhook received, the oldest first, one JSON value a line,
as kvikk listen --json does. That is its only format, with or without --json.`,
		Example: `kvikk inbox export --json > webhooks.ndjson`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usageOf(cmd, p.readInbox(cmd.Context(), func(p *Parts, box *inbox.Inbox) error {
				return p.export(cmd.Context(), box)
			}))
		},
	})
}

// readInbox opens the inbox for reading, with a standard output that is written
// in large pieces. Where none is yet, there is nothing to read, and none is
// made.
func (p *Parts) readInbox(ctx context.Context, read func(*Parts, *inbox.Inbox) error) (err error) {
	home, err := p.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, home.Close()) }()
	path := home.Dirs.InboxPath()
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		p.nothing()
		return nil
	}
	box, err := inbox.Open(ctx, inbox.Options{Path: path, Now: p.Now, Logger: home.Logger, Guard: p.Guard})
	if err != nil {
		return fmt.Errorf("open the inbox: %w", err)
	}
	if notice := box.Notice(); notice != "" {
		fmt.Fprintln(p.people(), notice)
	}
	pieces := bufio.NewWriterSize(p.Stdout, 64<<10)
	buffered := *p
	buffered.Stdout = pieces
	err = read(&buffered, box)
	if flushed := printed(0, pieces.Flush()); err == nil {
		err = flushed
	}
	return errors.Join(readByAll(err), box.Close())
}

func (p *Parts) nothing() { fmt.Fprintln(p.people(), "No webhook has been received yet.") }

// list prints the newest webhooks, all of them when limit is 0.
func (p *Parts) list(ctx context.Context, box *inbox.Inbox, limit int) error {
	n := 0
	for w, err := range box.All(ctx, inbox.Filter{Newest: true}) {
		if err != nil {
			return err
		}
		if err := p.printWebhook(w, numbered(w.Seq)); err != nil {
			return err
		}
		if n++; n == limit {
			break
		}
	}
	if n == 0 {
		p.nothing()
	}
	return nil
}

// numbered shows the number of a webhook in front of its date and time.
func numbered(seq int64) func(time.Time) string {
	return func(t time.Time) string { return fmt.Sprintf("%6d  %s", seq, calendar(t)) }
}

// export prints all webhooks for scripts.
func (p *Parts) export(ctx context.Context, box *inbox.Inbox) error {
	for w, err := range box.All(ctx, inbox.Filter{}) {
		if err != nil {
			return err
		}
		if err := p.printJSON(newWebhookLine(w)); err != nil {
			return err
		}
	}
	return nil
}
