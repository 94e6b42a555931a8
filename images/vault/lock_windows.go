// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lockFile takes an open file for this process until it is closed, or the process ends in any way. It does not wait: see errBusy.
// The byte that is locked lies behind all that files hold: others may read them.
func lockFile(f *os.File) error {
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0,
		&windows.Overlapped{OffsetHigh: 1 << 30})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return errBusy
	}
	return err
}
