// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package images

import "os"

const openFlags = os.O_RDONLY

func isNotDir(error) bool { return false }
func isLoop(error) bool   { return false }
