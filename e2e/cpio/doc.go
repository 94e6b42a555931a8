// SPDX-License-Identifier: Apache-2.0

// Package cpio reads and writes newc archives, the form in which the Linux kernel takes an initrd.
//
// The format is that of the kernel's Documentation/driver-api/early-userspace/buffer-format.rst: a header of 110 bytes
// in hexadecimal, the name with its NUL, the body, each padded to four bytes.
package cpio
