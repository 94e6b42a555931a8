// SPDX-License-Identifier: Apache-2.0

//go:build linux || freebsd || darwin

package privileges

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Inherit gives a new file to whom the one that it replaces belongs, or else the directory of that: what root makes for a server
// must be readable by the user that the server becomes. Who is not root makes its own.
func Inherit(file, replaces string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(replaces)
	if errors.Is(err, fs.ErrNotExist) {
		info, err = os.Stat(filepath.Dir(replaces))
	}
	if err != nil {
		return err
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	return os.Chown(file, int(s.Uid), int(s.Gid))
}
