// SPDX-License-Identifier: Apache-2.0

//go:build !linux

// Command lab boots real firmware in QEMU from a Bootlace built of this tree. It needs Linux.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "lab: network namespaces and taps are Linux only")
	os.Exit(2)
}
