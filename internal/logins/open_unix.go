// SPDX-License-Identifier: Apache-2.0

//go:build unix

package logins

import "io/fs"

// open reports whether others than the owner and the group may read a file, or others than the owner write it.
func open(info fs.FileInfo) bool { return info.Mode().Perm()&0o027 != 0 }
