package inbox

import (
	"errors"
	"os"
	"strconv"
	"syscall"
)

// hostIdentity names the space in which a pid means something.
func hostIdentity() string {
	host, err := os.Hostname()
	if err != nil {
		return ""
	}
	return host
}

// processBirth reports whether a process is alive and when it began.
func processBirth(pid int) (birth string, alive bool) {
	const (
		queryLimitedInformation = 0x1000
		stillActive             = 259
	)
	if pid <= 0 {
		return "", false
	}
	handle, err := syscall.OpenProcess(queryLimitedInformation, false, uint32(pid))
	if err != nil {
		return "", errors.Is(err, syscall.ERROR_ACCESS_DENIED)
	}
	defer func() { _ = syscall.CloseHandle(handle) }()
	var code uint32
	if syscall.GetExitCodeProcess(handle, &code) == nil && code != stillActive {
		return "", false
	}
	var created, exited, kernel, user syscall.Filetime
	if syscall.GetProcessTimes(handle, &created, &exited, &kernel, &user) != nil {
		return "", true
	}
	return strconv.FormatInt(created.Nanoseconds(), 10), true
}
