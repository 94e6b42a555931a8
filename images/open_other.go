// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package images

func isNotDir(error) bool { return false }
func isLoop(error) bool   { return false }
