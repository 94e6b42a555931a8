// SPDX-License-Identifier: Apache-2.0

// Package boot decides what a machine should boot.
//
// It is pure: no sockets, no files, no clock. Every question is asked of an immutable [Catalog], which answers with a
// [Plan]; a reload makes a new Catalog and never changes an old one, so a packet or a transfer keeps the answer it began
// with. The vocabulary that the other packages share lives here too: [MAC], [UUID], [Arch], [Client], [Name], [Visit]
// and [File].
package boot
