package inbox_test

import (
	"path/filepath"
	"strings"
	"testing"

	"kvikk/tunnel/inbox"
)

func TestARowTellsWhatDidNotSucceed(t *testing.T) {
	t.Parallel()
	box := open(t, filepath.Join(t.TempDir(), "inbox.db"))
	d := serve(t, box)
	d.deliver(payload)
	d.deliver(strings.Replace(payload, `"success":true`, `"success":false`, 1))
	d.deliver(strings.Replace(payload, `,"success":true`, ``, 1))
	list := rows(t, box, inbox.Filter{})
	if len(list) != 3 || list[0].Failed || !list[1].Failed || list[2].Failed {
		t.Errorf("rows %+v", list)
	}
}

func TestAFileOfTheFirstFormatIsReadAndWrittenOn(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "inbox.db")
	before, err := inbox.Open(t.Context(), inbox.Options{Path: path, Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	serve(t, before).deliver(payload)
	if err := before.Exec(t.Context(), "ALTER TABLE webhook DROP COLUMN failed; PRAGMA user_version = 1"); err != nil {
		t.Fatal(err)
	}
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}
	box := open(t, path)
	serve(t, box).deliver(strings.Replace(payload, `"success":true`, `"success":false`, 1))
	if list := rows(t, box, inbox.Filter{}); len(list) != 2 || !list[0].Failed || list[1].Failed || list[1].Reference != "mugshop-2026-0001" {
		t.Errorf("rows %+v", list)
	}
}
