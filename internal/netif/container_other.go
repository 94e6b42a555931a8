// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package netif

// Isolated is known on Linux only.
func Isolated([]Interface) bool { return false }
