// SPDX-License-Identifier: Apache-2.0

// Package plain serves files with pin/tftp the way its documentation shows: the yardstick of Go servers that are built on it.
package plain

import (
	"io"
	"os"
	"path/filepath"

	"github.com/pin/tftp/v3"
)

// Serve answers reads below root on addr until it fails. It does not stop otherwise: the library's Shutdown waits for clients that
// may be gone.
func Serve(addr, root string) error {
	s := tftp.NewServer(func(name string, rf io.ReaderFrom) error {
		f, err := os.Open(filepath.Join(root, filepath.Clean("/"+name)))
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		_, err = rf.ReadFrom(f)
		return err
	}, nil)
	return s.ListenAndServe(addr)
}
