// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package privileges

// Raise does nothing: capabilities are Linux'.
func Raise() error { return nil }
