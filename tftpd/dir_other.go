// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package tftpd

import "io/fs"

const nonblock = 0

// identity is empty: an open file cannot be replaced here.
func identity(fs.FileInfo) string { return "" }
