//go:build !unix

package uitest_test

import "testing"

func TestProgramInATerminal(t *testing.T) {
	t.Skip("a terminal that a test can hold needs a pseudo-terminal of Unix, and the ends tested are its signals")
}
