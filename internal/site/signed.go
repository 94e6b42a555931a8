// SPDX-License-Identifier: Apache-2.0

package site

import (
	"debug/pe"
	"io"
)

// unsigned reports whether a file is an EFI program without a signature, which firmware refuses while Secure Boot is on.
func unsigned(f io.ReaderAt) bool {
	p, err := pe.NewFile(f)
	if err != nil {
		return false
	}
	defer func() { _ = p.Close() }() // only read
	var dirs []pe.DataDirectory
	switch h := p.OptionalHeader.(type) {
	case *pe.OptionalHeader64:
		dirs = h.DataDirectory[:]
	case *pe.OptionalHeader32:
		dirs = h.DataDirectory[:]
	default:
		return false
	}
	return dirs[pe.IMAGE_DIRECTORY_ENTRY_SECURITY].Size == 0
}
