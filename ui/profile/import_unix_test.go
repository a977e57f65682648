//go:build unix

package profile

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestReadFileDoesNotWaitForThePersonAtTheOtherEndOfAPipe(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	must(t, syscall.Mkfifo(pipe, 0o600))
	if _, err := ReadFile(pipe); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("ReadFile = %v", err)
	}
}
