// SPDX-License-Identifier: Apache-2.0

//go:build !windows

package site

import (
	"errors"
	"os"
)

// syncDir makes a new name in a directory last.
func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the operator's own path
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
