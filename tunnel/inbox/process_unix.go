//go:build unix

package inbox

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"syscall"
)

// hostIdentity names the space in which a pid means something: the host and, in
// containers, the pid namespace.
func hostIdentity() string {
	host, err := os.Hostname()
	if err != nil {
		return ""
	}
	if space, err := os.Readlink("/proc/self/ns/pid"); err == nil {
		return host + " " + space
	}
	return host
}

// processBirth reports whether a process is alive and, where the system tells,
// when it began.
func processBirth(pid int) (birth string, alive bool) {
	if pid <= 0 {
		return "", false
	}
	if err := syscall.Kill(pid, 0); err != nil && !errors.Is(err, syscall.EPERM) {
		return "", false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return "", true // a system without /proc
	}
	// The name in parentheses may hold anything, so the fields are counted from
	// behind it: the state is the first of them, the start time the twentieth.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 20 {
		return "", true
	}
	if state := fields[0][0]; state == 'Z' || state == 'X' {
		return "", false // dead, and not yet collected by its parent
	}
	return string(fields[19]), true
}
