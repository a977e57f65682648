package profile

import (
	"errors"
	"syscall"
)

// sharingViolation is ERROR_SHARING_VIOLATION, which package syscall does not
// name.
const sharingViolation = syscall.Errno(32)

// tryLock takes the lock on path or returns errLocked: a file that is opened
// without sharing can be open once only. The system closes it when the process
// ends, however it ends.
func tryLock(path string) (unlock func() error, err error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, sharingViolation) {
		return nil, errLocked
	}
	if err != nil {
		return nil, err
	}
	return func() error { return syscall.CloseHandle(h) }, nil
}
